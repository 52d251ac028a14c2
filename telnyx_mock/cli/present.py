"""Shows findings on a terminal: one readable block each, worst first, then what it adds up to."""

from __future__ import annotations

import textwrap
from collections import Counter
from collections.abc import Iterator, Sequence

import click
from rich.console import Console
from rich.text import Text

from telnyx_mock.cli.advice import advice
from telnyx_mock.reports.summary import Fault, Summary
from telnyx_mock.severity import Severity

__all__ = ["show"]

COLOURS = {Severity.ERROR: "bold red", Severity.WARNING: "yellow", Severity.ADVICE: "cyan"}


MANY = 8
"""How many checks are named one by one."""


def show(summary: Summary, seed: int, *, quiet: bool = False) -> None:
    """Print *summary* of a run that was generated from *seed*; if *quiet*, what was found alone.

    Colours only where the output is a terminal that has them, and NO_COLOR is not set.
    """
    console = Console(highlight=False)
    with console.capture() as captured:  # one door for all output, which knows of closed pipes
        for line in _lines(summary, seed, console.width, quiet=quiet):
            console.print(line, soft_wrap=True)
    click.echo(captured.get(), nl=False, color=True)


def _lines(summary: Summary, seed: int, width: int, *, quiet: bool) -> Iterator[Text]:
    for sentence in summary.warnings:
        yield Text("warning", COLOURS[Severity.WARNING])
        yield from _wrapped("", sentence, width, "bold")
        yield Text()
    mild = [fault for fault in summary.faults if fault.finding.severity is Severity.ADVICE]
    for number, fault in enumerate(summary.faults[: len(summary.faults) - len(mild)], 1):
        yield from _block(number, fault, width)
        yield Text()
    if mild:
        yield from _advice(mild, width)
        yield Text()
    for note, checks in summary.unclear.items():
        yield Text.assemble(("inconclusive", "magenta"), f"  {_count(len(checks), 'check')}")
        yield from _wrapped("", note, width, "bold")
        yield from _wrapped("concerns", _names(checks), width)
        yield Text()
    for reason in () if quiet else summary.skipped:
        yield from _wrapped("left out", reason, width, "dim")
    yield _total(summary)
    if summary.faults and not quiet:
        yield Text(f"generated with --seed {seed}", style="dim")


def _block(number: int, fault: Fault, width: int) -> Iterator[Text]:
    finding = fault.finding
    yield Text.assemble(
        (f"{finding.severity.value} {number}", COLOURS[finding.severity]),
        f"  {finding.check}",
        (f"  {finding.event}", "dim") if finding.event else "",
    )
    yield from _wrapped("", finding.message, width, "bold")
    if "; so " in finding.sent:  # what was decided is in the message already
        yield from _wrapped("sent", finding.sent, width)
    yield from _wrapped("expected", finding.expected, width)
    yield from _wrapped("observed", finding.observed, width)
    yield from _wrapped("why", finding.why, width)
    yield from _wrapped("fix", finding.fix, width)
    yield from _wrapped("source", finding.source, width)
    others = [event for event in fault.events if event != finding.event]
    if others:
        yield from _wrapped("also in", ", ".join(others), width)
    if len(fault.checks) > 1:
        yield from _wrapped("also by", ", ".join(fault.checks[1:]), width)
    if finding.again:
        yield Text.assemble((f"  {'repeat':10}", "dim"), finding.again)


def _advice(faults: Sequence[Fault], width: int) -> Iterator[Text]:
    """Advice in a few lines, so that it does not stand in the light of what matters."""
    yield Text.assemble(("advice", COLOURS[Severity.ADVICE]), f"  {_count(len(faults), 'point')}")
    for label, text in advice(faults):
        yield from _wrapped(label, text, width, "" if label else "bold")


def _wrapped(label: str, text: str, width: int, style: str = "") -> Iterator[Text]:
    indent = "  " if not label else " " * 12
    room = max(40, min(width, 100) - len(indent))
    lines = textwrap.wrap(text, room, break_long_words=False, break_on_hyphens=False) or [""]
    for number, line in enumerate(lines):
        start = f"  {label:10}" if label and number == 0 else indent
        yield Text.assemble((start, "dim"), (line, style))


def _total(summary: Summary) -> Text:
    severities = [fault.finding.severity for fault in summary.faults]
    faults = [
        _count(severities.count(severity), one, many)
        for severity, one, many in (
            (Severity.ERROR, "error", "errors"),
            (Severity.WARNING, "warning", "warnings"),
            (Severity.ADVICE, "piece of advice", "pieces of advice"),
        )
        if severity in severities
    ]
    checks = _count(summary.passed + summary.failed + summary.inconclusive, "check")
    if summary.inconclusive:
        checks += f", {summary.inconclusive} of them inconclusive"
    deliveries = _count(summary.deliveries, "delivery", "deliveries")
    verdict = ", ".join(faults) if faults else "no fault found"
    if summary.inconclusive and not faults:
        verdict = "no fault found, but not everything could be told"
    style = "yellow" if faults or summary.inconclusive else "bold green"
    if Severity.ERROR in severities:
        style = "bold red"
    return Text.assemble((verdict, style), f"  ({checks}, {deliveries})")


def _names(checks: Sequence[str]) -> str:
    """*checks* by name; many of them by how their names begin."""
    if len(checks) <= MANY:
        return ", ".join(checks)
    kinds = Counter(check.partition("-")[0] for check in checks)
    return ", ".join(f"{count} of {kind}-*" for kind, count in kinds.items())


def _count(number: int, one: str, many: str = "") -> str:
    return f"{number} {one if number == 1 else many or one + 's'}"
