"""Each-choice coverage: a few webhooks of an event that together reach all its coverage goals.

The webhooks are the same in every run; nothing here is random.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import cache

from telnyx_mock.catalogue.registry import find
from telnyx_mock.generation.goals import CoverageGoal, coverage_goals, reached_goals
from telnyx_mock.generation.solver import AssignedChooser, Assignment, Solver, joined
from telnyx_mock.payload.webhook import Webhook
from telnyx_mock.schema.build import build
from telnyx_mock.schema.event import Event
from telnyx_mock.schema.field_tree import descendants, field_tree
from telnyx_mock.schema.json_values import Json
from telnyx_mock.schema.kind import Leaf, kinds_within
from telnyx_mock.schema.kinds import Timestamp
from telnyx_mock.schema.placeholders import GeneratedTime

MORE = 2
"""How many webhooks at most are sent only for goals that are reached by the way."""


def each_choice(
    event: str | Event,
    goals: Iterable[CoverageGoal] | None = None,
    by_the_way: Iterable[CoverageGoal] = (),
) -> tuple[Webhook, ...]:
    """Return webhooks that together reach every reachable coverage goal of *event*, or all *goals*.

    Those *by_the_way* are goals, too, but at most a few webhooks more are sent for them, at the end.

    Every optional field is once present and once absent. Every nullable field is once null. Every
    value of a set occurs. Every list is once empty and once has several items. Every kind of value
    occurs: SMS, MMS, RCS and WhatsApp; incoming and outgoing. Texts, numbers and times have each of
    their boundary values. In one webhook, the last time before the event equals the event's own
    time, as in a call that ends when it begins. The choice is greedy: the set of webhooks is small,
    but it may not be the smallest.

    Ids and times are placeholders. Raises UsageError for an unknown event.
    """
    found = find(event) if isinstance(event, str) else event
    wanted = coverage_goals(found) if goals is None else tuple(goals)
    chosen = _chosen(found, wanted, tuple(by_the_way))
    return tuple(Webhook(found, build(found, AssignedChooser(each))) for each in chosen)


@cache
def _chosen(
    event: Event, goals: tuple[CoverageGoal, ...], by_the_way: tuple[CoverageGoal, ...]
) -> tuple[Assignment, ...]:
    """Return the assignment of each webhook."""
    solutions = {goal: _solutions(event, goal) for goal in (*goals, *by_the_way)}
    last = frozenset(by_the_way) - {*goals}

    def hardest_first(goal: CoverageGoal) -> tuple[bool, int]:
        """A goal whose assignments decide the most is the hardest to combine with others."""
        return goal in last, -min(map(len, solutions[goal]), default=0)

    left = sorted(solutions, key=hardest_first)
    chosen: list[tuple[Assignment, frozenset[CoverageGoal]]] = []
    more = MORE
    while left and (left[0] not in last or more):
        assignment = _combining(left, solutions)
        reached = frozenset(reached_goals(event, build(event, AssignedChooser(assignment))))
        if left[0] in reached:
            more -= left[0] in last
            chosen.append((assignment, reached))
            left = [goal for goal in left if goal not in reached]
        else:
            left = left[1:]
    # A webhook can become superfluous when later ones reach its goals as well.
    for each in reversed(chosen.copy()):
        others = (reached for assignment, reached in chosen if assignment is not each[0])
        if each[1] <= frozenset[CoverageGoal]().union(*others):
            chosen.remove(each)
    return tuple(_with_simultaneous_times(event, [each for each, _ in chosen] or [{}]))


@cache
def _solutions(event: Event, goal: CoverageGoal) -> tuple[Assignment, ...]:
    """Return the assignments that reach *goal*: other goals may be left the next time."""
    return tuple(_solver(event).assignments(goal))


_solver = cache(Solver)


def _combining(
    goals: list[CoverageGoal], solutions: Mapping[CoverageGoal, tuple[Assignment, ...]]
) -> Assignment:
    """Return the first assignment of the first goal, joined with what agrees from other goals."""
    combined: Assignment = {}
    for goal in goals:
        fitting = (both for each in solutions[goal] if (both := joined(combined, each)) is not None)
        combined = next(fitting, combined)
    return combined


def _with_simultaneous_times(
    event: Event, assignments: Iterable[Assignment]
) -> Iterator[Assignment]:
    """Change *assignments* so that each last time equals the event's own time in one of them."""
    left = dict(_last_times(event))
    if not left:
        yield from assignments
        return
    usual = _RecordingChooser({})
    build(event, usual)
    for assignment in assignments:
        chooser = _RecordingChooser(assignment)
        build(event, chooser)
        fitting = [
            key
            for key, time in left.items()
            if isinstance(chooser.values.get(key[0]), GeneratedTime)
            and key not in assignment
            and all(chooser.values.get(path) == time for path in usual.paths_of(time))
        ]
        yield {**assignment, **{key: left.pop(key) for key in fitting}}


@cache
def _last_times(event: Event) -> Mapping[tuple[str, str], Json]:
    """Map the last times before the event to the event's own time."""
    nodes = descendants(field_tree(event))
    kinds = (found for node in nodes for found in kinds_within(node.kind, node.path))
    times = [(path, kind.sample) for path, kind in kinds if isinstance(kind, Timestamp)]
    last: dict[tuple[str, str], Json] = {}
    for path, time in times:
        later = [
            other
            for _, other in times
            if other.style is time.style and time.offset < other.offset <= 0
        ]
        following = min(later, key=lambda other: other.offset, default=time)
        if time.offset and not following.offset:
            last[path, "value"] = following
    return last


class _RecordingChooser(AssignedChooser):
    """Records in *values* the value that it chooses at each path."""

    def __init__(self, assignment: Assignment) -> None:
        super().__init__(assignment)
        self.values: dict[str, Json] = {}

    def value(self, path: str, kind: Leaf) -> Json:
        self.values[path] = super().value(path, kind)
        return self.values[path]

    def paths_of(self, value: Json) -> list[str]:
        """The paths at which it chose *value*."""
        return [path for path, chosen in self.values.items() if chosen == value]
