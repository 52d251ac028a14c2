"""The threads of an app: those that work on one webhook, and those that stay and may act at any time."""

from __future__ import annotations

import threading
from weakref import WeakKeyDictionary

from telnyx_mock.clock import Clock
from telnyx_mock.patience import Patience
from telnyx_mock.transports.event_loop import apps_threads, session_loop


class AppThreads:
    """The threads of an app, and its tasks; those that run at the beginning, or do not end soon, stay.

    An app may set a timer in each call: a ``threading.Timer``, or a task that sleeps. One that is due only later stays,
    too, but nobody waits for it. If anything has stayed, the app may ``stay`` active at any time, not only because of a
    webhook, also in later calls, so that all are judged alike.
    """

    def __init__(self, clock: Clock, patience: Patience) -> None:
        self._clock = clock
        self._patience = patience
        self._staying: WeakKeyDictionary[threading.Thread, float] = WeakKeyDictionary()
        self._staying.update(dict.fromkeys(self._others(), 0.0))
        self._tasks_stay = self._tasks_work()
        self.stay = bool(self._staying) or session_loop().has_work

    def wait(self, *, surely: bool = False) -> bool:
        """Wait until the work in threads and tasks is done, as far as that can be known. Return True."""
        for thread in self._others():
            if thread not in self._staying:
                self._wait_for(thread)
        if self._tasks_work() and not self._tasks_stay:
            self._tasks_stay = not self._tasks_end()
        alive = [due for thread, due in self._staying.items() if thread.is_alive()]
        self.stay = self.stay or bool(alive) or session_loop().has_work
        if self._tasks_work() or any(due <= self._clock.monotonic() for due in alive):
            self._clock.sleep(self._patience.effect_at_once)
        return True

    def _wait_for(self, thread: threading.Thread) -> None:
        """Wait for a new *thread* to end; the more have stayed, the less."""
        due = 0.0
        if isinstance(thread, threading.Timer) and thread.interval > self._patience.resident_work:
            due = self._clock.monotonic() + thread.interval - self._patience.effect_at_once
        else:
            thread.join(self._patience.resident_work / (1 + len(self._staying)))
        if thread.is_alive():
            self._staying[thread] = due

    def _tasks_end(self) -> bool:
        end = self._clock.monotonic() + self._patience.resident_work
        while self._tasks_work() and self._clock.monotonic() < end:
            self._clock.sleep(self._patience.poll)
        return not self._tasks_work()

    def _tasks_work(self) -> bool:
        loop = session_loop()
        return not loop.is_idle and not loop.sleeps(self._patience.resident_work)

    @staticmethod
    def _others() -> list[threading.Thread]:
        own = (threading.main_thread(), threading.current_thread())
        return apps_threads(each for each in threading.enumerate() if each not in own)
