"""The examples and the demonstration: what a newcomer runs first.

That the examples keep the contract is in ``test_no_false_alarms.py``.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from telnyx_mock.demo.receiver import FAULTS
from tests.node_packages import require_packages
from tests.processes import environment, without_progress
from tests.programs import require_programs

pytestmark = pytest.mark.slow

EXAMPLES = sorted((Path(__file__).parents[1] / "examples").glob("*/test_app.py"))


def run(*words: str, folder: Path | None = None) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", *words],
        cwd=folder,
        env=environment(),
        capture_output=True,
        text=True,
        timeout=100,
    )


@pytest.mark.parametrize("tests", EXAMPLES, ids=lambda tests: tests.parent.name)
def test_an_example_passes_its_own_tests(tests: Path) -> None:
    if (tests.parent / "package.json").exists():
        require_packages(tests.parent)
    if (tests.parent / "App.java").exists():
        require_programs("java")
    # This profile has no deadline for an example: a machine that runs all tests is a busy one.
    profile = ("--hypothesis-profile", "ci")
    little_of_the_contract = ("-k", "not test_contract or accepts-sample")
    words = ("-p", "no:cacheprovider", "-v", *profile, *little_of_the_contract)
    result = run("pytest", *words, folder=tests.parent)
    assert result.returncode == 0, result.stdout
    assert " passed" in result.stdout
    takes_it = "import *" in tests.read_text(encoding="utf-8")
    assert ("::test_contract[accepts-sample-" in result.stdout) == takes_it


def test_the_demonstration_finds_every_fault_that_was_put_in(tmp_path: Path) -> None:
    result = run("telnyx_mock", "demo", folder=tmp_path)
    assert (result.returncode, without_progress(result.stderr)) == (0, "")
    assert "error 1" in result.stdout
    for fault in FAULTS:
        assert f"  {fault}: " in result.stdout
    assert "missed" not in result.stdout
    assert list(tmp_path.iterdir()) == []
