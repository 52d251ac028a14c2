"""``check`` in a child process: whatever the app does to its process, the run reports what it found."""

from __future__ import annotations

import json
import multiprocessing.util  # noqa: F401 - as in a parent that has loaded it before the app does
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import click
import pytest

from telnyx_mock.cli import silent_run, supervised_run
from telnyx_mock.patience import PATIENCE
from tests.cli.conftest import Process, Run
from tests.reports.pages import parsed

pytestmark = pytest.mark.slow  # they start processes, or run long

ABOUT = ("--events", "call.initiated", "--only", "accepts-*", "--examples", 3, "--seed", 1)
FILES = ("--html", "page.html", "--report", "report.json", "--junit", "junit.xml")

ENDING = """
import ctypes, faulthandler, os, signal, sys, threading, time
from tests.receivers.correct import payload
from shop import Shop

class Ending(Shop):
    "It breaks a rule, and some deliveries later it ends the process as the test says."

    number = 0

    def act(self, event):
        self.number += 1
        if self.number > 30:
            end()
        return super().act(event)

def end():
    {end}

app = Ending()
"""
ENDS = {
    "exit": ("os._exit(0)", "The app ended its own process, with exit code 0, during call."),
    "kill": ("os.kill(os.getpid(), signal.SIGKILL)", "was killed (SIGKILL), by itself or for lack"),
    "abort": (
        "faulthandler.disable(); os.abort()",
        "The app's process was ended by SIGABRT during call.",
    ),
    "segfault": (
        "faulthandler.disable(); ctypes.string_at(0)",
        "The app's process was ended by SIGSEGV during call.",
    ),
    "thread": (
        "threading.Thread(target=os._exit, args=(3,)).start(); time.sleep(5)",
        "The app ended its own process, with exit code 3, during call.",
    ),
    "interrupt": (
        "os.kill(os.getpid(), signal.SIGINT); time.sleep(1)",
        "The app interrupted its own process during call.",
    ),
    "descriptors": (
        "os.closerange(3, 4096)",
        "The app closed file descriptors that are not its own, so the run could not go on",
    ),
    "loop": ("while True: pass", "The app has not answered call."),
    "swallow": (
        "while True:\n        try: time.sleep(1)\n        except BaseException: pass",
        "The app has not answered call.",
    ),
}
STUCK = replace(PATIENCE, stuck=1.0, silent=2.0, stopping=1.0, leaving=0.5)


@pytest.fixture
def stuck_soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        supervised_run, "Supervisor", partial(supervised_run.Supervisor, patience=STUCK)
    )


@pytest.mark.usefixtures("stuck_soon")
@pytest.mark.parametrize("name", ENDS)
def test_whatever_ends_the_process_is_in_every_report(name: str, run: Run, project: Path) -> None:
    code, sentence = ENDS[name]
    (project / "ending.py").write_text(ENDING.replace("{end}", code))
    result = run("check", "ending:app", *ABOUT, *FILES)
    assert result.exit_code == 2
    assert "error 1  fails-if-absent" in result.stdout, "what was found before is shown"
    assert "not judged: the run stopped early" in result.stdout
    [said] = result.stderr.splitlines()
    assert sentence in said
    report = json.loads((project / "report.json").read_bytes())
    assert (report["complete"], report["reason"]) == (False, said.removeprefix("telnyx-mock: "))
    assert len(report["checks"]) > 1
    suite = ElementTree.parse(project / "junit.xml").getroot()[0]
    [error] = suite.iter("error")
    assert error.get("message") == report["reason"]
    page = parsed((project / "page.html").read_bytes())
    assert report["reason"] in page.text
    assert "Not judged: 1 error so far" in page.all("title")[0].text


