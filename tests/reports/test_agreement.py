"""All reports on a run say the same: the same numbers, and the same verdict as the exit code."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

import click
import junitparser
import pytest

from telnyx_mock.cli.exit_codes import ExitCode
from telnyx_mock.cli.outcome import exit_code
from telnyx_mock.contract.engine.reason import Reason, Why
from telnyx_mock.contract.engine.result import Outcome, Result
from telnyx_mock.contract.report import Report, Verdict
from telnyx_mock.diagnosis.known.entry import Entry
from telnyx_mock.diagnosis.known.set_aside import without_known
from telnyx_mock.reports.ci.code_quality import code_quality_report
from telnyx_mock.reports.ci.github import annotation_commands, step_summary
from telnyx_mock.reports.ci.sarif import sarif_report
from telnyx_mock.reports.html import html_report
from telnyx_mock.reports.json_report import json_report
from telnyx_mock.reports.junit_report import junit_report
from telnyx_mock.reports.terminal import terminal_report
from tests.reports.pages import WARNING, faulty, finding, page, parsed, report_on, result

STOPPED = "The shop has closed."
SPENT = Reason(Why.BUDGET_SPENT, details={"problem": "All requests are used up."})
PASSED = result("accepts-sample", "call.initiated")
WARNED = result("accepts-sample", "call.initiated", finding(severity=WARNING))
UNSENT = result(
    "refuses-headers-missing", "call.initiated", outcome=Outcome.SKIPPED, reason=SPENT, latencies=()
)
UNDECIDED = result(
    "accepts-absent",
    "call.initiated",
    outcome=Outcome.INCONCLUSIVE,
    reason=Reason(Why.BUSY, "call.initiated"),
)
SKIPPED = result(
    "accepts-null",
    "call.initiated",
    outcome=Outcome.SKIPPED,
    reason=Reason(Why.NO_COMMAND),
    latencies=(),
)
KNOWN = result("accepts-null", "call.hangup", finding(event="call.hangup"))
"""A check whose only finding is a known fault; SOME_KNOWN says so."""
SOME_KNOWN = [
    Entry(
        id="accepts-null",
        reason="TEL-7",
        until=dt.date(2030, 1, 31),
        where="x",
        events=("*.hangup",),
    )
]
RUNS: dict[str, tuple[list[Result], dict[str, Any], Verdict]] = {
    "everything": ([*faulty(), UNDECIDED, SKIPPED], {"known": SOME_KNOWN}, Verdict.FAILED),
    "passed": ([PASSED, SKIPPED], {}, Verdict.PASSED),
    "warned": ([PASSED, WARNED], {}, Verdict.PASSED),
    "warned, strict": ([PASSED, WARNED], {"strict": True}, Verdict.FAILED),
    "inconclusive": ([PASSED, UNDECIDED], {}, Verdict.INCONCLUSIVE),
    "undecided": ([UNDECIDED, SKIPPED], {}, Verdict.NOT_JUDGED),
    "forgeries unsent": ([PASSED, WARNED, UNSENT], {}, Verdict.NOT_JUDGED),
    "skipped": ([SKIPPED], {}, Verdict.NOT_JUDGED),
    "nothing": ([], {}, Verdict.NOT_JUDGED),
    "all known": ([PASSED, KNOWN], {"known": SOME_KNOWN}, Verdict.PASSED),
    "only known": ([KNOWN], {"known": SOME_KNOWN}, Verdict.PASSED),
    "some known": ([*faulty(), SKIPPED], {"known": SOME_KNOWN}, Verdict.FAILED),
    "stopped": ([PASSED], {"problem": STOPPED}, Verdict.STOPPED),
    "faulty, stopped": (faulty(), {"problem": STOPPED}, Verdict.STOPPED),
}
EVERY_RUN = pytest.mark.parametrize("name", RUNS)


def report(name: str) -> Report:
    results, about, _ = RUNS[name]
    known = about.get("known", ())
    made = report_on(results, **{key: about[key] for key in about if key != "known"})
    return without_known(made, known, dt.date(2029, 12, 31))


def from_terminal(report: Report) -> dict[str, int]:
    """The numbers in the last line of the report, zero for what it leaves out."""
    lines = click.unstyle(terminal_report(report, quiet=True)).splitlines()
    patterns = {
        "errors": r"(\d+) errors?\b",
        "warnings": r"(\d+) warnings?\b",
        "advice": r"(\d+) pieces? of advice",
        "checks": r"([\d,]+) checks?\b",
        "inconclusive": r"(\d+) of them inconclusive",
        "known": r"(\d+) of them known",
        "skipped": r"([\d,]+) skipped",
        "deliveries": r"([\d,]+) deliver",
    }
    found = {name: re.search(pattern, lines[-1]) for name, pattern in patterns.items()}
    return {name: int(match[1].replace(",", "")) if match else 0 for name, match in found.items()}


def from_page(report: Report) -> dict[str, int]:
    shown = parsed(html_report(report))
    [tiles] = shown.with_class("tiles")
    texts = {each.all("dt")[0].text: each.all("dd")[0].text for each in tiles.all("div")}
    nouns = {
        "errors": "errors?",
        "warnings": "warnings?",
        "advice": "pieces? of advice",
        "deliveries": "deliver(y|ies)",
    }
    numbers = {
        name: int(number)
        for name, noun in nouns.items()
        for text, number in texts.items()
        if re.fullmatch(noun, text)
    }
    bar = {"failed": 0, "inconclusive": 0, "known": 0, "skipped": 0, "passed": 0}
    [ended] = shown.with_class("ended")
    for item in ended.all("li"):
        word = item.text.split(maxsplit=2)[2].strip()
        bar[word.partition(",")[0]] += int(item.all("b")[0].text)
    checks = bar["failed"] + bar["inconclusive"] + bar["known"] + bar["passed"]
    assert ended.all("p")[0].text.startswith(f"{checks} check")
    return {**numbers, **bar, "checks": checks}


def from_junit(report: Report) -> tuple[dict[str, int], str]:
    [suite] = junitparser.JUnitXml.fromstring(junit_report(report))
    properties = {each.name: each.value for each in suite.properties()}
    verdict = properties.pop("verdict")
    assert (properties.pop("complete"), properties.pop("reason")) == (
        ("false", report.problem) if report.problem else ("true", "")
    )
    ended_early = [case for case in suite if case.name == "run-is-complete"]
    assert [case.result[0].message for case in ended_early] == [report.problem][: suite.errors]
    assert suite.errors == len(ended_early) == bool(report.problem)
    assert properties.pop("known fault", "") == "; ".join(map(str, report.known))
    properties.pop("warning", "")
    numbers = {name: int(value) for name, value in properties.items()}
    assert suite.tests == numbers["checks"] + numbers["skipped"] + len(ended_early)
    assert suite.skipped == numbers["skipped"] + numbers["known"]
    if not report.settings.strict:
        assert suite.failures == numbers["failed"] + numbers["inconclusive"]
    return numbers, verdict


@EVERY_RUN
def test_the_numbers_agree(name: str) -> None:
    made = report(name)
    numbers: dict[str, int] = dict(json_report(made)["summary"])
    assert from_junit(made)[0] == numbers
    assert from_page(made) == numbers
    terminal = from_terminal(made)
    assert terminal == {key: numbers[key] for key in terminal}


def test_the_run_with_everything_has_something_of_everything() -> None:
    assert all(json_report(report("everything"))["summary"].values())


@EVERY_RUN
def test_the_verdicts_agree(name: str) -> None:
    made, verdict = report(name), RUNS[name][2]
    assert made.verdict is verdict
    assert json_report(made)["complete"] == (made.problem == "")
    assert json_report(made)["reason"] == made.problem
    assert json_report(made)["verdict"] == from_junit(made)[1] == verdict.value
    terminal = click.unstyle(terminal_report(made)).splitlines()[-1]
    title = parsed(html_report(made)).all("h1")[0].text
    unjudged = verdict in (Verdict.NOT_JUDGED, Verdict.STOPPED)
    last = click.unstyle(terminal_report(made, quiet=True)).splitlines()[-1]
    assert ("not judged" in last) == unjudged
    assert ("Not judged" in title) == unjudged
    assert "no fault found" not in terminal or verdict in (Verdict.PASSED, Verdict.INCONCLUSIVE)
    code = exit_code(made)
    assert (code is ExitCode.ERRORS) == (verdict is Verdict.FAILED)
    assert (code is ExitCode.NOT_RUN) == (bool(made.problem) or not made.judged)
    if not made.problem:
        assert (code is ExitCode.CLEAN) == (verdict is Verdict.PASSED)


def test_a_page_without_a_verdict_does_not_say_that_no_fault_was_found() -> None:
    assert "No fault was found" not in page([UNSENT]).text
    assert "No fault was found" in page([PASSED]).text


@EVERY_RUN
def test_every_report_shows_each_known_fault_with_its_reason(name: str) -> None:
    made = report(name)
    shown = [str(known) for known in made.known]
    assert bool(shown) == ("known" in RUNS[name][1])
    assert [(each["id"], each["reason"]) for each in json_report(made)["known"]] == [
        (known.id, known.reason) for known in made.known
    ]
    [run] = sarif_report(made)["runs"]
    suppressed = [each["suppressions"] for each in run["results"] if "suppressions" in each]
    assert len(suppressed) == len(shown)
    assert all(each["locations"] for each in run["results"])
    rows = [row["description"] for row in code_quality_report(made)]
    notices = [each for each in annotation_commands(made) if each.startswith("::notice")]
    assert len(notices) == len(shown)
    texts = [click.unstyle(terminal_report(made, quiet=True)), parsed(html_report(made)).text]
    for each in shown:
        assert f"Known: {each}" in rows
        assert all(each in text for text in texts)
        assert "TEL\\-7" in step_summary(made)
