"""``telnyx-mock check``: verdicts, exit codes and reports."""

from __future__ import annotations

import json
import re
import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from jsonschema import Draft202012Validator

from telnyx_mock.contract.engine.result import Outcome
from telnyx_mock.contract.rules.registry import CONTRACT
from telnyx_mock.severity import Severity
from tests.cli.conftest import Run

ONE_EVENT = ("--events", "call.initiated", "--examples", 5)
Report = dict[str, Any]


def row(**members: object) -> dict[str, object]:
    return {"type": "object", "required": list(members), "properties": members}


TEXT, COUNT = {"type": "string"}, {"type": "integer", "minimum": 0}
SEVERITY = {"enum": [severity.value for severity in Severity]}
OUTCOME = {"enum": [outcome.value for outcome in Outcome]}
SCHEMA = row(
    version={"const": 2},
    run_id={"type": "string", "minLength": 1},
    target=TEXT,
    summary=row(passed=COUNT, failed=COUNT, inconclusive=COUNT, deliveries=COUNT),
    checks={
        "type": "array",
        "items": row(id={"enum": list(CONTRACT)}, severity=SEVERITY, event=TEXT, outcome=OUTCOME),
    },
    findings={
        "type": "array",
        "items": row(
            check={"enum": list(CONTRACT)},
            severity=SEVERITY,
            event=TEXT,
            message=TEXT,
            expected=TEXT,
            observed=TEXT,
            curl=TEXT,
        ),
    },
)
"""The report as it was promised; further members may come."""


@pytest.fixture
def check(run: Run, project: Path) -> Callable[..., tuple[int, Report]]:
    """Check a target, about one event unless others are named: the exit code and the report."""

    def check(target: str, *words: object) -> tuple[int, Report]:
        about = () if "--events" in words else ONE_EVENT
        result = run("check", target, *about, *words, "--report", "report.json")
        assert "Traceback" not in result.output
        return result.exit_code, json.loads((project / "report.json").read_bytes())

    return check


Check = Callable[..., tuple[int, Report]]


def faults(report: Report) -> set[str]:
    return {finding["check"] for finding in report["findings"]}


def outcomes(report: Report) -> set[tuple[str, ...]]:
    return {(check["id"], check["event"], check["outcome"]) for check in report["checks"]}


def test_a_correct_receiver_is_exit_0(check: Check) -> None:
    code, report = check("tests.receivers.correct:Receiver()")
    assert (code, report["findings"], report["summary"]["failed"]) == (0, [], 0)
    checked = {check["id"] for check in report["checks"] if check["outcome"] == "passed"}
    assert {"accepts-sample", "refuses-signature-missing", "answers-in-time"} <= checked


def test_a_fault_is_exit_1_and_named(run: Run, project: Path) -> None:
    result = run("check", "shop:app", *ONE_EVENT)
    assert result.exit_code == 1
    assert "error 1  fails-if-absent: call.initiated" in result.stdout
    assert "payload.client_state absent" in result.stdout
    assert re.search(r"shop.py:9 \| .*\n +\| +\^+ KeyError: 'client_state'\n", result.stdout)
    assert re.search(
        r"^1 error  \(\d+ checks, \d+ skipped, \d+ deliveries\)$", result.stdout, re.MULTILINE
    )
    assert result.stdout.splitlines()[-1].startswith("generated with --seed ")


@pytest.mark.slow
def test_a_warning_is_exit_0_unless_the_run_is_strict(check: Check) -> None:
    target = "tests.receivers.faults.timestamp:AnyFuture()"
    code, report = check(target)
    assert (code, report["summary"]["failed"]) == (0, 0)
    assert "refuses-timestamp-future-1h" in faults(report)
    assert check(target, "--strict")[0] == 1


@pytest.mark.slow
def test_quiet_without_a_fault_is_one_line(run: Run, project: Path) -> None:
    result = run("check", "tests.receivers.correct:Receiver()", *ONE_EVENT, "-q")
    assert re.fullmatch(
        r"no fault found  \(\d+ checks, \d+ skipped, \d+ deliveries\)\n", result.stdout
    )
    assert (result.exit_code, result.stderr) == (0, "")


def test_quiet_and_verbose_exclude_each_other(run: Run, project: Path) -> None:
    result = run("check", "shop:app", "-q", "-v")
    assert result.exit_code == 2
    assert "give one of them" in result.stderr


