"""What a way of reaching the app under test has to offer. The only I/O towards it is here."""

from __future__ import annotations

from typing import Protocol

from telnyx_mock.errors import UsageError
from telnyx_mock.payload.request import Request
from telnyx_mock.transports.response import Response

__all__ = ["DEADLINE", "NoAnswer", "Receiver", "elsewhere"]

DEADLINE = 2.0
"""Seconds that Telnyx waits for an answer (messaging and RCS guides; voice lets it be set)."""


class NoAnswer(Exception):
    """The receiver was reached and gave no usable answer. *reason* is one of the constants."""

    TIMEOUT = "timeout"
    CLOSED = "connection closed"
    INVALID = "not HTTP"
    HEADERS = "headers without end"
    INTERIM = "interim answers without end"

    def __init__(self, reason: str, detail: str, elapsed: float) -> None:
        super().__init__(detail)
        self.reason = reason
        self.elapsed = elapsed


class Receiver(Protocol):
    """The app under test, however it is reached. One URL: what is sent goes there."""

    @property
    def url(self) -> str:
        """The address that requests go to, as Telnyx would be told it."""
        ...

    @property
    def in_process(self) -> bool:
        """Whether the app runs in this process, so that its exceptions and calls can be seen."""
        ...

    def send(self, request: Request, *, timeout: float) -> Response:
        """Send *request* and return the answer, waiting at most *timeout* seconds.

        Raises :class:`NoAnswer` where there was none in time, and
        :class:`telnyx_mock.errors.DeliveryError` where the receiver could not be reached.
        """
        ...

    def settle(self, timeout: float) -> bool:
        """Wait, at most *timeout* seconds, for work the app goes on with after answering.

        Returns whether it is done; True where that cannot be seen.
        """
        ...

    def close(self) -> None:
        """Stop what was started: lifespan, connections."""
        ...


def elsewhere(receiver: Receiver, path: str) -> Receiver:
    """What *receiver* reaches, at another *path*: one app, started once, with two addresses.

    Raises UsageError for a path without its slash, and for a receiver that has no method ``at``.
    """
    at = getattr(receiver, "at", None)
    if at is None:
        raise UsageError(
            f"{path!r} is a path, and the receiver at {receiver.url} has no other; give a receiver "
            "of its own for the failover address."
        )
    other: Receiver = at(path)
    return other
