"""``check --fail-fast`` stops at the first error, and ``--last-failed`` tries again what failed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Run

ABOUT = ("--events", "call.initiated", "--only", "accepts-*", "--seed", 1, "--report", "r.json")

MENDED = """
from tests.receivers.correct import Receiver

app = Receiver()
"""

WARNS = """
from tests.receivers.correct import Receiver

class Warns(Receiver):
    def act(self, event):
        return 204

app = Warns()
"""


def outcomes(project: Path) -> dict[str, str]:
    report = json.loads((project / "r.json").read_bytes())
    return {each["id"]: each["outcome"] for each in report["checks"]}


def tried(project: Path) -> list[str]:
    return [name for name, outcome in outcomes(project).items() if outcome != "skipped"]


@pytest.mark.slow
def test_fail_fast_stops_at_the_first_error(run: Run, project: Path) -> None:
    assert run("check", "shop:app", *ABOUT).exit_code == 1
    whole = list(outcomes(project).items())
    result = run("check", "shop:app", *ABOUT, "--fail-fast", "-v")
    assert result.exit_code == 1
    found = list(outcomes(project).items())
    end = [outcome for _, outcome in found].index("failed") + 1
    assert found[:end] == whole[:end]
    assert found[end:] == [(name, "skipped") for name, _ in whole[end:]]
    assert len(found[end:]) > 0
    assert "stopped at the first error (--fail-fast)" in result.stdout


def test_fail_fast_stops_at_a_warning_only_if_the_run_is_strict(run: Run, project: Path) -> None:
    (project / "warns.py").write_text(WARNS)
    assert run("check", "warns:app", *ABOUT, "--fail-fast").exit_code == 0
    all_checks = tried(project)
    assert run("check", "warns:app", *ABOUT, "--fail-fast", "--strict").exit_code == 1
    assert len(tried(project)) < len(all_checks)


@pytest.mark.slow
def test_last_failed_tries_again_what_failed(run: Run, project: Path) -> None:
    assert run("check", "shop:app", *ABOUT).exit_code == 1
    failed = [name for name, outcome in outcomes(project).items() if outcome == "failed"]
    assert run("check", "shop:app", *ABOUT, "--last-failed").exit_code == 1
    assert list(outcomes(project)) == failed
    (project / "shop.py").write_text(MENDED)
    assert run("check", "shop:app", *ABOUT, "--last-failed").exit_code == 0
    assert list(outcomes(project)) == failed
    result = run("check", "shop:app", *ABOUT, "--last-failed")
    assert result.exit_code == 0
    assert " failed, so all are tried." in result.stderr
    assert len(outcomes(project)) > len(failed)


def test_last_failed_needs_a_journal(run: Run, project: Path) -> None:
    result = run("check", "shop:app", *ABOUT, "--last-failed")
    assert result.exit_code == 2
    assert result.stderr.startswith("telnyx-mock: There is no journal in .telnyx-mock")


def test_last_failed_cannot_be_set_in_advance(run: Run, project: Path) -> None:
    (project / "pyproject.toml").write_text("[tool.telnyx-mock]\nlast-failed = true\n")
    result = run("check", "shop:app", *ABOUT)
    assert result.exit_code == 2
    assert "There is no setting 'last-failed'" in result.stderr
