"""A clock on which waiting takes no time, with threads that do their work when it reaches their time."""

from __future__ import annotations

import itertools
import threading
import time
from collections.abc import Callable
from heapq import heappop, heappush

from telnyx_mock.clock import SetClock


class VirtualClock(SetClock):
    """A clock that only :meth:`sleep` moves; its time of day is the machine's, as receivers check it."""

    def __init__(self) -> None:
        super().__init__(0.0)
        self._numbers = itertools.count()
        self._due: list[tuple[float, int, threading.Thread, threading.Event]] = []
        self._closed = False

    def now(self) -> float:
        return time.time()

    def start_timer(self, seconds: float, work: Callable[[], object]) -> None:
        """Do *work* in a thread of its own when *seconds* have passed, as a ``threading.Timer`` does."""
        is_due = threading.Event()

        def wait() -> None:
            is_due.wait()
            if not self._closed:
                work()

        thread = threading.Thread(target=wait, daemon=True)
        heappush(self._due, (self.seconds + seconds, next(self._numbers), thread, is_due))
        thread.start()

    def sleep(self, seconds: float) -> None:
        """Move the clock forward, and wait for the threads whose time comes on the way."""
        end = self.seconds + seconds
        while self._due and self._due[0][0] <= end:
            self.seconds, _, thread, is_due = heappop(self._due)
            is_due.set()
            thread.join()
        self.seconds = end

    def close(self) -> None:
        """End the threads whose time has not come, without their work."""
        self._closed = True
        for _, _, thread, is_due in self._due:
            is_due.set()
            thread.join()
