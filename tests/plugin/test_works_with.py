"""What is known to work with other plugins of pytest: each line of the page is held by a run here."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.neighbours import environment_with

PAGE = Path(__file__).parents[2] / "docs" / "how-to" / "work-with-other-plugins.md"

APP = '''
"""Replies to each message by the SDK (httpx), and asks another service for its weather."""

import json
import os
import time

import httpx
from fastapi import FastAPI, Request, Response
from shop import genuine
from telnyx import AsyncTelnyx

telnyx = AsyncTelnyx()
app = FastAPI()


@app.post("/webhooks")
async def receive(request: Request):
    body = await request.body()
    environ = {f"HTTP_{name.upper().replace('-', '_')}": text for name, text in request.headers.items()}
    if not genuine(os.environ["TELNYX_PUBLIC_KEY"], environ, body):
        return Response(status_code=401)
    data = json.loads(body)["data"]
    if data["event_type"] == "message.received":
        text = data["payload"]["text"]
        if text == "weather":
            async with httpx.AsyncClient() as client:
                text = (await client.get("https://weather.example.com/")).text
        await telnyx.messages.send(from_="+13125550199", to="+13125550142", text=text)
    if data["event_type"] == "message.finalized":
        return Response(status_code=500)
    return Response(str(int(time.time())))
'''

WSGI = """
from shop import create_app

app = create_app()
"""

SENDS = """
def test_command(telnyx_mock):
    telnyx_mock.send("message.received", text="Hello").assert_accepted()
    assert [command.parameters["text"] for command in telnyx_mock.api.commands] == ["Hello"]

def test_forgery(telnyx_mock):
    telnyx_mock.send("message.received", forge="signature-missing").assert_refused()

def test_error(telnyx_mock):
    assert telnyx_mock.send("message.finalized").status == 500
"""

ACCEPTS = """
def test_accepted(telnyx_mock):
    telnyx_mock.send("message.received", text="Hello").assert_accepted()
    telnyx_mock.send("message.received", forge="signature-missing").assert_refused()
"""

SERVED = """
import sys

import pytest

@pytest.fixture(scope="session")
def telnyx_receiver(telnyx_server_receiver):
    return telnyx_server_receiver(f"{sys.executable} -m uvicorn app:app --port {{port}}")
"""

HTTPX = """
import pytest

@pytest.mark.httpx_mock(should_mock=lambda request: request.url.host != "api.telnyx.com")
def test_both(telnyx_mock, httpx_mock):
    httpx_mock.add_response(url="https://weather.example.com/", text="Rain")
    telnyx_mock.send("message.received", text="weather").assert_accepted()
    assert [command.parameters["text"] for command in telnyx_mock.api.commands] == ["Rain"]
"""

OWN_ANSWER = """
def test_own(telnyx_mock, httpx_mock):
    httpx_mock.add_response(url="https://api.telnyx.com/v2/messages", json={"data": {}})
    telnyx_mock.send("message.received", text="Hello").assert_accepted()
    assert telnyx_mock.api.commands == []
    assert len(httpx_mock.get_requests()) == 1
"""

FROZEN = """
{imports}

@{decorator}
def test_time(telnyx_mock):
    delivery = telnyx_mock.send("message.received", text="Hello").assert_accepted()
    assert delivery.body == b'{seconds}'
    assert telnyx_mock.send("message.finalized").status == 500

@{decorator}
def test_stale(telnyx_mock):
    telnyx_mock.send("message.received", forge="timestamp-expired-1h").assert_refused()

@{decorator}
def test_waiting_ends(telnyx_mock):
    import pytest
    with pytest.raises(AssertionError, match="is still False"):
        telnyx_mock.wait_for(lambda: False, timeout=0.1)
"""

ASYNC_FROZEN = """
import freezegun
import pytest

@pytest.mark.asyncio
@freezegun.freeze_time("2031-05-01", real_asyncio=True)
async def test_time(telnyx_mock):
    delivery = await telnyx_mock.asend("message.received", text="Hello")
    assert delivery.body == b"1935360000"
