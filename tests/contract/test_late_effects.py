"""A worker of the app that looks for work now and then does it late, and is judged by it all the same."""

from __future__ import annotations

import pytest

from telnyx_mock.contract.engine.result import Outcome
from telnyx_mock.contract.engine.rule_runner import Runner
from telnyx_mock.contract.rules import (
    deduplication_poisoning,
    distinct_events,
    failover,
    idempotency,
    order,
    separate_calls,
)
from telnyx_mock.contract.rules.registry import subjects
from tests.contract.conftest import MakeRunner, run
from tests.contract.virtual_clock import VirtualClock
from tests.receivers.correct import Event, Receiver

EVENTS = ("message.received", "message.sent", "message.finalized")
ABOUT_EFFECTS = (
    *idempotency.RULES,
    *failover.RULES,
    *deduplication_poisoning.RULES,
    *order.RULES,
    *distinct_events.RULES,
    *separate_calls.RULES,
)


class Polling(Receiver):
    """It notes each event once, and a worker books what is noted every *period* seconds."""

    def __init__(self, clock: VirtualClock, period: float, rows: list[str]) -> None:
        super().__init__()
        self.clock, self.period, self.rows = clock, period, rows
        self.seen: set[str] = set()
        self.noted: list[str] = []
        clock.start_timer(period, self.work)

    def act(self, event: Event) -> int:
        if event["data"]["id"] not in self.seen:
            self.seen.add(event["data"]["id"])
            self.noted.append(event["data"]["id"])
        return 200

    def work(self) -> None:
        self.rows += self.noted
        self.noted.clear()
        self.clock.start_timer(self.period, self.work)


class PollingForDeliveries(Polling):
    """It notes each delivery."""

    def act(self, event: Event) -> int:
        self.noted.append(event["data"]["id"])
        return 200


def polled(runner: MakeRunner, clock: VirtualClock, make: type[Polling], period: float) -> Runner:
    """A runner against a polling receiver, with a probe that shows what its worker has booked."""
    rows: list[str] = []
    return runner(
        lambda: make(clock, period, rows),
        *EVENTS,
        probe=lambda: rows,
        failover="/failover",
        deadline=9,
    )


@pytest.mark.parametrize("period", [0.3, 0.9, 1.2])
def test_work_that_is_done_late_and_once_passes(
    period: float, runner: MakeRunner, clock: VirtualClock
) -> None:
    made = polled(runner, clock, Polling, period)
    results = [
        made.run(rule, subject) for rule in ABOUT_EFFECTS for subject in subjects(rule, made.events)
    ]
    assert [finding for result in results for finding in result.findings] == []
    assert Outcome.INCONCLUSIVE not in {result.outcome for result in results}


@pytest.mark.parametrize("period", [0.3, 0.9])
def test_work_that_is_done_late_and_twice_is_found(
    period: float, runner: MakeRunner, clock: VirtualClock
) -> None:
    made = polled(runner, clock, PollingForDeliveries, period)
    result = run(made, "idempotent-when-redelivered")
    assert result.outcome is Outcome.FAILED
