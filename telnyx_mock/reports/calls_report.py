"""The report of calls on a terminal: what does not hold, each with its story, and the verdict."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import click

from telnyx_mock.contract.calls.invariants import Violation
from telnyx_mock.contract.calls.run_calls import CallsReport
from telnyx_mock.reports.amounts import NOUNS, count
from telnyx_mock.reports.terminal import COLOURS, wrapped
from telnyx_mock.visible import visible


def calls_report(report: CallsReport) -> str:
    """Return *report* as text with colours."""
    return "\n".join(_lines(report))


def _lines(report: CallsReport) -> Iterator[str]:
    for number, violation in enumerate(report.violations, 1):
        yield from _violation(number, violation)
        yield ""
    for sentence in report.unsure:
        yield from wrapped(visible(sentence), "  unsure    ", " " * 12)
    for sentence in report.skipped:
        yield from wrapped(sentence, "  skipped   ", " " * 12)
    severities = Counter(each.invariant.severity for each in report.violations)
    found = [
        count(severities[severity], *nouns)
        for severity, nouns in NOUNS.items()
        if severities[severity]
    ]
    words = ", ".join(found) or "no fault found"
    style = {"fg": "green", "bold": True}
    if report.violations or report.unsure:
        style = {"fg": "yellow"}
    if report.errors:
        style = {"fg": "red", "bold": True}
    played = f"{count(report.examples, 'simulation')}, {count(report.deliveries, 'delivery', 'deliveries')}"
    yield f"{click.style(words, **style)}  ({played})"  # type: ignore[arg-type]
    if report.violations:
        yield click.style(f"again with --seed {report.seed}", dim=True)


def _violation(number: int, violation: Violation) -> Iterator[str]:
    invariant = violation.invariant
    heading = f"{invariant.severity.value} {number}"
    first, *rest = wrapped(visible(violation.message), f"{heading}  {invariant.id}: ", "  ")
    yield click.style(heading, **COLOURS[invariant.severity]) + first[len(heading) :]
    yield from rest
    yield ""
    for line in violation.story.splitlines():
        yield click.style(f"  {visible(line)}", fg="cyan")
    yield ""
    yield from wrapped(invariant.why, "  why       ", " " * 12)
    yield from wrapped(invariant.fix, "  fix       ", " " * 12)
