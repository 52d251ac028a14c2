"""An app in another process: how long its commands may come after its answers."""

from __future__ import annotations

from telnyx_mock.clock import Clock
from telnyx_mock.fake_api.state import FakeApi
from telnyx_mock.patience import Patience

SOON = 0.02
"""The shortest wait for commands of an app in another process, in seconds."""

LATER = 2
"""A command may come so many times later than the latest one so far."""


class AppElsewhere:
    """An app in another process, whose commands come to *api* before or after its answer.

    How long they may take is learned while it is *rehearsing*, and from each later one.
    """

    def __init__(self, api: FakeApi, clock: Clock, patience: Patience) -> None:
        self.rehearsing = True
        self._api = api
        self._clock = clock
        self._patience = patience
        self._latest = 0.0

    @property
    def stay(self) -> bool:
        """Whether it may act at any time, not only because of a webhook: nobody can see that here."""
        return False

    def wait(self, *, surely: bool = False) -> bool:
        """Wait until no command comes any more; *surely* as long as ever. Return whether none came."""
        began, seen = self._clock.monotonic(), self._api.history.position
        first, last = seen, began
        while self._clock.monotonic() - last < self._limit(surely=surely):
            self._clock.sleep(self._patience.poll / 2)
            if self._api.history.position != seen:
                seen, last = self._api.history.position, self._clock.monotonic()
                self._latest = max(self._latest, last - began)
        return seen == first

    def _limit(self, *, surely: bool) -> float:
        most = self._patience.effect
        return most if surely or self.rehearsing else min(most, SOON + LATER * self._latest)
