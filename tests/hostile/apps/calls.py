"""Apps that call Telnyx by every way that Python has: none leaves, and what a run cannot see it says."""

from __future__ import annotations

import asyncio
import atexit
import http.client
import socket
import ssl
import threading
import time
import urllib.request
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import httpx

from tests.hostile.case import Topic, app
from tests.receivers.correct import Event, Receiver

HOST = "api.telnyx.com"
MESSAGES = f"https://{HOST}/v2/messages"
BLOCKED: dict[str, Any] = {
    "exit": 3,
    "no_other_error": True,
    "says": ("For another client, serve it by --api PORT",),
}
UNSEEN: dict[str, Any] = {"exit": (0, 3), "no_other_error": True}
"""A run does not see the call in time, so it judges the receiver by the rest."""


class Calling(Receiver):
    """Calls Telnyx for each event, and acknowledges the event, whatever comes of the call."""

    def act(self, event: Event) -> int:
        with suppress(OSError, httpx.HTTPError):
            self.call()
        return 200

    def call(self) -> None:
        raise NotImplementedError


@app(Topic.CALLS, quick=True, **BLOCKED)
class CallingByUrllib(Calling):
    """It sends a message by urllib before it answers."""

    def call(self) -> None:
        urllib.request.urlopen(MESSAGES, b"{}", timeout=5)


@app(Topic.CALLS, **BLOCKED)
class CallingByHttpClient(Calling):
    """It sends a message by http.client before it answers."""

    def call(self) -> None:
        http.client.HTTPSConnection(HOST, timeout=5).request("POST", "/v2/messages", b"{}")


@app(Topic.CALLS, **BLOCKED)
class CallingByAiohttp(Receiver):
    """It sends a message by aiohttp after it has answered."""

    async def afterwards(self) -> None:
        import aiohttp

        async with aiohttp.ClientSession() as session:
            with suppress(aiohttp.ClientError):
                await session.post(MESSAGES, json={})


@app(Topic.CALLS, **BLOCKED)
class CallingByRawSocket(Calling):
    """It connects a socket to the name of Telnyx's API, which resolves it without getaddrinfo."""

    def call(self) -> None:
        with socket.socket() as connection:
            connection.settimeout(5)
            connection.connect((HOST, 443))


@app(Topic.CALLS, **BLOCKED)
class CallingByOldResolver(Calling):
    """It looks Telnyx's address up by gethostbyname, and connects to the address."""

    def call(self) -> None:
        address = socket.gethostbyname(HOST)
        socket.create_connection((address, 443), timeout=5)


@app(Topic.CALLS, quick=True, **BLOCKED)
class CallingAKnownAddress(Calling):
    """It knows an address already, and begins TLS with Telnyx's name there."""

    def __init__(self) -> None:
        super().__init__()
        self.known = socket.create_server(("127.0.0.1", 0))
        self.tls = ssl.create_default_context()

    def call(self) -> None:
        with socket.create_connection(self.known.getsockname(), timeout=5) as connection:
            self.tls.wrap_socket(connection, server_hostname=HOST)


@app(Topic.CALLS, **BLOCKED)
class CallingAKnownAddressOnALoop(Receiver):
    """It knows an address already, and begins TLS with Telnyx's name there on its event loop."""

    def __init__(self) -> None:
        super().__init__()
        self.known = socket.create_server(("127.0.0.1", 0))
        self.tls = ssl.create_default_context()

    async def afterwards(self) -> None:
        host, port = self.known.getsockname()
        with suppress(OSError):
            await asyncio.open_connection(host, port, ssl=self.tls, server_hostname=HOST)


@app(Topic.CALLS, **{**BLOCKED, "says": ("A call by httpx to storage.telnyx.com was blocked",)})
class CallingAnotherHostOfTelnyx(Calling):
    """It calls a host of Telnyx for which the fake API does not answer."""

    def call(self) -> None:
        httpx.get("https://storage.telnyx.com/recording.mp3", timeout=5)


class CallingLate(Receiver):
    """Starts a thread for each event, which calls Telnyx after a while."""

    seconds = 0.5
    daemon = False

    def act(self, event: Event) -> int:
        threading.Thread(target=self.work, daemon=self.daemon).start()
        return 200

    def work(self) -> None:
        time.sleep(self.seconds)
        with suppress(OSError, httpx.HTTPError):
            self.call()

    def call(self) -> None:
        httpx.post(MESSAGES, json={})


@app(Topic.CALLS, **UNSEEN)
class CallingLateByHttpx(CallingLate):
    """It sends a message from a thread, half a second after it has answered."""


@app(Topic.CALLS, **UNSEEN)
class CallingLateByUrllib(CallingLate):
    """It sends a message by urllib from a thread, half a second after it has answered."""

    def call(self) -> None:
        urllib.request.urlopen(MESSAGES, b"{}", timeout=5)


@app(Topic.CALLS, **UNSEEN)
class CallingAfterTheRun(CallingLate):
    """It sends a message from a thread that does not outlive the process, when the run may be over."""

    seconds = 20
    daemon = True


@app(Topic.CALLS, quick=True, exit=0, no_other_error=True)
class CallingAtExit(Receiver):
    """It sends a message when the process ends, by two clients."""

    def __init__(self) -> None:
        super().__init__()
        atexit.register(self.leave)

    def leave(self) -> None:
        calls: tuple[Callable[[], object], ...] = (
            lambda: httpx.post(MESSAGES, json={}),
            lambda: urllib.request.urlopen(MESSAGES, b"{}", timeout=5),
        )
        for call in calls:
            with suppress(OSError, httpx.HTTPError):
                call()


@app(Topic.MEMORY, exit=(0, 1, 3), no_other_error=True, may_find=("*",), seconds=180)
class CommandingMuch(Receiver):
    """It sends 40 commands for each event before it answers."""

    def __init__(self) -> None:
        super().__init__()
        self.client = httpx.Client()

    def act(self, event: Event) -> int:
        for _ in range(40):
            self.client.post(MESSAGES, json={"text": "Hello"})
        return 200


@app(Topic.MEMORY, exit=(0, 1, 3), no_other_error=True, may_find=("*",), seconds=180)
class CommandingWithLongTexts(Receiver):
    """It sends a command of one megabyte for each event before it answers."""

    def act(self, event: Event) -> int:
        httpx.post(MESSAGES, json={"text": "x" * 1_000_000})
        return 200
