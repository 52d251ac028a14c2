"""Whatever a receiver does, a run ends in time, with the verdict that was written down before."""

from __future__ import annotations

import contextlib
import json
import re
import sys
from collections.abc import Iterator
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import pytest

from telnyx_mock.signing.keys import KeyPair
from tests.hostile import all_cases
from tests.hostile.case import App, Case
from tests.hostile.measured import Ran
from tests.hostile.measured import run as run_measured
from tests.hostile.table import PAGE, page
from tests.processes import environment

REPOSITORY = Path(__file__).parents[2]

CASES = [
    pytest.param(case, id=name, marks=pytest.mark.slow if case.quick else pytest.mark.hostile)
    for name, case in all_cases().items()
]

ONE_EVENT = ("--events", "call.hangup", "--examples", "3", "--seed", "1")

KEY = "private.key"

CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")
"""Characters that do something to a terminal, except for the end of a line."""


@contextlib.contextmanager
def started(case: Case, key: KeyPair, folder: Path) -> Iterator[str]:
    """The target of *case*, while its server runs; the files of an app are put into *folder*."""
    if not isinstance(case.made, App):
        with case.made(key.public_key) as address:
            yield address
        return
    for name, text in case.made.files.items():
        (folder / name).write_text(text)
    yield case.made.target


def check(case: Case, folder: Path) -> tuple[Ran, dict[str, Any]]:
    """What ``telnyx-mock check`` did about *case*, and the JSON report that it wrote, if any."""
    key = KeyPair.generate()
    key.save(folder / KEY)
    with started(case, key, folder) as target:
        words = ("-m", "telnyx_mock", "check", target, *ONE_EVENT, "--report", "report.json")
        ran = run_measured(
            [sys.executable, *words, "--key", f"file:{KEY}", *case.options],
            folder=folder,
            environment=environment(
                PYTHONPATH=f"{REPOSITORY}:{folder}",
                HYPOTHESIS_STORAGE_DIRECTORY=str(REPOSITORY / ".hypothesis"),
            ),
            seconds=case.expected.seconds,
        )
    assert (folder / KEY).read_text().strip() not in ran.output
    file = folder / "report.json"
    return ran, json.loads(file.read_bytes() or "{}") if file.exists() else {}


@pytest.mark.parametrize("case", CASES)
def test_the_verdict_is_the_one_that_was_written_down(case: Case, tmp_path: Path) -> None:
    ran, report = check(case, tmp_path)
    expected = case.expected
    found = {row["check"]: row["severity"] for row in report.get("findings", ())}
    about = f"{ran.output}\n{found}"
    assert ran.code is not None, f"it did not end within {expected.seconds:g} s\n{about}"
    assert ran.code in expected.exits, about
    # What ended early says so; what was not begun has no report.
    assert report.get("complete", False) == (ran.code in (0, 1, 3)), about
    for pattern in expected.finds:
        assert any(fnmatchcase(rule, pattern) for rule in found), f"{pattern}\n{about}"
    for pattern in expected.not_finds:
        assert not any(fnmatchcase(rule, pattern) for rule in found), f"{pattern}\n{about}"
    if expected.no_other_error:
        errors = {rule for rule, severity in found.items() if severity == "error"}
        allowed = (*expected.finds, *expected.may_find)
        named = {rule for rule in errors for each in allowed if fnmatchcase(rule, each)}
        assert errors == named, about
    said = " ".join(ran.output.split())
    for words in expected.says:
        assert words in said, f"{words!r}\n{about}"
    assert "Traceback" not in ran.err, about
    assert CONTROL.findall(ran.output) == []
    assert ran.megabytes <= expected.megabytes, f"{ran.megabytes:.0f} MB"


def test_the_frame_ends_a_command_in_time(tmp_path: Path) -> None:
    words = [sys.executable, "-c", "import time; time.sleep(60)"]
    ran = run_measured(words, folder=tmp_path, environment=environment(), seconds=0.5)
    assert ran.code is None


def test_the_frame_measures_memory_and_tells_a_signal(tmp_path: Path) -> None:
    code = "import os; kept = bytearray(200_000_000); print('here', flush=True); os.kill(os.getpid(), 9)"
    words = [sys.executable, "-c", code]
    ran = run_measured(words, folder=tmp_path, environment=environment(), seconds=30)
    assert (ran.code, ran.out) == (-9, "here\n")
    assert 200 < ran.megabytes < 300


def test_the_page_is_what_the_cases_say() -> None:
    assert PAGE.read_text() == page(), "run: make docs"
