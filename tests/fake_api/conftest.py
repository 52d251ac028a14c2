"""A fake API, its interceptors, and a server on loopback that stands for any other host."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from telnyx_mock.clock import SetClock
from telnyx_mock.fake_api import FakeApi, Interceptors


class _OtherHost(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.send_response(200)
        self.send_header("Content-Length", "10")
        self.end_headers()
        self.wfile.write(b"other host")

    do_POST = do_GET  # noqa: N815

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture(scope="module")
def other_host() -> Iterator[str]:
    with HTTPServer(("127.0.0.1", 0), _OtherHost) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        yield f"http://localhost:{server.server_port}/"
        server.shutdown()
        thread.join()


@pytest.fixture
def api() -> FakeApi:
    return FakeApi(SetClock(1_700_000_000))


@pytest.fixture
def closed(api: FakeApi) -> Iterator[Interceptors]:
    """Interceptors that the test opens; the end of the test closes them."""
    interceptors = Interceptors(api)
    yield interceptors
    interceptors.close()


@pytest.fixture
def interceptors(closed: Interceptors) -> Interceptors:
    closed.open()
    return closed
