"""The examples and the demonstration: what a newcomer runs first."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from telnyx_mock.demo.receiver import FAULTS

EXAMPLES = sorted((Path(__file__).parents[1] / "examples").glob("*/app.py"))


def run(*words: str, folder: Path | None = None) -> subprocess.CompletedProcess[str]:
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("PYTEST_", "TELNYX_", "COV_"))
    }
    return subprocess.run(
        [sys.executable, "-m", *words],
        cwd=folder,
        env=kept,
        capture_output=True,
        text=True,
        timeout=100,
    )


@pytest.mark.parametrize("app", EXAMPLES, ids=lambda app: app.parent.name)
def test_an_example_passes_its_own_tests(app: Path) -> None:
    result = run("pytest", "-p", "no:cacheprovider", folder=app.parent)
    assert result.returncode == 0, result.stdout
    assert " passed" in result.stdout


@pytest.mark.parametrize("app", EXAMPLES, ids=lambda app: app.parent.name)
def test_an_example_keeps_the_contract(app: Path) -> None:
    words = ("--path", "/webhooks", "--examples", "1")
    result = run("telnyx_mock", "check", "app:app", *words, folder=app.parent)
    assert result.returncode == 0, result.stdout + result.stderr
    assert "error 1" not in result.stdout


def test_the_demonstration_finds_every_fault_that_was_put_in(tmp_path: Path) -> None:
    result = run("telnyx_mock", "demo", folder=tmp_path)
    assert (result.returncode, result.stderr) == (0, "")
    assert "error 1" in result.stdout
    for fault in FAULTS:
        assert f"  found   {fault}" in result.stdout
    assert "missed" not in result.stdout
    assert list(tmp_path.iterdir()) == []
