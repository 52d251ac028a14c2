"""Correct receivers that answer first and work later, in threads, as Telnyx recommends."""

from __future__ import annotations

import itertools
import threading
import time
from collections.abc import Callable
from queue import SimpleQueue
from typing import Any
from urllib.parse import quote

import httpx
import requests

from tests.receivers.correct import (
    API,
    TLS,
    Event,
    Receiver,
    WsgiReceiver,
    is_outgoing,
    kind,
    payload,
)

Post = Callable[[str, dict[str, Any]], object]

DELAYS = (0.05, 0.4, 0.2)
"""Seconds after which a thread gets to work, in turn."""

RECORDING = {"format": "mp3", "channels": "single"}
THANKS = {"from": "+13125550199", "to": "+13125550142", "text": "Thank you"}


def by_httpx(url: str, body: dict[str, Any]) -> object:
    return httpx.post(url, json=body, verify=TLS).raise_for_status()


def by_requests(url: str, body: dict[str, Any]) -> object:
    return requests.post(url, json=body, timeout=5).raise_for_status()


class Late(Receiver):
    """Does each event once: it answers and greets callers, and replies to texts."""

    def __init__(self, post: Post) -> None:
        super().__init__()
        self.post = post
        self.delays = itertools.cycle(DELAYS)
        self.seen: set[str] = set()
        self.lock = threading.Lock()

    def act(self, event: Event) -> int:
        event_id = event.get("data", {}).get("id")
        with self.lock:
            if event_id in self.seen:
                return 200
            self.seen.add(event_id)
        if self.commands(event):
            self.leave(event)
        return 200

    def leave(self, event: Event) -> None:
        """Leave *event* to a thread."""
        threading.Timer(next(self.delays), self.work, (event,)).start()

    def work(self, event: Event) -> None:
        for url, body in self.commands(event):
            self.post(url, body)
            time.sleep(0.03)

    def commands(self, event: Event) -> list[tuple[str, dict[str, Any]]]:
        call = payload(event).get("call_control_id")
        actions = f"{API}/calls/{quote(str(call), errors='replace')}/actions"
        match kind(event):
            case "call.initiated" if call and not is_outgoing(event):
                return [(f"{actions}/answer", {}), (f"{actions}/record_start", RECORDING)]
            case "call.answered" if call:
                return [(f"{actions}/speak", {"payload": "Hello", "voice": "female"})]
            case "message.received":
                return [(f"{API}/messages", THANKS)]
        return []


class OneWorker(Late):
    """One thread without end works through a queue, and takes its time."""

    def __init__(self, post: Post) -> None:
        super().__init__(post)
        self.queue: SimpleQueue[Event] = SimpleQueue()
        threading.Thread(target=self.work_on, daemon=True).start()

    def leave(self, event: Event) -> None:
        self.queue.put(event)

    def work_on(self) -> None:
        while True:
            self.work(self.queue.get())


class Wsgi(WsgiReceiver):
    """The same steps for plain WSGI."""

    def __init__(self, steps: Receiver) -> None:
        self.given = steps
        super().__init__()

    def make_steps(self) -> Receiver:
        return self.given


def asgi_httpx() -> Any:
    return Late(by_httpx)


def asgi_requests() -> Any:
    return Late(by_requests)


def wsgi_httpx() -> Any:
    return Wsgi(Late(by_httpx))


def wsgi_requests() -> Any:
    return Wsgi(Late(by_requests))


def wsgi_queue() -> Any:
    return Wsgi(OneWorker(by_httpx))


RECEIVERS = (asgi_httpx, asgi_requests, wsgi_httpx, wsgi_requests, wsgi_queue)
