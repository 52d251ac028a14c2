"""The report on a correct receiver is short: ten lines at most, on a terminal of 80 columns."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.conftest import Process
from tests.processes import without_progress

EXAMPLES = Path(__file__).parents[2] / "examples"
TEN = 10


ONE_EVENT = ("--events", "call.hangup", "--examples", "3")


@pytest.mark.parametrize(
    ("name", "words"),
    [
        pytest.param("fastapi", ONE_EVENT, marks=pytest.mark.slow, id="fastapi-one event"),
        pytest.param("fastapi", (), marks=pytest.mark.slow, id="fastapi-everything"),
        pytest.param("flask", (), marks=pytest.mark.long, id="flask-everything"),
    ],
)
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
