"""Telnyx's errors: the code, title and detail that the API answers, by status and by command.

Unless another source is named, they are those of
https://developers.telnyx.com/development/api-fundamentals/api-errors.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from telnyx_mock.fake_api.command import Command


@dataclass(frozen=True, slots=True)
class ApiError:
    """An error of the API. *code* is Telnyx's own; *status* is that of HTTP."""

    status: int
    code: str
    title: str
    detail: str

    @property
    def body(self) -> dict[str, Any]:
        """The body of the answer."""
        return {"errors": [{"code": self.code, "title": self.title, "detail": self.detail}]}


CALL_HAS_ENDED = ApiError(
    422,
    "90018",
    "Call has already ended",
    "This call is no longer active and can't receive commands.",
)
"""A command for a call that has ended; logged in https://github.com/pipecat-ai/pipecat/pull/2054."""

OPTED_OUT = ApiError(
    400,
    "40300",
    "Blocked due to STOP message",
    "Messages cannot be sent due to an existing block rule.",
)
"""A message to somebody who has answered STOP. Sources disagree on the status: 400, 403 or 422."""

_BY_STATUS = {
    error.status: error
    for error in (
        ApiError(400, "10015", "Bad Request", "The request failed because it was not well-formed."),
        ApiError(
            401,
            "10009",
            "Authentication failed",
            "The required authentication headers were either invalid or not included in the request.",
        ),
        ApiError(
            403,
            "10010",
            "Authorization failed",
            "You do not have permission to perform the requested action on the specified resource or "
            "resources.",
        ),
        ApiError(
            404,
            "10005",
            "Resource not found",
            "The requested resource or URL could not be found.",
        ),
        ApiError(408, "10008", "Request timeout", "The request timed out."),
        ApiError(409, "10012", "Duplicate resource", "Resource is a duplicate."),
        ApiError(
            429,
            "10011",
            "Too many requests",
            "You have exceeded the maximum number of allowed requests.",
        ),
        ApiError(500, "10007", "Unexpected error", "An unexpected error occured."),
    )
}


def body_of_error(status: int, command: Command) -> dict[str, Any]:
    """Return the body of an answer with this *status* (400 or more) to *command*."""
    if status == CALL_HAS_ENDED.status and command.call is not None:
        return CALL_HAS_ENDED.body
    return _BY_STATUS.get(status, _BY_STATUS[500 if status >= 500 else 400]).body


def lasting_error(command: Command) -> ApiError | None:
    """Return the error by which Telnyx refuses *command* for good, if others can bring that about.

    Callers end calls, and recipients of messages opt out. Returns None for any other command.
    """
    if command.is_read:
        return None
    if command.call is not None:
        return CALL_HAS_ENDED
    return OPTED_OUT if command.path.startswith("/v2/messages") else None
