"""The JUnit report of a run: one test case for each check."""

from __future__ import annotations

import datetime as dt

import junitparser

from telnyx_mock.contract.engine.result import Outcome, Result
from telnyx_mock.contract.report import Report
from telnyx_mock.reports.summary import Summary
from telnyx_mock.visible import visible

SUITE = "telnyx-mock"
COMPLETE = "run-is-complete"
"""The name of the test case that a run has only if it ended early."""


def junit_report(report: Report) -> bytes:
    """Return *report* as JUnit XML. An inconclusive check counts as a failure.

    The properties of the suite are the verdict and the numbers of the other reports. If the run
    ended early, one more test case ends with an error that says why. Text is escaped for readers as on
    a terminal; XML could not carry control characters either.
    """
    suite = junitparser.TestSuite(SUITE)
    suite.add_property("verdict", report.verdict.value)
    suite.add_property("complete", str(report.complete).lower())
    suite.add_property("reason", visible(report.problem))
    summary = Summary.of(report.results)
    for name, number in summary.counts().items():
        suite.add_property(name, str(number))
    for known in report.known:
        suite.add_property("known fault", visible(str(known)))
    for sentence in (*summary.warnings, *report.notes):
        suite.add_property("warning", visible(str(sentence)))
    suite.add_testcases([_case(report, summary, result) for result in report.results])
    if not report.complete:
        suite.add_testcase(_ended_early(report))
    suite.timestamp = dt.datetime.fromtimestamp(report.ended, dt.UTC).isoformat()
    document = junitparser.JUnitXml(SUITE)
    document.add_testsuite(suite)
    document.update_statistics()  # type: ignore[no-untyped-call]
    text: bytes = document.tostring()  # type: ignore[no-untyped-call]
    return text


def _ended_early(report: Report) -> junitparser.TestCase:
    case = junitparser.TestCase(COMPLETE, SUITE, 0.0)
    problem = visible(report.problem)
    error = junitparser.Error(problem)
    error.text = problem
    case.result = [error]
    return case


def _case(report: Report, summary: Summary, result: Result) -> junitparser.TestCase:
    about = f"[{result.event}]" if result.event else ""
    case = junitparser.TestCase(visible(f"{result.rule}{about}"), SUITE, result.seconds)
    failing = [finding for finding in result.findings if finding in report.errors]
    if failing:
        fault = next(each for each in summary.faults if failing[0] in each.findings)
        failure = junitparser.Failure(visible(fault.title), visible(fault.kind.id))
        failure.text = visible("\n\n".join(str(finding) for finding in failing))
        case.result = [failure]
    elif result.outcome is Outcome.INCONCLUSIVE:
        case.result = [junitparser.Failure(visible(f"inconclusive: {result.note}"))]
    elif result.outcome is Outcome.KNOWN:
        case.result = [junitparser.Skipped(visible(f"known: {_reason(report, result)}"))]
    elif result.outcome is Outcome.SKIPPED:
        case.result = [junitparser.Skipped(visible(result.note))]
    return case


def _reason(report: Report, result: Result) -> str:
    """Return the known faults by which the check of *result* failed."""
    shown = [
        str(known)
        for known in report.known
        if any((each.rule, each.event) == (result.rule, result.event) for each in known.findings)
    ]
    return "; ".join(shown)
