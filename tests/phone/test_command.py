"""``telnyx-mock phone`` in a process of its own: it serves, reloads, and rings a server elsewhere."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from telnyx_mock.signing.keys import KeyPair
from telnyx_mock.transports.server_process import ServerProcess, free_port
from tests.phone.menu import CALLER, OWN, embedded_token
from tests.processes import environment

REPOSITORY = Path(__file__).parents[2]
IVR = REPOSITORY / "examples" / "ivr_receiver"

pytestmark = pytest.mark.skipif(os.name == "nt", reason="Ctrl+C is a signal elsewhere")

WAIT = 60.0  # seconds, for a busy machine


@contextmanager
def phone(*words: str, folder: Path = REPOSITORY) -> Iterator[Any]:
    """Run the command in *folder*; ``base`` waits for its address, and ``said`` is what it said before."""
    process: Any = subprocess.Popen(
        [sys.executable, "-m", "telnyx_mock", "phone", *words],
        cwd=folder,
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    process.said = []
    try:
        while not (line := process.stdout.readline()).startswith("http"):
            assert line, process.stderr.read()
            process.said.append(line.strip())
        process.base = line.strip()
        yield process
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGINT)
        process.communicate(timeout=WAIT)


def until(condition: Callable[[], Any]) -> Any:
    end = time.monotonic() + WAIT
    while not (value := condition()):
        assert time.monotonic() < end
        time.sleep(0.1)
    return value


def token_at(base: str) -> str:
    try:
        return embedded_token(httpx.get(base).text)
    except httpx.TransportError:
        return ""


def test_the_page_is_served_until_ctrl_c() -> None:
    with phone("tests.phone.menu:Menu()", "--port", "0") as process:
        assert process.said == [
            "Here is a telephone for tests.phone.menu:Menu(). Stop it with Ctrl+C."
        ]
        assert re.fullmatch(r"http://127\.0\.0\.1:\d+/", process.base)
        headers = {"x-telnyx-mock-token": token_at(process.base)}
        with httpx.Client(base_url=process.base, headers=headers, timeout=WAIT) as page:
            version = page.get("/api/news?after=-1").json()["version"]
            statuses: list[int] = []
            waiting = threading.Thread(
                target=lambda: statuses.append(page.get(f"/api/news?after={version}").status_code)
            )
            waiting.start()
            time.sleep(0.5)  # it waits for news by then
            process.send_signal(signal.SIGINT)
            assert process.wait(WAIT) == 0
            waiting.join()
        assert statuses == [503]
        assert process.stderr.read() == ""


@pytest.mark.slow
def test_ctrl_c_stops_an_app_that_is_at_work(tmp_path: Path) -> None:
    (tmp_path / "app.py").write_text("import time\ndef app(environ, answer): time.sleep(99)\n")
    with phone("app:app", "--port", "0", folder=tmp_path) as process:
        headers = {
            "origin": process.base.rstrip("/"),
            "x-telnyx-mock-token": token_at(process.base),
        }
        with httpx.Client(base_url=process.base, headers=headers, timeout=WAIT) as page:
            body = {"from": CALLER, "to": OWN}
            answers: list[Any] = []
            waiting = threading.Thread(
                target=lambda: answers.append(page.post("/api/call", json=body).json())
            )
            waiting.start()
            until(lambda: page.get("/api/news?after=-1").json()["lines"][1:])
            process.send_signal(signal.SIGINT)
            assert process.wait(WAIT) == 0
            waiting.join()
        assert answers == [{"problem": "telnyx-mock phone has stopped."}]
        assert process.stderr.read() == ""


def test_a_mistake_is_one_sentence() -> None:
    for words, sentence in (
        (("tests.phone.menu:Nothing",), "There is no attribute 'Nothing'"),
        (("tests.phone.menu:Menu()", "--reload", "--port", "0"), "--reload needs a port"),
    ):
        ran = subprocess.run(
            [sys.executable, "-m", "telnyx_mock", "phone", *words],
            cwd=REPOSITORY,
            env=environment(),
            capture_output=True,
            text=True,
        )
        assert ran.returncode == 2
        assert ran.stderr.startswith(f"telnyx-mock: {sentence}")
        assert ran.stderr.count("\n") == 1


@pytest.mark.slow
def test_it_starts_again_when_a_file_changes(tmp_path: Path) -> None:
    app = tmp_path / "app.py"
    app.write_text("def app(environ, start_response): 1 / 0\n")
    with phone("app:app", "--reload", "--port", str(free_port()), folder=tmp_path) as process:
        first = until(lambda: token_at(process.base))
        app.write_text("def app(environ, start_response): 2 / 0\n")
        assert until(lambda: token_at(process.base) not in ("", first))
        process.send_signal(signal.SIGINT)
        assert process.wait(WAIT) == 0
        said = {"telnyx-mock: A file has changed; starts again."}
        assert set(process.stderr.read().splitlines()) == said


@pytest.mark.slow
def test_a_server_elsewhere_is_rung(tmp_path: Path) -> None:
    """Its commands come by the fake API that the command serves."""
    port, pair = free_port(), KeyPair.generate()
    pair.save(tmp_path / "test.key")
    words = ("--key", f"file:{tmp_path / 'test.key'}", "--api", "0", "--port", "0")
    with phone(f"http://127.0.0.1:{port}/webhooks", *words) as process:
        base_url = re.fullmatch(r"Start your server with (TELNYX_BASE_URL)=(\S+)", process.said[0])
        assert base_url is not None
        variables = environment(
            TELNYX_PUBLIC_KEY=pair.public_key, TELNYX_API_KEY="any", TELNYX_BASE_URL=base_url[2]
        )
        command = "python -m flask --app app run --port {port}"
        server = ServerProcess(command, port, variables, cwd=IVR)
        try:
            headers = {
                "origin": process.base.rstrip("/"),
                "x-telnyx-mock-token": token_at(process.base),
            }
            with httpx.Client(base_url=process.base, headers=headers, timeout=30) as page:
                page.post("/api/call", json={"from": CALLER, "to": OWN})
                page.post("/api/act", json={"at": 1, "act": "press", "text": "1"})
                news = page.get("/api/news?after=-1").json()
        finally:
            server.stop()
    assert [each["own"] for each in news["telephones"]] == [CALLER, "+13125550171"]
    assert {line["level"] for line in news["lines"]} == {""}
