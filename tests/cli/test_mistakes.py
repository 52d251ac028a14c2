"""Mistakes in what a user asks for: each command says in one line what to do, and ends with 2."""

from __future__ import annotations

import re
import shlex
import socket
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.cli.conftest import Process, Run
from tests.conftest import Snapshot

pytestmark = pytest.mark.slow  # they start processes, or run long

TRANSCRIPT = Path(__file__).parent / "snapshots" / "mistakes.txt"
"""Each command with what it says. To add one, add its line and run with ``--update-snapshots``."""

CHECK = ("check", "shop:app", "--events", "call.hangup")
SEND = ("send", "call.initiated")


@pytest.fixture
def closed_port() -> Iterator[int]:
    """A port of this machine that nothing listens on, for as long as the test goes on."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        yield taken.getsockname()[1]


@pytest.fixture
def told(run: Run, project: Path) -> Callable[[str], str]:
    """The one line that a mistaken command says; it prints nothing else, and ends with 2."""

    def told(command: str) -> str:
        result = run(*shlex.split(command)[2:])
        assert (result.exit_code, result.stdout) == (2, ""), command
        assert re.fullmatch("telnyx-mock: .*\n", result.stderr), command
        return str(result.stderr).replace(str(project), "HERE")

    return told


COMMANDS = re.findall(r"^\$ .*", TRANSCRIPT.read_text(encoding="utf-8"), re.MULTILINE)
TARGETS = [
    line for line in COMMANDS if re.fullmatch(r"\S+ \S+ check \S+ --events call.hangup", line)
]


def test_a_mistake_is_one_line_and_exit_2(told: Callable[[str], str], snapshot: Snapshot) -> None:
    snapshot(TRANSCRIPT.stem, "\n".join(f"{command}\n{told(command)}" for command in COMMANDS))


def test_send_says_of_a_target_what_check_says(told: Callable[[str], str]) -> None:
    assert len(TARGETS) > 10
    for checked in TARGETS:
        target = checked.split()[3]
        assert told(f"$ telnyx-mock send call.initiated {target}") == told(checked)


def test_a_receiver_that_does_not_listen_is_one_line_and_exit_2(
    run: Run, project: Path, closed_port: int
) -> None:
    address = f"http://127.0.0.1:{closed_port}/"
    result = run("check", address, "--events", "call.hangup")
    assert result.stderr == (
        f"telnyx-mock: {address} could not be reached: [Errno 111] Connection refused. "
        "Is anything running there?\n"
    )
    assert (result.exit_code, result.stdout) == (2, "")


def test_a_dead_probe_is_known_before_the_run(run: Run, project: Path, closed_port: int) -> None:
    address = f"http://127.0.0.1:{closed_port}/rows"
    result = run(*CHECK, "--probe", address)
    assert result.stderr == (
        f"telnyx-mock: The probe {address} could not be reached: [Errno 111] Connection refused. "
        "Is anything running there?\n"
    )
    assert (result.exit_code, result.stdout) == (2, "")


def test_sending_to_a_receiver_that_does_not_listen_says_so(
    run: Run, project: Path, closed_port: int
) -> None:
    result = run(*SEND, f"http://127.0.0.1:{closed_port}/")
    assert "Is anything running there?" in result.stderr.splitlines()[-1]
    assert "Traceback" not in result.stderr
    assert result.exit_code == 2


def test_no_command_at_all_shows_the_help(run: Run) -> None:
    result = run()
    assert result.stderr.startswith("Usage: telnyx-mock [OPTIONS] COMMAND")
    assert result.exit_code == 2


def test_a_shell_sees_the_same(process: Process, project: Path) -> None:
    result = process("check", "shpo:app")
    assert result.stderr == (
        f"telnyx-mock: There is no module 'shpo' in {project} or on the import path. "
        "Did you mean 'shop'?\n"
    )
    assert (result.returncode, result.stdout) == (2, "")
