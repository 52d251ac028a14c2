"""A probe is a function, a coroutine function or an address; an error in it is a UsageError."""

from __future__ import annotations

import asyncio
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from telnyx_mock.contract.effects.probe import open_probe, snapshot
from telnyx_mock.errors import UsageError
from telnyx_mock.transports.http import HttpReceiver


def rows() -> list[str]:
    return ["a", "b"]


class Pool:
    """Belongs to the event loop that it was first used on, as pools of connections do."""

    loop: asyncio.AbstractEventLoop | None = None

    async def read(self) -> list[str]:
        loop = asyncio.get_running_loop()
        if self.loop is None:
            self.loop = loop
        if self.loop is not loop:
            raise RuntimeError("the pool is attached to a different loop")
        await asyncio.sleep(0)
        return rows()


def test_a_probe_is_a_function_or_is_named_by_module_and_function() -> None:
    assert open_probe(rows, HttpReceiver, 1) is rows
    assert open_probe("tests.contract.test_probe:rows", HttpReceiver, 1) is rows
    assert open_probe("", HttpReceiver, 1) is None
    assert open_probe(None, HttpReceiver, 1) is None
    for no_probe in ([], "rows"):
        with pytest.raises(UsageError):
            open_probe(no_probe, HttpReceiver, 1)


def test_a_probe_may_be_an_address() -> None:
    class State(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200 if self.path == "/rows" else 404)
            self.end_headers()
            self.wfile.write(b"3 rows")

        def log_message(self, *_: object) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), State) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        address = f"http://127.0.0.1:{server.server_port}"
        probe = open_probe(f"{address}/rows", HttpReceiver, 10)
        missing = open_probe(f"{address}/nothing", HttpReceiver, 10)
        assert probe is not None
        assert missing is not None
        assert probe() == b"3 rows"
        with pytest.raises(UsageError, match="answered 404"):
            missing()
        server.shutdown()
        thread.join()
    with pytest.raises(UsageError, match="allow"):
        open_probe("http://staging.example/rows", HttpReceiver, 1)


def test_a_probe_that_is_awaited_may_be_read_while_a_loop_runs() -> None:
    pool = Pool()

    async def within_another_loop() -> object:
        return snapshot(pool.read, 10)

    assert snapshot(pool.read, 10) == asyncio.run(within_another_loop()) == rows()


def test_a_probe_that_is_awaited_has_all_its_time() -> None:
    async def slow() -> str:
        await asyncio.sleep(0.2)
        return "rows"

    async def within_another_loop() -> object:
        return snapshot(slow, 1.1)

    assert snapshot(slow, 1.1) == asyncio.run(within_another_loop()) == "rows"


def test_a_probe_that_never_returns_is_given_up() -> None:
    with pytest.raises(UsageError, match=r"returned nothing within 0\.05 s"):
        snapshot(asyncio.Event().wait, 0.05)


def test_a_probe_that_fails_is_the_users_mistake() -> None:
    async def awaited() -> object:
        raise LookupError("no table")

    def plain() -> object:
        raise LookupError("no table")

    for probe in (plain, awaited):
        with pytest.raises(UsageError, match="The probe failed: LookupError: no table"):
            snapshot(probe, 10)
