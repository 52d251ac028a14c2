"""Keeps which coverage goals the receiver has reached: what it has accepted need not come again.

A value that it accepts in one event counts for the other events of the family. Not so what breaks
receivers most: null, absence, another kind of value, and what a caller or sender decides. Those it
must accept in each event.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache

from telnyx_mock.delivery import Delivery
from telnyx_mock.generation.goals import CoverageGoal, coverage_goals, reached_goals
from telnyx_mock.payload.webhook import Webhook
from telnyx_mock.schema.event import Event
from telnyx_mock.schema.field_tree import kinds_by_path
from telnyx_mock.schema.origin import Origin

OF_EACH_EVENT = frozenset({"null", "absent", "kind", "case"})
"""The goals that each event must reach itself."""


@dataclass(slots=True)
class Reached:
    """The goals that accepted webhooks reached."""

    _new: list[Webhook] = field(default_factory=list)
    _by_event: dict[str, set[CoverageGoal]] = field(default_factory=dict)
    _by_family: dict[str, set[CoverageGoal]] = field(default_factory=dict)

    def note(self, delivery: Delivery) -> None:
        """Note the webhook of *delivery* if the receiver accepted it, and it is no forgery."""
        webhook = delivery.webhook
        if webhook is not None and delivery.request.forgery is None and delivery.accepted:
            self._new.append(webhook)

    def left(self, event: Event) -> tuple[CoverageGoal, ...]:
        """Return the goals of *event* that no accepted webhook of it, or of its family, reached."""
        for webhook in self._new:
            goals = set(reached_goals(webhook.event, webhook.body))
            self._by_event.setdefault(webhook.name, set()).update(goals)
            self._by_family.setdefault(webhook.event.family, set()).update(goals)
        self._new.clear()
        reached = self._by_event.get(event.name, set())
        of_family = self._by_family.get(event.family, set())
        return tuple(
            goal
            for goal in coverage_goals(event)
            if goal not in reached and (goal not in of_family or _is_of_each_event(event, goal))
        )


def _is_of_each_event(event: Event, goal: CoverageGoal) -> bool:
    return goal.what in OF_EACH_EVENT or goal.path in _paths_of_callers(event)


@cache
def _paths_of_callers(event: Event) -> frozenset[str]:
    """The paths of the values that a caller or sender decides."""
    return frozenset(
        path
        for path, kinds in kinds_by_path(event).items()
        if any(Origin.CALLER in kind.origins() for kind in kinds)
    )
