"""A server in another process gets the verdicts that its app gets in this one."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from click.testing import CliRunner

from telnyx_mock.cli import telnyx_mock

REPOSITORY = Path(__file__).parents[1]
FASTAPI = ("app:app", "/webhooks", REPOSITORY / "examples" / "fastapi_receiver")
BAD = ("bad_app:app", "/", REPOSITORY)
BAD_APP = "from tests.receivers.faults.fields import NeedsState\n\napp = NeedsState()\n"
ABOUT = ("--events", "call.initiated", "--events", "message.received", "--examples", "5")
Verdict = tuple[int, set[tuple[str, str, str]], set[tuple[str, str]]]
Check = Callable[..., Verdict]


@contextmanager
def serving(app: str, folder: Path, public_key: str, log: Path) -> Iterator[str]:
    """Uvicorn with *app* on a free port of loopback, until the block is left; its address."""
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "uvicorn", app, "--port", "0", "--host", "127.0.0.1"],
            cwd=folder,
            env={
                **os.environ,
                "PYTHONPATH": str(REPOSITORY),
                "TELNYX_PUBLIC_KEY": public_key,
                "TELNYX_API_KEY": "KEY-of-nobody",
                "TELNYX_BASE_URL": "http://127.0.0.1:1/v2",
            },
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    try:
        yield _address(process, log)
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _address(process: subprocess.Popen[bytes], log: Path) -> str:
    """Where uvicorn says that it runs: it chose the port itself, so nobody else can have it."""
    until = time.monotonic() + 30
    while time.monotonic() < until and process.poll() is None:
        _, found, rest = log.read_text().partition("running on http://")
        if found and " " in rest:
            return f"http://{rest.split()[0]}"
        time.sleep(0.02)
    raise AssertionError(f"the server did not start: {log.read_text()}")


@pytest.fixture
def check(tmp_path: Path) -> Check:
    """Run ``telnyx-mock check``: exit code, outcomes, and what was found, in words."""

    def check(*words: str) -> Verdict:
        report = tmp_path / "report.json"
        told = CliRunner().invoke(telnyx_mock, ["check", *words, *ABOUT, "--report", str(report)])
        assert told.stderr == ""
        written = json.loads(report.read_bytes())
        outcomes = {(row["id"], row["event"], row["outcome"]) for row in written["checks"]}
        return (
            told.exit_code,
            outcomes,
            {(finding["check"], finding["message"]) for finding in written["findings"]},
        )

    return check


@pytest.mark.parametrize(
    "receiver",
    [pytest.param(FASTAPI, id="correct", marks=pytest.mark.slow), pytest.param(BAD, id="faulty")],
)
def test_a_server_gets_the_verdicts_of_its_app(
    receiver: tuple[str, str, Path],
    check: Check,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    app, path, folder = receiver
    if receiver is BAD:
        folder = tmp_path
        (tmp_path / "bad_app.py").write_text(BAD_APP)
    monkeypatch.chdir(folder)
    monkeypatch.syspath_prepend(folder)
    for module in ("app", "bad_app"):
        monkeypatch.delitem(sys.modules, module, raising=False)
    key = tmp_path / "my.key"
    made = CliRunner().invoke(telnyx_mock, ["keys", "new", "--out", str(key)])
    public_key = made.stdout.strip().removeprefix("TELNYX_PUBLIC_KEY=")
    with serving(app, folder, public_key, tmp_path / "log") as address:
        over_http = check(address + path, "--key", f"file:{key}")
    in_process = check(app, "--path", path)
    (code, outcomes, found), (same_code, same_outcomes, same_found) = over_http, in_process
    unseen = {row for row in outcomes if row[2] == "skipped"}  # work there shows in nothing
    assert outcomes - unseen <= same_outcomes
    assert len(unseen) < len(outcomes) / 5
    assert found == same_found
    assert code == same_code == (1 if receiver is BAD else 0)


def test_a_server_with_another_key_is_told_so(check: Check, tmp_path: Path) -> None:
    (tmp_path / "bad_app.py").write_text(BAD_APP)
    with serving("bad_app:app", tmp_path, "c" * 43 + "=", tmp_path / "log") as address:
        code, _, found = check(f"{address}/")
    assert code == 3, "the key was made for this run, and the server may do right"
    assert not found
