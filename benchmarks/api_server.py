"""Measures the requests a second of the fake API's server, beside an empty app on the same server.

Run it with ``python benchmarks/api_server.py``. Each server is a process of its own. One client sends
the same request over a kept connection to each in turn.
"""

from __future__ import annotations

import multiprocessing
import signal
import socket
import statistics
import time
from collections.abc import Awaitable, Callable, Mapping
from multiprocessing.connection import Connection
from typing import Any

from telnyx_mock.fake_api.api_server import ApiServer
from telnyx_mock.fake_api.asgi import with_state, without_state
from telnyx_mock.transports.loopback_server import LoopbackServer

ROUNDS = 15
TIMES = 300
ANSWER = b'{"data": {"result": "ok"}}'
BODY = b'{"payload": "Hello", "voice": "female"}'


async def empty(
    scope: Mapping[str, Any],
    receive: Callable[[], Awaitable[Mapping[str, Any]]],
    send: Callable[[dict[str, Any]], Awaitable[None]],
) -> None:
    """Read the body, and answer as the fake API answers the command."""
    while (await receive()).get("more_body"):
        continue
    headers = [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(ANSWER))]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": ANSWER})


SERVERS: dict[str, Callable[[], LoopbackServer | ApiServer]] = {
    "an empty app": lambda: LoopbackServer(empty, 0, "The empty app"),
    "telnyx-mock api": lambda: ApiServer(with_state),
    "telnyx-mock api --stateless": lambda: ApiServer(without_state),
}


def serve(name: str, parent: Connection) -> None:
    """Serve until the process is ended, and say on which port."""
    parent.send(SERVERS[name]().port)
    signal.pause()


def seconds(client: socket.socket) -> float:
    """Return how long the requests of one round take."""
    head = (
        "POST /v2/calls/v3:abc/actions/speak HTTP/1.1\r\nhost: 127.0.0.1\r\nauthorization: Bearer KEY"
        f"\r\ncontent-type: application/json\r\ncontent-length: {len(BODY)}\r\n\r\n"
    )
    request = head.encode() + BODY
    start = time.perf_counter()
    for _ in range(TIMES):
        client.sendall(request)
        got = b""
        while not got.endswith(b"}"):
            piece = client.recv(65_536)
            assert piece, got
            got += piece
        assert got.startswith(b"HTTP/1.1 200")
    return time.perf_counter() - start


def main() -> None:
    clients, processes = {}, []
    for name in SERVERS:
        here, there = multiprocessing.Pipe()
        processes.append(multiprocessing.Process(target=serve, args=(name, there), daemon=True))
        processes[-1].start()
        clients[name] = socket.create_connection(("127.0.0.1", here.recv()))
    for client in clients.values():
        seconds(client)
    rounds = [{name: seconds(client) for name, client in clients.items()} for _ in range(ROUNDS)]
    for name in SERVERS:
        rate = TIMES / statistics.median(each[name] for each in rounds)
        ratio = statistics.median(each["an empty app"] / each[name] for each in rounds)
        print(f"{name:30} {rate:8.0f} requests a second   {ratio:5.2f} of the empty app's")
    for process in processes:
        process.kill()


if __name__ == "__main__":
    main()
