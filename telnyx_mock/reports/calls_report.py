"""The report of calls on a terminal: what does not hold, each with its story, and the verdict."""

from __future__ import annotations

from collections.abc import Iterator

import click

from telnyx_mock.contract.engine.finding import Finding
from telnyx_mock.contract.engine.result import Outcome
from telnyx_mock.contract.report import Report
from telnyx_mock.reports.summary import Summary
from telnyx_mock.reports.terminal import COLOURS, asides, known_lines, total, warning_lines, wrapped
from telnyx_mock.severity import Severity
from telnyx_mock.visible import visible


def calls_report(report: Report, *, quiet: bool = False, verbose: bool = False) -> str:
    """Return *report* as text with colours.

    *quiet* omits advice, what was skipped, and the seed. *verbose* shows all advice, and says of each invariant that was
    not judged why.
    """
    return "\n".join(_lines(report, quiet=quiet, verbose=verbose))


def _lines(report: Report, *, quiet: bool, verbose: bool) -> Iterator[str]:
    yield from warning_lines(report.notes)
    advice = [each for each in report.findings if each.severity is Severity.ADVICE]
    shown = [each for each in report.findings if verbose or each.severity is not Severity.ADVICE]
    for number, finding in enumerate(shown, 1):
        yield from _violation(number, finding)
        yield ""
    for result in report.inconclusive:
        yield from wrapped(visible(result.note), "  unsure    ", " " * 12)
    yield from known_lines(report)
    summary = Summary.of(report.results)
    if not quiet:
        names: dict[str, list[str]] = {}
        for result in report.results:
            if result.outcome is Outcome.SKIPPED:
                names.setdefault(result.note, []).append(result.rule)
        yield from asides(summary, len(advice), verbose=verbose, names=names)
    yield total(report, summary)
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
