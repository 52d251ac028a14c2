"""Nothing is found in a receiver whose work is done by a worker that looks for it now and then."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator

import pytest

from telnyx_mock.contract.engine.runner import Runner
from telnyx_mock.contract.rules import deduplication_poisoning, failover, idempotency, order
from telnyx_mock.contract.rules.registry import CONTRACT, subjects
from telnyx_mock.severity import Outcome
from tests.receivers.correct import Event, Receiver

EVENTS = ("message.received", "message.sent", "message.finalized")
ABOUT_EFFECTS = (*idempotency.RULES, *failover.RULES, *deduplication_poisoning.RULES, *order.RULES)


class Polling(Receiver):
    """It notes each event once, and a worker goes through the notes every *period* seconds."""

    def __init__(self, period: float) -> None:
        super().__init__()
        self.seen: set[str] = set()
        self.noted: list[str] = []
        self.rows: list[str] = []
        self.lock = threading.Lock()
        self.end = threading.Event()
        self.worker = threading.Thread(target=self.work, args=(period,))
        self.worker.start()

    def act(self, event: Event) -> int:
        with self.lock:
            if event["data"]["id"] not in self.seen:
                self.seen.add(event["data"]["id"])
                self.noted.append(event["data"]["id"])
        return 200

    def work(self, period: float) -> None:
        while not self.end.wait(period):
            with self.lock:
                self.rows += self.noted
                self.noted.clear()


class TwicePolling(Polling):
    """It notes each delivery."""

    def act(self, event: Event) -> int:
        with self.lock:
            self.noted.append(event["data"]["id"])
        return 200


@pytest.fixture
def opened(runner: Callable[..., Runner]) -> Iterator[Callable[..., Runner]]:
    """Open a runner against a polling receiver, which stops at the end."""
    receivers: list[Polling] = []

    def open_(kind: type[Polling], period: float) -> Runner:
        def make() -> Polling:
            receivers.append(kind(period))
            return receivers[-1]

        made = runner(make, *EVENTS, failover="/failover", deadline=9)
        made.equip(lambda: list(receivers[-1].rows), made.app_with_keys, made.failover)
        return made

    yield open_
    for receiver in receivers:
        receiver.end.set()
        receiver.worker.join()


@pytest.mark.parametrize("period", [0.9, 1.2])
def test_work_that_is_done_late_is_work_done_once(
    period: float, opened: Callable[..., Runner]
) -> None:
    made = opened(Polling, period)
    results = [
        made.run(check, subject)
        for check in ABOUT_EFFECTS
        for subject in subjects(check, made.events)
    ]
    assert [finding.message for result in results for finding in result.findings] == []
    assert Outcome.INCONCLUSIVE not in {result.outcome for result in results}


def test_work_that_is_done_late_and_twice_is_found(opened: Callable[..., Runner]) -> None:
    result = opened(TwicePolling, 0.9).run(CONTRACT["idempotent-when-redelivered"], "")
    assert result.outcome is Outcome.FAILED
