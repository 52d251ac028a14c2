"""The report on a correct receiver is short: ten lines at most, on a terminal of 80 columns."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.conftest import Process
from tests.processes import without_progress

EXAMPLES = Path(__file__).parents[2] / "examples"
TEN = 10


@pytest.mark.parametrize(
    "words",
    [
        pytest.param((), marks=pytest.mark.slow, id="everything"),
        pytest.param(("--events", "call.hangup", "--examples", "3"), id="one event"),
    ],
)
@pytest.mark.parametrize("name", ["fastapi", pytest.param("flask", marks=pytest.mark.slow)])
def test_a_correct_receiver_has_ten_lines(
    name: str, words: tuple[str, ...], process: Process, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(EXAMPLES / f"{name}_receiver")
    result = process(
        "check", "app:app", "--path", "/webhooks", "--no-journal", *words, COLUMNS="80"
    )
    assert (result.returncode, without_progress(result.stderr)) == (0, "")
    lines = result.stdout.splitlines()
    assert len(lines) <= TEN, result.stdout
    verdict = next(line for line in lines if "checks, " in line)
    assert "error" not in verdict
    assert "warning" not in verdict
