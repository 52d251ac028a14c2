"""The checks by what they were run for: events, families, kinds of body, the whole run."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TypeAlias

from telnyx_mock.catalogue.registry import all_events
from telnyx_mock.contract.engine.finding import Result
from telnyx_mock.contract.engine.rule import Scope
from telnyx_mock.contract.rules.registry import CONTRACT
from telnyx_mock.reports.html.faults import anchor
from telnyx_mock.reports.html.markup import Child, Markup, join, tag
from telnyx_mock.reports.html.words import State, bar, count, sign, state_of
from telnyx_mock.reports.summary import Fault
from telnyx_mock.schema.model import ContentType, Event

__all__ = ["matrix_section"]

FEW = 15
"""So many rows, or fewer, are shown without being asked for."""

MANY = 8
"""With more columns than that, their heads stand upright."""

FEW_ALIKE = 3
"""So many checks about one thing make a group."""

Cell: TypeAlias = Callable[[Result | None], Markup]
"""Shows a result; an empty cell where there is none."""


def matrix_section(results: Sequence[Result], faults: Sequence[Fault]) -> Markup:
    """Every result as a cell; one that has a fault leads to it."""
    anchors = {
        (finding.check, finding.event): anchor(number)
        for number, fault in enumerate(faults, 1)
        for finding in fault.findings
    }

    def cell(result: Result | None) -> Markup:
        if result is None:
            return tag("td")
        state = state_of(result)
        fault = next((anchors.get((each.check, each.event)) for each in result.findings), None)
        shown = join(sign(state), tag("span", state.value[1], class_="unseen"))
        if fault is not None:
            shown = tag("a", shown, href=f"#{fault}")
        return tag("td", shown, class_=state.style, title=result.note or None)

    legend = [tag("li", sign(state), f" {state.value[1]}", class_=state.style) for state in State]
    return tag(
        "section",
        tag("h2", "Checks by events", id="matrix"),
        tag("ul", legend, class_="numbers", aria_label="Signs", role="list"),
        _on_events(_of(results, Scope.EVENT), cell),
        _on_families(_of(results, Scope.FAMILY), cell),
        _on_kinds(_of(results, Scope.CONTENT_TYPE, Scope.RUN), cell),
        aria_labelledby="matrix",
    )


def _of(results: Sequence[Result], *scopes: Scope) -> list[Result]:
    """The results of checks with one of *scopes*; what is not known counts for each event."""
    return [
        result
        for result in results
        if (CONTRACT[result.check].scope if result.check in CONTRACT else Scope.EVENT) in scopes
    ]


def _on_events(results: Sequence[Result], cell: Cell) -> Child:
    if not results:
        return None
    events = {event.name: event for event in all_events()}
    by_family: dict[str, list[Result]] = {}
    for result in results:
        by_family.setdefault(_family(events, result.event), []).append(result)
    checks = list(dict.fromkeys(result.check for result in results))
    few = len({result.event for result in results}) <= FEW
    return [
        tag("h3", "Run for each event"),
        [
            _fold(
                family,
                count(len({result.event for result in of_family}), "event"),
                of_family,
                _table(
                    f"Checks of {family}",
                    "Event",
                    checks,
                    {(result.event, result.check): result for result in of_family},
                    cell,
                ),
                opened=few,
            )
            for family, of_family in by_family.items()
        ],
    ]


def _on_families(results: Sequence[Result], cell: Cell) -> Child:
    if not results:
        return None
    events = {event.name: event for event in all_events()}
    cells = {(result.check, _family(events, result.event)): result for result in results}
    families = list(dict.fromkeys(family for _, family in cells))
    checks = len({check for check, _ in cells})
    return [
        tag("h3", "Run for one event of each family"),
        _fold(
            "All families",
            count(checks, "check"),
            results,
            _table("Checks of families", "Check", families, cells, cell),
            opened=len(families) <= FEW,
        ),
    ]


def _on_kinds(results: Sequence[Result], cell: Cell) -> Child:
    """Checks of one JSON event and one form, by what they are about, and those of the whole run."""
    if not results:
        return None
    boundary_values = {
        event.name for event in all_events() if event.content_type is ContentType.FORM
    }
    topics = Counter(_topic(check) for check in {result.check for result in results})
    groups: dict[str, dict[tuple[str, str], Result]] = {}
    for result in sorted(results, key=lambda result: not result.event):
        group = _topic(result.check) if result.event else "whole run"
        if result.event and topics[group] < FEW_ALIKE:
            group = "other"
        kind = "form" if result.event in boundary_values else "JSON"
        groups.setdefault(group, {})[result.check, kind if result.event else "result"] = result
    return [
        tag("h3", "Run once for each kind of body, or for the whole run"),
        [
            _fold(
                group,
                count(len({check for check, _ in cells}), "check"),
                list(cells.values()),
                _table(
                    f"Checks: {group}",
                    "Check",
                    list(dict.fromkeys(column for _, column in cells)),
                    cells,
                    cell,
                ),
                opened=False,
            )
            for group, cells in groups.items()
        ],
    ]


def _topic(check: str) -> str:
    """What a check is about: the word after what the receiver is to do."""
    return "".join(check.split("-")[1:2])


def _family(events: Mapping[str, Event], name: str) -> str:
    return events[name].family if name in events else name.partition(".")[0]


def _fold(
    name: str, size: str, results: Iterable[Result], table: Markup, *, opened: bool
) -> Markup:
    return tag(
        "details",
        tag(
            "summary",
            tag("b", name.replace("_", " ")),
            tag("span", size, class_="faint"),
            bar(state_of(result) for result in results),
        ),
        table,
        open=opened,
        class_="group",
    )


def _table(
    caption: str,
    corner: str,
    columns: Sequence[str],
    cells: Mapping[tuple[str, str], Result],
    cell: Cell,
) -> Markup:
    head = [tag("th", corner, scope="col")]
    head += [tag("th", tag("span", _short(name)), scope="col") for name in columns]
    rows = [
        tag(
            "tr",
            tag("th", tag("code", row), scope="row"),
            [cell(cells.get((row, column))) for column in columns],
        )
        for row in dict.fromkeys(row for row, _ in cells)
    ]
    table = tag(
        "table",
        tag("caption", caption, class_="unseen"),
        tag("thead", tag("tr", head)),
        tag("tbody", rows),
        class_="matrix tall" if len(columns) > MANY else "matrix",
    )
    return tag("div", table, class_="wide", tabindex="0", role="region", aria_label=caption)  # fmt: skip


def _short(name: str) -> str:
    """A name for the head of a narrow column, without what checks of events begin with."""
    return name.removeprefix("accepts-").replace("_", " ")
