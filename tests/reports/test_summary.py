"""Results add up to faults, survive the way through JSON, and decide the exit code."""

from __future__ import annotations

import itertools
import json
from collections.abc import Sequence
from functools import partial

import pytest

from telnyx_mock.cli.exit_codes import ExitCode
from telnyx_mock.cli.outcome import exit_code
from telnyx_mock.contract.engine.finding import Finding, FindingFailure
from telnyx_mock.contract.engine.reason import Reason, Why
from telnyx_mock.contract.engine.result import Outcome, Result
from telnyx_mock.contract.report import Report
from telnyx_mock.diagnosis.remedies import Remedy, code
from telnyx_mock.errors import ReceiverFailure
from telnyx_mock.reports.json_report import json_report
from telnyx_mock.reports.summary import Summary
from telnyx_mock.settings import Settings
from telnyx_mock.severity import Severity
from tests.conftest import Snapshot
from tests.reports import pages
from tests.reports.pages import report_on

BUSY, NOT_SERVED = Reason(Why.BUSY, "fax.sent"), Reason(Why.FAMILY_NOT_SERVED, "fax")
ERROR, WARNING, ADVICE = Severity.ERROR, Severity.WARNING, Severity.ADVICE


finding = partial(pages.finding, traceback="")


def result(
    *findings: Finding,
    outcome: Outcome | None = None,
    reason: Reason | None = None,
    check: str = "accepts-null",
) -> Result:
    if outcome is None:
        failed = any(one.severity is ERROR for one in findings)
        outcome = Outcome.FAILED if failed else Outcome.PASSED
    event = findings[0].event if findings else "call.initiated"
    return Result(check, ERROR, event, outcome, findings, reason, (0.3, 0.4))


def gathered(*findings: Finding) -> list[tuple[str, ...]]:
    return [fault.events for fault in Summary.of([result(one) for one in findings]).faults]


def test_reasons_that_differ_in_an_event_or_a_family_are_one() -> None:
    reasons = [
        Reason(Why.SAMPLE_NOT_ACCEPTED, "call.initiated"),
        Reason(Why.SAMPLE_NOT_ACCEPTED, "call.hangup"),
        Reason(Why.FAMILY_NOT_SERVED, "fax"),
        Reason(Why.FAMILY_NOT_SERVED, "messaging"),
        Reason(Why.NO_SAMPLE_ACCEPTED),
    ]
    results = [
        Result("accepts-null", Severity.ERROR, "", Outcome.SKIPPED, reason=reason)
        for reason in reasons
    ]
    assert Summary.of(results).skipped == (
        "The receiver does not accept the sample of call.initiated, call.hangup.",
        "The receiver does not serve fax, messaging.",
        "The receiver accepts no sample of any event.",
    )


def test_one_fault_in_several_events_is_said_once() -> None:
    assert gathered(
        finding(event="call.initiated", fields=("payload.client_state",)),
        finding(event="call.answered", fields=("payload.client_state",)),
        finding(event="call.hangup", fields=("payload.hangup_cause",)),
    ) == [("call.initiated", "call.answered"), ("call.hangup",)]


def test_one_fault_in_several_checks_is_said_once_and_listed_with_each() -> None:
    absent, null = (
        finding(check, fields=("payload.client_state",))
        for check in ("accepts-absent", "accepts-null")
    )
    summary = Summary.of([result(absent), result(null)])
    assert [fault.finding for fault in summary.faults] == [absent]
    assert summary.findings == (absent, null)


def test_another_answer_is_another_fault() -> None:
    same = ("payload.client_state",)
    assert len(gathered(finding(fields=same), finding(fields=same, status=404))) == 2


def test_without_fields_another_check_is_another_fault() -> None:
    assert len(gathered(finding("refuses-a"), finding("refuses-b"))) == 2


def test_errors_come_first_then_warnings_then_advice() -> None:
    found = [
        finding("a", severity=ADVICE),
        finding("b", severity=WARNING),
        finding("c"),
        finding("d", severity=WARNING),
        finding("e"),
    ]
    summary = Summary.of([result(one) for one in found])
    assert [fault.finding.rule for fault in summary.faults] == ["c", "e", "b", "d", "a"]
    assert [one.rule for one in summary.findings] == ["c", "e", "b", "d", "a"]


def test_a_fault_is_as_bad_as_its_worst_finding() -> None:
    mild = finding(event="fax.received", severity=WARNING)
    severe = finding(event="call.initiated")
    [fault] = Summary.of([result(mild), result(severe)]).faults
    assert fault.finding is severe
    assert fault.events == ("call.initiated", "fax.received")