"""

CONTRACT = "from pytest_telnyx_mock.contract import *\n"
FEW = ("--telnyx-events", "message.received", "-k", "accepts-sample or signature")


def row(
    statement: str,
    plugins: tuple[str, ...],
    *options: str,
    tests: str,
    app: str = APP,
    ends: str = "passed",
    conftest: str = "",
) -> tuple[Any, ...]:
    """One line of the page, and the run that holds it; *ends* is what the run prints."""
    return statement, plugins, options, tests, app, conftest, ends


freezegun = FROZEN.format(
    imports="import freezegun",
    decorator='freezegun.freeze_time("2031-05-01")',
    seconds="1935360000",
)
time_machine = FROZEN.format(
    imports="import time_machine",
    decorator="time_machine.travel(1935360000, tick=False)",
    seconds="1935360000",
)

ROWS = [
    row(
        "pytest-httpx | Your responses for other hosts, and the fake API for Telnyx, if the mark "
        "`httpx_mock(should_mock=...)` leaves `api.telnyx.com` out.",
        ("pytest-httpx",),
        tests=HTTPX,
    ),
    row(
        "pytest-httpx | A response of your own for `api.telnyx.com` comes before the fake API, which "
        "then records no command.",
        ("pytest-httpx",),
        tests=OWN_ANSWER,
    ),
    row(
        "pytest-httpx | Without that mark, `httpx_mock` takes the calls to Telnyx, too, and the app "
        "sees a time-out.",
        ("pytest-httpx",),
        tests=HTTPX.replace("@pytest.mark", "# @pytest.mark"),
        ends="No response can be found for POST request on https://api.telnyx.com/v2/messages",
    ),
    row(
        "pytest-socket | `--disable-socket` with a WSGI app.",
        ("pytest-socket",),
        "--disable-socket",
        tests=ACCEPTS,
        app=WSGI,
    ),
    row(
        "pytest-socket | `--disable-socket --allow-unix-socket` with an ASGI app, because an event loop "
        "needs a pair of sockets.",
        ("pytest-socket",),
        "--disable-socket",
        "--allow-unix-socket",
        tests=SENDS,
    ),
    row(
        "pytest-socket | `--allow-hosts=127.0.0.1` with an address or `telnyx_server_receiver`.",
        ("pytest-socket",),
        "--allow-hosts=127.0.0.1",
        tests=SENDS,
        conftest=SERVED,
    ),
    row(
        "freezegun | Webhooks are signed at the frozen time, and an app in process judges them by it. "
        "Waiting takes true time.",
        (),
        tests=freezegun,
    ),
    row(
        "freezegun | `asend`, with `freeze_time(..., real_asyncio=True)`.",
        ("pytest-asyncio",),
        tests=ASYNC_FROZEN,
    ),
    row(
        "freezegun | The time of another process is not frozen, so it refuses webhooks of another time.",
        (),
        tests=freezegun,
        conftest=SERVED,
        ends="401 Unauthorized",
    ),
    row(
        "time-machine | Webhooks are signed at the time travelled to, and an app in process judges them "
        "by it. Waiting takes true time.",
        ("time-machine",),
        tests=time_machine,
    ),
    row(
        "pytest-randomly | Tests in any order, with reseeded random numbers.",
        ("pytest-randomly",),
        tests=SENDS,
    ),
    row(
        "pytest-randomly | The contract in any order.",
        ("pytest-randomly",),
        *FEW,
        tests=CONTRACT,
    ),
    row(
        "pytest-xdist | Tests and the contract on several workers; each has an app of its own.",
        (),
        "-n",
        "2",
        *FEW,
        tests=CONTRACT,
    ),
    row(
        "pytest-xdist | Each worker has a server of its own, if `telnyx_server_receiver` names no port.",
        (),
        "-n",
        "2",
        tests=SENDS,
        conftest=SERVED,
    ),
    row(
        "pytest-timeout | A time limit ends a test whose app hangs.",
        (),
        "--timeout=2",
        tests="def test_it(telnyx_mock): telnyx_mock.send('message.received')\n",
        app=APP.replace("body = await request.body()", "time.sleep(30)"),
        ends="Timeout (>2.0s)",
    ),
]


@pytest.mark.long
@pytest.mark.parametrize(
    ("plugins", "options", "tests", "app", "conftest", "ends"),
    [each[1:] for each in ROWS],
    ids=[each[0].partition(" ")[0] for each in ROWS],
)
def test_a_line_of_the_page(project, plugins, options, tests, app, conftest, ends):
    project.makepyfile(app=app, conftest=conftest, test_it=tests)
    words = [] if conftest else ["--telnyx-app", "app:app"]
    ran = subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", *words, *options],
        cwd=project.path,
        env=environment_with(*plugins),
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert ends in ran.stdout, ran.stdout + ran.stderr
    assert (ran.returncode == 0) == (ends == "passed"), ran.stdout


def test_the_page_has_a_line_for_each_run():
    _, *lines = re.findall(r"^\| ([a-z-]+ \| .*) \|$", PAGE.read_text(), re.MULTILINE)
    assert lines == [each[0] for each in ROWS]
