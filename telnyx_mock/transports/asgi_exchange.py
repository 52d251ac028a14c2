"""Passes one request to an ASGI app on our own event loop, as a server does for a connection."""

from __future__ import annotations

import asyncio
import contextvars
from typing import Any

from telnyx_mock.clock import Clock
from telnyx_mock.transports import app_errors
from telnyx_mock.transports.asgi_answer import AsgiAnswer, too_late
from telnyx_mock.transports.blocking import is_interruption
from telnyx_mock.transports.receiver import Response
from telnyx_mock.transports.signals import is_signal

_ROUNDS = 10
"""An app may return this many rounds of the event loop after its answer.

Work that takes longer counts as background work, which needs a thread.
"""


class AsgiExchange:
    """One request and its answer. All methods except the constructor run in the event loop.

    The app must answer within *timeout* seconds. After an answer with status 500, it has
    *traceback* seconds to raise its exception. *clock* measures how long the answer takes.
    """

    def __init__(
        self,
        app: Any,
        scope: dict[str, Any],
        body: bytes,
        timeout: float,
        traceback: float,
        clock: Clock,
    ) -> None:
        self._app = app
        self._scope = scope
        self._body = body
        self._timeout = timeout
        self._traceback = traceback
        self._clock = clock
        self._body_taken = False
        self._answer = AsgiAnswer()
        self._disconnected: asyncio.Event | None = None
        self._started = clock.monotonic()

    def begin(
        self, context: contextvars.Context, loop: asyncio.AbstractEventLoop
    ) -> asyncio.Future[Response]:
        """Start the app. The future is done when the answer is complete or the time is over."""
        context.run(app_errors.CAUGHT.set, self._answer.caught)
        self._loop = loop
        self._result: asyncio.Future[Response] = loop.create_future()
        self._deadline = loop.call_later(self._timeout, self._expire)
        self._task = loop.create_task(self._run(), context=context)
        return self._result

    async def _run(self) -> None:
        raised: BaseException | None = None
        try:
            await self._app(self._scope, self._receive, self._send)
        except BaseException as error:
            if isinstance(error, GeneratorExit) and not self._is_running():
                raise  # the loop is closed, and this coroutine with it
            if is_signal(error):
                if self._result.done():
                    if is_interruption(error):
                        return  # whoever waited hears of it
                    raise
                self._result.set_exception(error)
                self._loop.stop()  # asyncio itself does not stop it for a KeyboardInterrupt
                return
            raised = error
        if self._answer.fail(raised):
            self._finish()
        self._conclude()

    def _is_running(self) -> bool:
        return asyncio.current_task(self._loop) is self._task

    async def _receive(self) -> dict[str, Any]:
        if not self._body_taken:
            self._body_taken = True
            return {"type": "http.request", "body": self._body, "more_body": False}
        if not self._answer.is_over:
            if self._disconnected is None:
                self._disconnected = asyncio.Event()
            await self._disconnected.wait()
        return {"type": "http.disconnect"}

    async def _send(self, message: Any) -> None:
        if self._answer.is_gone:
            await asyncio.sleep(0)
        if self._answer.take(message):
            self._finish()
        elif message["type"] == "http.response.body":
            await asyncio.sleep(0)  # so that an endless answer can be timed out

    def _hang_up(self) -> None:
        self._answer.is_over = True
        self._deadline.cancel()
        if self._disconnected is not None:
            self._disconnected.set()

    def _expire(self) -> None:
        self._hang_up()
        self._answer.is_gone = True
        if not self._result.done():
            self._result.set_exception(too_late(self._timeout))

    def _finish(self) -> None:
        self._answer.elapsed = self._clock.monotonic() - self._started
        if self._answer.elapsed > self._timeout:
            self._expire()
            return
        self._hang_up()
        if (self._answer.status or 0) >= 500 and not self._task.done():
            self._loop.call_later(self._traceback, self._conclude)
        else:
            self._loop.call_soon(self._conclude_after, _ROUNDS)

    def _conclude_after(self, rounds: int) -> None:
        if rounds == 0:
            self._conclude()
        elif not self._result.done():
            self._loop.call_soon(self._conclude_after, rounds - 1)

    def _conclude(self) -> None:
        if not self._result.done():
            self._result.set_result(self._answer.response())
