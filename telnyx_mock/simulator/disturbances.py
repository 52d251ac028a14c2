"""How webhooks come to the app, if not once, at once and in order: a source of chance with a seed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from random import Random

from telnyx_mock.delivery import policy_for
from telnyx_mock.schema.event import Event

TOGETHER = 2.0
"""Webhooks that happen within so many virtual seconds may overtake each other."""

LONGEST = 5.0
"""The most virtual seconds by which a webhook is delayed."""


@dataclass(frozen=True, slots=True)
class Journey:
    """One way of a webhook to the app: it takes so many virtual *seconds*, and arrives at this *attempt*."""

    seconds: float
    attempt: int = 1


@dataclass
class Disturbances:
    """What happens to webhooks on their way; nothing unless something is set.

    If they are ``duplicated``, each comes twice. If they are ``shuffled``, those that happen within two virtual
    seconds may come in any order. If they are ``delayed``, each comes up to five virtual seconds late, and in
    order. If they are ``lost``, the first attempt at about half of them is lost; the second comes after
    the delay of the product's policy. The same *seed* makes the same of the same webhooks.
    """

    duplicated: bool = False
    shuffled: bool = False
    delayed: bool = False
    lost: bool = False
    seed: int = 0
    _random: Random = field(init=False, repr=False)
    _latest: float = field(default=0.0, init=False, repr=False)

    def __post_init__(self) -> None:
        self._random = Random(self.seed)  # noqa: S311 - chance that repeats is wanted

    def journeys(self, event: Event, now: float) -> Iterator[Journey]:
        """Yield the ways on which a webhook of *event* comes, which happens at the virtual time *now*."""
        for _ in range(1 + self.duplicated):
            seconds = self._random.uniform(0.0, LONGEST) if self.delayed else 0.0
            if self.shuffled:
                seconds += self._random.uniform(0.0, TOGETHER)
            elif self.delayed:
                self._latest = max(self._latest, now + seconds)
                seconds = self._latest - now
            policy = policy_for(event)
            if self.lost and policy.attempts > 1 and self._random.random() < 0.5:
                yield Journey(seconds + policy.delays[0], attempt=2)
            else:
                yield Journey(seconds)
