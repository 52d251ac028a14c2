"""Where "now" comes from. Whatever needs the time of day takes a :class:`Clock`; nothing else
calls :func:`time.time`. This module imports nothing of the package.
"""

from __future__ import annotations

import time
from typing import Protocol

__all__ = ["SYSTEM_CLOCK", "Clock", "SetClock", "SystemClock"]


class Clock(Protocol):
    """Tells the time that webhooks are signed with."""

    def now(self) -> float:
        """Seconds since the Unix epoch."""
        ...


class SystemClock:
    """The machine's clock, which the receiver sees too."""

    def now(self) -> float:
        return time.time()


class SetClock:
    """A clock that stands still at *seconds* (Unix time) until it is moved."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds

    def now(self) -> float:
        return self.seconds

    def advance(self, seconds: float) -> None:
        """Move the clock forward by *seconds*."""
        self.seconds += seconds


SYSTEM_CLOCK = SystemClock()
