"""Measures how much memory many deliveries take: it must not grow with their number.

Run it with ``python benchmarks/memory.py`` from the root of the repository. Each row is a process of
its own. It sends generated webhooks and prints its resident memory (RSS) after 10 %, 50 % and all of
the deliveries. ``--in-process`` and ``--http`` set the numbers.
"""

from __future__ import annotations

import argparse
import gc
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from telnyx_mock.emulator import Emulator
from telnyx_mock.journal import Folder, Journal
from telnyx_mock.signing.keys import KeyPair
from telnyx_mock.transports.asgi import AsgiReceiver
from telnyx_mock.transports.http import HttpReceiver
from telnyx_mock.transports.receiver import Receiver

EVENTS = ("call.initiated", "call.answered", "call.hangup", "message.received")
SPEAK = "https://api.telnyx.com/v2/calls/{}/actions/speak"
SHARES = (0.1, 0.5, 1.0)


def resident() -> float:
    """Return the resident memory of this process in MB."""
    gc.collect()
    lines = Path("/proc/self/status").read_text().splitlines()
    line = next(line for line in lines if line.startswith("VmRSS"))
    return int(line.split()[1]) / 1024


def app_that_commands() -> Any:
    """Return an ASGI app that sends a command to Telnyx for each webhook about a call."""
    import json

    import httpx

    client = httpx.AsyncClient()

    async def app(scope: Any, receive: Any, send: Any) -> None:
        body = (await receive())["body"]
        call = json.loads(body)["data"]["payload"].get("call_control_id")
        if call:
            parameters = {"payload": "Hello", "client_state": "c3RhdGU="}
            await client.post(SPEAK.format(call), json=parameters)
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b""})

    return app


async def plain_app(scope: Any, receive: Any, send: Any) -> None:
    await receive()
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b""})


class _Ok(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


def serve() -> None:
    """Serve on a free port of this machine, and print the port."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Ok)
    print(server.server_port, flush=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    sys.stdin.read()


@contextmanager
def receiver_of(kind: str, *, commands: bool) -> Iterator[Receiver]:
    if kind == "in process":
        yield AsgiReceiver(app_that_commands() if commands else plain_app)
        return
    command = [sys.executable, __file__, "--serve"]
    with subprocess.Popen(  # noqa: S603 - our own command
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as server:
        assert server.stdout is not None
        yield HttpReceiver(f"http://127.0.0.1:{int(server.stdout.readline())}/")
        server.terminate()


def measure(kind: str, number: int, *, journal: bool, commands: bool) -> None:
    """Send *number* webhooks, and print a row."""
    marks = {int(number * share) for share in SHARES}
    figures = []
    key = KeyPair.generate()
    with tempfile.TemporaryDirectory() as folder, receiver_of(kind, commands=commands) as receiver:
        emulator = Emulator(key=key)
        if journal:
            _, file = Folder(Path(folder)).begin("memory")
            emulator.journal = Journal(file, target={}, public_key=key.public_key, limit=2**40)
        emulator.bind(receiver)
        for done in range(1, number + 1):
            emulator.send(EVENTS[done % len(EVENTS)]).assert_accepted()
            if done in marks:
                figures.append(f"{resident():7.1f} MB")
        emulator.unbind()
        size = ""
        if isinstance(emulator.journal, Journal):
            emulator.journal.close()
            size = (
                f"  {sum(each.stat().st_size for each in Path(folder).iterdir()) / 2**20:,.0f} MB"
            )
    extras = f"{'journal' if journal else '':8} {'commands' if commands else '':9}"
    print(f"{kind:11} {number:8,} {extras} {'  '.join(figures)}{size}", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--in-process", type=int, default=200_000)
    parser.add_argument("--http", type=int, default=20_000)
    parser.add_argument("--serve", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--row", nargs=4, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.serve:
        serve()
    elif options.row:
        kind, number, journal, commands = options.row
        measure(kind, int(number), journal=journal == "yes", commands=commands == "yes")
    else:
        rows = [
            ("in process", options.in_process, journal, commands)
            for journal in ("no", "yes")
            for commands in ("no", "yes")
        ]
        rows += [("HTTP", options.http, journal, "no") for journal in ("no", "yes")]
        for row in rows:
            command = [sys.executable, __file__, "--row", *map(str, row)]
            subprocess.run(command, check=True)  # noqa: S603 - our own command


if __name__ == "__main__":
    main()
