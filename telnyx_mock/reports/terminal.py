"""The report on a terminal: one block for each fault, the worst first, and the verdict."""

from __future__ import annotations

import shutil
import textwrap
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import click

from telnyx_mock.attacks.malformed import MALFORMED
from telnyx_mock.contract.app_facts import AppFacts
from telnyx_mock.contract.report import Report, Verdict
from telnyx_mock.diagnosis.fault import Fault
from telnyx_mock.reports.amounts import NOUNS, count, first_of, first_sentence
from telnyx_mock.reports.explanation import explanation
from telnyx_mock.reports.summary import Summary
from telnyx_mock.severity import Severity
from telnyx_mock.visible import visible

COLOURS: dict[Severity, dict[str, Any]] = {
    Severity.ERROR: {"fg": "red", "bold": True},
    Severity.WARNING: {"fg": "yellow"},
    Severity.ADVICE: {"fg": "cyan"},
}

MANY = 8
"""If there are more rules than this, they are shown as kinds of rules."""

INDENT = 12
"""The columns for the label of a text."""

MALFORMED_FAULTS = (
    "The receiver fails at malformed requests with a correct signature. Only the holder of "
    "Telnyx's key can send such a request, so no attacker can use this fault. But Telnyx may "
    "send one by mistake."
)


MOST = 120
"""The most columns of a report."""


def columns() -> int:
    """Return how many columns a text may use: the width of the terminal, but at most MOST."""
    return max(52, min(shutil.get_terminal_size((MOST, 40)).columns, MOST))


def wrapped(text: str, first: str, rest: str) -> list[str]:
    """Return *text* in lines that fit the terminal. They start with *first*, and then with *rest*.

    Words are never broken, so addresses and commands can be copied.
    """
    return textwrap.wrap(
        text,
        columns(),
        initial_indent=first,
        subsequent_indent=rest,
        break_long_words=False,
        break_on_hyphens=False,
    )


def terminal_report(report: Report, *, quiet: bool = False, verbose: bool = False) -> str:
    """Return *report* as text with colours.

    *quiet* omits advice, skipped checks and the seed. *verbose* says all about advice and skipped
    checks; otherwise each is one line with its number.
    """
    return "\n".join(_lines(report, Summary.of(report.results), quiet=quiet, verbose=verbose))


def _lines(report: Report, summary: Summary, *, quiet: bool, verbose: bool) -> Iterator[str]:
    yield from warning_lines([*map(str, summary.warnings), *report.notes])
    advice = [fault for fault in summary.faults if fault.severity is Severity.ADVICE]
    shown = summary.faults[: len(summary.faults) - len(advice)]
    for number, fault in enumerate(shown, 1):
        yield from _fault(number, fault, report, is_only=len(shown) == 1, verbose=verbose)
        yield ""
    if advice and verbose:
        yield from _advice(advice)
        yield ""
    for reason, rules in summary.inconclusive_by_reason.items():
        yield f"{click.style('inconclusive', fg='magenta')}  {count(len(rules), 'rule')}"
        yield from _entry("", reason, bold=True)
        yield from _entry("rules", _names(rules))
        yield ""
    yield from known_lines(report)
    if not quiet:
        yield from asides(summary, len(advice), verbose=verbose)
    yield total(report, summary)
    if summary.faults and not quiet:
        yield click.style(f"generated with --seed {report.seed}", dim=True)


def warning_lines(sentences: Sequence[str]) -> Iterator[str]:
    """Yield a block for each warning about the run as a whole."""
    for sentence in sentences:
        yield click.style("warning", **COLOURS[Severity.WARNING])
        yield from _entry("", sentence, bold=True)
        yield ""


def known_lines(report: Report) -> Iterator[str]:
    """Yield which known faults of *report* were set aside."""
    for known in report.known:
        yield from _entry("known", f"{known} ({count(len(known.findings), 'finding')})")


def asides(
    summary: Summary,
    advice: int,
    *,
    verbose: bool,
    names: Mapping[str, Sequence[str]] | None = None,
) -> Iterator[str]:
    """Yield what most readers need to read only once, if at all; *names* says what each reason is about."""
    shown, others = summary.reasons(verbose=verbose)
    for reason in shown:
        if reason in summary.inconclusive_by_reason and not verbose:
            continue  # it is there already
        what = f" Not judged: {', '.join(names[reason])}." if verbose and names else ""
        yield from _entry("skipped", f"{reason}{what}", dim=True)
    if others:
        more = "other " if shown else ""
        words = f"for {count(others, f'{more}reason')}: -v shows all"
        yield from _entry("skipped", words, dim=True)
    if advice and not verbose:
        yield from _entry("advice", f"{count(advice, 'piece')}: -v shows all", dim=True)


def _fault(
    number: int, fault: Fault, report: Report, *, is_only: bool, verbose: bool
) -> Iterator[str]:
    """Yield what is wrong, where, what can happen, and what to change; as code if there is room."""
    finding = fault.finding
    heading = f"{fault.severity.value} {number}"
    name = visible(fault.kind.id)
    title = fault.title if verbose else first_sentence(fault.title)
    first, *rest = wrapped(visible(title), f"{heading}  {name}: ", "  ")
    bold = first[len(heading) + len(name) + 3 :]
    colour = COLOURS[fault.severity]
    yield f"{click.style(heading, **colour)}  {name}:{click.style(bold, bold=True)}"
    for line in rest:
        yield click.style(line, bold=True)
    yield from _where(fault, report.app)
    if explained := explanation(finding):
        yield from _entry("answer", explained)
    yield from _entry("harm", fault.harm)
    yield from _entry("fix", fault.fix if verbose else first_sentence(fault.fix))
    if verbose or is_only:
        for line in fault.code(report.app, report.settings.path).splitlines():
            yield click.style(f"{' ' * INDENT}{line}".rstrip(), fg="green")
    if verbose:
        yield from _evidence(fault)
    if finding.command:
        yield click.style(f"  {'reproduce':10}", dim=True) + visible(finding.command)


