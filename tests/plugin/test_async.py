"""Async tests: the app runs on the test's own loop, with what async fixtures made there."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.neighbours import environment_with

APP = '''
"""A receiver that needs an engine of the event loop on which it runs, and has a lifespan."""

import json

import sniffio
from anyio.lowlevel import current_token
from fastapi import BackgroundTasks, FastAPI, Request, Response
from contextlib import asynccontextmanager
from shop import genuine
from telnyx import AsyncTelnyx


class Engine:
    """Works on one loop only, as the pools of database drivers do."""

    def __init__(self):
        self.loop = current_token()
        self.rows = []
        self.story = []

    async def insert(self, row):
        assert current_token() == self.loop, "attached to a different loop"
        self.rows.append((row, sniffio.current_async_library()))


def make_app(public_key, engine):
    telnyx = AsyncTelnyx(api_key="KEY", public_key=public_key)

    @asynccontextmanager
    async def lifespan(app):
        engine.story.append("starts")
        yield {"prefix": "row of"}
        engine.story.append("stops")

    app = FastAPI(lifespan=lifespan)

    @app.post("/webhooks")
    async def receive(request: Request, background: BackgroundTasks):
        body = await request.body()
        environ = {
            "HTTP_" + name.upper().replace("-", "_"): value for name, value in request.headers.items()
        }
        if not genuine(public_key, environ, body):
            return Response(status_code=401)
        event = json.loads(body)["data"]
        await engine.insert(f"{request.state.prefix} {event['event_type']}")
        background.add_task(answer, event["payload"])
        return Response()

    async def answer(payload):
        await telnyx.calls.actions.answer(payload["call_control_id"])
        await engine.insert("answered")

    return app
'''

CONFTEST = """
import pytest
from app import Engine, make_app
{imports}

made = []

@{fixture}
async def engine():
    made.append(Engine())
    yield made[-1]
    made[-1].story.append("disposed")

@pytest.fixture
def telnyx_receiver(telnyx_key, engine):
    return make_app(telnyx_key.public_key, engine)

def pytest_terminal_summary(terminalreporter):
    for engine in made:
        terminalreporter.line("STORY " + " ".join(engine.story))
"""

TESTS = """
import anyio
import pytest

{mark}

async def test_the_app_uses_what_an_async_fixture_made(telnyx_mock, engine):
    delivery = await telnyx_mock.asend("call.initiated", direction="incoming")
    delivery.assert_accepted()
    assert engine.rows == [("row of call.initiated", "{library}"), ("answered", "{library}")]
    assert [command.name for command in delivery.commands] == []
    assert [command.name for command in telnyx_mock.api.commands] == ["answer"]

async def test_the_app_starts_once_in_a_test(telnyx_mock, engine):
    for _ in range(2):
        (await telnyx_mock.asend("call.answered")).assert_accepted()
    assert engine.story == ["starts"]

async def test_forgeries_are_refused(telnyx_mock, engine):
    (await telnyx_mock.asend("call.answered", forge="signature-missing")).assert_refused()
    assert engine.rows == []

async def test_several_go_out_at_once(telnyx_mock, engine):
    async with anyio.create_task_group() as group:
        for _ in range(5):
            group.start_soon(telnyx_mock.asend, "call.answered")
    assert engine.story == ["starts"]
    assert len(engine.rows) == 10

async def test_it_delivers_as_telnyx_does(telnyx_mock, engine):
    delivery = await telnyx_mock.adeliver("call.answered", failover="/nothing")
    assert [attempt.response.status for attempt in delivery.attempts] == [200]
    assert engine.rows[0] == ("row of call.answered", "{library}")

@pytest.mark.skipif("{library}" == "trio", reason="the app of another loop needs asyncio")
async def test_plain_send_says_what_to_use(telnyx_mock):
    with pytest.raises(AssertionError, match="await telnyx_mock.asend") as failure:
        telnyx_mock.send("call.answered").assert_accepted()
