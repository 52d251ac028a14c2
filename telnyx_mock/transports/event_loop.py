"""The one event loop that apps under test run on, for as long as the process lives.

A call drives the loop in its own thread: handing over to a loop that always runs in a thread of
its own was measured to cost 90 µs a delivery, where a FastAPI app takes 60. What an app goes on
with after answering must not stand still until the next call, though, and calls may come from
several threads, or from one with a running loop: then, and for as long as anything is left to do,
a background thread drives.

One rule: whoever set ``_driven`` drives; everyone else hands in what to run, and waits.
"""

from __future__ import annotations

import asyncio
import atexit
import concurrent.futures
import contextlib
import contextvars
import functools
import threading
import time
from collections.abc import Callable, Collection, Coroutine, Generator
from typing import Any, TypeAlias, TypeVar

from telnyx_mock.errors import UsageError
from telnyx_mock.transports import crash

__all__ = ["LoopBusy", "SharedLoop", "Tasks", "at_work", "session_loop"]

T = TypeVar("T")
Tasks: TypeAlias = "set[asyncio.Task[Any]]"

_THREAD = "telnyx-mock-loop"
_SERVING = ("telnyx-mock-", "AnyIO worker thread")
"""How threads are called that do what the loop waits for, and nothing else; idle, they stay."""

_GROUP: contextvars.ContextVar[Tasks | None] = contextvars.ContextVar(
    "telnyx_mock_tasks", default=None
)


class LoopBusy(Exception):
    """The loop did not get round to a call: something blocks it."""


class SharedLoop:
    """An asyncio loop that is driven by whichever thread needs it, or goes on in the background."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._loop.set_task_factory(self._make_task)
        self._loop.set_exception_handler(crash.in_a_task)
        self._executor = _Executor()
        self._loop.set_default_executor(self._executor)
        self._groups: list[Tasks] = []
        self._waiting = 0
        self._driven = False
        self._in_background = False
        self._mutex = threading.Lock()
        self._handed_over = threading.Semaphore(0)
        self._thread: threading.Thread | None = None

    def group(self) -> Tasks:
        """A new, empty set, kept up to date: the unfinished tasks that stem from :meth:`context`."""
        tasks: Tasks = set()
        self._groups.append(tasks)
        return tasks

    def drop(self, group: Tasks) -> None:
        """Forget *group*: nothing waits for its tasks any more."""
        self._groups = [known for known in self._groups if known is not group]

    def context(self, group: Tasks) -> contextvars.Context:
        """A copy of the caller's context, whose tasks, and their tasks, are counted in *group*."""
        context = contextvars.copy_context()
        context.run(_GROUP.set, group)
        return context

    def call(
        self, begin: Callable[[asyncio.AbstractEventLoop], asyncio.Future[T]], *, patience: float
    ) -> T:
        """Run *begin*, which gets the loop, and go on until the future that it returns is done.

        Where another thread drives, that is waited for, at most *patience* seconds; then
        :class:`LoopBusy` is raised. In the calling thread nothing can interrupt an app that blocks.
        """
        running = _running_loop()
        if running is self._loop:
            raise UsageError(
                "A delivery was started from inside the app that is to receive it, on its event"
                " loop, which would wait for itself; start it from the test."
            )
        with self._mutex:
            direct = running is None and not self._driven
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
            while True:
                # An app's task that ends in SystemExit stops the loop; the others shall go on.
                with contextlib.suppress(SystemExit):
                    return self._loop.run_until_complete(future)
        finally:
            with self._mutex:
                if self._is_busy():
                    self._hand_over()
                else:
                    self._driven = False

    @property
    def is_idle(self) -> bool:
        """Whether its threads, all called ``telnyx-mock-...``, have nothing left to do."""
        return not self._driven and not self._executor.unfinished

    def close(self) -> None:
        """Cancel what is left and close the loop, unless something blocks it for a second."""
        with contextlib.suppress(LoopBusy):
            self.call(lambda loop: loop.create_task(self._cancel_all()), patience=2)
        deadline = time.monotonic() + 1
        while self._driven and time.monotonic() < deadline:
            time.sleep(0.001)
        if not self._driven:
            self._loop.close()

    async def _cancel_all(self) -> None:
        left = asyncio.all_tasks() - {asyncio.current_task()}
        for task in left:
            task.cancel()
        if left:
            await asyncio.wait(left, timeout=1)
        self._groups.clear()

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

        self._loop.call_soon_threadsafe(lambda: begin(self._loop).add_done_callback(done))
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
                        self._driven = False

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
        context: contextvars.Context | None = options.get("context")
        group = _GROUP.get() if context is None else context.get(_GROUP)
        if group is not None:
            group.add(task)
            task.add_done_callback(functools.partial(self._left, group))
        return task

    def _left(self, group: Tasks, task: asyncio.Task[Any]) -> None:
        group.discard(task)
        self._stop_if_idle()


class _Executor(concurrent.futures.ThreadPoolExecutor):
    """The threads in which apps run what would block the loop; it knows what is *unfinished*."""

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


def _running_loop() -> asyncio.AbstractEventLoop | None:
    try:
        return asyncio.get_running_loop()
    except RuntimeError:
        return None


@functools.cache
def session_loop() -> SharedLoop:
    """The loop of this process: one, so that what an app binds to a loop stays usable."""
    loop = SharedLoop()
    atexit.register(loop.close)
    return loop


def at_work(threads: Collection[threading.Thread]) -> list[threading.Thread]:
    """Those of *threads* that may have something left to do."""
    others = [thread for thread in threads if not thread.name.startswith(_SERVING)]
    if len(others) == len(threads) or session_loop().is_idle:
        return others
    return list(threads)
