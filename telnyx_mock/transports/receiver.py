"""The interface of every receiver: send a request, wait until the app is idle, close."""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import Enum
from typing import Protocol

import anyio.to_thread

from telnyx_mock.errors import UsageError
from telnyx_mock.payload.request import Headers, Request

BODY_LIMIT = 1 << 20
"""How many bytes of an answer's body are read."""


@dataclass(frozen=True, slots=True)
class Response:
    """An answer to one request.

    *elapsed* is the time in seconds from the first byte of the request to the last byte of the
    answer. *crash* is the traceback if an app in this process raised an exception; the status is
    then 500, as from a server. *logged* is the traceback of an exception that the app caught and
    logged before it answered 4xx or 5xx. *body* holds at most :data:`BODY_LIMIT` bytes; *truncated* says
    whether the body was longer. *left_over* are bytes that the server sent after the end of this or
    an earlier answer, and that belong to no request. *resent* says whether the
    request went out twice, because the server had closed the first connection: the receiver may have
    handled it twice.
    """

    status: int
    headers: Headers
    body: bytes
    elapsed: float
    crash: str | None = None
    truncated: bool = False
    logged: str | None = None
    left_over: bytes = b""
    resent: bool = False

    def header(self, name: bytes) -> bytes | None:
        """Return the first value of the header *name*, or None.

        The casing of *name* does not matter.
        """
        wanted = name.lower()
        return next((value for known, value in self.headers if known.lower() == wanted), None)


class NoAnswerReason(Enum):
    """Why a request has no answer. Reports print the value."""

    TIMEOUT = "timeout"
    BLOCKED = "the app blocks"
    CLOSED = "connection closed"
    INVALID = "not HTTP"
    ENDLESS_HEADERS = "headers without end"
    OUT_OF_STEP = "more than one answer"
    UNREACHABLE = "unreachable"


class NoAnswer(Exception):
    """The receiver was reached, but gave no usable answer within *elapsed* seconds.

    *resent* says whether the request went out twice; see :class:`Response`.
    """

    def __init__(self, reason: NoAnswerReason, detail: str, elapsed: float) -> None:
        super().__init__(detail)
        self.reason = reason
        self.elapsed = elapsed
        self.resent = False


class Receiver(Protocol):
    """The app under test. All requests go to one address."""

    @property
    def url(self) -> str:
        """The address of the receiver, as a Telnyx account would have it."""
        ...

    @property
    def in_process(self) -> bool:
        """Whether the app runs in this process. If so, its exceptions and its calls are visible."""
        ...

    def send(self, request: Request, *, timeout: float) -> Response:
        """Send *request* and return the answer, waiting at most *timeout* seconds.

        Raises :class:`NoAnswer` if no answer arrives in time, and
        :class:`telnyx_mock.errors.DeliveryError` if the receiver cannot be reached.
        """
        ...

    def wait_until_idle(self, timeout: float) -> bool:
        """Wait at most *timeout* seconds for work that the app continues after its answers.

        Return whether the app is idle. If the work of the app is invisible, return True.
        """
        ...

    def close(self) -> None:
        """Stop the lifespan of the app, and close connections."""
        ...


def at_path(receiver: Receiver, path: str) -> Receiver:
    """Return a receiver for the same app at another *path*. Both start and close together.

    Raises UsageError if *path* does not start with a slash, or *receiver* has no method ``at``.
    """
    at = getattr(receiver, "at", None)
    if at is None:
        raise UsageError(
            f"{path!r} is a path, but the receiver at {receiver.url} cannot change its "
            "path; give a receiver of its own for the failover address."
        )
    other: Receiver = at(path)
    return other


async def asend(
    receiver: Receiver, request: Request, *, timeout: float, answered: Callable[[], None]
) -> Response:
    """Send *request* to *receiver* from a running event loop, without blocking the loop.

    A receiver that has a method ``asend`` of its own runs its app on this loop: it calls *answered*
    as soon as the answer is complete, and then waits for the app's work in the background. For any
    other receiver, a thread sends the request. Raises the errors of :meth:`Receiver.send`.
    """
    own = getattr(receiver, "asend", None)
    if own is not None:
        response: Response = await own(request, timeout=timeout, answered=answered)
        return response
    try:
        send = functools.partial(receiver.send, request, timeout=timeout)
        return await anyio.to_thread.run_sync(send)
    finally:
        answered()


async def aclose(receiver: Receiver) -> None:
    """Close *receiver* from a running event loop, and wait for its app on this loop to stop."""
    own = getattr(receiver, "aclose", None)
    if own is not None:
        await own()
    else:
        receiver.close()


@dataclass(frozen=True, slots=True)
class Wrapped:
    """A receiver that passes every call on to *app*. Subclasses change some of the calls."""

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

    async def asend(
        self, request: Request, *, timeout: float, answered: Callable[[], None]
    ) -> Response:
        return await asend(self.app, request, timeout=timeout, answered=answered)

    async def aclose(self) -> None:
        await aclose(self.app)

    def wait_until_idle(self, timeout: float) -> bool:
        return self.app.wait_until_idle(timeout)

    def close(self) -> None:
        self.app.close()
