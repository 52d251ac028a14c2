"""Collects the messages that an ASGI app sends for one request into an answer; knows no event loop.

https://asgi.readthedocs.io/en/latest/specs/www.html. If the app breaks the protocol, this module
acts as a server does: it closes the connection when an answer has no end, and a wrong message
becomes an answer with status 500.
"""

from __future__ import annotations

from asyncio import CancelledError
from collections.abc import Mapping
from typing import Any

from telnyx_mock.payload.request import Headers
from telnyx_mock.transports.app_errors import Caught, note_background_error
from telnyx_mock.transports.crash_text import traceback_of
from telnyx_mock.transports.receiver import BODY_LIMIT, NoAnswer, NoAnswerReason, Response

UNFINISHED = "The app returned before its answer was complete."


class AsgiAnswer:
    """The answer to one request. It *is_over* if it is complete, or if the time is up.

    The client *is_gone* once it has closed the connection, so the app can send nothing more.
    ``caught`` collects the exceptions that the app catches.
    """

    def __init__(self) -> None:
        self.status: int | None = None
        self.is_over = False
        self.is_gone = False
        self.caught = Caught()
        self.elapsed = 0.0
        self._headers: Headers = ()
        self._body = bytearray()
        self._truncated = False
        self._crash: str | None = None

    def take(self, message: Any) -> bool:
        """Take a *message* of the app. Return whether the answer is complete now.

        Raises OSError if the client has closed the connection, and RuntimeError or TypeError for a
        message that ASGI does not allow.
        """
        if self.is_gone:
            raise OSError("The client has closed the connection.")
        kind = message.get("type") if isinstance(message, Mapping) else None
        if kind == "http.response.start" and self.status is None:
            self.status, self._headers = _checked_start(message)
            return False
        if kind == "http.response.body" and self.status is not None and not self.is_over:
            body, more = message.get("body", b""), message.get("more_body", False)
            if not isinstance(body, bytes | bytearray | memoryview):
                raise TypeError(f"ASGI expects a body of bytes, got {type(body).__name__}.")
            self._body += body
            self.is_gone = self._truncated = len(self._body) > BODY_LIMIT
            return not more or self._truncated
        what = repr(kind) if kind else f"without a type ({type(message).__name__})"
        raise RuntimeError(f"The app sent an ASGI message {what} out of place.")

    def fail(self, error: BaseException | None, *, skip: int = 1) -> bool:
        """Note that the app raised *error*, or, without one, that it returned.

        An error before the end of the answer makes it an answer with status 500. Return whether
        the answer ends with that. *skip* is the number of our own frames in the traceback.
        """
        if error is not None and (not self.is_over or (self.status or 0) >= 500):
            self._crash = traceback_of(error, skip=skip)
        elif error is not None and not (self.is_gone or isinstance(error, CancelledError)):
            note_background_error(error)
        if self.is_over:
            return False
        if error is None:
            self._crash = UNFINISHED
        self.status, self._headers, self._body = 500, (), bytearray()
        return True

    def response(self) -> Response:
        """Return the answer."""
        status = self.status or 500
        crash = (self._crash or "\n".join(self.caught.unhandled)) if status >= 500 else ""
        logged = "\n".join(self.caught.logged) if status >= 400 else ""
        return Response(
            status,
            self._headers,
            bytes(self._body[:BODY_LIMIT]),
            self.elapsed,
            crash or None,
            self._truncated,
            logged or None,
        )


def too_late(timeout: float) -> NoAnswer:
    """Return the error for an answer that is not complete after *timeout* seconds."""
    detail = f"no complete answer within {timeout:g} s"
    return NoAnswer(NoAnswerReason.TIMEOUT, detail, timeout)


def _checked_start(message: Mapping[str, Any]) -> tuple[int, Headers]:
    status, headers = message.get("status"), message.get("headers", ())
    if not isinstance(status, int) or not 100 <= status <= 999:
        raise TypeError(f"ASGI expects a status from 100 to 999, got {status!r}.")
    pairs = tuple(tuple(pair) for pair in headers)
    for pair in pairs:
        if len(pair) != 2 or not all(isinstance(part, bytes) for part in pair):
            raise TypeError(f"ASGI expects headers as pairs of bytes, got {pair!r}.")
    return status, pairs
