"""It answers late, at times or always, or fails after its answer."""

from __future__ import annotations

import asyncio
import base64
import socket
import threading
import time
from collections.abc import Iterable
from contextlib import suppress
from typing import Any

from telnyx_mock.severity import Severity
from tests.receivers.correct import Event, Receiver, StartResponse, WsgiReceiver, kind, payload
from tests.receivers.fault import breaks

SLOW = 0.1
"""Seconds that a slow receiver takes; the deadline is below."""

SLOW_IN_BURST = 1.5
"""Seconds that a receiver takes which meets another request; the deadline is below."""

ONE = "call.initiated"


@breaks("answers-in-time", events=ONE, deadline=SLOW / 2, also="answers-first-in-time")
class Slow(Receiver):
    """It does its work before it answers."""

    def act(self, event: Event) -> int:
        time.sleep(SLOW)
        return 200


@breaks("answers-in-time", events="call.hangup", deadline=SLOW / 2, also="answers-first-in-time")
class SlowAtHangup(Receiver):
    """It is slow where a call has ended."""

    def act(self, event: Event) -> int:
        if kind(event) == "call.hangup":
            time.sleep(SLOW)
        return 200


@breaks("answers-first-in-time", events=ONE, deadline=3 * SLOW, severity=Severity.ADVICE)
class SlowAtFirst(Receiver):
    """It connects in the first request, not when it starts."""

    connected = False

    def act(self, event: Event) -> int:
        if not self.connected:
            time.sleep(5 * SLOW)
            self.connected = True
        return 200


@breaks("answers-bursts-in-time", events=ONE, deadline=SLOW_IN_BURST / 1.5)
class HoldsOneLock(WsgiReceiver):
    """It makes a request that meets another one wait long before it tries again."""

    def __init__(self) -> None:
        super().__init__()
        self.lock = threading.Lock()

    def __call__(self, environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        if self.lock.acquire(blocking=False):
            time.sleep(0.002)
            self.lock.release()
        else:
            time.sleep(SLOW_IN_BURST)
        return super().__call__(environ, start_response)


@breaks("answers-bursts-in-time", events=ONE, deadline=6 * SLOW)
class BlocksItsLoop(Receiver):
    """It blocks its event loop."""

    def act(self, event: Event) -> int:
        time.sleep(SLOW)
        return 200


@breaks("answers-bursts-in-time", events=ONE, deadline=6 * SLOW)
class OneAtATime(Receiver):
    """It holds one lock of its event loop while it works."""

    def __init__(self) -> None:
        super().__init__()
        self.lock = asyncio.Lock()

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        async with self.lock:
            await asyncio.sleep(SLOW)
            await super().__call__(scope, receive, send)


@breaks("finishes-background-work")
class FailsAfterwards(Receiver):
    """It answers first, and then fails where a call has no client_state."""

    event: Event = {}

    def act(self, event: Event) -> int:
        self.event = event
        return 200

    async def afterwards(self) -> None:
        event, self.event = self.event, {}
        if kind(event):
            base64.b64decode(payload(event)["client_state"] or "")


@breaks("answers-before-slow-services", events=ONE, severity=Severity.ADVICE)
class AsksAThirdParty(Receiver):
    """It asks a third party for the caller's name before it answers, whether it gets one or not."""

    def act(self, event: Event) -> int:
        with suppress(OSError):
            socket.create_connection(("names.example.com", 443), timeout=5).close()
        return 200
