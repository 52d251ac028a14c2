"""A request to send, receivers of ASGI apps, and servers on loopback."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from telnyx_mock.payload.request import Request
from telnyx_mock.transports.asgi import AsgiReceiver

REQUEST = Request(((b"Content-Type", b"application/json"), (b"X-Two", b" 1 ")), b'{"a": 1}')


@pytest.fixture
def request_() -> Request:
    return REQUEST


@pytest.fixture
def asgi() -> Iterator[Callable[..., AsgiReceiver]]:
    """Open ASGI apps; the end of the test closes them."""
    with contextlib.ExitStack() as opened:

        def open_(app: object, *where: str, **options: Any) -> AsgiReceiver:
            receiver = AsgiReceiver(app, *where, **options)
            opened.callback(receiver.close)
            return receiver

        yield open_


@pytest.fixture
def serve() -> Iterator[Callable[..., str]]:
    """Start servers on loopback whose connections a function handles. Returns the address."""
    with contextlib.ExitStack() as started:

        def start(handle: Callable[[socket.socket], None]) -> str:
            server = socket.create_server(("127.0.0.1", 0))
            threads: list[threading.Thread] = []

            def one(connection: socket.socket) -> None:
                with connection, contextlib.suppress(OSError):
                    connection.settimeout(2)
                    handle(connection)

            def run() -> None:
                with contextlib.suppress(OSError):
                    while True:
                        connection, _ = server.accept()
                        threads.append(threading.Thread(target=one, args=(connection,)))
                        threads[-1].start()

            def stop() -> None:
                server.shutdown(socket.SHUT_RDWR)
                server.close()
                for thread in (acceptor, *threads):
                    thread.join(10)

            acceptor = threading.Thread(target=run)
            acceptor.start()
            started.callback(stop)
            return f"http://127.0.0.1:{server.getsockname()[1]}"

        yield start
