"""An app in another process: how long its commands may come after its answers."""

from __future__ import annotations

import math
from collections import Counter

from telnyx_mock.clock import Clock
from telnyx_mock.fake_api.history import Latest
from telnyx_mock.patience import Patience

SOON = 0.02
"""The shortest wait for commands of an app in another process, in seconds."""

MARGIN = 0.5
"""A command may come twice as late as ever before, but at most so many seconds later."""

ENOUGH = 3
"""After so many webhooks of one event without a command, none is expected at that event."""

LATE = 0.3
"""A worker of the app, and not the network, is why commands come so many seconds after the answer."""


class AppElsewhere:
    """An app in another process, whose commands come before or after its answer.

    How late they come is learned for each event: while it is *rehearsing*, at the first webhooks of an event, and from
    each later command. So it takes time only where something is to be expected. ``late`` counts the commands that came
    later than was waited for; after the first one, any event is waited for as long as the slowest.
    """

    def __init__(self, clock: Clock, patience: Patience) -> None:
        self.rehearsing = True
        self.late = 0
        self._clock = clock
        self._patience = patience
        self._latest: dict[str, float] = {}
        self._soonest: dict[str, float] = {}
        self._without: Counter[str] = Counter()
        self._gap = 0.0
        self._answers: Latest[float] = Latest()
        self._event = ""
        self._began = self._answered = self._last = clock.monotonic()
        self._came = 0
        self._is_answered = self._is_counted = False

    @property
    def stay(self) -> bool:
        """Whether it may act at any time, not only because of a webhook: nobody can see that here."""
        return False

    @property
    def latest(self) -> float:
        """How many seconds after an answer the latest command came."""
        return max(self._latest.values(), default=0.0)

    @property
    def has_worker(self) -> bool:
        """Whether commands come so late that a worker must send them."""
        return self.latest > LATE

    def begin(self, event: str) -> None:
        """Note that a webhook of *event* goes out."""
        self._event, self._came = event, 0
        self._is_answered = self._is_counted = False
        self._began = self._answered = self._clock.monotonic()

    def answer(self, call: str) -> None:
        """Note that it was answered; it was about *call*."""
        self._answered, self._is_answered = self._clock.monotonic(), True
        self._answers[call] = self._answered

    def hear(self) -> bool:
        """Note that a command comes. Return False if it comes too soon for the last webhook, so that an earlier one caused it."""
        now = self._clock.monotonic()
        soonest = self._soonest.get(self._event, min(self._soonest.values(), default=0.0))
        is_first = not (self.rehearsing or self._came)
        if is_first and soonest > LATE and now - self._began < soonest / 2:
            return False
        if self._came:
            self._gap = max(self._gap, now - self._last)
        else:
            seconds = now - self._answered if self._is_answered else 0.0
            self._note(self._event, seconds)
            self._soonest[self._event] = min(self._soonest.get(self._event, seconds), seconds)
        self._came, self._last = self._came + 1, now
        return True

    def hear_late(self, call: str | None, event: str = "") -> None:
        """Note that a command for *call* came later than was waited for, because of *event* if that is known.

        What comes later than anybody waits comes of a timer.
        """
        self.late += 1
        seconds = self._clock.monotonic() - self._answers.get(call or "", -math.inf)
        if seconds <= self._patience.late_effect:
            self._note(event, seconds)

    def wait(self, *, surely: bool = False) -> bool:
        """Wait until no command comes any more; *surely* as long as ever. Return whether none came."""
        came = self._came
        while self._clock.monotonic() < max(self._answered, self._last) + self._limit(surely):
            self._clock.sleep(self._patience.poll / 2)
        if not (self._came or self._is_counted):
            self._without[self._event] += 1
            self._is_counted = True
        return self._came == came

    def wait_longest(self) -> None:
        """Wait as long as the latest command could take at all."""
        end = max(self._answered, self._last) + self._patience.late_effect
        while self._clock.monotonic() < end:
            self._clock.sleep(self._patience.poll)

    def _note(self, event: str, seconds: float) -> None:
        self._latest[event] = max(self._latest.get(event, 0.0), seconds)

    def _limit(self, surely: bool) -> float:
        effect, ever = self._patience.effect, SOON + _with_margin(self.latest)
        if self._came:
            limit = max(SOON + _with_margin(self._gap), effect if self.rehearsing else 0.0)
        elif self.late:
            limit = ever
        elif self._event in self._latest:
            limit = SOON + _with_margin(self._latest[self._event])
        elif self.rehearsing and not self._latest:
            limit = self._patience.late_effect
        elif self._without[self._event] < ENOUGH:
            limit = (
                ever if self._without[self._event] and not self.rehearsing else max(effect, ever)
            )
        else:
            limit = SOON
        if surely:
            limit = max(limit, effect, ever)
        return min(limit, self._patience.late_effect)


def _with_margin(seconds: float) -> float:
    return seconds + min(seconds, MARGIN)
