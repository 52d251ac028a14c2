"""The event loop on which all ASGI apps under test run, until the process ends.

A thread drives the loop if the loop runs in this thread. Usually the calling thread drives it. A
loop that always runs in its own thread (such as anyio's blocking portal) costs 80 to 110 µs more
CPU time for each delivery, and a portal ends when a task of an app raises SystemExit. But the
background work of an app must continue between two calls, and calls may come from several threads,
or from a thread with a running loop, of asyncio or trio. In these cases a background thread drives the loop until all
work is done.

The thread that set ``_driven`` drives the loop. Every other thread hands in a call, and waits.
"""

from __future__ import annotations

import asyncio
import atexit
import concurrent.futures
import contextlib
import contextvars
import functools
import os
import sys
import threading
from collections.abc import Callable, Collection, Coroutine, Generator, Iterable
from typing import Any, TypeAlias, TypeVar

from telnyx_mock.clock import elapsed
from telnyx_mock.errors import UsageError
from telnyx_mock.patience import PATIENCE
from telnyx_mock.transports import app_errors
from telnyx_mock.transports.blocking import Blocks, not_longer_than
from telnyx_mock.transports.signals import is_signal, showing_interrupts
from telnyx_mock.transports.sleeping import wakes_at

T = TypeVar("T")
Tasks: TypeAlias = "set[asyncio.Task[Any]]"

_THREAD = "telnyx-mock-loop"
_SERVING = ("telnyx-mock-", "AnyIO worker thread")
"""Prefixes of the names of the threads that only serve the loop. These threads stay alive when
idle."""

GROUP: contextvars.ContextVar[Tasks | None] = contextvars.ContextVar(
    "telnyx_mock_tasks", default=None
)
"""The set in which the unfinished tasks that start in this context are counted."""


class LoopBusy(Exception):
    """The loop did not finish a call in time: something blocks it, and was interrupted if it *blocks* this thread."""

    def __init__(self, blocks: Blocks | None = None) -> None:
        super().__init__(str(blocks or ""))
        self.blocks = blocks


