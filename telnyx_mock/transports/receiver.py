"""What every way to reach a receiver offers: send a request, wait until it is idle, close it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import Enum
from typing import Protocol

from telnyx_mock.errors import UsageError
from telnyx_mock.payload.request import Headers, Request

__all__ = ["BODY_LIMIT", "NoAnswer", "NoAnswerReason", "Receiver", "Response", "Wrapped", "at_path"]

BODY_LIMIT = 1 << 20
"""Bytes of an answer's body that are read."""


@dataclass(frozen=True, slots=True)
class Response:
    """An answer to one request.

    *elapsed* is in seconds, from the first byte out to the last byte of the answer. *crash* is the
    traceback where an exception left an app in process: the status is then 500, as a server would
    answer. *body* holds at most :data:`BODY_LIMIT` bytes; *truncated* tells that there were more.
    """

    status: int
    headers: Headers
    body: bytes
    elapsed: float
    crash: str | None = None
    truncated: bool = False

    def header(self, name: bytes) -> bytes | None:
        """The first value of the header *name*, in any casing; None where it is missing."""
        wanted = name.lower()
        return next((value for known, value in self.headers if known.lower() == wanted), None)


class NoAnswerReason(Enum):
    """Why a request has no answer. The value is how reports say it."""

    TIMEOUT = "timeout"
    CLOSED = "connection closed"
    INVALID = "not HTTP"
    ENDLESS_HEADERS = "headers without end"
    UNREACHABLE = "unreachable"


class NoAnswer(Exception):
    """The receiver was reached, and gave no usable answer within *elapsed* seconds."""

    def __init__(self, reason: NoAnswerReason, detail: str, elapsed: float) -> None:
        super().__init__(detail)
        self.reason = reason
        self.elapsed = elapsed


class Receiver(Protocol):
    """The app under test, however it is reached. All requests go to one address."""

    @property
    def url(self) -> str:
        """The address of the receiver, as Telnyx would know it."""
        ...

    @property
    def in_process(self) -> bool:
        """Whether the app runs in this process, so that its exceptions and calls are visible."""
        ...

    def send(self, request: Request, *, timeout: float) -> Response:
        """Send *request* and return the answer, waiting at most *timeout* seconds.

        Raises :class:`NoAnswer` without an answer in time, and
        :class:`telnyx_mock.errors.DeliveryError` if the receiver cannot be reached.
        """
        ...

    def wait_until_idle(self, timeout: float) -> bool:
        """Wait at most *timeout* seconds for work that the app continues after its answers.

        Returns whether the app is idle; True where its work is invisible.
        """
        ...

    def close(self) -> None:
        """Stop what was started: lifespan, connections."""
        ...


def at_path(receiver: Receiver, path: str) -> Receiver:
    """The same app or server at another *path*; it is started and closed once for both.

    Raises UsageError for a path without its slash, and for a receiver without a method ``at``.
    """
    at = getattr(receiver, "at", None)
    if at is None:
        raise UsageError(
            f"{path!r} is a path, and the receiver at {receiver.url} has no other; give a receiver "
            "of its own for the failover address."
        )
    other: Receiver = at(path)
    return other


@dataclass(frozen=True, slots=True)
class Wrapped:
    """A receiver that does what *app* does; subclasses change a part of it."""

    app: Receiver

    @property
    def url(self) -> str:
        return self.app.url

    @property
    def in_process(self) -> bool:
        return self.app.in_process

    def at(self, path: str) -> Receiver:
        return replace(self, app=at_path(self.app, path))

    def send(self, request: Request, *, timeout: float) -> Response:
        return self.app.send(request, timeout=timeout)

    def wait_until_idle(self, timeout: float) -> bool:
        return self.app.wait_until_idle(timeout)

    def close(self) -> None:
        self.app.close()
