"""Apps that are correct, and fail at random requests."""

from __future__ import annotations

import random

from tests.hostile.case import Topic, app
from tests.receivers.correct import Headers, Receiver
from tests.receivers.flaky import SHARE, STATUSES

VERDICT = {
    "exit": (0, 3),
    "finds": ("accepts-each-time",),
    "not_finds": ("accepts-sample", "refuses-*", "survives-*", "idempotent-*"),
    "says": ("answers 5xx at random",),
}


class Flaky(Receiver):
    """It fails at random; the dice are the same in each run."""

    def __init__(self) -> None:
        super().__init__()
        self.dice = random.Random(4)

    def fails(self) -> int:
        """The status with which it fails now; 0 if it does not."""
        drawn, status = self.dice.random(), self.dice.choice(STATUSES)
        return status if drawn < SHARE else 0


@app(Topic.FLAKY, **VERDICT, quick=True)
class FailsBeforeItReads(Flaky):
    """It is correct, and answers 500, 502 or 503 to 5 % of all requests, forged ones too, unread."""

    def handle(self, headers: Headers, body: bytes) -> int:
        return self.fails() or super().handle(headers, body)


@app(Topic.FLAKY, **VERDICT)
class FailsAfterItActs(Flaky):
    """It is correct, and answers 500, 502 or 503 to 5 % of all requests after it has handled them."""

    def handle(self, headers: Headers, body: bytes) -> int:
        status = super().handle(headers, body)
        return self.fails() or status


@app(Topic.FLAKY, **VERDICT)
class RaisesAtRandom(Flaky):
    """It is correct, and raises an exception at 5 % of all requests."""

    def handle(self, headers: Headers, body: bytes) -> int:
        if self.fails():
            raise ConnectionError("the database has gone away")
        return super().handle(headers, body)
