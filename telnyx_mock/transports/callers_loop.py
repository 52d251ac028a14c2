"""Runs an ASGI app on the event loop of the caller, of asyncio or trio, as an async test needs it.

An app on the test's own loop can use the engines, clients and tasks that async fixtures made there.
A delivery leaves nothing behind: it waits for the app's work in the background. Only the lifespan
of the app goes on, and ends with the loop at the latest.
"""

from __future__ import annotations

import asyncio
import contextvars
import logging
import sys
from collections.abc import Callable
from contextlib import suppress
from typing import Any
from weakref import WeakKeyDictionary

import anyio
import anyio.lowlevel

from telnyx_mock.clock import Clock
from telnyx_mock.errors import DeliveryError
from telnyx_mock.patience import Patience
from telnyx_mock.transports import app_errors
from telnyx_mock.transports.asgi_answer import AsgiAnswer, too_late
from telnyx_mock.transports.event_loop import GROUP, Tasks, count_task
from telnyx_mock.transports.lifespan import Lifespan
from telnyx_mock.transports.receiver import Response
from telnyx_mock.transports.signals import is_signal

_log = logging.getLogger("telnyx_mock.transports")


class Exchange:
    """One request with *scope* and *body* to *app*, and its answer.

    The app must answer within *timeout* seconds; *clock* measures how long the answer takes.
    """

    def __init__(
        self, app: Any, scope: dict[str, Any], body: bytes, timeout: float, clock: Clock
    ) -> None:
        self._app = app
        self._scope = scope
        self._body: bytes | None = body
        self._timeout = timeout
        self._clock = clock
        self._answer = AsgiAnswer()
        self._over = anyio.Event()
        self._returned = anyio.Event()
        self._tasks: Tasks = set()  # that the app has created and not awaited
        self._signal: BaseException | None = None
        self._started = clock.monotonic()

    async def send(self, patience: Patience, answered: Callable[[], None]) -> Response:
        """Return the answer. Wait for the app's work, too; *answered* is called before that.

        Raises NoAnswer if no answer arrives in time.
        """
        response: Response | None = None
        async with anyio.create_task_group() as group:
            group.start_soon(self._run)
            with anyio.move_on_after(self._timeout):
                await self._over.wait()
            if (self._answer.status or 0) >= 500:
                with anyio.move_on_after(patience.traceback):
                    await self._returned.wait()
            if self._answer.is_over and self._answer.elapsed <= self._timeout:
                response = self._answer.response()
            else:
                self._answer.is_gone = True
                self._hang_up()
            answered()
            await self._finish_work(patience)
            group.cancel_scope.cancel()
        if self._signal is not None:
            raise self._signal
        if response is None:
            raise too_late(self._timeout)
        return response

    async def _finish_work(self, patience: Patience) -> None:
        with anyio.move_on_after(patience.background_work) as limit:
            await self._returned.wait()
        if limit.cancelled_caught:
            _log.error(
                "The app's work after its answer takes longer than %g s, so it was cancelled.",
                patience.background_work,
            )
        with anyio.move_on_after(patience.resident_work):  # what takes longer is a worker
            while self._tasks:
                await asyncio.wait(self._tasks.copy())

    async def _run(self) -> None:
        app_errors.CAUGHT.set(self._answer.caught)
        _count_tasks(self._tasks)
        raised: BaseException | None = None
        try:
            await self._app(self._scope, self._receive, self._send)
        except BaseException as error:
            if isinstance(error, GeneratorExit) or _is_cancelled(error):
                raise
            if is_signal(error):
                self._signal = error  # the task group would wrap it
            raised = error
        finally:
            self._returned.set()
        if self._answer.fail(raised):
            self._finish()

    async def _receive(self) -> dict[str, Any]:
        if self._body is not None:
            body, self._body = self._body, None
            return {"type": "http.request", "body": body, "more_body": False}
        await self._over.wait()
        return {"type": "http.disconnect"}

    async def _send(self, message: Any) -> None:
        if self._answer.is_gone:
            await anyio.lowlevel.checkpoint()
        if self._answer.take(message):
            self._finish()
        elif message["type"] == "http.response.body":
            await anyio.lowlevel.checkpoint()  # so that an endless answer can be timed out

    def _finish(self) -> None:
        self._answer.elapsed = self._clock.monotonic() - self._started
        self._hang_up()

    def _hang_up(self) -> None:
        self._answer.is_over = True
        self._over.set()


