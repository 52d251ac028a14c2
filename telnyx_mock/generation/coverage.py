"""What of the catalogue was sent: events that were tried, and the turns of each that were taken.

An emulator that is given a :class:`Coverage` counts every genuine webhook that it sends. Turns are
those of :mod:`telnyx_mock.generation.goals`, as far as a webhook can take them.
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

__all__ = ["Coverage"]

SHOWN = 5
"""How many fields of an event a short report names."""


class Coverage:
    """Counts the turns that were taken, by event."""

    def __init__(self) -> None:
        self.tried: Counter[str] = Counter()
        self._taken: dict[str, Counter[CoverageGoal]] = {}

    def count(self, what: Request | Webhook) -> None:
        """Count a webhook that was sent. A forgery, and what is no webhook, is left out."""
        if isinstance(what, Request):
            if what.webhook is None or what.forgery is not None:
                return
            what = what.webhook
        self.tried[what.name] += 1
        self._taken.setdefault(what.name, Counter()).update(reached_goals(what.event, what.body))

    def times(self, event: str, path: str, what: str, value: Json = None) -> int:
        """How often a turn was taken: ``times("call.hangup", "data.payload.tags", "absent")``."""
        return self._taken.get(event, Counter())[CoverageGoal(path, what, value)]

    def missed(self, event: str) -> tuple[CoverageGoal, ...]:
        """The turns of *event* that were never taken, in the order of declaration."""
        seen: Mapping[CoverageGoal, int] = self._taken.get(event, {})
        return tuple(turn for turn in _possible(find(event)) if turn not in seen)

    def add(self, rows: Iterable[tuple[str, int, Iterable[tuple[str, str, Json, int]]]]) -> None:
        """Add what another coverage counted: its :meth:`rows`."""
        for name, tried, counted in rows:
            self.tried[name] += tried
            for path, what, value, times in counted:
                self._taken.setdefault(name, Counter())[CoverageGoal(path, what, value)] += times

    def rows(self) -> list[tuple[str, int, list[tuple[str, str, Json, int]]]]:
        """Everything that was counted, in types that travel between processes."""
        return [
            (name, tried, [(*turn, times) for turn, times in self._taken[name].items()])
            for name, tried in self.tried.items()
        ]

    def report(self, *, whole: bool = False) -> Iterator[str]:
        """The coverage in words, a line for each event that was tried.

        *whole* names all that was missed; else the first few fields stand for it.
        """
        known = {event.name for event in all_events() if event.sent_unnamed} | set(self.tried)
        yield f"{len(self.tried)} of {len(known)} events tried"
        for name in sorted(self.tried):
            missed = list(_in_words(find(name), self.missed(name)))
            total = len(_possible(find(name)))
            line = f"{name}: {total - len(self.missed(name))} of {total} turns taken"
            if not whole and len(missed) > SHOWN:
                missed[SHOWN:] = [f"and {len(missed) - SHOWN} fields more"]
            yield "; ".join([line, *missed])


@cache
def _possible(event: Event) -> tuple[CoverageGoal, ...]:
    """The turns of *event* that some webhook can take."""
    within_reach = {turn for row in each_choice(event) for turn in reached_goals(event, row.body)}
    return tuple(turn for turn in coverage_goals(event) if turn in within_reach)


def _in_words(event: Event, missed: Iterable[CoverageGoal]) -> Iterator[str]:
    by_path: dict[str, list[str]] = {}
    for turn in missed:
        by_path.setdefault(turn.path, []).append(str(turn))
    for path, ways in by_path.items():
        yield f"{short_path(event, path)} never {_either(ways)}"


def _either(ways: list[str]) -> str:
    *most, last = ways
    return f"{', '.join(most)} or {last}" if most else last
