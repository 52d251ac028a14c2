"""The threads of an app: those that work on one webhook, and those that stay and may act at any time."""

from __future__ import annotations

import threading
from weakref import WeakSet

from telnyx_mock.clock import Clock
from telnyx_mock.patience import Patience
from telnyx_mock.transports.event_loop import busy_threads


class AppThreads:
    """The threads of an app; those that run at the beginning, or do not end soon, stay."""

    def __init__(self, clock: Clock, patience: Patience) -> None:
        self._clock = clock
        self._patience = patience
        self._staying = WeakSet(self._others())

    @property
    def stay(self) -> bool:
        """Whether a thread of the app may act at any time, not only because of a webhook."""
        return any(thread.is_alive() for thread in self._staying)

    def wait(self) -> None:
        """Wait until the work in threads is done, as far as that can be known."""
        for thread in self._others():
            if thread not in self._staying:
                thread.join(self._patience.resident_work)
                if thread.is_alive():
                    self._staying.add(thread)
        if self.stay:
            self._clock.sleep(self._patience.effect_at_once)

    @staticmethod
    def _others() -> list[threading.Thread]:
        own = (threading.main_thread(), threading.current_thread())
        return busy_threads([each for each in threading.enumerate() if each not in own])