class SharedLoop:
    """An asyncio loop that any thread can run. A background thread runs it for background work."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._loop.set_task_factory(self._make_task)
        self._loop.time = elapsed  # type: ignore[method-assign]
        self._loop.set_exception_handler(app_errors.handle_task_error)
        self._executor = _Executor()
        self._loop.set_default_executor(self._executor)
        self._groups: list[Tasks] = []
        self._waiting = 0
        self._driven = False
        self._in_background = False
        self._mutex = threading.Lock()
        self._handed_over = threading.Semaphore(0)
        self._released = threading.Condition(self._mutex)
        self._thread: threading.Thread | None = None

    def group(self) -> Tasks:
        """Return a new set. It holds the unfinished tasks that start in its :meth:`context`."""
        tasks: Tasks = set()
        self._groups.append(tasks)
        return tasks

    def drop(self, group: Tasks) -> None:
        """Forget *group*, so that nothing waits for its tasks any more."""
        self._groups = [known for known in self._groups if known is not group]

    def context(self, group: Tasks) -> contextvars.Context:
        """Return a copy of the caller's context.

        Tasks that start in the copy are counted in *group*.
        """
        context = _context()
        context.run(GROUP.set, group)
        return context

    def call(
        self, begin: Callable[[asyncio.AbstractEventLoop], asyncio.Future[T]], *, patience: float
    ) -> T:
        """Call *begin* with the loop, and return the result of the future that *begin* returns.

        If another thread drives the loop, wait at most *patience* seconds, and then raise
        :class:`LoopBusy`. An app that blocks the calling thread is interrupted after ``Patience.blocked`` seconds.
        """
        running = _running_loop()
        if running is self._loop:
            raise UsageError(
                "A delivery was started on the event loop of the app that receives it, so the loop "
                "would wait for itself. Start the delivery from the test."
            )
        with self._mutex:
            direct = running is None and not _runs_trio() and not self._driven
            if direct:
                self._driven = True
            else:
                self._waiting += 1
                if not self._driven:
                    self._driven = True
                    self._hand_over()
        if not direct:
            return self._hand_in(begin, patience)
        try:
            future = begin(self._loop)
            with showing_interrupts(), not_longer_than(max(patience, PATIENCE.blocked)):
                while not future.done():
                    self._run_until(future)
                return future.result()
        except Blocks as blocks:
            raise LoopBusy(blocks) from None
        finally:
            with self._mutex:
                if self._is_busy():
                    self._hand_over()
                else:
                    self._release()

    def _run_until(self, future: asyncio.Future[Any]) -> None:
        """Run the loop until *future* is done, or a task of the app stops the loop.

        A task that ends in SystemExit or KeyboardInterrupt does so; other tasks continue.
        """
        try:
            self._loop.run_until_complete(future)
        except (SystemExit, KeyboardInterrupt) as error:
            if is_signal(error):
                future.add_done_callback(_heed)
                raise

    @property
    def is_idle(self) -> bool:
        """Whether the threads of the loop have nothing to do.

        The names of these threads begin with ``telnyx-mock-``.
        """
        return not self._driven and not self._executor.unfinished

    @property
    def has_work(self) -> bool:
        """Whether any task or any work in a thread is unfinished."""
        return any(self._groups) or bool(self._executor.unfinished)

    def sleeps(self, seconds: float) -> bool:
        """Whether all unfinished tasks sleep for so many more *seconds*, and no thread works for them."""
        try:
            tasks = [task for group in self._groups for task in group]
        except RuntimeError:  # the set changed meanwhile
            return False
        until = elapsed() + seconds
        return not self._executor.unfinished and all(wakes_at(task) > until for task in tasks)

    def close(self) -> None:
        """Cancel all unfinished tasks and close the loop, unless an app blocks the loop."""
        limit = PATIENCE.cancelled_work
        with contextlib.suppress(LoopBusy):
            self.call(lambda loop: loop.create_task(self._cancel_all(limit)), patience=2 * limit)
        with self._mutex:
            if self._released.wait_for(lambda: not self._driven, limit):
                self._loop.close()

    async def _cancel_all(self, limit: float) -> None:
        left = asyncio.all_tasks() - {asyncio.current_task()}
        await cancel(left, limit)
        self._groups.clear()

    def _release(self) -> None:
        """Stop driving the loop. The caller must hold the mutex."""
        self._driven = False
        self._released.notify_all()

    def _hand_in(
        self, begin: Callable[[asyncio.AbstractEventLoop], asyncio.Future[T]], patience: float
    ) -> T:
        result: concurrent.futures.Future[T] = concurrent.futures.Future()

        def done(future: asyncio.Future[T]) -> None:
            with self._mutex:
                self._waiting -= 1
            error = future.exception()
            if error is not None:
                result.set_exception(error)
            else:
                result.set_result(future.result())
            self._stop_if_idle()

        self._loop.call_soon_threadsafe(
            lambda: begin(self._loop).add_done_callback(done), context=_context()
        )
        try:
            result.exception(patience)
        except TimeoutError:
            raise LoopBusy from None
        return result.result()

    def _hand_over(self) -> None:
        if self._thread is None:
            self._thread = threading.Thread(target=self._drive_on, name=_THREAD, daemon=True)
            self._thread.start()
        self._handed_over.release()

    def _drive_on(self) -> None:
        while True:
            self._handed_over.acquire()
            busy = True
            while busy:
                self._in_background = True
                with contextlib.suppress(SystemExit, KeyboardInterrupt):
                    self._loop.call_soon(self._stop_if_idle)
                    self._loop.run_forever()
                with self._mutex:
                    busy = self._is_busy()
                    if not busy:
                        self._in_background = False
                        self._release()

    def _is_busy(self) -> bool:
        return self._waiting > 0 or any(self._groups)

    def _stop_if_idle(self) -> None:
        if self._in_background and not self._is_busy():
            self._loop.stop()

    def _make_task(
        self,
        loop: asyncio.AbstractEventLoop,
        coroutine: Coroutine[Any, Any, T] | Generator[Any, None, T],
        **options: Any,
    ) -> asyncio.Task[T]:
        task: asyncio.Task[T] = asyncio.Task(coroutine, loop=loop, **options)
        count_task(task, options.get("context"), self._left)
        return task

    def _left(self, group: Tasks, task: asyncio.Task[Any]) -> None:
        group.discard(task)
        self._stop_if_idle()


def count_task(
    task: asyncio.Task[Any],
    context: contextvars.Context | None,
    left: Callable[[Tasks, asyncio.Task[Any]], None],
) -> None:
    """Count a new *task*, which starts in *context* or else the caller's, in the group of that.

    *left* is called with the group and the task when the task is done.
    """
    group = GROUP.get() if context is None else context.get(GROUP)
    if group is not None:
        group.add(task)
        task.add_done_callback(functools.partial(left, group))


class _Executor(concurrent.futures.ThreadPoolExecutor):
    """The threads that run blocking work of apps.

    ``unfinished`` holds the work that is not done yet.
    """

    def __init__(self) -> None:
        super().__init__(thread_name_prefix="telnyx-mock-executor")
        self.unfinished: set[concurrent.futures.Future[Any]] = set()

    def submit(
        self, fn: Callable[..., T], /, *args: Any, **kwargs: Any
    ) -> concurrent.futures.Future[T]:
        future = super().submit(fn, *args, **kwargs)
        self.unfinished.add(future)
        future.add_done_callback(self.unfinished.discard)
        return future


def _heed(future: asyncio.Future[Any]) -> None:
    """Let asyncio not complain that nobody asks for the result of *future* any more."""
    if not future.cancelled():
        future.exception()


def _running_loop() -> asyncio.AbstractEventLoop | None:
    try:
        return asyncio.get_running_loop()
    except RuntimeError:
        return None


def _context() -> contextvars.Context:
    """Return a copy of the caller's context in which anyio does not take asyncio for trio."""
    context = contextvars.copy_context()
    if sniffio := sys.modules.get("sniffio"):
        context.run(sniffio.current_async_library_cvar.set, None)
    return context


