"""Reports a run of the contract in each pytest report, and in a summary on the terminal.

Results travel on the reports of pytest, which xdist carries from its workers. The module imports
only the standard library and pytest until it has something to say.
"""

from __future__ import annotations

import os
from collections.abc import Generator, Iterator, Sequence
from types import TracebackType
from typing import TYPE_CHECKING, Any

import pytest

from pytest_telnyx_mock import catching, coverage
from pytest_telnyx_mock.foreign_text import add_logs, escape
from pytest_telnyx_mock.known import KNOWN, summed_up
from pytest_telnyx_mock.verdict import PROBLEM, RESULT, in_pytest
from telnyx_mock.visible import visible

if TYPE_CHECKING:
    from telnyx_mock.contract.known_fault import KnownFault
    from telnyx_mock.reports.summary import Summary


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Attach the result, and show the finding in place of the harness's own traceback.

    ``report.telnyx_mock`` is ``Result.to_json()``; ``report.telnyx_mock_error`` is a sentence that
    says why no request could be sent.
    """
    if call.excinfo is not None and type(call.excinfo.value).__module__ == "telnyx_mock.errors":
        _end_before_ours(call.excinfo.tb)
    report = yield
    for node in (item, item.session):
        if report.failed and PROBLEM in node.stash:
            vars(report).update(telnyx_mock_error=node.stash[PROBLEM])
    if call.when == "call" and RESULT in item.stash:
        known: dict[str, Any] = item.stash.get(KNOWN, {"known": [], "notes": []})
        vars(report).update(telnyx_mock=item.stash[RESULT], telnyx_mock_known=known)
        if report.failed and call.excinfo is not None:
            shown = call.excinfo.getrepr(style="value")
            if shown.reprcrash is not None:  # the short form, without the name of the exception
                shown.reprcrash.message = str(call.excinfo.value)
            report.longrepr = shown
    add_logs(item, report)
    if "telnyx_mock" in getattr(item, "fixturenames", ()):
        escape(item, report)
    return report


def _end_before_ours(traceback: TracebackType) -> None:
    """Cut off the part of *traceback* inside the harness: users need only their own code."""
    last = traceback
    step: TracebackType | None = traceback
    while step is not None:
        module = str(step.tb_frame.f_globals.get("__name__"))
        if module.partition(".")[0] != "telnyx_mock":
            last = step
        step = step.tb_next
    last.tb_next = None


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print the summary of the contract, if it was run, and the coverage, if it was counted."""
    rows = [
        (report.telnyx_mock, report.telnyx_mock_known)
        for reports in terminalreporter.stats.values()
        for report in reports
        if hasattr(report, "telnyx_mock")
    ]
    said = [*coverage.lines(terminalreporter.config), *catching.lines(terminalreporter.config)]
    if rows:
        from telnyx_mock.contract.engine.result import Result
        from telnyx_mock.reports.summary import Summary

        results = [Result.from_json(row) for row, _ in rows]
        summary = Summary.of(results)
        known, notes = summed_up(terminalreporter.config, [row for _, row in rows], results)
        said += _lines(summary, known, notes, verbose=terminalreporter.verbosity > 0)
    if said:
        terminalreporter.section("telnyx-mock")
    for line in said:
        terminalreporter.line(visible(line))
    if rows and os.environ.get("GITHUB_ACTIONS") == "true":
        from telnyx_mock.contract.app_facts import NOTHING_KNOWN
        from telnyx_mock.reports.ci.github import fault_commands, known_commands

        for command in (
            *fault_commands(summary.faults, NOTHING_KNOWN),
            *known_commands(known, notes),
        ):
            terminalreporter.line(command)


def _lines(
    summary: Summary, known: Sequence[KnownFault], notes: Sequence[str], *, verbose: bool
) -> Iterator[str]:
    from telnyx_mock.reports.amounts import count
    from telnyx_mock.severity import Severity

    for sentence in (*summary.warnings, *notes):
        yield f"warning: {sentence}"
    for fault in summary.faults:
        if fault.severity is Severity.ADVICE and not verbose:
            continue
        more = f" ({count(len(fault.findings), 'finding')})" if len(fault.findings) > 1 else ""
        yield f"{fault.severity.value}: {fault.kind.id}: {fault.title}{more}"
    for each in known:
        yield f"known: {each} ({count(len(each.findings), 'finding')})"
    shown, others = summary.reasons(verbose=verbose)
    for reason in shown:
        yield f"skipped: {in_pytest(reason)}"
    if others:
        yield f"skipped: for {count(others, 'other reason')}: -v shows all"
    advice = summary.number(Severity.ADVICE)
    if advice and not verbose:
        yield f"advice: {count(advice, 'piece')}: -v shows all"
    yield (
        f"{count(summary.passed, 'check')} passed, {summary.failed} failed, "
        f"{f'{summary.known} known, ' if summary.known else ''}"
        f"{summary.inconclusive} inconclusive, {summary.left_out} skipped; "
        f"{count(summary.deliveries, 'delivery', 'deliveries')}"
    )
