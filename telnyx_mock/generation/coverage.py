"""Count which events were sent, and which of their coverage goals were reached.

Give a :class:`Coverage` to an emulator. The emulator then counts every genuine webhook that it
sends.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from functools import cache

from telnyx_mock.catalogue.registry import all_events, find
from telnyx_mock.generation.each_choice import each_choice
from telnyx_mock.generation.goals import CoverageGoal, coverage_goals, reached_goals
from telnyx_mock.payload.paths import short_path
from telnyx_mock.payload.request import Request
from telnyx_mock.payload.webhook import Webhook
from telnyx_mock.schema.event import Event
from telnyx_mock.schema.json_values import Json

SHOWN = 5
"""The number of fields of an event that a short report names."""


class Coverage:
    """Counts webhooks and the coverage goals that they reach, by event."""

    def __init__(self) -> None:
        self.tried: Counter[str] = Counter()
        self._reached: dict[str, Counter[CoverageGoal]] = {}

    def count(self, sent: Request | Webhook) -> None:
        """Count a webhook; ignore a forgery, and a request without a webhook."""
        if isinstance(sent, Request):
            if sent.webhook is None or sent.forgery is not None:
                return
            sent = sent.webhook
        self.tried[sent.name] += 1
        reached = reached_goals(sent.event, sent.body)
        self._reached.setdefault(sent.name, Counter()).update(reached)

    def times(self, event: str, path: str, what: str, value: Json = None) -> int:
        """Count how often a goal was reached: ``times("call.hangup", "data.payload.tags", "absent")``.

        The arguments after *event* are those of :class:`telnyx_mock.generation.goals.CoverageGoal`.
        """
        return self._reached.get(event, Counter())[CoverageGoal(path, what, value)]

    def missed(self, event: str) -> tuple[CoverageGoal, ...]:
        """Return the goals of *event* that were never reached, in the order of declaration."""
        reached: Mapping[CoverageGoal, int] = self._reached.get(event, {})
        return tuple(goal for goal in _possible(find(event)) if goal not in reached)

    def add(self, rows: Iterable[tuple[str, int, Iterable[tuple[str, str, Json, int]]]]) -> None:
        """Add the counts of another coverage, as its :meth:`rows` returns them."""
        for name, tried, counted in rows:
            self.tried[name] += tried
            for path, what, value, times in counted:
                self._reached.setdefault(name, Counter())[CoverageGoal(path, what, value)] += times

    def rows(self) -> list[tuple[str, int, list[tuple[str, str, Json, int]]]]:
        """Return all counts, in types that can be sent between processes."""
        return [
            (name, tried, [(*goal, times) for goal, times in self._reached[name].items()])
            for name, tried in self.tried.items()
        ]

    def report(self, *, whole: bool = False) -> Iterator[str]:
        """Yield the coverage in words: a summary, then a line for each event that was sent.

        A line names the first few fields with missed goals; with *whole*, it names all of them.
        """
        known = {event.name for event in all_events() if event.sent_unnamed} | set(self.tried)
        yield f"{len(self.tried)} of {len(known)} events tried"
        for name in sorted(self.tried):
            goals, missed = _possible(find(name)), self.missed(name)
            line = f"{name}: {len(goals) - len(missed)} of {len(goals)} coverage goals reached"
            fields = list(_in_words(find(name), missed))
            if not whole and len(fields) > SHOWN:
                fields[SHOWN:] = [f"and {len(fields) - SHOWN} fields more"]
            yield "; ".join([line, *fields])


@cache
def _possible(event: Event) -> tuple[CoverageGoal, ...]:
    """Return the goals of *event* that a webhook can reach."""
    reached = {goal for each in each_choice(event) for goal in reached_goals(event, each.body)}
    return tuple(goal for goal in coverage_goals(event) if goal in reached)


def _in_words(event: Event, missed: Iterable[CoverageGoal]) -> Iterator[str]:
    by_path: dict[str, list[str]] = {}
    for goal in missed:
        by_path.setdefault(goal.path, []).append(str(goal))
    for path, goals in by_path.items():
        *most, last = goals
        never = f"{', '.join(most)} or {last}" if most else last
        yield f"{short_path(event, path)} never {never}"
