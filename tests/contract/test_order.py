"""Events may come in any order; what a receiver puts off, it must accept at the next attempt."""

from __future__ import annotations

import time

import pytest

from telnyx_mock.catalogue.registry import all_events, find
from telnyx_mock.contract.engine.reason import Why
from telnyx_mock.contract.engine.related import related
from telnyx_mock.contract.engine.result import Outcome
from telnyx_mock.contract.rules.registry import CONTRACT, subjects
from tests.contract.conftest import MakeRunner, run
from tests.receivers.correct import Event, kind, payload
from tests.receivers.faults.order import NoWayBack


@pytest.mark.parametrize(
    ("status", "outcome"),
    [(503, Outcome.PASSED), (429, Outcome.PASSED), (500, Outcome.FAILED)],
)
def test_an_event_may_be_put_off_until_what_it_needs_is_there(
    runner: MakeRunner, status: int, outcome: Outcome
) -> None:
    class PutsOff(NoWayBack):
        def act(self, event: Event) -> int:
            call = payload(event).get("call_control_id", "")
            if kind(event) == "call.hangup":
                self.over.add(call)
            elif call in self.over:
                self.over.discard(call)
                return status
            return 200

    made = runner(PutsOff, "call.initiated", "call.answered", "call.hangup")
    result = run(made, "accepts-any-order", "voice")
    assert result.outcome is outcome
    assert all(finding.curl == "" for finding in result.findings), "one request shows nothing"


def test_an_event_that_is_put_off_with_429_is_not_sent_again_before_the_next_attempt(
    runner: MakeRunner,
) -> None:
    class PutsOffFirstAttempts(NoWayBack):
        def act(self, event: Event) -> int:
            call = payload(event).get("call_control_id", "")
            if kind(event) == "call.hangup":
                self.over.add(call)
                return 200
            return 429 if call in self.over and event["meta"]["attempt"] == 1 else 200

    made = runner(PutsOffFirstAttempts, "call.initiated", "call.hangup")
    assert run(made, "accepts-any-order", "voice").outcome is Outcome.PASSED


@pytest.mark.parametrize(("status", "rounds"), [(404, 2), (500, 4)])
def test_an_order_is_tried_again_more_often_if_the_receiver_fails(
    runner: MakeRunner, status: int, rounds: int
) -> None:
    class Refuses(NoWayBack):
        refused = 0

        def act(self, event: Event) -> int:
            call = payload(event).get("call_control_id", "")
            if kind(event) == "call.hangup":
                self.over.add(call)
            elif call in self.over:
                type(self).refused += event["meta"]["attempt"] == 1
                return status
            return 200

    made = runner(Refuses, "call.initiated", "call.hangup")
    assert run(made, "accepts-any-order", "voice").outcome is Outcome.FAILED
    assert Refuses.refused == rounds


def test_one_event_alone_has_no_order(runner: MakeRunner) -> None:
    result = run(runner(NoWayBack, "call.initiated"), "accepts-any-order", "voice")
    assert (result.outcome, result.why) == (Outcome.SKIPPED, Why.NO_SECOND_EVENT)


def test_only_families_with_an_order_are_tried() -> None:
    tried = {*subjects(CONTRACT["accepts-any-order"], tuple(all_events()))}
    assert {"voice", "messaging"} <= tried
    assert tried.isdisjoint({"number_order", "whatsapp", "texml"})


def test_events_of_one_call_share_its_ids_and_not_their_own() -> None:
    first, second = related([find("call.initiated"), find("call.hangup")], time.time())
    assert first.payload["call_control_id"] == second.payload["call_control_id"]
    assert first.body["data"]["id"] != second.body["data"]["id"]
