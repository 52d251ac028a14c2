"""Serves the fake API on this machine, for an app in another process: the SDK finds it by its address.

The official SDKs read the address of the API from ``TELNYX_BASE_URL``.
"""

from __future__ import annotations

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from telnyx_mock.clock import SYSTEM_CLOCK
from telnyx_mock.fake_api.answering import answering
from telnyx_mock.provider_urls import API_HOST

_BODY_LIMIT = 20_000_000


class ApiServer:
    """The fake API that answers now, on a port of loopback, until :meth:`close`."""

    def __init__(self) -> None:
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
        self._server.daemon_threads = True
        self._thread = threading.Thread(
            target=self._server.serve_forever, args=(0.05,), name="telnyx-mock-api", daemon=True
        )
        self._thread.start()

    @property
    def base_url(self) -> str:
        """The address for ``TELNYX_BASE_URL``."""
        return f"http://127.0.0.1:{self._server.server_port}/v2"

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = 60  # seconds that a connection may stay idle

    def _exchange(self) -> None:
        body = self._body()
        url = f"https://{API_HOST}{self.path}"
        headers = {name.lower(): value for name, value in self.headers.items()}
        api = answering()
        api.periods.join()  # how old this thread is says nothing about the command: only ids do
        answer, seconds = api.exchange(self.command, url, headers, body)
        SYSTEM_CLOCK.sleep(seconds)
        if answer is None:  # the client shall see that there is none; it has a time-out of its own
            self.close_connection = True
            return
        self.send_response(answer.status)
        for name, value in answer.headers:
            self.send_header(name, value)
        if answer.status != 204:
            self.send_header("content-length", str(len(answer.body)))
        self.end_headers()
        self.wfile.write(answer.body)

    do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = _exchange  # noqa: N815

    def _body(self) -> bytes:
        if "chunked" not in self.headers.get("transfer-encoding", "").lower():
            length = int(self.headers.get("content-length") or 0)
            return self.rfile.read(min(length, _BODY_LIMIT))
        body = bytearray()
        while size := int(self.rfile.readline(100).split(b";")[0], 16):
            body += self.rfile.read(min(size, _BODY_LIMIT))
            self.rfile.readline(100)
        self.rfile.readline(100)
        return bytes(body)

    def log_message(self, *about: Any) -> None:
        """Print nothing: the fake API records each call."""
