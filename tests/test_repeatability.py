"""The same receiver gets the same verdict again: from the same seed, and from two workers.

That it gets it over HTTP too is in ``test_real_server.py``.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.processes import environment, without_progress

pytestmark = pytest.mark.slow  # they start processes, or run long

REPOSITORY = Path(__file__).parents[1]

BAD_APP = """
from tests.receivers.faults.body import WritesAnew
from tests.receivers.faults.fields import FewCauses, NeedsState
from tests.receivers.faults.timestamp import NeverExpires
from tests.receivers.correct import Receiver, payload


class Bad(NeverExpires, WritesAnew):
    def message(self, timestamp, body):
        one = WritesAnew if b"call." in body else Receiver
        return one.message(self, timestamp, body)

    def act(self, event):
        for fault in (NeedsState, FewCauses):
            fault.act(self, event)
        length = len(payload(event).get("caller_id_name", ""))
        return 500 if length > 40 and length % 2 else 200


app = Bad()
"""
FOUND = {
    *("accepts-absent", "accepts-each-choice", "accepts-generated", "accepts-layouts"),
    "refuses-timestamp-expired-1h",
}

KEEP = """
import json
import os


def pytest_runtest_logreport(report):
    if hasattr(report, "telnyx_mock") and "PYTEST_XDIST_WORKER" not in os.environ:
        with open("kept.json", "a") as file:
            print(json.dumps(report.telnyx_mock), file=file)
"""
"""A plugin of pytest that keeps what the reports carry."""

EVENTS = ("call.initiated", "call.hangup", "message.received")
SETTINGS = {"examples": "30", "deadline": "9", "seed": "5"}

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


def run(folder: Path, *words: str) -> None:
    """Run a module of Python that finds faults, in a process of its own."""
    ran = subprocess.run(
        [sys.executable, "-m", *words],
        cwd=folder,
        env=environment(PYTHONPATH=str(REPOSITORY)),
        capture_output=True,
        text=True,
    )
    assert (ran.returncode, without_progress(ran.stderr)) == (1, ""), ran.stdout


def check(folder: Path, *words: str) -> dict[str, Any]:
    """The report of ``telnyx-mock check``."""
    about = [word for event in EVENTS for word in ("--events", event)]
    about += [word for name, value in SETTINGS.items() for word in (f"--{name}", value)]
    report = folder / "report.json"
    run(
        folder,
        *("telnyx_mock", "check", "bad_app:app", "--no-journal", "--report", str(report)),
        *(*about, *words),
    )
    written: dict[str, Any] = json.loads(report.read_bytes())
    return written


def contract(folder: Path, *words: str) -> dict[str, list[Any]]:
    """What the contract finds when pytest itself runs it: its checks and findings, in any order."""
    (folder / "keep.py").write_text(KEEP)
    (folder / "kept.json").unlink(missing_ok=True)
    about = [f"--telnyx-events={event}" for event in EVENTS]
    about += [f"--telnyx-{name}={value}" for name, value in SETTINGS.items()]
    run(
        folder,
        *("pytest", "-p", "keep", "--telnyx-app=bad_app:app", *about, *words),
        *("--pyargs", "pytest_telnyx_mock.contract"),
    )
    rows = [json.loads(line) for line in (folder / "kept.json").read_text().splitlines()]
    return {"checks": rows, "findings": [found for row in rows for found in row["findings"]]}


def findings(report: dict[str, Any]) -> str:
    return FRESH.sub("...", json.dumps(report["findings"], indent=1))


def in_order(report: dict[str, Any]) -> tuple[list[str], list[str]]:
    """How each check ended, and the findings, whatever order they are in."""
    checks = (f"{row['id']} {row['event']} {row['outcome']}" for row in report["checks"])
    found = (findings({"findings": [each]}) for each in report["findings"])
    return sorted(checks), sorted(found)


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, Any]]:
    """A faulty receiver's folder, and the report about it from the seed 5."""
    folder = tmp_path_factory.mktemp("bad_app")
    (folder / "bad_app.py").write_text(BAD_APP)
    return folder, check(folder)


def test_the_faults_are_found(first: tuple[Path, dict[str, Any]]) -> None:
    _, report = first
    assert {finding["check"] for finding in report["findings"]} >= FOUND


def test_a_seed_repeated_finds_the_same_byte_for_byte(first: tuple[Path, dict[str, Any]]) -> None:
    folder, report = first
    again = check(folder)
    assert again["checks"] == report["checks"]
    assert findings(again) == findings(report)


@pytest.mark.slow
def test_pytest_finds_the_same_however_it_deals_out_the_checks(
    first: tuple[Path, dict[str, Any]],
) -> None:
    """One event's checks may be run in several processes, and in any order."""
    folder, report = first
    assert in_order(contract(folder, "-n", "2")) == in_order(report)
    alone = in_order(contract(folder, "-k", "accepts-generated"))[1]
    assert alone == [each for each in in_order(report)[1] if '"check": "accepts-generated"' in each]
