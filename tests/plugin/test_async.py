"""Async tests: the app runs on the test's own loop, with what async fixtures made there."""

from __future__ import annotations

import re
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

async def test_plain_send_says_what_to_use(telnyx_mock):
    with pytest.raises(AssertionError, match="await telnyx_mock.asend") as failure:
        telnyx_mock.send("call.answered").assert_accepted()

async def test_plain_send_serves_an_app_that_needs_no_loop(telnyx_mock):
    telnyx_mock.send("call.answered", forge="signature-missing").assert_refused()
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


@pytest.mark.long
@pytest.mark.parametrize("flavour", FLAVOURS)
def test_the_app_runs_on_the_loop_of_the_test(project, flavour):
    plugins, words = FLAVOURS[flavour]
    project.makepyfile(app=APP, conftest=CONFTEST.format(**words), test_it=TESTS.format(**words))
    ran = run(project.path, plugins)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    stories = {line for line in ran.stdout.splitlines() if line.startswith("STORY")}
    last = {f"STORY {LAST_WORDS[words['library']]}"}
    plain = f"STORY {LAST_WORDS['asyncio']}"  # plain send runs the app on a loop of asyncio
    assert last <= stories <= {*last, plain, "STORY disposed"}, ran.stdout


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


@pytest.mark.long
def test_pytest_trio_runs_the_app_on_trio(project):
    project.makepyfile(TRIO)
    ran = run(project.path, ["pytest-trio"])
    assert ran.returncode == 0, ran.stdout + ran.stderr


@pytest.mark.long
def test_a_receiver_that_pytest_trio_has_not_made_yet_is_one_sentence(project):
    words = {**FLAVOURS["anyio-trio"][1], "mark": "pytestmark = pytest.mark.trio"}
    project.makepyfile(app=APP, conftest=CONFTEST.format(**words), test_it=TESTS.format(**words))
    ran = run(project.path, ["pytest-trio"], "-k", "starts_once")
    assert (
        "UsageError: telnyx_receiver is a fixture of pytest-trio, which has no value" in ran.stdout
    )
    assert ran.returncode == 1


TEAM = """
import asyncio
import json

import pytest
import pytest_asyncio
from fastapi import Depends, FastAPI, Request, Response
from pytest_telnyx_mock.contract import *
from shop import genuine
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Base(DeclarativeBase):
    pass


class Row(Base):
    __tablename__ = "rows"
    id: Mapped[str] = mapped_column(primary_key=True)


app = FastAPI()


async def get_sessions():
    raise NotImplementedError


async def get_key():
    raise NotImplementedError


@app.post("/webhooks")
async def receive(request: Request, key=Depends(get_key), sessions=Depends(get_sessions)):
    body = await request.body()
    environ = {"HTTP_" + name.upper().replace("-", "_"): text for name, text in request.headers.items()}
    if not genuine(key, environ, body):
        return Response(status_code=401)
    async with sessions() as session:
        await session.merge(Row(id=json.loads(body)["data"]["id"]))
        await session.commit()
    return Response()


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def sessions(tmp_path_factory):
    engine = create_async_engine(f"sqlite+aiosqlite:///{tmp_path_factory.mktemp('db')}/rows.db")
    async with engine.begin() as connection:
        await connection.run_sync(Base.metadata.create_all)
    yield async_sessionmaker(engine)
    await engine.dispose()


@pytest_asyncio.fixture(loop_scope="session")
async def telnyx_receiver(telnyx_key, sessions):
    app.dependency_overrides = {get_key: lambda: telnyx_key.public_key, get_sessions: lambda: sessions}
    yield app
    app.dependency_overrides = {}


@pytest.mark.asyncio(loop_scope="session")
@pytest.mark.parametrize("time", range(2))
async def test_a_row(telnyx_mock, sessions, time):
    webhook = telnyx_mock.webhook("call.answered")
    for _ in range(2):
        (await telnyx_mock.asend(webhook)).assert_accepted()
    async with sessions() as session:
        found = await session.scalars(select(Row.id).where(Row.id == webhook.body["data"]["id"]))
        assert len(found.all()) == 1
"""


@pytest.mark.long
def test_a_receiver_may_be_an_async_fixture_of_a_session(project):
    """A team with FastAPI, SQLAlchemy and overrides; the contract runs beside its async tests."""
    project.makepyfile(TEAM)
    only = (
        "--telnyx-events",
        "call.answered",
        "-k",
        "a_row or accepts-sample or signature-missing",
    )
    ran = run(project.path, ["pytest-asyncio"], *only)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    passed = re.search(r"(\d+) passed", ran.stdout)
    assert passed is not None
    assert int(passed[1]) > 2, "the contract ran, too"