@pytest.mark.slow
def test_quiet_shows_findings_and_the_verdict(run: Run, project: Path) -> None:
    result = run("check", "shop:app", *ONE_EVENT, "--quiet")
    assert result.stdout.startswith("error 1  fails-if-absent: call.initiated ")
    assert "left out" not in result.stdout
    assert result.stdout.splitlines()[-1].startswith("1 error  (")


def test_only_the_checks_that_are_asked_for_are_run(check: Check) -> None:
    code, report = check("shop:app", "--only", "accepts-absent", "--only", "refuses-timestamp-m*")
    assert code == 1
    assert {result["id"] for result in report["checks"]} == {
        "accepts-absent",
        *(name for name in CONTRACT if name.startswith("refuses-timestamp-m")),
    }
    assert check("shop:app", "--only", "accepts-sample")[0] == 0


NO_CONTENT = """
from tests.receivers.correct import Receiver

class NoContent(Receiver):
    def act(self, event):
        return 204

app = NoContent()
"""


def test_another_2xx_is_a_warning_unless_it_is_success(check: Check, project: Path) -> None:
    (project / "no_content.py").write_text(NO_CONTENT)
    words = ("--only", "accepts-sample", "--strict")
    assert check("no_content:app", *words)[0] == 1
    assert check("no_content:app", *words, "--success", "200")[0] == 1
    assert check("no_content:app", *words, "--success", "2xx")[0] == 0


def test_an_error_goes_before_what_could_not_be_told(check: Check) -> None:
    """With another key all is refused, which is an error; that forgeries are, proves nothing."""
    code, report = check("tests.receivers.faults.keys:OtherKey()")
    assert code == 1
    assert report["summary"]["inconclusive"] > 10
    assert report["findings"][0]["check"] == "serves-something"


BUSY = """
import itertools
from tests.receivers.correct import Receiver

class Busy(Receiver):
    count = itertools.count()
    def act(self, event):
        return 429

app = Busy()
"""


def test_what_cannot_be_told_alone_is_exit_3(
    check: Check, run: Run, project: Path, impatient: None
) -> None:
    """A receiver that is always busy was asked at a bad time, not found wrong."""
    (project / "busy.py").write_text(BUSY)
    code, report = check("busy:app")
    assert (code, report["findings"]) == (3, [])
    text = run("check", "busy:app", *ONE_EVENT).stdout
    assert "not judged: no check could be decided" in text
    assert "no fault" not in text
    assert text.count("answers 429 to every delivery") <= 3


TWO_FAULTS = """
from tests.receivers.correct import Receiver, payload

class TwoFaults(Receiver):
    def act(self, event):
        "from" in payload(event) and payload(event)["client_state"]
        if len(payload(event).get("caller_id_name", "")) > 40:
            raise ValueError("value too long")
        return 200

app = TwoFaults()
"""


def test_two_independent_faults_of_one_handler_are_both_reported(
    check: Check, project: Path
) -> None:
    (project / "two.py").write_text(TWO_FAULTS)
    code, report = check("two:app", "--events", "call.initiated", "--examples", 100, "--seed", 1)
    assert code == 1
    guilty = {(finding["check"], *finding["sites"]) for finding in report["findings"]}
    assert guilty == {
        ("accepts-absent", "payload.client_state"),
        ("accepts-each-choice", "payload.caller_id_name"),
    }


@pytest.mark.slow
def test_the_report_holds_what_was_promised(check: Check) -> None:
    for target in ("shop:app", "tests.receivers.correct:Receiver()"):
        _, report = check(target)
        Draft202012Validator(SCHEMA).validate(report)
        assert report["target"] == target
        assert sum(report["summary"][name] for name in ("passed", "failed", "inconclusive")) == len(
            [check for check in report["checks"] if check["outcome"] != "skipped"]
        )


@pytest.mark.slow
def test_each_run_has_an_id_of_its_own(check: Check) -> None:
    assert check("shop:app")[1]["run_id"] != check("shop:app")[1]["run_id"]


def told(report: Report) -> list[dict[str, Any]]:
    """The findings without what is new in each run: ids, times, signatures."""
    mutable = {"curl", "traceback", "delivery", "replay"}
    return [
        {name: value for name, value in finding.items() if name not in mutable}
        for finding in report["findings"]
    ]