def _where(fault: Fault, app: AppFacts) -> Iterator[str]:
    """Yield the line of the app that shows the *fault*; under a line that failed, also the exception.

    If no answer came, or if the line is not known, the observed exception or reason is shown instead.
    """
    failed, excerpt = fault.finding.traceback, fault.excerpt(app, columns() - 2)
    if fault.finding.status is None or (failed and excerpt is None):
        yield from _entry("observed", fault.finding.observed)
    for line in excerpt.lines()[: 2 if failed else 1] if excerpt else ():
        yield click.style(f"  {line}", fg="cyan")


def _evidence(fault: Fault) -> Iterator[str]:
    """Yield what a reader needs who doubts the diagnosis, or wants to know all that shows the fault."""
    finding = fault.finding
    yield from _entry("who", fault.who)
    if fault.title != finding.message:
        yield from _entry("found", finding.message)
    if finding.implied:  # the message names what was decided
        yield from _entry("sent", finding.sent)
    yield from _entry("expected", finding.expected)
    yield from _entry("observed", finding.observed)
    yield from _entry("why", finding.why)
    if finding.source:  # a rule of the user's may name none
        yield from _entry("source", finding.source)
    others = [event for event in fault.events if event != finding.event]
    if others:
        yield from _entry("also in", ", ".join(others))
    if fault.other_changes:
        yield from _entry("also if", first_of(fault.other_changes))
    yield from _entry("rules", ", ".join(_shortened(fault.rules)))


def _advice(faults: Sequence[Fault]) -> Iterator[str]:
    """Yield all advice in a few lines, so that errors and warnings are easy to see."""
    yield click.style(count(len(faults), *NOUNS[Severity.ADVICE]), **COLOURS[Severity.ADVICE])
    malformed: dict[str, list[str]] = {}
    for fault in faults:
        finding = fault.finding
        if finding.rule.removeprefix("survives-") in MALFORMED:
            answer = str(finding.status or "no answer")
            malformed.setdefault(answer, []).extend(fault.rules)
            continue
        yield from _entry("", finding.message, bold=True)
        yield from _entry("fix", finding.fix)
        if len(fault.rules) > 1:
            yield from _entry("also by", ", ".join(_shortened(fault.rules[1:])))
        yield from _entry("read on", f"telnyx-mock explain {finding.rule}")
    if malformed:
        [(_, (first, *_)), *_] = malformed.items()
        yield from _entry("", MALFORMED_FAULTS, bold=True)
        yield from _entry("fix", next(each.finding.fix for each in faults if first in each.rules))
        for answer, rules in malformed.items():
            yield from _entry(answer, ", ".join(_shortened(rules)))
        yield from _entry(
            "read on", f"telnyx-mock explain {first}; --html FILE shows what was sent"
        )


def _shortened(rules: Sequence[str]) -> Iterator[str]:
    """Yield the *rules*; omit the first two words of a rule that starts like the rule before it."""
    before = ""
    for rule in rules:
        stem = "-".join(rule.split("-")[:2])
        yield rule.removeprefix(stem) if stem == before else rule
        before = stem


def _entry(label: str, text: str, **style: bool) -> Iterator[str]:
    """Yield the lines of *text* in a *style*, after its *label*; without one, less indented."""
    indent = " " * INDENT if label else "  "
    for line in wrapped(visible(text), f"  {label:{INDENT - 2}}" if label else indent, indent):
        start, rest = line[: len(indent)], line[len(indent) :]
        yield click.style(start, dim=True) + click.style(rest, **style)


def total(report: Report, summary: Summary) -> str:
    """Return the verdict of *report* with its numbers, in one line."""
    faults = [
        count(number, *nouns)
        for severity, nouns in NOUNS.items()
        if (number := summary.number(severity))
    ]
    checks = count(summary.checks, "check")
    if summary.inconclusive:
        checks += f", {summary.inconclusive} of them inconclusive"
    if summary.known:
        checks += f", {summary.known:,} of them known"
    if summary.left_out:
        checks += f", {summary.left_out:,} skipped"
    deliveries = count(summary.deliveries, "delivery", "deliveries")
    words = ", ".join(faults) or ("no new fault found" if report.known else "no fault found")
    if report.unjudged_because:
        words = "; ".join([*faults, f"not judged: {report.unjudged_because}"])
    elif summary.inconclusive and not faults:
        words = f"{words}, but some checks were inconclusive"
    style: dict[str, Any] = {"fg": "green", "bold": True}
    if faults or report.verdict is not Verdict.PASSED:
        style = {"fg": "yellow"}
    if report.verdict is Verdict.FAILED:
        style = COLOURS[Severity.ERROR]
    return f"{click.style(words, **style)}  ({checks}, {deliveries})"


def _names(rules: Sequence[str]) -> str:
    """Return the names of the *rules*, or, if there are many, the number of rules of each kind."""
    if len(rules) <= MANY:
        return ", ".join(rules)
    kinds = Counter(rule.partition("-")[0] for rule in rules)
    return ", ".join(f"{number} of {kind}-*" for kind, number in kinds.items())