def test_the_report_is_that_of_a_run_in_this_process(
    run: Run, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def report() -> dict[str, Any]:
        assert run("check", "shop:app", *ABOUT, "--report", "report.json").exit_code == 1
        found: dict[str, Any] = json.loads((project / "report.json").read_bytes())
        for finding in found["findings"]:
            for new in ("curl", "traceback", "delivery", "replay"):
                del finding[new]
        return {name: value for name, value in found.items() if name != "run_id"}

    forked = report()
    [handler, *_] = forked["app"]["places"]
    assert (handler["mention"], Path(handler["file"]).name) == ("handler", "correct.py")
    monkeypatch.delattr(os, "fork")
    assert report() == forked


def test_an_error_before_the_first_result_is_an_error(run: Run, project: Path) -> None:
    result = run("check", "broken_shop:app", *ABOUT)
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.startswith("telnyx-mock: broken_shop could not be loaded: RuntimeError")


def test_an_error_of_our_own_is_a_sentence(
    run: Run, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise ZeroDivisionError("oh")

    monkeypatch.setattr(silent_run, "run", fail)
    result = run("check", "shop:app", *ABOUT)
    assert result.exit_code == 2
    assert result.stderr.startswith(
        "telnyx-mock: This is a fault of telnyx-mock before the first delivery: ZeroDivisionError: oh ("
    )
    assert "Please report it" in result.stderr


def test_an_error_of_our_own_outside_of_the_run_is_a_sentence_too(
    run: Run, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(silent_run, "Progress", lambda **_: 1 / 0)
    result = run("check", "shop:app", *ABOUT, "--report", "report.json")
    assert (result.exit_code, result.stdout) == (2, "")
    [said] = result.stderr.splitlines()
    assert said.startswith(
        "telnyx-mock: This is a fault of telnyx-mock: ZeroDivisionError: division"
    )
    report = json.loads((project / "report.json").read_bytes())
    assert report["complete"] is False
    assert report["reason"].startswith(
        "This is a fault of telnyx-mock: ZeroDivisionError: division"
    )


GARBLING = """
import os
from tests.receivers.correct import Receiver

class Garbling(Receiver):
    def act(self, event):
        for number in range(200, 300):
            try: os.write(number, {row!r})
            except OSError: pass
        return 200

app = Garbling()
"""


@pytest.mark.parametrize("row", [b"{\n", b"[1]\n", b'{"end": 1}\n', b'{"planned": 1}\n', b"\xff\n"])
def test_what_the_app_writes_into_the_pipe_is_no_row(run: Run, project: Path, row: bytes) -> None:
    (project / "garbling.py").write_text(GARBLING.format(row=row))
    result = run("check", "garbling:app", *ABOUT)
    assert result.exit_code == 2
    [said] = result.stderr.splitlines()
    assert "The app wrote to file descriptors that are not its own" in said


WORKING = """
import multiprocessing, time
from tests.receivers.correct import Receiver

app = Receiver()
worker = multiprocessing.get_context("fork").Process(target=time.sleep, args=(600,))
worker.start()
with open("pid", "w") as file:
    file.write(str(worker.pid))
"""


@pytest.mark.usefixtures("stuck_soon")
def test_a_worker_process_that_never_ends_is_killed_after_the_verdict(
    run: Run, project: Path
) -> None:
    (project / "working.py").write_text(WORKING)
    started = time.monotonic()
    result = run("check", "working:app", "--only", "accepts-sample", *ABOUT[:2])
    assert (result.exit_code, result.stderr) == (0, "")
    assert time.monotonic() - started < 60
    assert gone(int((project / "pid").read_text()))


LOUD = """
import os
from tests.receivers.correct import Receiver

class Loud(Receiver):
    def act(self, event):
        for number in range(1, 100):
            try: os.write(number, b"loud")
            except OSError: pass
        return 200

app = Loud()
"""


def test_no_descriptor_of_the_app_leads_to_the_terminal(process: Process, project: Path) -> None:
    (project / "loud.py").write_text(LOUD)
    result = process("check", "loud:app", *ABOUT)
    assert (result.returncode, result.stderr) == (0, "")
    assert "loudloud" not in result.stdout


LEAVING = """
import atexit, threading, time
from tests.receivers.correct import Receiver

app = Receiver()
threading.Thread(target=time.sleep, args=(600,)).start()
atexit.register(open, "left", "w")
"""


def test_a_thread_that_never_ends_holds_nothing_up(process: Process, project: Path) -> None:
    (project / "leaving.py").write_text(LEAVING)
    result = process("check", "leaving:app", *ABOUT)
    assert (result.returncode, result.stderr) == (0, "")
    assert (project / "left").exists(), "the app's own atexit functions are called"


COUNTING = """
import os, time
from tests.receivers.correct import Receiver

class Counting(Receiver):
    def act(self, event):
        if not os.path.exists("pid"):
            with open("pid", "w") as file:
                file.write(str(os.getpid()))
        time.sleep(0.05)
        with open("count", "a") as file:
            file.write(".")
        return 200

app = Counting()
"""


def started(project: Path, environment: dict[str, str]) -> tuple[subprocess.Popen[str], int]:
    """A run that has made some deliveries, and the id of its child process."""
    (project / "counting.py").write_text(COUNTING)
    words = (
        "check",
        "counting:app",
        "--events",
        "call.*",
        "--seed",
        "1",
        "--report",
        "report.json",
    )
    process = subprocess.Popen(
        [sys.executable, "-m", "telnyx_mock", *words],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    count = project / "count"
    while not (count.exists() and count.stat().st_size > 20):
        assert process.poll() is None
        time.sleep(0.02)
    return process, int((project / "pid").read_text())


def gone(pid: int) -> bool:
    until = time.monotonic() + 60  # a busy machine removes the dead late
    while time.monotonic() < until:
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return True
        time.sleep(0.05)
    return False


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_run_shows_what_it_found(
    number: signal.Signals, clean_environment: dict[str, str], project: Path
) -> None:
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    process, child = started(project, clean_environment)
    signal.signal(signal.SIGINT, before)
    process.send_signal(number)
    out, err = process.communicate(timeout=30)
    assert (process.returncode, err) == (130, "telnyx-mock: Interrupted.\n")
    assert "not judged: the run stopped early" in click.unstyle(out)
    report = json.loads((project / "report.json").read_bytes())
    assert (report["complete"], report["reason"]) == (False, "Interrupted.")
    assert gone(child)


def test_a_killed_run_leaves_an_incomplete_report_and_no_child(
    clean_environment: dict[str, str], project: Path
) -> None:
    process, child = started(project, clean_environment)
    process.kill()
    process.communicate()
    report = json.loads((project / "report.json").read_bytes())
    assert (report["complete"], report["verdict"]) == (False, "stopped")
    assert report["reason"].startswith("The run has not ended yet")
    assert gone(child)


def test_a_full_journal_is_told_once_and_the_run_goes_on(
    run: Run, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from telnyx_mock.journal import writer

    write: Callable[..., int] = os.write

    def full(file: int, content: bytes) -> int:
        if b'{"sent"' in content:
            raise OSError(28, "No space left on device")
        return write(file, content)

    monkeypatch.setattr(writer.os, "write", full)
    result = run("check", "shop:app", *ABOUT)
    assert result.exit_code == 1
    [said] = result.stderr.splitlines()
    assert "could not be written: No space left on device; the run went on" in said