class Lifespans:
    """The lifespans of one *app* on the event loops of callers: one for each loop."""

    def __init__(self, app: Any, patience: Patience) -> None:
        self._app = app
        self._patience = patience
        self._of_loop: WeakKeyDictionary[Any, Lifespan] = WeakKeyDictionary()
        self._tasks: set[asyncio.Task[None]] = set()

    async def started(self) -> Lifespan:
        """Start the app on the loop that runs now, unless it runs there already.

        Raises DeliveryError if the app fails to start.
        """
        loop = _native_loop()
        lifespan = self._of_loop.get(loop)
        if lifespan is None:
            lifespan = self._of_loop[loop] = Lifespan(self._app, self._patience)
            self._spawn(lifespan)
        await lifespan.wait_started()
        if lifespan.failure is not None:
            raise DeliveryError(f"The app failed to start: {lifespan.failure}.")
        return lifespan

    async def stop(self) -> None:
        """Stop the app on the loop that runs now, if it runs there."""
        lifespan = self._of_loop.pop(_native_loop(), None)
        if lifespan is not None:
            await lifespan.stop()

    def close(self) -> None:
        """Stop the app on every loop. Only a loop that does not run now can be waited for."""
        for loop, lifespan in list(self._of_loop.items()):
            if not isinstance(loop, asyncio.AbstractEventLoop):
                with suppress(RuntimeError):  # trio.RunFinishedError
                    loop.run_sync_soon(lifespan.end)
            elif loop.is_closed():
                pass
            elif loop.is_running() or _is_in_loop():
                loop.call_soon_threadsafe(lifespan.end)
            else:
                loop.run_until_complete(lifespan.stop())
        self._of_loop.clear()

    def _spawn(self, lifespan: Lifespan) -> None:
        context = contextvars.copy_context()
        loop = _native_loop()
        if isinstance(loop, asyncio.AbstractEventLoop):
            task = loop.create_task(lifespan.run(), context=context)
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
            return
        trio = sys.modules["trio"]
        trio.lowlevel.spawn_system_task(lifespan.run, context=context)
        trio.lowlevel.spawn_system_task(_end_with_trio, lifespan)


async def _end_with_trio(lifespan: Lifespan) -> None:
    """Stop *lifespan* when trio cancels its system tasks, which is when its main task has ended."""
    try:
        await anyio.sleep_forever()
    finally:
        lifespan.end()
        lifespan.limit()


def _native_loop() -> Any:
    """Return the running loop of asyncio, or the token of the running trio."""
    with suppress(RuntimeError):
        return asyncio.get_running_loop()
    return sys.modules["trio"].lowlevel.current_trio_token()


def _is_in_loop() -> bool:
    with suppress(RuntimeError):
        return bool(asyncio.get_running_loop())
    return False


def _is_cancelled(error: BaseException) -> bool:
    """Whether the caller or trio cancels this task; otherwise the app raised *error* by itself."""
    if not isinstance(error, anyio.get_cancelled_exc_class()):
        return False
    task = asyncio.current_task() if _is_in_loop() else None
    return task is None or task.cancelling() > 0


def _count_tasks(tasks: Tasks) -> None:
    """Let *tasks* hold the unfinished tasks of asyncio that start in this context."""
    GROUP.set(tasks)
    if _is_in_loop():
        loop = asyncio.get_running_loop()
        if not isinstance(loop.get_task_factory(), _Counting):
            loop.set_task_factory(_Counting(loop.get_task_factory()))


class _Counting:
    """Makes tasks as *make* does, or else as asyncio does, and counts those of apps."""

    def __init__(self, make: Callable[..., Any] | None) -> None:
        self._make = make

    def __call__(self, loop: asyncio.AbstractEventLoop, coroutine: Any, **options: Any) -> Any:
        make = self._make
        if make is None:
            task = asyncio.Task(coroutine, loop=loop, **options)
        else:
            task = make(loop, coroutine, **options)
        count_task(task, options.get("context"), lambda tasks, done: tasks.discard(done))
        return task
