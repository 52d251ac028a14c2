"""A fake API, its doors, and a real server on loopback that stands for any other host."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from telnyx_mock.clock import SetClock
from telnyx_mock.fake_api import FakeApi, Interceptors


class _Elsewhere(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.send_response(200)
        self.send_header("Content-Length", "9")
        self.end_headers()
        self.wfile.write(b"elsewhere")

    do_POST = do_GET  # noqa: N815

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture(scope="session")
def elsewhere() -> Iterator[str]:
    with HTTPServer(("127.0.0.1", 0), _Elsewhere) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        yield f"http://localhost:{server.server_port}/"
        server.shutdown()
        thread.join()


@pytest.fixture
def api() -> FakeApi:
    return FakeApi(SetClock(1_700_000_000))


@pytest.fixture
def shut(api: FakeApi) -> Iterator[Interceptors]:
    """Doors that the test opens; shut again whatever happens."""
    interceptors = Interceptors(api)
    yield interceptors
    interceptors.close()


@pytest.fixture
def interceptors(shut: Interceptors) -> Interceptors:
    shut.open()
    return shut
