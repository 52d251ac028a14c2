"""Reach an ASGI app in this process, as a server would: https://asgi.readthedocs.io.

The answer is complete at its last byte; what the app does afterwards goes on in the background,
and :meth:`AsgiReceiver.settle` waits for it.
"""

from __future__ import annotations

import asyncio
import contextvars
import functools
import logging
import threading
import time
from collections.abc import Mapping
from typing import Any

from telnyx_mock.errors import DeliveryError, UsageError
from telnyx_mock.receivers import crash
from telnyx_mock.receivers.endpoint import HOST, Endpoint, wire_headers
from telnyx_mock.receivers.lifespan import PATIENCE, Lifespan
from telnyx_mock.receivers.loop import LoopBusy, Tasks, session_loop
from telnyx_mock.receivers.receiver import NoAnswer
from telnyx_mock.receivers.response import BODY_LIMIT, Response
from telnyx_mock.request import Headers, Request

__all__ = ["AsgiReceiver"]

_TURNS = 10
"""Rounds of the loop that an app may take to return after its answer without costing a thread."""
_GRACE = 0.25
"""Seconds to wait, after an answer of 500, for the exception behind it to leave the app."""

_log = logging.getLogger("telnyx_mock.receivers")


class AsgiReceiver:
    """An ASGI *app*; requests go to *path* (which may hold a query) on *host*, by https.

    Its lifespan starts with the first request and stops in :meth:`close`. Safe to use from several
    threads, also at once. Not interruptible: an app that blocks its loop is timed afterwards.
    """

    in_process = True

    def __init__(self, app: Any, path: str = "/", host: str = HOST) -> None:
        self.app = app
        self._endpoint = Endpoint.of(path, host)
        self._loop = session_loop()
        self._work = self._loop.group()
        self._residents = self._loop.group()
        self._starting = threading.Lock()
        self._lifespan: Lifespan | None = None
        self._closed = False

    @property
    def url(self) -> str:
        """The address, as Telnyx would be told it."""
        return self._endpoint.url

    def send(self, request: Request, *, timeout: float) -> Response:
        """Send *request*; see :class:`telnyx_mock.receivers.receiver.Receiver`.

        An exception in the app is an answer of 500, with its traceback as ``crash``; so is a
        message that ASGI does not know. Raises DeliveryError where the app's startup failed.
        """
        state = self._started().state
        crash.watch_frameworks()
        exchange = _Exchange(self.app, self._scope(request, state), request.body, timeout)
        try:
            return self._loop.call(
                functools.partial(exchange.begin, self._loop.context(self._work)),
                patience=timeout + _GRACE,
            )
        except LoopBusy:
            detail = f"no answer within {timeout:g} s; the app blocks its event loop"
            raise NoAnswer(NoAnswer.TIMEOUT, detail, timeout) from None

    def settle(self, timeout: float) -> bool:
        """Wait for what the app goes on with: its coroutines, and the tasks that they made.

        Work that it hands to threads of its own, or to a queue, cannot be seen.
        """
        if not self._work:
            return True
        try:
            return self._loop.call(
                lambda loop: loop.create_task(self._settled(timeout)), patience=timeout + _GRACE
            )
        except LoopBusy:
            return False

    def close(self) -> None:
        """Cancel what is still at work, and stop the app. Does nothing the second time."""
        if self._closed:
            return
        self._closed = True
        try:
            if self._lifespan is not None:
                stop = self._stopped(self._lifespan)
                self._loop.call(lambda loop: loop.create_task(stop), patience=PATIENCE + 2)
        except LoopBusy:
            _log.error("The app blocks its event loop, so it could not be stopped.")
        finally:
            self._loop.drop(self._work)
            self._loop.drop(self._residents)

    def _started(self) -> Lifespan:
        if self._closed:
            raise UsageError(f"The receiver at {self.url} is closed; nothing more can be sent.")
        lifespan = self._lifespan
        if lifespan is None:
            with self._starting:
                lifespan = self._lifespan
                if lifespan is None:
                    lifespan = Lifespan(self.app, self._loop, self._residents)
                    start = lifespan.start()
                    try:
                        self._loop.call(lambda loop: loop.create_task(start), patience=PATIENCE + 1)
                    except LoopBusy:
                        lifespan.failure = f"it did not start within {PATIENCE:g} s"
                    self._lifespan = lifespan
        if lifespan.failure is not None:
            raise DeliveryError(f"The app failed to start: {lifespan.failure}.")
        return lifespan

    async def _settled(self, timeout: float) -> bool:
        deadline = time.perf_counter() + timeout
        while self._work:
            left = deadline - time.perf_counter()
            if left <= 0:
                return False
            await asyncio.wait(self._work.copy(), timeout=left)
        return True

    async def _stopped(self, lifespan: Lifespan) -> None:
        await _cancel(self._work)
        await lifespan.stop()
        await _cancel(self._residents)

    def _scope(self, request: Request, state: dict[str, Any]) -> dict[str, Any]:
        target = self._endpoint
        return {
            "type": "http",
            "asgi": {"version": "3.0", "spec_version": "2.3"},
            "http_version": "1.1",
            "method": request.method,
            "scheme": "https",
            "path": target.path.decode("utf-8", "replace"),
            "raw_path": target.raw_path,
            "query_string": target.query_of(request),
            "root_path": "",
            "headers": list(wire_headers(request, target.host)),
            "client": ("127.0.0.1", 49152),
            "server": (target.host, 443),
            "state": state.copy(),
            "extensions": {},
        }


