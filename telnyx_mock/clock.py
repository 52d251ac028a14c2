"""The clock: gives the time of day, measures elapsed time, and waits.

No other module calls ``time.time`` or ``time.sleep``. This module imports nothing of the package.
"""

from __future__ import annotations

import functools
import time
from collections.abc import Callable
from typing import Protocol

elapsed: Callable[[], float] = (
    functools.partial(time.clock_gettime, time.CLOCK_MONOTONIC)
    if hasattr(time, "clock_gettime")
    else time.perf_counter
)
"""Returns the seconds that have truly passed: freezegun stops ``time.perf_counter``."""


class Clock(Protocol):
    """Gives the time for the signatures of webhooks, and waits."""

    def now(self) -> float:
        """Return the seconds since the Unix epoch."""
        ...

    def monotonic(self) -> float:
        """Return the seconds since some fixed moment. The value never decreases."""
        ...

    def sleep(self, seconds: float) -> None:
        """Wait *seconds*."""
        ...


class SystemClock:
    """The clock of this machine, which a receiver on this machine uses, too."""

    def now(self) -> float:
        return time.time()

    def monotonic(self) -> float:
        return elapsed()

    def sleep(self, seconds: float) -> None:
        time.sleep(seconds)


class SetClock:
    """A clock for tests: it shows *seconds* (Unix time) until a test moves it, and never waits."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds

    def now(self) -> float:
        return self.seconds

    def monotonic(self) -> float:
        return self.seconds

    def sleep(self, seconds: float) -> None:
        """Move the clock forward by *seconds* at once."""
        self.seconds += seconds

    def advance(self, seconds: float) -> None:
        """Move the clock forward by *seconds*."""
        self.seconds += seconds


SYSTEM_CLOCK = SystemClock()
