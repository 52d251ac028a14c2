"""``telnyx-mock calls``: simulated people call an app."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Run


@pytest.mark.slow
def test_a_fault_is_shown_as_a_story(
    run: Run, tmp_path: Path, snapshot: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "120")
    report = tmp_path / "calls.json"
    target = "tests.calls.receivers:Losing()"
    result = run("calls", target, "--seed", 1, "--examples", 60, "--report", report)
    assert result.exit_code == 1
    snapshot("calls", result.stdout.rpartition("\n\n")[0] + "\n")
    [finding] = json.loads(report.read_text())["findings"]
    assert finding["check"] == "keeps-a-call-when-the-api-fails"
    assert finding["story"][-1].endswith("answer for +13125550142 (refused: 429)")


def test_a_correct_app_is_exit_0(run: Run) -> None:
    result = run("calls", "tests.calls.receivers:Rejecting()", "--seed", 1, "--examples", 20)
    assert (result.exit_code, result.stderr) == (0, "")
    assert "\nno fault found  (" in result.stdout


@pytest.mark.slow
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


ENDING = """
import os
import time
from tests.calls.receivers import Ivr

class Ending(Ivr):
    def handle(self, event, payload, event_id):
        if event == "call.hangup":
            {how}
        return super().handle(event, payload, event_id)

app = Ending()
"""


@pytest.mark.parametrize(
    ("how", "sentence"),
    [
        ("os._exit(7)", "The app ended its own process, with exit code 7, during call.hangup."),
        ("os.kill(os.getpid(), 15)", "The app's process was ended by SIGTERM during call.hangup."),
    ],
)
def test_an_app_that_ends_its_process_is_a_finding_with_its_story(
    run: Run, project: Path, tmp_path: Path, how: str, sentence: str
) -> None:
    (project / "ending.py").write_text(ENDING.format(how=how))
    report, page = tmp_path / "calls.json", tmp_path / "calls.html"
    words = ("--seed", 1, "--examples", 5, "--report", report, "--html", page)
    result = run("calls", "ending:app", *words)
    assert result.exit_code == 2
    said = re.sub(r" \(delivery \S+ of the journal\)", "", " ".join(result.stdout.split()))
    assert f"keeps-running: {sentence}" in said
    written = json.loads(report.read_text())
    assert written["complete"] is False
    [finding] = written["findings"]
    assert "Telnyx        call.hangup for +13125550142" in finding["story"][-1]
    assert "call.hangup for +13125550142" in page.read_text()


@pytest.mark.slow
def test_each_report_has_the_fault(run: Run, tmp_path: Path) -> None:
    junit, sarif, page = (tmp_path / f"calls.{end}" for end in ("xml", "sarif", "html"))
    files = ("--junit", junit, "--sarif", sarif, "--html", page)
    target = "tests.calls.receivers:CommandingTheDead()"
    result = run("calls", target, "--seed", 1, "--examples", 20, "--strict", *files)
    assert result.exit_code == 1
    for file in (junit, sarif, page):
        assert "leaves-ended-calls-alone" in file.read_text()
    assert "telnyx-mock calls" in page.read_text()
    assert page.read_text().count("<polygon") > 3, "the story is drawn"
    assert "<dd>0 ms</dd>" not in page.read_text(), "the calls took some time"