class _Exchange:
    """One request and its answer. All of it but the construction runs on the loop."""

    def __init__(self, app: Any, scope: dict[str, Any], body: bytes, timeout: float) -> None:
        self._app = app
        self._scope = scope
        self._body = body
        self._timeout = timeout
        self._asked = False
        self._status: int | None = None
        self._headers: Headers = ()
        self._answer = bytearray()
        self._truncated = False
        self._over = False
        self._gone = False
        self._disconnected: asyncio.Event | None = None
        self._crash: str | None = None
        self._swallowed: list[str] = []
        self._started = time.perf_counter()
        self._elapsed = 0.0

    def begin(
        self, context: contextvars.Context, loop: asyncio.AbstractEventLoop
    ) -> asyncio.Future[Response]:
        """Start the app; the future is done when the answer is, or there is none."""
        context.run(crash.SWALLOWED.set, self._swallowed)
        self._loop = loop
        self._result: asyncio.Future[Response] = loop.create_future()
        self._deadline = loop.call_later(self._timeout, self._expire)
        self._task = loop.create_task(self._run(), context=context)
        return self._result

    async def _run(self) -> None:
        try:
            await self._app(self._scope, self._receive, self._send)
        except asyncio.CancelledError as error:
            self._crash = crash.text_of(error, skip=1)
        except (Exception, SystemExit) as error:
            if not self._over or (self._status or 0) >= 500:
                self._crash = crash.text_of(error, skip=1)
            elif not self._gone:
                _log.error("Exception in the app, after its answer.", exc_info=error)
        except KeyboardInterrupt:
            raise
        except BaseException as error:  # the test runner's, as when its time limit is reached
            if not self._result.done():
                self._result.set_exception(error)
            return
        else:
            if not self._over:
                self._crash = "The app returned before its answer was complete."
        if not self._over:
            self._status, self._headers, self._answer = 500, (), bytearray()
            self._finish()

    async def _receive(self) -> dict[str, Any]:
        if not self._asked:
            self._asked = True
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
                raise TypeError(f"ASGI wants a body of bytes, got {type(body).__name__}.")
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
            self._result.set_exception(NoAnswer(NoAnswer.TIMEOUT, detail, self._timeout))

    def _finish(self) -> None:
        self._elapsed = time.perf_counter() - self._started
        if self._elapsed > self._timeout:
            self._expire()
            return
        self._hang_up()
        if self._status is not None and self._status >= 500 and not self._task.done():
            self._task.add_done_callback(lambda _: self._conclude())
            self._loop.call_later(_GRACE, self._conclude)
        else:
            self._loop.call_soon(self._linger, _TURNS)

    def _linger(self, turns: int) -> None:
        if turns == 0 or self._task.done():
            self._conclude()
        else:
            self._loop.call_soon(self._linger, turns - 1)

    def _conclude(self) -> None:
        if self._result.done():
            return
        status = self._status or 500
        reason = (self._crash or "\n".join(self._swallowed)) if status >= 500 else ""
        body = bytes(self._answer[:BODY_LIMIT])
        self._result.set_result(
            Response(status, self._headers, body, self._elapsed, reason or None, self._truncated)
        )


def _checked_start(message: Mapping[str, Any]) -> tuple[int, Headers]:
    status, headers = message.get("status"), message.get("headers", ())
    if not isinstance(status, int) or not 100 <= status <= 999:
        raise TypeError(f"ASGI wants a status from 100 to 999, got {status!r}.")
    pairs = tuple(tuple(pair) for pair in headers)
    for pair in pairs:
        if len(pair) != 2 or not all(isinstance(part, bytes) for part in pair):
            raise TypeError(f"ASGI wants headers as pairs of bytes, got {pair!r}.")
    return status, pairs


async def _cancel(tasks: Tasks) -> None:
    waiting = tasks.copy()
    for task in waiting:
        task.cancel()
    if waiting:
        await asyncio.wait(waiting, timeout=1)
