"""Keeps which coverage goals the receiver has reached: what it has accepted need not come again.

A value of a set that it accepts in one event counts for the other events of the family. Not so what
breaks receivers most: null, absence, presence, boundary values, another kind of value, what a caller
or sender decides, and what decides other fields, such as a status. Those it must accept in each event,
unless its code handles the event like others.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache

from telnyx_mock.catalogue.registry import find
from telnyx_mock.delivery import Delivery
from telnyx_mock.generation.goals import CoverageGoal, coverage_goals, reached_goals
from telnyx_mock.payload.webhook import Webhook
from telnyx_mock.schema.event import Event
from telnyx_mock.schema.field import Presence
from telnyx_mock.schema.field_tree import deciding_paths, kinds_by_path
from telnyx_mock.schema.origin import Origin

OF_EACH_EVENT = frozenset({"null", "absent", "present", "kind", "case", "boundary"})
"""The goals that each event must reach itself."""


IN_COMBINATION = frozenset({"empty", "several", "kind", "case"})
"""The goals that an event reaches again, beside values of other fields that decide what they mean."""

_MOST_UNREAD = 500
"""The largest number of webhooks that are kept until their goals are asked for."""


@dataclass(slots=True)
class Reached:
    """The goals that accepted webhooks reached, by event."""

    _new: list[Webhook] = field(default_factory=list)
    _by_event: dict[Event, set[CoverageGoal]] = field(default_factory=dict)

    def note(self, delivery: Delivery) -> None:
        """Note the webhook of *delivery* if the receiver accepted it, and it is no forgery."""
        webhook = delivery.webhook
        if webhook is not None and delivery.request.forgery is None and delivery.accepted:
            self._new.append(webhook)
            if len(self._new) >= _MOST_UNREAD:
                self._read()

    def left(
        self, event: Event, is_distinguished: Callable[[Event], bool]
    ) -> tuple[CoverageGoal, ...]:
        """Return the goals of *event* that its webhooks must still reach.

        *is_distinguished* tells whether the receiver may handle an event in a way of its own.
        """
        own, alike, others = self._goals(event, is_distinguished)
        reached = alike | {goal for goal in own if goal.what not in IN_COMBINATION}
        return tuple(
            goal
            for goal in coverage_goals(event)
            if goal not in reached and (goal not in others or _is_of_each_event(event, goal))
        )

    def paths_left(
        self,
        event: Event,
        paths: frozenset[str],
        presence: Presence,
        is_distinguished: Callable[[Event], bool],
    ) -> frozenset[str]:
        """Return those *paths* at which an event handled like *event* was never accepted like this."""
        own, alike, _ = self._goals(event, is_distinguished)
        reached = own | alike
        return frozenset(path for path in paths if (path, presence.value, None) not in reached)

    def _goals(
        self, event: Event, is_distinguished: Callable[[Event], bool]
    ) -> tuple[set[CoverageGoal], set[CoverageGoal], set[CoverageGoal]]:
        """Return the goals reached by *event*, by events handled like it, and by others of its family."""
        self._read()
        own: set[CoverageGoal] = set()
        alike: set[CoverageGoal] = set()
        others: set[CoverageGoal] = set()
        shares = not is_distinguished(event)
        for each, goals in self._by_event.items():
            if each.name == event.name:
                own |= goals
            elif each.family == event.family:
                (alike if shares and not is_distinguished(each) else others).update(goals)
        return own, alike, others

    def _read(self) -> None:
        for webhook in self._new:
            goals = self._by_event.setdefault(find(webhook.name), set())
            goals.update(reached_goals(webhook.event, webhook.body))
        self._new.clear()


def _is_of_each_event(event: Event, goal: CoverageGoal) -> bool:
    own_paths = _paths_of_callers(event) | deciding_paths(event)
    return goal.what in OF_EACH_EVENT or goal.path in own_paths


@cache
def _paths_of_callers(event: Event) -> frozenset[str]:
    """The paths of the values that a caller or sender decides."""
    return frozenset(
        path
        for path, kinds in kinds_by_path(event).items()
        if any(Origin.CALLER in kind.origins() for kind in kinds)
    )
