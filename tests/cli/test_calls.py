"""``telnyx-mock calls``: simulated people call an app."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Run


def test_a_fault_is_shown_as_a_story(
    run: Run, tmp_path: Path, snapshot: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "120")
    report = tmp_path / "calls.json"
    target = "tests.calls.receivers:Losing()"
    result = run("calls", target, "--seed", 1, "--examples", 60, "--report", report)
    assert result.exit_code == 1
    snapshot("calls", result.stdout.rpartition("\n\n")[0] + "\n")
    [violation] = json.loads(report.read_text())["violations"]
    assert violation["invariant"] == "keeps-a-call-when-the-api-fails"
    assert violation["story"][-1].endswith("answer for +13125550142 (refused: 429)")


def test_a_correct_app_is_exit_0(run: Run) -> None:
    result = run("calls", "tests.calls.receivers:Rejecting()", "--seed", 1, "--examples", 20)
    assert (result.exit_code, result.stderr) == (0, "")
    assert "\nno fault found  (" in result.stdout


@pytest.mark.parametrize(("words", "code"), [((), 0), (("--strict",), 1)])
def test_a_warning_is_an_error_if_strict(run: Run, words: tuple[str, ...], code: int) -> None:
    target = "tests.calls.receivers:CommandingTheDead()"
    result = run("calls", target, "--seed", 1, "--examples", 20, *words)
    assert result.exit_code == code
    assert "leaves-ended-calls-alone" in result.stdout


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("tests.calls.receivers:Nobody()",), "Nobody"),
        (("tests.calls.receivers:Ivr()", "--report", "nowhere/calls.json"), "there is no folder"),
    ],
)
def test_what_cannot_be_is_exit_2(run: Run, words: tuple[str, ...], sentence: str) -> None:
    result = run("calls", *words)
    assert result.exit_code == 2
    assert sentence in result.stderr
