"""Measures simulated calls, beside the bare deliveries of the same webhooks to the same app.

Run it with ``python benchmarks/calls.py`` from the root of the repository. A call has six webhooks and four
commands: the app answers, records, speaks and hangs up. The two take turns in one process; the ratio counts.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from typing import Any

import httpx

from telnyx_mock.emulator import Emulator
from telnyx_mock.payload.webhook import Webhook
from telnyx_mock.provider_urls import API_HOST
from telnyx_mock.transports.wsgi import WsgiReceiver

ROUNDS = 10
CALLS = 50

CLIENT = httpx.Client()
NEXT: dict[str, dict[str, dict[str, str]]] = {
    "call.initiated": {"answer": {}},
    "call.answered": {
        "record_start": {"format": "mp3", "channels": "single"},
        "speak": {"payload": "Good day.", "voice": "female"},
    },
    "call.speak.ended": {"hangup": {}},
}
seen: list[str] = []


def app(environ: Any, start_response: Any) -> list[bytes]:
    """Acknowledge each webhook after the commands that it leads to."""
    data = json.loads(environ["wsgi.input"].read())["data"]
    seen.append(data["event_type"])
    for name, parameters in NEXT.get(data["event_type"], {}).items():
        url = f"https://{API_HOST}/v2/calls/{data['payload']['call_control_id']}/actions/{name}"
        CLIENT.post(url, json=parameters)
    start_response("200 OK", [])
    return [b""]


def simulated(telnyx: Emulator) -> None:
    """Play a whole call."""
    assert telnyx.call().ended


def bare(telnyx: Emulator) -> None:
    """Deliver the webhooks of a call, without anything that connects them."""
    for name in EVENTS:
        telnyx.send(name, direction="incoming") if name == "call.initiated" else telnyx.send(name)


def prepared(telnyx: Emulator) -> None:
    """Deliver webhooks that are made already."""
    for webhook in WEBHOOKS:
        telnyx.send(webhook)


def cost(act: Callable[[Emulator], None]) -> float:
    """Return the CPU time of one call in milliseconds."""
    telnyx = Emulator(WsgiReceiver(app, "/"))
    start = time.process_time()
    for _ in range(CALLS):
        act(telnyx)
    spent = time.process_time() - start
    telnyx.unbind()
    return spent / CALLS * 1000


if __name__ == "__main__":
    made = Emulator(WsgiReceiver(app, "/"))
    simulated(made)
    EVENTS = tuple(seen)
    assert len(EVENTS) == 6
    assert len(made.api.commands) == 4
    WEBHOOKS: list[Webhook] = [made.webhook(name) for name in EVENTS]
    made.unbind()
    acts = {
        "webhooks that are made": prepared,
        "webhooks by name": bare,
        "a simulated call": simulated,
    }
    best = dict.fromkeys(acts, float("inf"))
    for _ in range(ROUNDS):
        for label, act in acts.items():
            best[label] = min(best[label], cost(act))
    for label, millis in best.items():
        ratio = millis / best["webhooks by name"]
        print(
            f"{label:24} {millis:6.2f} ms, {1000 / millis:4.0f} a second, {ratio:.2f} times by name"
        )
