"""A server in another process gets the verdicts that its app gets in this one."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from wsgiref import simple_server

import pytest
from click.testing import CliRunner
from werkzeug import Request, Response
from werkzeug.serving import make_server

from telnyx_mock.attacks.forgeries import forge
from telnyx_mock.attacks.junk import Junk, junk
from telnyx_mock.attacks.original import Original
from telnyx_mock.cli import telnyx_mock
from telnyx_mock.contract.rules import left_over
from telnyx_mock.payload.webhook import sample
from telnyx_mock.signing.keys import KeyPair
from telnyx_mock.transports.http import HttpReceiver
from tests.processes import without_progress

pytestmark = pytest.mark.slow  # they start processes, or run long

REPOSITORY = Path(__file__).parents[1]
FASTAPI = ("app:app", "/webhooks", REPOSITORY / "examples" / "fastapi_receiver")
BAD = ("bad_app:app", "/", REPOSITORY)
BAD_APP = "from tests.receivers.faults.fields import NeedsState\n\napp = NeedsState()\n"
ABOUT = ("--events", "call.initiated", "--events", "message.received", "--examples", "5")
REACHED = 204
ANSWERS = """
async def app(scope, receive, send):
    await send({"type": "http.response.start", "status": 204, "headers": []})
    await send({"type": "http.response.body", "body": b""})
"""
"""An app that answers 204 to everything that a server passes on to it."""
KEY = KeyPair.generate()
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
        assert without_progress(told.stderr) == ""
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
    # Work there shows in nothing, and only a server can leave bytes behind.
    unseen = {row for row in outcomes if row[2] == "skipped" or row[0] == left_over.RULES[0].id}
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


@contextmanager
def in_thread(server: Any) -> Iterator[str]:
    """A WSGI *server* in a thread of this process, until the block is left; its address."""
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def all_junk(event: str) -> list[Junk]:
    now = time.time()
    return list(junk(Original(sample(event).fresh(now), KEY, now)))


def require_reached(address: str) -> None:
    """All junk reaches the app behind the server at this address."""
    receiver = HttpReceiver(f"{address}/")
    kept_back = [
        each.words
        for event in ("call.initiated", "texml.gather")
        for each in all_junk(event)
        if receiver.send(each.request, timeout=10).status != REACHED
    ]
    receiver.close()
    assert kept_back == []


def test_uvicorn_passes_all_junk_to_the_app(tmp_path: Path) -> None:
    (tmp_path / "answers.py").write_text(ANSWERS)
    with serving("answers:app", tmp_path, KEY.public_key, tmp_path / "log") as address:
        require_reached(address)


def test_werkzeug_passes_all_junk_to_the_app() -> None:
    @Request.application
    def app(request: Request) -> Response:
        request.get_data()
        return Response(status=REACHED)

    with in_thread(make_server("127.0.0.1", 0, app)) as address:
        require_reached(address)


def test_a_server_strips_blanks_around_a_timestamp() -> None:
    """So nobody can tell whether the app or the server stripped them."""
    seen: list[str] = []

    def app(environ: dict[str, Any], start_response: Any) -> list[bytes]:
        seen.append(environ["HTTP_TELNYX_TIMESTAMP"])
        start_response("204 No Content", [])
        return []

    now = time.time()
    request = forge("timestamp-blank", sample("call.initiated").fresh(now), KEY, now)
    server = simple_server.make_server("127.0.0.1", 0, app, handler_class=Silent)
    with in_thread(server) as address:
        receiver = HttpReceiver(f"{address}/")
        receiver.send(request, timeout=10)
        receiver.close()
    assert seen == [str(int(now))]


class Silent(simple_server.WSGIRequestHandler):
    def log_message(self, *_: Any) -> None: ...
