"""A receiver that refuses everything, or nearly everything, is done with soon."""

from __future__ import annotations

import json

import pytest

from telnyx_mock.contract import run
from telnyx_mock.reports.summary import Summary
from tests.receivers.correct import Event, Receiver

ALL_EVENTS = 1300
"""The number of checks over the whole catalogue, at least."""


class Nearly(Receiver):
    """Accepts call.initiated, and answers *status* to everything else."""

    status = 401

    def handle(self, headers, body: bytes) -> int:  # type: ignore[no-untyped-def]
        try:
            event: Event = json.loads(body)
            if event["data"]["event_type"] == "call.initiated":
                return super().handle(headers, body)
        except (ValueError, LookupError, TypeError):
            pass
        return self.status


@pytest.mark.slow
@pytest.mark.parametrize(
    ("status", "accepts_one", "most"),
    [(401, False, 320), (500, False, 320), (404, False, 320), (401, True, 550), (500, True, 600)],
)
def test_few_deliveries_show_it(status: int, accepts_one: bool, most: int) -> None:
    def make() -> Receiver:
        made = Nearly() if accepts_one else Refusing()
        made.status = status
        return made

    report = run(make, seed=1)
    assert len(report.results) > ALL_EVENTS
    assert Summary.of(report.results).deliveries <= most


class Refusing(Nearly):
    """Answers *status* to everything."""

    def handle(self, headers, body: bytes) -> int:  # type: ignore[no-untyped-def]
        return self.status
