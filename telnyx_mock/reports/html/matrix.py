"""Arranges the results in tables: by event, by family, by kind of body, and for the whole run."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from telnyx_mock.catalogue.registry import all_events
from telnyx_mock.contract.engine.result import Result
from telnyx_mock.contract.engine.rule import Scope
from telnyx_mock.contract.rules.registry import CONTRACT
from telnyx_mock.diagnosis.fault import Fault
from telnyx_mock.reports.html.states import State, state_of
from telnyx_mock.schema.event import ContentType

EVENTS = "Run for each event"
FAMILIES = "Run for one event of each family"
OTHERS = "Run once for each kind of body, or for the whole run"

FEW = 15
"""A table is open at first if it has at most this many events or families."""

FEW_ALIKE = 3
"""A topic with at least this many rules gets its own table."""

Cells = dict[tuple[str, str], "Cell"]
"""The cells of a table, by row and column."""


@dataclass(frozen=True, slots=True)
class Cell:
    """The *state* and *note* of a result, and the number of the *fault* that it shows, if any."""

    state: State
    note: str
    fault: int | None


@dataclass(frozen=True, slots=True)
class Table:
    """Results in rows and columns; *corner* is the heading of the row names."""

    name: str
    corner: str
    columns: list[str]
    cells: Cells
    is_open: bool

    @property
    def rows(self) -> list[str]:
        """The names of the rows."""
        return list(dict.fromkeys(row for row, _ in self.cells))

    def cell(self, row: str, column: str) -> Cell | None:
        """Return the cell of this row and column; None if no check was planned there."""
        return self.cells.get((row, column))


def matrix(results: Sequence[Result], faults: Sequence[Fault]) -> Iterator[tuple[str, list[Table]]]:
    """Return the tables of all results, under the headings of the page."""
    numbers = {
        (finding.rule, finding.event): number
        for number, fault in enumerate(faults, 1)
        for finding in fault.findings
    }
    found: dict[str, dict[str, Cells]] = {EVENTS: {}, FAMILIES: {}, OTHERS: {}}
    for result, (heading, name, *place) in _placed(results):
        shown = (numbers.get((each.rule, each.event)) for each in result.findings)
        cell = Cell(state_of(result), result.note, next(filter(None, shown), None))
        found[heading].setdefault(name, {})[place[0], place[1]] = cell
    for heading, tables in found.items():
        if tables:
            yield heading, list(_tables(heading, tables))


def _placed(results: Sequence[Result]) -> Iterator[tuple[Result, tuple[str, str, str, str]]]:
    """Yield each result with its place: heading, table, row and column."""
    events = {event.name: event for event in all_events()}
    # A rule that is not in the contract counts for each event, or for the run if it has none.
    scopes = {
        result.rule: CONTRACT[result.rule].scope
        if result.rule in CONTRACT
        else (Scope.EVENT if result.event else Scope.RUN)
        for result in results
    }
    topics = Counter(
        _topic(rule) for rule in scopes if scopes[rule] in (Scope.CONTENT_TYPE, Scope.RUN)
    )
    for result in sorted(results, key=lambda result: not result.event):
        event, topic = events.get(result.event), _topic(result.rule)
        family = event.family if event else result.event.partition(".")[0]
        if scopes[result.rule] is Scope.EVENT:
            yield result, (EVENTS, family, result.event, result.rule)
        elif scopes[result.rule] is Scope.FAMILY:
            yield result, (FAMILIES, "All families", result.rule, family)
        elif not result.event:
            yield result, (OTHERS, "whole run", result.rule, "result")
        else:
            body = "form" if event and event.content_type is ContentType.FORM else "JSON"
            name = topic if topics[topic] >= FEW_ALIKE else "other"
            yield result, (OTHERS, name, result.rule, body)


def _topic(rule: str) -> str:
    """Return the topic of a rule: the second word of its name."""
    return "".join(rule.split("-")[1:2])


def _tables(heading: str, tables: dict[str, Cells]) -> Iterator[Table]:
    shared = list(dict.fromkeys(column for cells in tables.values() for _, column in cells))
    subjects = {row for cells in tables.values() for row, _ in cells}
    for name, cells in tables.items():
        yield Table(
            name,
            "Event" if heading == EVENTS else "Rule",
            # Families are compared, so their tables have the same columns.
            list(dict.fromkeys(column for _, column in cells)) if heading == OTHERS else shared,
            cells,
            heading != OTHERS and len(subjects if heading == EVENTS else shared) <= FEW,
        )
