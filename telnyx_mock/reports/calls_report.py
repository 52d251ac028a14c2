"""The report of calls on a terminal: what does not hold, each with its story, and the verdict."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import click

from telnyx_mock.contract.engine.finding import Finding
from telnyx_mock.contract.engine.result import Outcome
from telnyx_mock.contract.report import Report, Verdict
from telnyx_mock.reports.amounts import NOUNS, count
from telnyx_mock.reports.terminal import COLOURS, known_lines, nothing_found, warning_lines, wrapped
from telnyx_mock.visible import visible

_LABELS = {Outcome.INCONCLUSIVE: "unsure", Outcome.SKIPPED: "skipped"}


def calls_report(report: Report, *, quiet: bool = False) -> str:
    """Return *report* as text with colours; *quiet* omits what was skipped, and the seed."""
    return "\n".join(_lines(report, quiet=quiet))


def _lines(report: Report, *, quiet: bool) -> Iterator[str]:
    yield from warning_lines(report.notes)
    for number, finding in enumerate(report.findings, 1):
        yield from _violation(number, finding)
        yield ""
    for outcome, label in _LABELS.items():
        if quiet and outcome is Outcome.SKIPPED:
            continue
        for result in report.results:
            if result.outcome is outcome:
                yield from wrapped(visible(result.note), f"  {label:<10}", " " * 12)
    yield from known_lines(report)
    severities = Counter(each.severity for each in report.findings)
    found = [
        count(severities[severity], *nouns)
        for severity, nouns in NOUNS.items()
        if severities[severity]
    ]
    words = ", ".join(found) or nothing_found(report)
    if report.verdict is Verdict.STOPPED:
        words = "; ".join([*found, f"not judged: {report.unjudged_because}"])
    style = {"fg": "green", "bold": True}
    if report.findings or report.verdict is not Verdict.PASSED:
        style = {"fg": "yellow"}
    if report.errors:
        style = {"fg": "red", "bold": True}
    deliveries = sum(result.deliveries for result in report.results)
    yield f"{click.style(words, **style)}  ({count(deliveries, 'delivery', 'deliveries')})"  # type: ignore[arg-type]
    if report.findings and not quiet:
        yield click.style(f"again with --seed {report.seed}", dim=True)


def _violation(number: int, finding: Finding) -> Iterator[str]:
    heading = f"{finding.severity.value} {number}"
    first, *rest = wrapped(visible(finding.message), f"{heading}  {finding.rule}: ", "  ")
    yield click.style(heading, **COLOURS[finding.severity]) + first[len(heading) :]
    yield from rest
    yield ""
    for line in finding.story:
        yield click.style(f"  {visible(line)}", fg="cyan")
    yield ""
    yield from wrapped(finding.why, "  why       ", " " * 12)
    yield from wrapped(finding.fix, "  fix       ", " " * 12)
