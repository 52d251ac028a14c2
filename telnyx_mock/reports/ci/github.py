"""What GitHub Actions shows of a run: annotations at lines of the app, and a summary of the step.

GitHub takes each printed line that begins with two colons for a command. The annotations are our only
commands: all that others wrote is escaped in them.
"""

from __future__ import annotations

import html
import os
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from telnyx_mock.contract.app_facts import AppFacts
from telnyx_mock.contract.known_fault import KnownFault
from telnyx_mock.contract.report import Report, Verdict
from telnyx_mock.diagnosis.fault import Fault
from telnyx_mock.reports.amounts import NOUNS, count
from telnyx_mock.reports.ci.places import FileLine, file_line
from telnyx_mock.reports.summary import Summary
from telnyx_mock.severity import Severity
from telnyx_mock.visible import visible, visible_line

_MOST = 50
"""The most faults in a summary: GitHub drops a summary of more than 1 MB."""

_TITLES = {
    Verdict.FAILED: "❌ The receiver breaks the contract",
    Verdict.STOPPED: "⚠️ The run stopped early",
    Verdict.NOT_JUDGED: "⚠️ The receiver was not judged",
    Verdict.INCONCLUSIVE: "⚠️ No error was found, but some checks were inconclusive",
    Verdict.PASSED: "✅ The receiver keeps the contract",
}


def annotation_commands(report: Report) -> Iterator[str]:
    """Return a command for GitHub for each error and warning in *report*, and each known fault."""
    yield from fault_commands(Summary.of(report.results).faults, report.app)
    yield from known_commands(report.known, report.notes)


def known_commands(known: Iterable[KnownFault], notes: Iterable[str]) -> Iterator[str]:
    """Return a command for GitHub for each of the *known* faults, and for each of *notes* about them."""
    for note in notes:
        yield f"::warning title=telnyx-mock::{_data(note)}"
    for each in known:
        yield f"::notice title=telnyx-mock%3A known::{_data(str(each))}"


def fault_commands(faults: Iterable[Fault], app: AppFacts) -> Iterator[str]:
    """Return a command for GitHub for each error and warning among *faults*."""
    for fault in faults:
        if fault.severity is Severity.ADVICE:
            continue
        properties = {**_at(file_line(fault, app)), "title": f"telnyx-mock: {fault.kind.id}"}
        shown = ",".join(f"{name}={_property(text)}" for name, text in properties.items())
        message = f"{fault.title}\n{fault.harm}\nFix: {fault.fix}"
        yield f"::{fault.severity.value} {shown}::{_data(message)}"


def _at(place: FileLine | None) -> Mapping[str, str]:
    return {} if place is None else {"file": place.path, "line": str(place.line)}


def _data(text: str) -> str:
    escaped = visible(text).replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
    return re.sub("#(?=#)", r"\\x23", escaped)  # the old form of a command


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")


def write_step_summary(report: Report) -> None:
    """Add the *report* to the summary of the step, if GitHub gives a file for it.

    Raises OSError if the file cannot be written.
    """
    file = os.environ.get("GITHUB_STEP_SUMMARY")
    if file:
        with Path(file).open("a", encoding="utf-8", errors="backslashreplace") as out:
            out.write(step_summary(report))


def step_summary(report: Report) -> str:
    """Return *report* as Markdown. Nothing in it that others wrote is markup."""
    return "\n".join(_summary(report)) + "\n"


def _summary(report: Report) -> Iterator[str]:
    summary = Summary.of(report.results)
    but_known = report.verdict is Verdict.PASSED and report.known
    yield f"## {_TITLES[report.verdict]}{', but for known faults' if but_known else ''}"
    yield ""
    checks, deliveries = summary.checks, summary.deliveries
    yield (
        f"{_code(report.target)}: {count(checks, 'check')}, "
        f"{count(deliveries, 'delivery', 'deliveries')}."
    )
    known = [f"Known: {each}" for each in report.known]
    for sentence in (report.problem, *map(str, summary.warnings), *report.notes, *known):
        if sentence:
            yield f"\n> {_text(sentence)}"
    shown = [fault for fault in summary.faults if fault.severity is not Severity.ADVICE]
    if shown:
        yield "\n| | fault | where | what is wrong, and what to do |\n|---|---|---|---|"
    for fault in shown[:_MOST]:
        place = file_line(fault, report.app)
        where = _code(f"{place.path}:{place.line}") if place else ""
        words = f"**{_text(fault.title)}** {_text(fault.harm)}<br>*Fix:* {_text(fault.fix)}"
        yield f"| {fault.severity.value} | {_code(fault.kind.id)} | {where} | {words} |"
    if len(shown) > _MOST:
        yield f"\nand {count(len(shown) - _MOST, 'more fault')}."
    if advice := summary.number(Severity.ADVICE):
        yield f"\nand {count(advice, *NOUNS[Severity.ADVICE])}."


def _text(text: str) -> str:
    """Return *text* in one line in which nothing is markup."""
    return re.sub(r"([\\`*_{}\[\]()#+!|~@:$-])", r"\\\1", html.escape(visible_line(text)))


def _code(text: str) -> str:
    escaped = html.escape(visible_line(text))
    return f"<code>{re.sub('[^0-9A-Za-z ./&;]', lambda each: f'&#{ord(each[0])};', escaped)}</code>"
