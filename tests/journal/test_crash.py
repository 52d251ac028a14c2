"""A killed run leaves a readable journal, up to the last answered delivery."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from telnyx_mock.journal import Folder, Run

REPOSITORY = Path(__file__).parents[2]

APP = """
import os


def app(environ, start_response):
    number = len(open("answered").read()) if os.path.exists("answered") else 0
    start_response("200 OK", [("Content-Type", "text/plain")])
    yield b"%d" % number
    with open("answered", "a") as file:
        file.write(".")


def deadly(environ, start_response):
    os._exit(9)
"""


CHECK = ("telnyx_mock", "check", "shop:{app}", "--seed", "1")
PYTEST = (
    *("pytest", "--pyargs", "pytest_telnyx_mock.contract", "-n", "2", "-p", "no:cacheprovider"),
    *("--telnyx-app", "shop:{app}", "--telnyx-journal", "now"),
)


def start(project: Path, app: str, command: tuple[str, ...] = CHECK) -> subprocess.Popen[bytes]:
    (project / "shop.py").write_text(APP)
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    return subprocess.Popen(
        [sys.executable, "-m", *(word.format(app=app) for word in command)],
        cwd=project,
        env={
            **kept,
            "PYTHONPATH": os.pathsep.join([str(REPOSITORY), str(REPOSITORY / "pytest_plugin")]),
            "HYPOTHESIS_STORAGE_DIRECTORY": str(REPOSITORY / ".hypothesis"),
        },
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )


def answered(project: Path) -> int:
    file = project / "answered"
    return file.stat().st_size if file.exists() else 0


@pytest.mark.parametrize(
    ("command", "processes"), [(CHECK, 1), (PYTEST, 2)], ids=["alone", "workers"]
)
def test_kill_9_in_the_middle_of_a_run(
    tmp_path: Path, command: tuple[str, ...], processes: int
) -> None:
    process = start(tmp_path, "app", command)
    try:
        limit = time.monotonic() + 50
        while answered(tmp_path) < 60:
            assert process.poll() is None, "the run ended before it could be killed"
            assert time.monotonic() < limit
            time.sleep(0.01)
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
    [run] = Folder(tmp_path / ".telnyx-mock").runs()
    assert not run.ended
    found = list(run.deliveries())
    complete = [delivery for delivery in found if delivery.answer]
    # The kill may come between an answer and its row, or before the answer, once in each process.
    assert abs(len(complete) - answered(tmp_path)) <= processes
    assert len(found) - len(complete) <= processes
    assert all(delivery.request.body for delivery in complete if delivery.event)


def test_the_last_delivery_is_the_one_that_took_the_process_down(tmp_path: Path) -> None:
    assert start(tmp_path, "deadly").wait(timeout=50) == 2
    [run] = Folder(tmp_path / ".telnyx-mock").runs()
    [delivery] = run.deliveries()
    assert delivery.answer == ""
    assert delivery.request.body


def test_an_incomplete_last_row_is_ignored(tmp_path: Path) -> None:
    file = tmp_path / "now.jsonl"
    whole = (
        b'{"run":"now","version":"1","started":1.0,"target":{},"public_key":""}\n'
        b'{"sent":"now.1","at":1.0,"about":"","event":"","url":"u","method":"POST","headers":[],'
        b'"body":""}\n'
        b'{"answered":"now.1","elapsed":0.1,"answer":"200 OK","status":200,"body":""}\n'
    )
    for end in range(len(whole) + 1):
        file.write_bytes(whole[:end])
        run = Run.read(file, [])
        lines = whole[:end].count(b"\n")
        if lines == 0:
            assert run is None
            continue
        assert run is not None
        assert run.count() == (lines > 1)
        assert [delivery.status for delivery in run.deliveries()] == [[], [None], [200]][lines - 1]


def test_a_damaged_row_is_ignored(tmp_path: Path) -> None:
    file = tmp_path / "now.jsonl"
    file.write_bytes(
        b'{"run":"now","version":"1","started":1.0,"target":{},"public_key":""}\n'
        b'{"result":\0\0\0\n{"result":{"id":"a"}}\n'
    )
    run = Run.read(file, [])
    assert run is not None
    assert run.results() == [{"id": "a"}]
