"""Shows findings on a terminal: one readable block each, worst first, then what it adds up to."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator

from rich.console import Console
from rich.text import Text

from telnyx_mock.reports.summary import Fault, Summary
from telnyx_mock.severity import Severity

__all__ = ["show"]

COLOURS = {Severity.ERROR: "bold red", Severity.WARNING: "yellow", Severity.ADVICE: "cyan"}


def show(console: Console, target: str, summary: Summary) -> None:
    """Print *summary* of a run against *target*, written as on the command line."""
    for number, fault in enumerate(summary.faults, 1):
        for line in _block(number, fault, target, console.width):
            console.print(line, soft_wrap=True)
        console.print()
    for result in summary.unclear:
        what = " ".join(part for part in (result.check, result.event) if part)
        line = Text.assemble(("inconclusive ", "magenta"), f"{what}: {result.note}")
        console.print(line, soft_wrap=True)
    for reason in summary.left_out:
        console.print(Text(f"left out: {reason}", style="dim"), soft_wrap=True)
    console.print(_total(summary), soft_wrap=True)


def _block(number: int, fault: Fault, target: str, width: int) -> Iterator[Text]:
    finding = fault.finding
    yield Text.assemble(
        (f"{finding.severity.value} {number}", COLOURS[finding.severity]),
        f"  {finding.check}",
        (f"  {finding.event}", "dim") if finding.event else "",
    )
    yield from _wrapped("", finding.message, width, "bold")
    if finding.sent:
        yield from _wrapped("sent", finding.sent, width)
    yield from _wrapped("expected", finding.expected, width)
    yield from _wrapped("observed", finding.observed, width)
    yield from _wrapped("why", finding.why, width)
    yield from _wrapped("fix", finding.fix, width)
    yield from _wrapped("source", finding.source, width)
    if len(fault.events) > 1:
        yield from _wrapped("also in", ", ".join(fault.events[1:]), width)
    if finding.repeat:
        command = finding.repeat.replace("TARGET", target)
        yield Text.assemble((f"  {'repeat':10}", "dim"), command)


def _wrapped(label: str, text: str, width: int, style: str = "") -> Iterator[Text]:
    indent = "  " if not label else " " * 12
    room = max(40, min(width, 100) - len(indent))
    lines = textwrap.wrap(text, room, break_long_words=False, break_on_hyphens=False) or [""]
    for number, line in enumerate(lines):
        start = f"  {label:10}" if label and number == 0 else indent
        yield Text.assemble((start, "dim"), (line, style))


def _total(summary: Summary) -> Text:
    severities = [fault.finding.severity for fault in summary.faults]
    errors = severities.count(Severity.ERROR)
    warnings = severities.count(Severity.WARNING)
    advice = severities.count(Severity.ADVICE)
    counts = [
        f"{summary.passed} checks passed",
        f"{summary.failed} failed",
        *([f"{summary.inconclusive} inconclusive"] if summary.inconclusive else []),
        f"{summary.deliveries} deliveries",
    ]
    faults = [
        *([f"{errors} error{'s' * (errors != 1)}"] if errors else []),
        *([f"{warnings} warning{'s' * (warnings != 1)}"] if warnings else []),
        *([f"{advice} piece{'s' * (advice != 1)} of advice"] if advice else []),
    ]
    verdict = ", ".join(faults) if faults else "no fault found"
    if summary.inconclusive and not faults:
        verdict = "no fault found, but not everything could be told"
    style = "bold red" if errors else "yellow" if faults or summary.inconclusive else "bold green"
    return Text.assemble((verdict, style), f"  ({', '.join(counts)})")
