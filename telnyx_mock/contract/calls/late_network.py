"""A simulated network in which one webhook can overtake another."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable

from telnyx_mock.simulator.network import Network, Outgoing

TOGETHER = 2.0
"""Webhooks that follow each other within so many virtual seconds are under way at the same time."""


class LateNetwork(Network):
    """A network that sends the next webhook after the one that follows it, once it *is_late*."""

    def __init__(self, epoch: float) -> None:
        super().__init__(epoch)
        self.is_late = False
        self._overtaken: deque[Outgoing] = deque()

    @property
    def is_quiet(self) -> bool:
        """Whether nothing happens until a person does something, or lets time pass."""
        return not self._overtaken and super().is_quiet

    def next(self) -> Outgoing | None:
        """Return the next webhook, as :class:`Network` does, or the one that overtakes it."""
        return self._in_turn(super().next)

    def until(self, moment: float) -> Outgoing | None:
        """Return the next webhook before *moment*, as :class:`Network` does, or the one that overtakes it."""
        following = super().until
        return self._in_turn(lambda: following(moment))

    def take_late(self) -> Outgoing | None:
        """Return the webhook that was overtaken, if it has not been sent yet."""
        return self._overtaken.popleft() if self._overtaken else None

    def _in_turn(self, following: Callable[[], Outgoing | None]) -> Outgoing | None:
        if self._overtaken:
            return self._overtaken.popleft()
        found = following()
        if found is None or not (self.is_late and self._goes_on_at_once):
            return found
        overtaking = following()
        if overtaking is None:
            return found
        self.is_late = False
        self.note(found.leg or "", "note", found.event, " comes late")
        self._overtaken.append(found)
        return overtaking

    @property
    def _goes_on_at_once(self) -> bool:
        first = next(self._pending(), None)
        return bool(self._outbox) or (first is not None and first.at - self.now <= TOGETHER)
