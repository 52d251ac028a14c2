"""Tells when this machine was so busy that the time of an answer proves nothing."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from telnyx_mock.clock import Clock
from telnyx_mock.contract.engine.reason import Inconclusive, Why
from telnyx_mock.delivery import Delivery
from telnyx_mock.patience import Patience

_TASKS = Path("/proc/self/task")
"""Where Linux says how long each thread of this process has waited: see its sched-stats.rst."""


class Measured(NamedTuple):
    """A delivery, and how many seconds its answer would have taken on a free machine, at least.

    An app that only waits needs no processor, so its lateness is its own, however busy the machine is.
    """

    delivery: Delivery
    own: float

    def require_late(self, deadline: float) -> None:
        """Raise Inconclusive if the answer came after *deadline* only because the machine is busy."""
        elapsed = self.delivery.elapsed
        if self.own <= deadline < elapsed:
            waited = f"{elapsed - self.own:.1f} s of {elapsed:.1f} s"
            sign = f"this process waited {waited} for a processor"
            raise Inconclusive(Why.MACHINE_BUSY, sign=sign)


def measured(deliver: Callable[[], Delivery]) -> Measured:
    """Return what *deliver* returns, which is one delivery, or the slowest of some that are made at once."""
    before = waited_for_processor()
    delivery = deliver()
    return Measured(delivery, delivery.elapsed - (waited_for_processor() - before))


def waited_for_processor() -> float:
    """For how many seconds the threads of this process that still run have waited; 0.0 if unknown."""
    waited = 0
    with suppress(OSError):  # this system has no such files
        for task in _TASKS.iterdir():
            with suppress(OSError, ValueError, IndexError):  # the thread has just ended
                waited += int((task / "schedstat").read_bytes().split()[1])
    return waited / 1e9


def require_free_machine(clock: Clock, patience: Patience) -> None:
    """Raise Inconclusive if waits end late, as then answers do."""
    wait = patience.poll
    for _ in range(5):
        started = clock.monotonic()
        clock.sleep(wait)
        late = clock.monotonic() - started - wait
        if late > patience.machine_delay:
            sign = f"a wait of {wait:g} s ended {late:.2f} s too late"
            raise Inconclusive(Why.MACHINE_BUSY, sign=sign)
