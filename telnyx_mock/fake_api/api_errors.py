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
    """An error of the API. *code* is Telnyx's own; *status* is that of HTTP.

    *pointer* names the parameter that is wrong.
    """

    status: int
    code: str
    title: str
    detail: str
    pointer: str = ""

    @property
    def body(self) -> dict[str, Any]:
        """The body of the answer."""
        error: dict[str, Any] = {"code": self.code, "title": self.title, "detail": self.detail}
        if self.pointer:
            error["source"] = {"pointer": self.pointer}
        return {"errors": [error]}


CALL_HAS_ENDED = ApiError(
    422,
    "90018",
    "Call has already ended",
    "This call is no longer active and can't receive commands.",
)
"""A command for a call that has ended; logged in https://github.com/pipecat-ai/pipecat/pull/2054."""

# The following are examples in the responses of Telnyx's OpenAPI document (Call Control,
# ``UnprocessableEntityResponse``).

UNKNOWN_CALL = ApiError(
    422,
    "90015",
    "Invalid Call Control ID",
    "The call_control_id provided was not valid.",
    "/call_control_id",
)
"""A command for a call that does not exist."""

NOT_ANSWERED = ApiError(
    422,
    "90034",
    "Call not answered yet",
    "This call can't receive this command because it has not been answered yet.",
)
"""A command that needs an answered call, while it rings."""

TRANSCRIBES_ALREADY = ApiError(
    422,
    "90054",
    "Call transcription is already in progress",
    "Call transcription can not be started more than once.",
)
"""A second ``transcription_start``."""

HAS_ASSISTANT = ApiError(
    422,
    "90061",
    "AI Assistant is already in progress",
    "AI Assistant cannot be started more than once.",
)
"""A second ``ai_assistant_start``."""

HAS_NO_FORK = ApiError(
    422,
    "90031",
    "Call is not currently forked",
    "Can't stop forking, because the call isn't currently forked.",
)
"""A ``fork_stop`` without a fork."""

IN_QUEUE = ApiError(
    422, "90038", "Call already in queue", "Call can't be added to a queue it's already in."
)
"""A second ``enqueue`` for the same queue."""

CONFERENCE_EXISTS = ApiError(
    422,
    "90033",
    "Unable to execute command",
    "Conference with given name already exists and it's active.",
)
"""A conference with the name of one that goes on."""

CONFERENCE_HAS_ENDED = ApiError(
    422,
    "90019",
    "Conference has already ended",
    "This conference is no longer active and can't receive commands.",
)
"""A command for a conference that has ended."""

OPTED_OUT = ApiError(
    400,
    "40300",
    "Blocked due to STOP message",
    "Messages cannot be sent due to an existing block rule.",
)
"""A message to somebody who has answered STOP. Sources disagree on the status: 400, 403 or 422."""

NOT_FOUND = ApiError(
    404, "10005", "Resource not found", "The requested resource or URL could not be found."
)
"""A command at a path that the API does not have."""

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
        NOT_FOUND,
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
