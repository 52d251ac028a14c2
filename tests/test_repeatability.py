"""The same receiver gets the same verdict again: from the same seed, and from two workers.

That it gets it over HTTP too is in ``test_real_server.py``.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

REPOSITORY = Path(__file__).parents[1]

BAD_APP = """
from tests.receivers.bad import FewCauses, NarrowColumn, NeedsText, NeverExpires


class Bad(NeverExpires):
    def act(self, event):
        for fault in (NeedsText, FewCauses, NarrowColumn):
            fault.act(self, event)
        return 200


app = Bad()
"""
FOUND = {"accepts-null", "accepts-sweep", "accepts-generated", "refuses-timestamp-expired-1h"}

ABOUT = (
    *("--events", "call.initiated", "--events", "call.hangup", "--events", "message.received"),
    *("--examples", "20", "--deadline", "9", "--no-journal"),
)

FRESH = re.compile(
    r"""
    v3:[\w-]{54}                                  # ids that start with v3:
    | [0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}   # and others
    | \d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[.\d]*(Z|\+00:00)  # times
    | (?<=telnyx-timestamp:\ )\d+
    | (?<=telnyx-signature-ed25519:\ )[\w+/]{86}==
    """,
    re.VERBOSE,
)
"""What differs from run to run: times, ids, and the signatures over them."""


def check(folder: Path, *words: str) -> dict[str, Any]:
    """The report of ``telnyx-mock check``, run in a process of its own."""
    report = folder / "report.json"
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("PYTEST_", "TELNYX_", "COV_"))
    }
    ran = subprocess.run(
        [
            *(sys.executable, "-m", "telnyx_mock", "check", "bad_app:app"),
            *(*ABOUT, *words, "--report", str(report)),
        ],
        cwd=folder,
        env={**kept, "PYTHONPATH": str(REPOSITORY)},
        capture_output=True,
        text=True,
    )
    assert (ran.returncode, ran.stderr) == (1, ""), ran.stdout
    written: dict[str, Any] = json.loads(report.read_bytes())
    return written


def findings(report: dict[str, Any]) -> str:
    return FRESH.sub("...", json.dumps(report["findings"], indent=1))


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, Any]]:
    """A faulty receiver's folder, and the report about it from the seed 7."""
    folder = tmp_path_factory.mktemp("bad_app")
    (folder / "bad_app.py").write_text(BAD_APP)
    return folder, check(folder, "--seed", "7")


def test_the_faults_are_found(first: tuple[Path, dict[str, Any]]) -> None:
    _, report = first
    assert {finding["check"] for finding in report["findings"]} >= FOUND


def test_a_seed_repeated_finds_the_same_byte_for_byte(first: tuple[Path, dict[str, Any]]) -> None:
    folder, report = first
    again = check(folder, "--seed", "7")
    assert again["checks"] == report["checks"]
    assert findings(again) == findings(report)
    assert again["findings"] != report["findings"], "ids and times are fresh, though"


def test_two_workers_find_the_same_byte_for_byte(first: tuple[Path, dict[str, Any]]) -> None:
    folder, report = first
    again = check(folder, "--seed", "7", "-n", "2")
    assert again["checks"] == report["checks"]
    assert findings(again) == findings(report)
