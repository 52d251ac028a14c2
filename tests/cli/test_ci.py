"""``check`` in a CI job: annotations and the summary of a step in GitHub Actions, files elsewhere."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Run

ONE_RULE = ("--events", "call.initiated", "--only", "accepts-absent", "--seed", 1)


@pytest.fixture
def github(monkeypatch: pytest.MonkeyPatch, project: Path) -> Path:
    """A step of GitHub Actions; the file of its summary."""
    summary = project / "summary.md"
    summary.write_text("before\n")
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(summary))
    monkeypatch.setenv("GITHUB_WORKSPACE", str(project))
    return summary


def test_github_gets_an_annotation_at_the_line_and_a_summary(
    run: Run, project: Path, github: Path
) -> None:
    result = run("check", "shop:app", *ONE_RULE)
    assert result.exit_code == 1
    [command] = [line for line in result.stdout.splitlines() if line.startswith("::")]
    lines = (project / "shop.py").read_text().splitlines()
    at = next(
        number
        for number, line in enumerate(lines, 1)
        if "client_state" in line and "payload" in line
    )
    assert command.startswith(
        f"::error file=shop.py,line={at},title=telnyx-mock%3A fails-if-absent::"
    )
    text = github.read_text()
    assert text.startswith("before\n## ❌")
    assert f"<code>shop&#46;py&#58;{at}</code>".replace("&#46;", ".") in text


def test_elsewhere_there_is_no_annotation(run: Run, project: Path) -> None:
    assert "::" not in run("check", "shop:app", *ONE_RULE).stdout


def test_a_summary_that_cannot_be_written_is_a_sentence(
    run: Run, project: Path, github: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(project / "gone" / "summary.md"))
    result = run("check", "shop:app", *ONE_RULE)
    assert result.exit_code == 1
    assert "telnyx-mock: The summary cannot be written: No such file" in result.stderr


def test_sarif_and_code_quality_are_written(run: Run, project: Path) -> None:
    run("check", "shop:app", *ONE_RULE, "--sarif", "a.sarif", "--code-quality", "b.json")
    [found] = json.loads((project / "a.sarif").read_text())["runs"][0]["results"]
    [row] = json.loads((project / "b.json").read_text())
    assert found["ruleId"] == row["check_name"] == "fails-if-absent"
    uri = found["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
    assert uri == row["location"]["path"] == "shop.py"


def test_a_stopped_run_leaves_files_that_say_so(run: Run, project: Path) -> None:
    run("check", "broken_shop:app", "--sarif", "a.sarif", "--code-quality", "b.json")
    [log] = json.loads((project / "a.sarif").read_text())["runs"]
    assert log["invocations"][0]["executionSuccessful"] is False
    assert [row["severity"] for row in json.loads((project / "b.json").read_text())] == ["blocker"]
