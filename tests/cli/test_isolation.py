"""The verdict does not depend on the pytest project around ``check``, nor on the environment."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Process, Run

ABOUT = ("--events", "call.initiated", "--examples", 3, "--seed", 1, "--report", "report.json")

AROUND = {
    "pytest.ini": "[pytest]\naddopts = -x -k nothing -m nothing\ntelnyx_events = fax.*\n",
    "setup.cfg": "[tool:pytest]\naddopts = --cov=. --cov-fail-under=100\n",
    "conftest.py": "raise RuntimeError('there is no database')\n",
    "test_contract.py": "raise RuntimeError\n",
    "contract/__init__.py": "raise RuntimeError\n",
}

DISTURBED = {
    "PYTEST_ADDOPTS": "-x -k nothing --cov-fail-under=100",
    "PYTEST_PLUGINS": "there_is_no_such_plugin",
    "CI": "1",
    "TELNYX_PUBLIC_KEY": "c" * 43 + "=",
    "TELNYX_API_KEY": "KEY0123456789_abcdefghij",
    "HYPOTHESIS_PROFILE": "nightly",
    "PYTHONHASHSEED": "7",
}

Verdict = tuple[int, object, object]


def verdict(code: int, project: Path) -> Verdict:
    """Exit code, outcomes and findings of the check that was run in *project*."""
    report = json.loads((project / "report.json").read_bytes())
    findings = [(finding["check"], finding["message"]) for finding in report["findings"]]
    return code, report["checks"], findings


@pytest.mark.slow
def test_nothing_around_changes_the_verdict(run: Run, process: Process, project: Path) -> None:
    expected = verdict(run("check", "shop:app", *ABOUT).exit_code, project)
    for name, content in AROUND.items():
        (project / name).parent.mkdir(exist_ok=True)
        (project / name).write_text(content)
    result = process("check", "shop:app", *ABOUT, **DISTURBED)
    assert result.stderr == ""
    assert verdict(result.returncode, project) == expected
    assert expected[0] == 1
    assert "accepts-absent" in str(expected[2])
