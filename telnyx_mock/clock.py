"""The clock: time of day, elapsed time, waiting. Nothing else calls ``time.time`` or ``time.sleep``.

This module imports nothing of the package.
"""

from __future__ import annotations

import time
from typing import Protocol

__all__ = ["SYSTEM_CLOCK", "Clock", "SetClock", "SystemClock"]


class Clock(Protocol):
    """Tells the time that webhooks are signed with, and waits."""

    def now(self) -> float:
        """Seconds since the Unix epoch."""
        ...

    def monotonic(self) -> float:
        """Seconds since some fixed moment; never set back."""
        ...

    def sleep(self, seconds: float) -> None:
        """Wait *seconds*."""
        ...


class SystemClock:
    """The machine's clock, which the receiver sees too."""

    def now(self) -> float:
        return time.time()

    def monotonic(self) -> float:
        return time.perf_counter()

    def sleep(self, seconds: float) -> None:
        time.sleep(seconds)


class SetClock:
    """A clock for tests: it stands at *seconds* (Unix time) until it is moved, and never waits."""

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
