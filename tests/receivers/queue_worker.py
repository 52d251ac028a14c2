"""A correct receiver with a queue: its worker stores a row and sends a command after the answer.

The worker takes 30 to 300 ms for each event, at random, as a busy machine does.
"""

from __future__ import annotations

import queue
import random
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import quote

import httpx

from tests.receivers.correct import API, TLS, Event, Receiver, WsgiReceiver, kind, payload

ACTIONS = {"call.initiated": "answer", "call.answered": "speak"}


class Queueing(Receiver):
    """Puts each event on a queue, and lets its worker act on it once."""

    def __init__(self) -> None:
        super().__init__()
        self.events: queue.Queue[Event | None] = queue.Queue()
        self.rows = sqlite3.connect(":memory:", check_same_thread=False)
        self.rows.execute("CREATE TABLE done (id TEXT PRIMARY KEY, kind TEXT)")
        self.lock = threading.Lock()
        self.api = httpx.Client(base_url=API, verify=TLS)
        self.worker = threading.Thread(target=self.work, daemon=True)
        self.worker.start()

    def act(self, event: Event) -> int:
        if payload(event):
            self.events.put(event)
        return 200

    def work(self) -> None:
        while (event := self.events.get()) is not None:
            time.sleep(random.uniform(0.03, 0.3))
            if self.is_new(event):
                self.send(event)

    def is_new(self, event: Event) -> bool:
        row = (event["data"].get("id"), kind(event))
        with self.lock:
            return self.rows.execute("INSERT OR IGNORE INTO done VALUES (?, ?)", row).rowcount == 1

    def send(self, event: Event) -> None:
        if kind(event) in ACTIONS:
            call = quote(str(payload(event).get("call_control_id")))
            self.api.post(f"/calls/{call}/actions/{ACTIONS[kind(event)]}", json={})
        elif kind(event) == "message.received":
            self.api.post("/messages", json={"from": "+13125550199", "to": "+13125550142"})

    def count(self) -> int:
        with self.lock:
            [[number]] = self.rows.execute("SELECT count(*) FROM done")
        return int(number)


class App(WsgiReceiver):
    """The same as a WSGI app."""

    def make_steps(self) -> Receiver:
        return Queueing()


_steps: list[Queueing] = []


@contextmanager
def make_app() -> Iterator[WsgiReceiver]:
    """Make the app, and end its worker afterwards."""
    app = App()
    assert isinstance(app.steps, Queueing)
    _steps.append(app.steps)
    yield app
    app.steps.events.put(None)
    app.steps.worker.join()


def rows() -> int:
    """Return the number of rows of the last app that was made, for a probe."""
    return _steps[-1].count()