@pytest.mark.slow
def test_a_seed_makes_a_run_repeatable(check: Check, project: Path) -> None:
    (project / "two.py").write_text(TWO_FAULTS)
    _, first = check("two:app", "--examples", 60)
    _, again = check("two:app", "--examples", 60, "--seed", first["seed"])
    assert told(first) == told(again)
    assert outcomes(first) == outcomes(again)
    assert first["summary"] == again["summary"]


def test_junit_has_a_case_for_each_check(run: Run, project: Path) -> None:
    result = run("check", "shop:app", *ONE_EVENT, "--junit", "junit.xml")
    assert result.exit_code == 1
    suite = ElementTree.parse(project / "junit.xml").getroot()[0]
    names = {case.get("name") for case in suite}
    assert "accepts-absent[call.initiated]" in names
    [failure] = suite.iter("failure")
    assert "payload.client_state absent" in (failure.get("message") or "")
    assert suite.get("name") == "telnyx-mock"


def test_two_reports_in_one_file_are_refused_before_it_is_emptied(run: Run, project: Path) -> None:
    (project / "old.json").write_text("old")
    (project / "link.json").symlink_to("old.json")
    result = run("check", "shop:app", "--report", "old.json", "--junit", "link.json")
    assert result.stderr == (
        "telnyx-mock: --report and --junit both name link.json; give each report its own file.\n"
    )
    assert (result.exit_code, (project / "old.json").read_text()) == (2, "old")


def test_an_old_report_does_not_outlive_a_run_that_came_to_nothing(run: Run, project: Path) -> None:
    old = project / "report.json"
    old.write_text('{"version": 2}')
    assert run("check", "shop:nothing", *ONE_EVENT, "--report", old).exit_code == 2
    report = json.loads(old.read_bytes())
    Draft202012Validator(SCHEMA).validate(report)
    assert (report["complete"], report["checks"]) == (False, [])
    assert "'nothing'" in report["reason"]


LEAVING = """
from telnyx_mock.errors import DeliveryError
from telnyx_mock.transports.asgi import AsgiReceiver
from tests.receivers.correct import Receiver

class Leaving(AsgiReceiver):
    left = 10
    def send(self, request, *, timeout):
        self.left -= 1
        if self.left < 0:
            raise DeliveryError("the shop has closed")
        return super().send(request, timeout=timeout)

def receiver():
    return Leaving(Receiver())
"""


def test_what_was_told_before_the_receiver_left_is_kept(run: Run, project: Path) -> None:
    (project / "leaving.py").write_text(LEAVING)
    result = run("check", "leaving:receiver()", *ONE_EVENT, "--report", "report.json")
    assert (result.exit_code, result.stderr) == (2, "telnyx-mock: the shop has closed\n")
    report = json.loads((project / "report.json").read_bytes())
    assert ("accepts-sample", "call.initiated", "passed") in outcomes(report)


def test_a_finding_is_repeated_by_the_command_it_shows(run: Run, project: Path) -> None:
    result = run("check", "shop:app", "--path", "/a b", *ONE_EVENT)
    repeat = re.search(r"reproduce +telnyx-mock (.*)", result.stdout)
    assert repeat is not None
    assert repeat[1] == ("send call.initiated shop:app --path '/a b' --unset payload.client_state")
    again = run("send", "call.initiated", "shop:app", "--path", "/a b", *repeat[1].split()[-2:])
    assert again.exit_code == 1
    assert again.stdout.startswith("call.initiated: 500 Internal Server Error")


@pytest.mark.slow
def test_the_failover_address_may_be_another_path(
    check: Callable[..., tuple[int, Report]],
) -> None:
    words = ("tests.receivers.faults.failover:FailoverIsOpen()", "--failover", "/failover")
    code, report = check(*words)
    assert code == 1
    errors = [finding for finding in report["findings"] if finding["severity"] == "error"]
    assert {finding["check"] for finding in errors} == {"refuses-at-failover"}


@pytest.mark.slow
def test_a_run_leaves_nothing_behind_but_its_journal(run: Run, project: Path) -> None:
    before = {path.name for path in project.iterdir()} | {"__pycache__", ".telnyx-mock"}
    run("check", "shop:app", *ONE_EVENT)
    assert {path.name for path in project.iterdir()} <= before


def test_the_network_is_not_used(run: Run, project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def connect(*_: object) -> None:
        raise AssertionError("something was to be reached")

    monkeypatch.setattr(socket.socket, "connect", connect)
    assert run("check", "tests.receivers.correct:Receiver()", *ONE_EVENT).exit_code == 0
