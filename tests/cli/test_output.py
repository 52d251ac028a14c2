"""What is printed: for people on a terminal, for programs in a pipe, and never what the app prints."""

from __future__ import annotations

import os
import pty
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from tests.cli.conftest import Process, Run

pytestmark = pytest.mark.slow  # they start processes, or run long

ONE_EVENT = ("--events", "call.initiated", "--examples", "3", "--seed", "1")

NOISY = """
import atexit, logging, os, sys

logging.basicConfig(level=logging.DEBUG)
handler = logging.StreamHandler(sys.stdout)
logging.getLogger("noisy").addHandler(handler)
print("NOISE at import")

from tests.receivers.correct import Receiver

class Noisy(Receiver):
    def act(self, event):
        print("NOISE")
        sys.stderr.write("NOISE on stderr")
        os.write(1, b"NOISE by descriptor")
        logging.getLogger("noisy").error("NOISE in the log")
        return 200

app = Noisy()
atexit.register(logging.getLogger("noisy").error, "NOISE at the end")
"""

STUCK = """
import time

def app(environ, start_response):
    open("started", "w").close()
    time.sleep(30)

async def asgi(scope, receive, send):
    open("started", "w").close()
    time.sleep(30)
"""


def on_terminal(words: tuple[str, ...], environment: dict[str, str]) -> str:
    """What ``telnyx-mock`` shows on a terminal of 80 columns."""
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "telnyx_mock", *words]
    process = subprocess.Popen(command, env=environment, stdout=theirs, stderr=theirs)
    os.close(theirs)
    shown = b""
    while True:
        try:
            piece = os.read(ours, 4096)
        except OSError:  # how Linux tells that the other end is closed
            break
        if not piece:
            break
        shown += piece
    process.wait(30)
    os.close(ours)
    return shown.decode()


def test_what_the_app_prints_does_not_get_between(process: Process, project: Path) -> None:
    (project / "noisy.py").write_text(NOISY)
    result = process("check", "noisy:app", *ONE_EVENT)
    assert "NOISE" not in result.stdout
    assert result.stdout.splitlines()[-1].startswith("no fault found  (")
    assert result.stderr == ""


def test_a_pipe_gets_colours_only_if_it_asks_for_them(process: Process) -> None:
    heading = click.style("accepts-absent", bold=True)
    assert process("explain", "accepts-absent").stdout.startswith("accepts-absent\n")
    assert process("explain", "accepts-absent", FORCE_COLOR="1").stdout.startswith(heading)


def test_a_terminal_gets_colours_and_progress(
    clean_environment: dict[str, str], project: Path
) -> None:
    shown = on_terminal(("check", "shop:app", *ONE_EVENT), clean_environment)
    assert click.style("error 1", fg="red", bold=True) in shown
    progress, _, report = shown.rpartition("\r\x1b[K")
    assert re.search(r"\d+/\d+ accepts-absent call.initiated", progress)
    assert "fails-if-absent" in report


@pytest.mark.parametrize("without", [{"NO_COLOR": "1"}, {"TERM": "dumb"}], ids=str)
def test_a_terminal_without_colours_gets_none(
    without: dict[str, str], clean_environment: dict[str, str]
) -> None:
    shown = on_terminal(("explain", "accepts-absent"), {**clean_environment, **without})
    assert shown.startswith("accepts-absent\r\n")


@pytest.mark.parametrize("columns", [60, 200])
def test_lines_keep_to_the_width(
    columns: int, run: Run, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", str(columns))
    text = run("check", "shop:app", *ONE_EVENT).stdout
    is_verbatim = re.compile(r"http|reproduce|# it is absent or null")  # a command, code
    prose = [line for line in text.splitlines() if not is_verbatim.search(line)]
    assert max(map(len, prose)) <= min(columns, 120)
    assert "reproduce telnyx-mock send call.initiated shop:app --unset" in text


def test_a_character_that_cannot_be_shown_is_no_failure(process: Process, project: Path) -> None:
    words = ("sample", "call.initiated", "--set", "caller_id_name=Zo \u2603")
    utf_8_arguments = {"LC_ALL": "C.UTF-8", "PYTHONUTF8": "0"}
    result = process(*words, PYTHONIOENCODING="cp437", **utf_8_arguments)
    assert "\\u2603" in result.stdout
    assert (result.returncode, result.stderr) == (0, "")


@pytest.mark.parametrize("words", [("events",), ("check", "shop:app"), ("sample", "fax.delivered")])
def test_a_closed_pipe_is_no_traceback(
    words: tuple[str, ...], clean_environment: dict[str, str], project: Path
) -> None:
    about = ONE_EVENT if words[0] == "check" else ()
    process = subprocess.Popen(
        [sys.executable, "-m", "telnyx_mock", *words, *about],
        env=clean_environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert process.stdout is not None
    process.stdout.close()
    assert process.stderr is not None
    with process.stderr as stderr:
        assert stderr.read() == b""
    assert process.wait(30) == 141


@pytest.fixture
def _interruptible() -> Iterator[None]:
    """Let processes that start now notice Ctrl-C, even where these tests run in the background."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("_interruptible")
@pytest.mark.parametrize("target", ["stuck:app", "stuck:asgi"])
def test_control_c_is_exit_130_without_a_traceback(
    target: str, clean_environment: dict[str, str], project: Path
) -> None:
    (project / "stuck.py").write_text(STUCK)
    process = subprocess.Popen(
        [sys.executable, "-m", "telnyx_mock", "check", target, *ONE_EVENT],
        env=clean_environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    while not (project / "started").exists() and process.poll() is None:
        time.sleep(0.02)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=30)
    assert process.returncode == 130
    assert out == b"not judged: the run stopped early  (0 checks, 0 deliveries)\n"
    assert err.strip() == b"telnyx-mock: Interrupted."
