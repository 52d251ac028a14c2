"""A few webhooks of an event that between them take every turn it can take.

Deterministic, and without Hypothesis: what is about the structure of an event need not be left
to chance.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache

from telnyx_mock.catalogue.registry import find
from telnyx_mock.generation.goals import CoverageGoal, coverage_goals, reached_goals
from telnyx_mock.generation.solver import AssignedChooser, Assignment, Solver, joined
from telnyx_mock.payload.webhook import Webhook
from telnyx_mock.schema.build import build
from telnyx_mock.schema.event import Event
from telnyx_mock.schema.field_tree import descendants, field_tree
from telnyx_mock.schema.json_values import Json
from telnyx_mock.schema.kind import Leaf
from telnyx_mock.schema.kinds import Timestamp

__all__ = ["each_choice"]


def each_choice(event: str | Event) -> tuple[Webhook, ...]:
    """Webhooks in which every turn of *event* is taken at least once, as few as can easily be had.

    Every field that may be absent is present and absent, every one that may be null is null,
    every value of a set is used, every list is empty and longer than one, and every kind that a
    value may be of is seen: SMS, MMS, RCS and WhatsApp; incoming and outgoing. Texts, numbers and
    times come in each of their forms (:mod:`telnyx_mock.generation.boundary_values`). A time that comes
    last before the event is once the same as the event's: a call ends when it begins. Always the
    same webhooks; they get ids of their own when they are sent.

    Raises UsageError for an unknown event.
    """
    found = find(event) if isinstance(event, str) else event
    return tuple(Webhook(found, build(found, AssignedChooser(way))) for way in _rows(found))


@cache
def _rows(event: Event) -> tuple[Assignment, ...]:
    """The decisions of each webhook of the sweep."""
    ways = Solver(event)
    known = {turn: tuple(ways.to(turn)) for turn in coverage_goals(event)}
    # What has the most to decide is the hardest to fit in, so it comes first.
    open_turns = sorted(known, key=lambda turn: -min(map(len, known[turn]), default=0))
    rows: list[tuple[Assignment, frozenset[CoverageGoal]]] = []
    while open_turns:
        row, took = _row(event, open_turns, known)
        if open_turns[0] in took:
            rows.append((row, took))
            open_turns = [turn for turn in open_turns if turn not in took]
        else:
            open_turns = open_turns[1:]
    for last in reversed(rows.copy()):
        others = (took for way, took in rows if way is not last[0])
        if last[1] <= frozenset[CoverageGoal]().union(*others):
            rows.remove(last)
    return tuple(_with_short_times(event, [way for way, _ in rows] or [{}]))


def _with_short_times(event: Event, rows: Iterable[Assignment]) -> Iterator[Assignment]:
    """The *rows*; of each time that may be the event's own, the first that can has it so."""
    short = _short_times(event)
    for way in rows:
        chooser = _Noting(way)
        build(event, chooser)
        given = chooser.values
        fitting = [
            key
            for key, time in short.items()
            if key[0] in given and key not in way and time in given.values()
        ]
        yield {**way, **{key: short.pop(key) for key in fitting}}


def _short_times(event: Event) -> dict[tuple[str, str], Json]:
    """The times after which nothing else happens until the event, moved to that."""
    kinds = ((node.path, node.kind) for node in descendants(field_tree(event)))
    times = [(path, kind.sample) for path, kind in kinds if isinstance(kind, Timestamp)]
    short: dict[tuple[str, str], Json] = {}
    for path, time in times:
        later = [
            other
            for _, other in times
            if other.style is time.style and time.offset < other.offset <= 0
        ]
        following = min(later, key=lambda other: other.offset, default=time)
        if time.offset and not following.offset:
            short[path, "value"] = following
    return short


class _Noting(AssignedChooser):
    """Notes the *values* it gives, by path."""

    def __init__(self, way: Assignment) -> None:
        super().__init__(way)
        self.values: dict[str, Json] = {}

    def value(self, path: str, kind: Leaf) -> Json:
        self.values[path] = super().value(path, kind)
        return self.values[path]


def _row(
    event: Event, open_turns: list[CoverageGoal], known: dict[CoverageGoal, tuple[Assignment, ...]]
) -> tuple[Assignment, frozenset[CoverageGoal]]:
    """The decisions of a webhook that takes the first open turn, and as many others as fit in."""
    row: Assignment = {}
    for turn in open_turns:
        fitting = (both for way in known[turn] if (both := joined(row, way)) is not None)
        row = next(fitting, row)
    return row, frozenset(reached_goals(event, build(event, AssignedChooser(row))))
