"""Passes one request to an ASGI app and collects its answer, as a server does for a connection.

https://asgi.readthedocs.io/en/latest/specs/www.html. If the app breaks the
protocol, this module acts as a server does: it closes the connection when an answer has no end, and
turns a wrong message into an answer with status 500.
"""

from __future__ import annotations

import asyncio
import contextvars
from collections.abc import Mapping
from typing import Any

from telnyx_mock.clock import Clock
from telnyx_mock.payload.request import Headers
from telnyx_mock.transports import app_errors
from telnyx_mock.transports.crash_text import traceback_of
from telnyx_mock.transports.receiver import BODY_LIMIT, NoAnswer, NoAnswerReason, Response
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
        self._status: int | None = None
        self._headers: Headers = ()
        self._answer = bytearray()
        self._truncated = False
        self._over = False  # the answer is complete, or time is up
        self._gone = False  # the client has closed the connection
        self._disconnected: asyncio.Event | None = None
        self._crash: str | None = None
        self._caught = app_errors.Caught()
        self._started = clock.monotonic()
        self._elapsed = 0.0

    def begin(
        self, context: contextvars.Context, loop: asyncio.AbstractEventLoop
    ) -> asyncio.Future[Response]:
        """Start the app. The future is done when the answer is complete or the time is over."""
        context.run(app_errors.CAUGHT.set, self._caught)
        self._loop = loop
        self._result: asyncio.Future[Response] = loop.create_future()
        self._deadline = loop.call_later(self._timeout, self._expire)
        self._task = loop.create_task(self._run(), context=context)
        return self._result

    async def _run(self) -> None:
        try:
            await self._app(self._scope, self._receive, self._send)
        except asyncio.CancelledError as error:
            self._crash = traceback_of(error, skip=1)
        except BaseException as error:
            if isinstance(error, GeneratorExit) and not self._is_running():
                raise  # the loop is closed, and this coroutine with it
            if is_signal(error):
                if self._result.done():
                    raise
                self._result.set_exception(error)
                self._loop.stop()  # asyncio itself does not stop it for a KeyboardInterrupt
                return
            if not self._over or (self._status or 0) >= 500:
                self._crash = traceback_of(error, skip=1)
            elif not self._gone:
                app_errors.note_background_error(error)
        else:
            if not self._over:
                self._crash = "The app returned before its answer was complete."
        if not self._over:
            self._status, self._headers, self._answer = 500, (), bytearray()
            self._finish()
        self._conclude()

    def _is_running(self) -> bool:
        return asyncio.current_task(self._loop) is self._task

    async def _receive(self) -> dict[str, Any]:
        if not self._body_taken:
            self._body_taken = True
            return {"type": "http.request", "body": self._body, "more_body": False}
        if not self._over:
            if self._disconnected is None:
                self._disconnected = asyncio.Event()
            await self._disconnected.wait()
        return {"type": "http.disconnect"}

    async def _send(self, message: Any) -> None:
        if self._gone:
            await asyncio.sleep(0)
            raise OSError("The client has closed the connection.")
        kind = message.get("type") if isinstance(message, Mapping) else None
        if kind == "http.response.start" and self._status is None:
            self._status, self._headers = _checked_start(message)
        elif kind == "http.response.body" and self._status is not None and not self._over:
            body, more = message.get("body", b""), message.get("more_body", False)
            if not isinstance(body, bytes | bytearray | memoryview):
                raise TypeError(f"ASGI expects a body of bytes, got {type(body).__name__}.")
            self._answer += body
            self._gone = self._truncated = len(self._answer) > BODY_LIMIT
            if not more or self._truncated:
                self._finish()
            else:
                await asyncio.sleep(0)  # so that an endless answer can be timed out
        else:
            what = repr(kind) if kind else f"without a type ({type(message).__name__})"
            raise RuntimeError(f"The app sent an ASGI message {what} out of place.")

    def _hang_up(self) -> None:
        self._over = True
        self._deadline.cancel()
        if self._disconnected is not None:
            self._disconnected.set()

    def _expire(self) -> None:
        self._hang_up()
        self._gone = True
        if not self._result.done():
            detail = f"no complete answer within {self._timeout:g} s"
            self._result.set_exception(NoAnswer(NoAnswerReason.TIMEOUT, detail, self._timeout))

    def _finish(self) -> None:
        self._elapsed = self._clock.monotonic() - self._started
        if self._elapsed > self._timeout:
            self._expire()
            return
        self._hang_up()
        if self._status is not None and self._status >= 500 and not self._task.done():
            self._loop.call_later(self._traceback, self._conclude)
        else:
            self._loop.call_soon(self._conclude_after, _ROUNDS)

    def _conclude_after(self, rounds: int) -> None:
        if rounds == 0:
            self._conclude()
        elif not self._result.done():
            self._loop.call_soon(self._conclude_after, rounds - 1)

    def _conclude(self) -> None:
        if self._result.done():
            return
        status = self._status or 500
        crash = (self._crash or "\n".join(self._caught.unhandled)) if status >= 500 else ""
        logged = "\n".join(self._caught.logged) if status >= 400 else ""
        self._result.set_result(
            Response(
                status,
                self._headers,
                bytes(self._answer[:BODY_LIMIT]),
                self._elapsed,
                crash or None,
                self._truncated,
                logged or None,
            )
        )


def _checked_start(message: Mapping[str, Any]) -> tuple[int, Headers]:
    status, headers = message.get("status"), message.get("headers", ())
    if not isinstance(status, int) or not 100 <= status <= 999:
        raise TypeError(f"ASGI expects a status from 100 to 999, got {status!r}.")
    pairs = tuple(tuple(pair) for pair in headers)
    for pair in pairs:
        if len(pair) != 2 or not all(isinstance(part, bytes) for part in pair):
            raise TypeError(f"ASGI expects headers as pairs of bytes, got {pair!r}.")
    return status, pairs