def test_outcomes_and_deliveries_are_counted() -> None:
    summary = Summary.of(
        [
            result(),
            result(finding(severity=WARNING)),
            result(finding()),
            result(outcome=Outcome.INCONCLUSIVE, reason=BUSY, check="accepts-absent"),
            result(outcome=Outcome.INCONCLUSIVE, reason=BUSY),
            result(outcome=Outcome.SKIPPED, reason=NOT_SERVED),
            result(outcome=Outcome.SKIPPED, reason=NOT_SERVED),
        ]
    )
    assert (summary.passed, summary.failed, summary.inconclusive) == (2, 1, 2)
    assert summary.deliveries == 14
    assert summary.inconclusive_by_reason == {str(BUSY): ("accepts-absent", "accepts-null")}
    assert summary.skipped == (str(NOT_SERVED),)


@pytest.mark.parametrize(
    "one",
    [
        result(),
        result(finding(fields=("a", "b[].c")), finding(severity=ADVICE)),
        result(outcome=Outcome.SKIPPED, reason=NOT_SERVED),
    ],
    ids=["passed", "failed", "left out"],
)
def test_a_result_is_the_same_after_the_way_through_json(one: Result) -> None:
    assert Result.from_json(json.loads(json.dumps(one.to_json()))) == one


def test_the_json_report_has_each_check_and_each_finding() -> None:
    null = finding(fields=("payload.client_state",))
    report = json_report(
        Report(
            run_id="r1",
            target="app:app",
            settings=Settings(),
            seed=7,
            results=(result(null), result(check="survives-junk")),
            ended=0.0,
        )
    )
    assert json.loads(json.dumps(report)) == {
        "version": 2,
        "run_id": "r1",
        "target": "app:app",
        "seed": 7,
        "complete": True,
        "reason": "",
        "verdict": "failed",
        "unjudged_because": "",
        "summary": {
            "errors": 1,
            "warnings": 0,
            "advice": 0,
            "checks": 2,
            "passed": 1,
            "failed": 1,
            "inconclusive": 0,
            "known": 0,
            "skipped": 0,
            "deliveries": 4,
        },
        "warnings": [],
        "known": [],
        "faults": [
            {
                "id": "fails-at-null",
                "severity": "error",
                "title": null.message,
                "harm": "The event is lost: Telnyx delivers it in vain.",
                "where": "",
                "who": "Telnyx does this by itself.",
                "fix": null.fix,
                "code": code(Remedy.READ_OPTIONAL, member="data.payload.client_state"),
                "findings": [0],
            }
        ],
        "checks": [
            {
                "id": check,
                "severity": "error",
                "event": "call.initiated",
                "outcome": outcome,
                "note": "",
                "reason": None,
            }
            for check, outcome in (("accepts-null", "failed"), ("survives-junk", "passed"))
        ],
        "app": {"framework": "unknown", "verifier": "unknown", "places": []},
        "reads": [],
        "reads_unknown": {},
        "findings": [null.to_json()],
    }


def test_a_failure_is_an_assertion_that_tells_its_findings(snapshot: Snapshot) -> None:
    failure = FindingFailure((finding(), finding(event="call.hangup", fields=("a",))))
    assert isinstance(failure, ReceiverFailure)
    snapshot("failure", f"{failure}\n")


PASSED = result()
FAILED = result(finding())
WARNED = result(finding(severity=WARNING))
ADVISED = result(finding(severity=ADVICE))
INCONCLUSIVE = result(outcome=Outcome.INCONCLUSIVE)
SKIPPED = result(outcome=Outcome.SKIPPED)


@pytest.mark.parametrize(
    ("results", "code", "strict_code"),
    [
        ([], 2, 2),
        ([SKIPPED], 2, 2),
        ([PASSED], 0, 0),
        ([PASSED, SKIPPED], 0, 0),
        ([ADVISED], 0, 0),
        ([WARNED], 0, 1),
        ([WARNED, INCONCLUSIVE], 3, 1),
        ([PASSED, INCONCLUSIVE], 3, 3),
        ([FAILED], 1, 1),
        ([FAILED, INCONCLUSIVE, WARNED, SKIPPED, PASSED], 1, 1),
    ],
)
def test_the_exit_code(results: Sequence[Result], code: int, strict_code: int) -> None:
    for order in itertools.permutations(results):
        assert exit_code(report_on(order)) == ExitCode(code)
        assert exit_code(report_on(order, strict=True)) == ExitCode(strict_code)


def test_what_is_found_about_no_event_names_none() -> None:
    with_event, without = finding(), finding(event="")
    assert gathered(with_event, without) == [("call.initiated",)]
    assert gathered(without, with_event) == [("call.initiated",)]
