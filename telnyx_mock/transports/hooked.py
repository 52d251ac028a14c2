"""A receiver with hooks of the user's own: one before each request, and one after each answer."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from telnyx_mock.payload.request import Request
from telnyx_mock.transports.loading import open_target
from telnyx_mock.transports.receiver import Receiver, Response, Wrapped, asend


def with_hooks(
    target: Any,
    *,
    before_sending: Callable[[Request], Request] | None = None,
    after_answering: Callable[[Request, Response], None] | None = None,
    path: str = "/",
) -> Receiver:
    """Return a receiver for *target* that calls your hooks, in a test and in a run of the contract.

    *target* is an app, ``module:app``, an address, or another receiver; requests go to *path*.
    *before_sending* gets each request, signed and complete, and returns the request to send, perhaps
    the same. *after_answering* gets the request that was sent and its answer; it is not called if
    there is no answer. Return the result from the fixture ``telnyx_receiver``, or name it in
    ``telnyx-mock check module:name``.

    Raises UsageError if *target* is not a receiver.

    >>> import telnyx_mock
    >>> def app(environ, start_response):
    ...     start_response("200 OK", [])
    ...     return [environ["HTTP_X_GATEWAY"].encode()]
    >>> receiver = telnyx_mock.with_hooks(
    ...     app, before_sending=lambda request: request.with_headers((b"x-gateway", b"passed"))
    ... )
    >>> telnyx_mock.Emulator(receiver).send("call.initiated").body
    b'passed'
    """
    return Hooked(open_target(target, path=path), before_sending, after_answering)


@dataclass(frozen=True, slots=True)
class Hooked(Wrapped):
    """Calls *before* with each request for the receiver *app*, and *after* with each answer."""

    before: Callable[[Request], Request] | None
    after: Callable[[Request, Response], None] | None

    def send(self, request: Request, *, timeout: float) -> Response:
        request = self._changed(request)
        return self._told(request, self.app.send(request, timeout=timeout))

    async def asend(
        self, request: Request, *, timeout: float, answered: Callable[[], None]
    ) -> Response:
        request = self._changed(request)
        response = await asend(self.app, request, timeout=timeout, answered=answered)
        return self._told(request, response)

    def _changed(self, request: Request) -> Request:
        return request if self.before is None else self.before(request)

    def _told(self, request: Request, response: Response) -> Response:
        if self.after is not None:
            self.after(request, response)
        return response
