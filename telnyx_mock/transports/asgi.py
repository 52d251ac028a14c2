"""Sends requests to an ASGI app in this process, as a server does.

The protocol: https://asgi.readthedocs.io. An answer is complete when its last byte has arrived. The
app may then continue in the background; :meth:`AsgiReceiver.wait_until_idle` waits for that work.
"""

from __future__ import annotations

import asyncio
import atexit
import functools
import logging
import threading
from collections.abc import Callable
from typing import Any

from telnyx_mock.clock import SYSTEM_CLOCK, Clock
from telnyx_mock.errors import DeliveryError
from telnyx_mock.patience import PATIENCE, Patience
from telnyx_mock.payload.request import Request
from telnyx_mock.transports import app_errors
from telnyx_mock.transports.app_receiver import AppReceiver
from telnyx_mock.transports.asgi_exchange import AsgiExchange
from telnyx_mock.transports.callers_loop import Exchange, Lifespans
from telnyx_mock.transports.endpoint import HOST, wire_headers
from telnyx_mock.transports.event_loop import LoopBusy, cancel, session_loop
from telnyx_mock.transports.lifespan import Lifespan
from telnyx_mock.transports.receiver import NoAnswer, NoAnswerReason, Response
from telnyx_mock.transports.sleeping import wakes_at

_log = logging.getLogger("telnyx_mock.transports")


class AsgiReceiver(AppReceiver):
    """An ASGI *app*. Requests go to *path* on *host*, by https; *path* may have a query.

    The lifespan of the app starts with the first request and stops in :meth:`close`. Several
    threads may send at once. An app that blocks its event loop is interrupted after ``Patience.blocked`` seconds, if the
    loop runs in the main thread. Before, and elsewhere, its answer counts as late when the app continues. *patience* says how long the receiver waits for the app.
    """

    def __init__(
        self,
        app: Any,
        path: str = "/",
        host: str = HOST,
        *,
        patience: Patience = PATIENCE,
        clock: Clock = SYSTEM_CLOCK,
    ) -> None:
        super().__init__(app, path, host, clock=clock)
        self._patience = patience
        self._loop = session_loop()
        self._work = self._loop.group()
        self._residents = self._loop.group()
        self._starting = threading.Lock()
        self._lifespan = Lifespan(app, patience)
        self._lifespan_task: asyncio.Task[None] | None = None
        self._on_callers_loops = Lifespans(app, patience)

    def send(self, request: Request, *, timeout: float) -> Response:
        """Send *request*; see :class:`telnyx_mock.transports.receiver.Receiver`.

        An exception in the app, or a message that ASGI does not allow, becomes an answer with
        status 500 and the traceback as ``crash``. Raises DeliveryError if the app fails to start.
        """
        state = self._started().state
        app_errors.watch()
        exchange = AsgiExchange(
            self.app,
            self._scope(request, state),
            request.body,
            timeout,
            self._patience.traceback,
            self._clock,
        )
        try:
            return self._loop.call(
                functools.partial(exchange.begin, self._loop.context(self._work)),
                patience=timeout + self._patience.traceback,
            )
        except LoopBusy as busy:
            if busy.blocks is not None:
                raise busy.blocks.no_answer() from None
            detail = f"no answer within {timeout:g} s; the app blocks its event loop"
            raise NoAnswer(NoAnswerReason.TIMEOUT, detail, timeout) from None

    async def asend(
        self, request: Request, *, timeout: float, answered: Callable[[], None]
    ) -> Response:
        """Send *request* to the app on the caller's event loop; see :mod:`.async_sending`."""
        self._require_open()
        lifespan = await self._on_callers_loops.started()
        app_errors.watch()
        scope = self._scope(request, lifespan.state)
        exchange = Exchange(self.app, scope, request.body, timeout, self._clock)
        return await exchange.send(self._patience, answered)

    async def aclose(self) -> None:
        """Do what :meth:`close` does, and wait until the app has stopped on the caller's loop."""
        await self._on_callers_loops.stop()
        self.close()

    def wait_until_idle(self, timeout: float) -> bool:
        """Wait at most *timeout* seconds for the app's coroutines and the tasks that they started.

        Work in threads of the app, or in a queue, is invisible. Work that is unfinished after
        ``Patience.resident_work`` seconds counts as a permanent worker: no later call waits for it. Nor
        does any wait for tasks that all sleep for longer.
        """
        if not self._work:
            return True
        try:
            return self._loop.call(
                lambda loop: loop.create_task(self._idle_within(timeout)),
                patience=timeout + self._patience.traceback,
            )
        except LoopBusy:
            return False

    def close(self) -> None:
        """Cancel background work, and stop the app. The second call does nothing."""
        if self._closed.is_set():
            return
        self._closed.set()
        atexit.unregister(self.close)
        self._on_callers_loops.close()
        try:
            if self._lifespan.begun:
                stop = self._stop()
                self._loop.call(
                    lambda loop: loop.create_task(stop),
                    patience=self._patience.app_start + 2 * self._patience.cancelled_work,
                )
        except LoopBusy:
            _log.error("The app blocks its event loop, so it could not be stopped.")
        finally:
            self._loop.drop(self._work)
            self._loop.drop(self._residents)

    def _started(self) -> Lifespan:
        self._require_open()
        lifespan = self._lifespan
        if not lifespan.begun:
            with self._starting:
                if not lifespan.begun:
                    self._start()
        if lifespan.failure is not None:
            raise DeliveryError(f"The app failed to start: {lifespan.failure}.")
        return lifespan

    def _start(self) -> None:
        limit = self._patience.app_start
        try:
            self._loop.call(
                lambda loop: loop.create_task(self._start_lifespan()),
                patience=limit + self._patience.cancelled_work,
            )
        except LoopBusy:
            self._lifespan.failure = f"it did not start within {limit:g} s"
        self._lifespan.begun = True
        atexit.register(self.close)

    async def _start_lifespan(self) -> None:
        self._lifespan.belong_here()
        context = self._loop.context(self._residents)
        task = asyncio.get_running_loop().create_task(self._lifespan.run(), context=context)
        # This task waits for the end of the app, so the loop need not run for it.
        self._residents.discard(task)
        self._lifespan_task = task  # asyncio itself forgets a task
        await self._lifespan.wait_started()

    async def _idle_within(self, timeout: float) -> bool:
        loop = asyncio.get_running_loop()
        deadline = loop.time() + timeout
        while self._work:
            left = deadline - loop.time()
            if left <= 0 or all(wakes_at(task) > deadline for task in self._work):
                if timeout >= self._patience.resident_work:
                    self._let_stay()
                return False
            await asyncio.wait(self._work.copy(), timeout=left)
        return True

    def _let_stay(self) -> None:
        """Treat the background work as permanent workers: no later call waits for them."""
        for task in self._work.copy():
            self._work.discard(task)
            self._residents.add(task)
            task.add_done_callback(self._residents.discard)

    async def _stop(self) -> None:
        limit = self._patience.cancelled_work
        await cancel(self._work, limit)
        await self._lifespan.stop()
        await cancel(self._residents, limit)

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