def _runs_trio() -> bool:
    """Whether trio runs in this thread. The anyio of an app would take its loop for that of trio."""
    trio = sys.modules.get("trio")
    return trio is not None and bool(trio.lowlevel.in_trio_run())


@functools.cache
def session_loop() -> SharedLoop:
    """Return the only loop of this process. Objects that an app binds to it stay usable."""
    loop = SharedLoop()
    atexit.register(loop.close)
    return loop


_INHERITED: list[SharedLoop] = []
"""Loops of the parent process. Closing one would take away what the parent's loop waits for."""


def _forget_inherited() -> None:
    if session_loop.cache_info().currsize:
        _INHERITED.append(session_loop())
        session_loop.cache_clear()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forget_inherited)


async def cancel(tasks: Collection[asyncio.Task[Any]], limit: float) -> None:
    """Cancel *tasks*, and wait at most *limit* seconds until they have ended."""
    tasks = list(tasks)
    for task in tasks:
        task.cancel()
    if tasks:
        await asyncio.wait(tasks, timeout=limit)


def busy_threads(threads: Collection[threading.Thread]) -> list[threading.Thread]:
    """Return all *threads* except the idle threads of the loop, because any other may be busy."""
    others = apps_threads(threads)
    if len(others) == len(threads) or session_loop().is_idle:
        return others
    return list(threads)


def apps_threads(threads: Iterable[threading.Thread]) -> list[threading.Thread]:
    """Return the *threads* that do not serve the loop."""
    return [thread for thread in threads if not thread.name.startswith(_SERVING)]