"""

FLAVOURS = {
    "asyncio": (
        ["pytest-asyncio"],
        {
            "imports": "import pytest_asyncio",
            "fixture": "pytest_asyncio.fixture",
            "mark": "pytestmark = pytest.mark.asyncio",
            "library": "asyncio",
        },
    ),
    "anyio": (
        [],
        {
            "imports": "anyio_backend = pytest.fixture(lambda: 'asyncio')",
            "fixture": "pytest.fixture",
            "mark": "pytestmark = pytest.mark.anyio",
            "library": "asyncio",
        },
    ),
    "anyio-trio": (
        ["pytest-trio"],
        {
            "imports": "anyio_backend = pytest.fixture(lambda: 'trio')",
            "fixture": "pytest.fixture",
            "mark": "pytestmark = pytest.mark.anyio",
            "library": "trio",
        },
    ),
}


def run(folder, plugins, *words):
    """Run pytest in a process of its own, where warnings are errors."""
    settings = ["-p", "no:cacheprovider", "-W", "error", *words]
    if "pytest-asyncio" in plugins:
        settings += ["-o", "asyncio_default_fixture_loop_scope=function"]
    return subprocess.run(
        [sys.executable, "-m", "pytest", *settings],
        cwd=folder,
        env=environment_with(*plugins),
        capture_output=True,
        text=True,
        timeout=100,
    )


LAST_WORDS = {"asyncio": "starts stops disposed", "trio": "starts disposed stops"}
"""Fixtures of trio end before its run does, and only then can the app stop."""


@pytest.mark.parametrize("flavour", FLAVOURS)
def test_the_app_runs_on_the_loop_of_the_test(project, flavour):
    plugins, words = FLAVOURS[flavour]
    project.makepyfile(app=APP, conftest=CONFTEST.format(**words), test_it=TESTS.format(**words))
    ran = run(project.path, plugins)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    stories = {line for line in ran.stdout.splitlines() if line.startswith("STORY")}
    last = {f"STORY {LAST_WORDS[words['library']]}"}
    assert last <= stories <= {*last, "STORY disposed"}, ran.stdout


TRIO = """
import pytest
import trio

story = []

async def app(scope, receive, send):
    if scope["type"] == "lifespan":
        await receive()
        await trio.sleep(0)
        story.append("starts")
        await send({"type": "lifespan.startup.complete"})
        await receive()
        await trio.sleep(0)
        story.append("stops")
        await send({"type": "lifespan.shutdown.complete"})
        return
    async with trio.open_nursery() as nursery:
        nursery.start_soon(trio.sleep, 0)
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b""})
    await trio.sleep(0.01)
    story.append("work")

@pytest.fixture
def telnyx_receiver():
    story.clear()
    return app

@pytest.mark.trio
async def test_the_app_runs_on_trio(telnyx_mock, nursery):
    (await telnyx_mock.asend("call.answered")).assert_accepted()
    (await telnyx_mock.asend("call.hangup")).assert_accepted()
    assert story == ["starts", "work", "work"]

def test_the_app_has_stopped():
    assert story[-1] == "stops"
"""


def test_pytest_trio_runs_the_app_on_trio(project):
    project.makepyfile(TRIO)
    ran = run(project.path, ["pytest-trio"])
    assert ran.returncode == 0, ran.stdout + ran.stderr


def test_a_receiver_that_pytest_trio_has_not_made_yet_is_one_sentence(project):
    words = {**FLAVOURS["anyio-trio"][1], "mark": "pytestmark = pytest.mark.trio"}
    project.makepyfile(app=APP, conftest=CONFTEST.format(**words), test_it=TESTS.format(**words))
    ran = run(project.path, ["pytest-trio"], "-k", "starts_once")
    assert (
        "UsageError: telnyx_receiver is a fixture of pytest-trio, which has no value" in ran.stdout
    )
    assert ran.returncode == 1
