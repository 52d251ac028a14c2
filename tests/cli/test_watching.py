"""``check --watch`` and ``calls --watch`` run again when the app changes, and end with Ctrl-C."""

from __future__ import annotations

import builtins
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from queue import Queue
from typing import Any

import pytest

from tests.cli.conftest import Run

CHECK = ("check", "shop:app", "--events", "call.hangup", "--only", "accepts-sample")
CALLS = ("calls", "quiet:app", "--seed", "1", "--examples", "1")
QUIET = "from tests.calls.receivers import Rejecting\n\napp = Rejecting()\n"
WAIT = 120.0  # seconds, for a busy machine


@pytest.fixture(params=[CHECK, CALLS], ids=["check", "calls"])
def watching(
    project: Path, clean_environment: dict[str, str], request: pytest.FixtureRequest
) -> Iterator[Any]:
    """The running command; ``lines`` holds what it says, line by line."""
    (project / "quiet.py").write_text(QUIET)
    words = [sys.executable, "-m", "telnyx_mock", *request.param, "--watch"]
    both = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "text": True}
    with subprocess.Popen(words, env=clean_environment, start_new_session=True, **both) as process:
        lines: Queue[str] = Queue()
        threading.Thread(target=lambda: [lines.put(line) for line in process.stdout]).start()
        process.lines = lines
        yield process
        process.kill()


def said(process: Any) -> str:
    """Return what the command says until it waits."""
    text = ""
    while "Waiting for a change; Ctrl-C ends." not in text:
        text += process.lines.get(timeout=WAIT)
    return text


@pytest.mark.slow
def test_a_change_of_the_app_starts_another_run(watching: Any, project: Path) -> None:
    assert "no fault found" in said(watching)
    (project / "notes.txt").write_text("not a part of the app")
    for name in ("shop.py", "quiet.py"):
        (project / name).write_text("def app(environ, start_response): 1 / 0\n")
    second = said(watching)
    assert "no fault found" not in second
    assert "error 1" in second
    assert watching.lines.empty()
    watching.send_signal(signal.SIGINT)
    assert watching.wait(WAIT) == 130


def test_without_its_library_it_says_what_to_install(
    run: Run, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    true_import = builtins.__import__

    def without(name: str, *more: Any, **options: Any) -> Any:
        if name == "watchfiles":
            raise ImportError(name)
        return true_import(name, *more, **options)

    monkeypatch.setattr(builtins, "__import__", without)
    result = run(*CHECK, "--watch")
    assert result.exit_code == 2
    assert "pip install 'telnyx-mock[watch]'" in result.stderr
