"""Reach an ASGI app in this process, as a server would: https://asgi.readthedocs.io.

The answer is complete at its last byte; what the app does afterwards goes on in the background,
and :meth:`AsgiReceiver.settle` waits for it.
"""

from __future__ import annotations

import asyncio
import atexit
import copy
import functools
import logging
import threading
import time
from typing import Any

from telnyx_mock.errors import DeliveryError, UsageError
from telnyx_mock.payload.request import Request
from telnyx_mock.transports import crash
from telnyx_mock.transports.asgi_exchange import GRACE, AsgiExchange
from telnyx_mock.transports.endpoint import HOST, Endpoint, wire_headers
from telnyx_mock.transports.event_loop import LoopBusy, Tasks, session_loop
from telnyx_mock.transports.lifespan import PATIENCE, Lifespan
from telnyx_mock.transports.receiver import NoAnswer
from telnyx_mock.transports.response import Response

__all__ = ["AsgiReceiver"]

STAYS = 2.0
"""Seconds of waiting in vain after which work in the background counts as a worker that stays."""

_log = logging.getLogger("telnyx_mock.transports")


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
        # What is at another path of the app has these in common with this.
        self._starting = threading.Lock()
        self._lifespan = Lifespan(app, self._loop, self._residents)
        self._closed = threading.Event()

    @property
    def url(self) -> str:
        """The address, as Telnyx would be told it."""
        return self._endpoint.url

    def at(self, path: str) -> AsgiReceiver:
        """The same app at another *path*; it is started and closed with this one."""
        other = copy.copy(self)
        other._endpoint = Endpoint.of(path, self._endpoint.host)
        return other

    def send(self, request: Request, *, timeout: float) -> Response:
        """Send *request*; see :class:`telnyx_mock.transports.receiver.Receiver`.

        An exception in the app is an answer of 500, with its traceback as ``crash``; so is a
        message that ASGI does not know. Raises DeliveryError where the app's startup failed.
        """
        state = self._started().state
        crash.watch_frameworks()
        exchange = AsgiExchange(self.app, self._scope(request, state), request.body, timeout)
        try:
            return self._loop.call(
                functools.partial(exchange.begin, self._loop.context(self._work)),
                patience=timeout + GRACE,
            )
        except LoopBusy:
            detail = f"no answer within {timeout:g} s; the app blocks its event loop"
            raise NoAnswer(NoAnswer.TIMEOUT, detail, timeout) from None

    def settle(self, timeout: float) -> bool:
        """Wait for what the app goes on with: its coroutines, and the tasks that they made.

        Work that it hands to threads of its own, or to a queue, cannot be seen. What is not done
        after :data:`STAYS` seconds is waited for only this once.
        """
        if not self._work:
            return True
        try:
            return self._loop.call(
                lambda loop: loop.create_task(self._settled(timeout)), patience=timeout + GRACE
            )
        except LoopBusy:
            return False

    def close(self) -> None:
        """Cancel what is still at work, and stop the app. Does nothing the second time."""
        if self._closed.is_set():
            return
        self._closed.set()
        atexit.unregister(self.close)
        try:
            if self._lifespan.begun:
                stop = self._stopped()
                self._loop.call(lambda loop: loop.create_task(stop), patience=PATIENCE + 2)
        except LoopBusy:
            _log.error("The app blocks its event loop, so it could not be stopped.")
        finally:
            self._loop.drop(self._work)
            self._loop.drop(self._residents)

    def _started(self) -> Lifespan:
        if self._closed.is_set():
            raise UsageError(f"The receiver at {self.url} is closed; nothing more can be sent.")
        lifespan = self._lifespan
        if not lifespan.begun:
            with self._starting:
                if not lifespan.begun:
                    start = lifespan.start()
                    try:
                        self._loop.call(lambda loop: loop.create_task(start), patience=PATIENCE + 1)
                    except LoopBusy:
                        lifespan.failure = f"it did not start within {PATIENCE:g} s"
                    lifespan.begun = True
                    atexit.register(self.close)
        if lifespan.failure is not None:
            raise DeliveryError(f"The app failed to start: {lifespan.failure}.")
        return lifespan

    async def _settled(self, timeout: float) -> bool:
        deadline = time.perf_counter() + timeout
        while self._work:
            left = deadline - time.perf_counter()
            if left <= 0:
                if timeout >= STAYS:
                    self._let_stay()
                return False
            await asyncio.wait(self._work.copy(), timeout=left)
        return True

    def _let_stay(self) -> None:
        """Take what is still at work for a worker without end: nothing waits for it any more."""
        for task in self._work.copy():
            self._work.discard(task)
            self._residents.add(task)
            task.add_done_callback(self._residents.discard)

    async def _stopped(self) -> None:
        await _cancel(self._work)
        await self._lifespan.stop()
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


async def _cancel(tasks: Tasks) -> None:
    waiting = tasks.copy()
    for task in waiting:
        task.cancel()
    if waiting:
        await asyncio.wait(waiting, timeout=1)
