"""What the receiver reads changes no verdict, and spares deliveries that could show nothing."""

from __future__ import annotations

import json
import threading
from collections.abc import Mapping
from typing import Any

import pytest
from pydantic import BaseModel

from telnyx_mock.catalogue.registry import find
from telnyx_mock.clock import SYSTEM_CLOCK
from telnyx_mock.contract.engine import readings
from telnyx_mock.contract.engine.readings import FEW
from telnyx_mock.contract.engine.reason import Why
from telnyx_mock.contract.engine.result import Outcome
from telnyx_mock.contract.rules.registry import subjects
from telnyx_mock.reading.read import Manner
from tests.contract.conftest import MakeRunner, run, run_all
from tests.receivers.correct import Event, Receiver, kind, payload

EVENTS = ("call.initiated", "call.hangup", "call.answered", "call.bridged", "call.speak.started")
EVENTS += ("call.speak.ended", "call.playback.started")


class LooksAtTypes(Receiver):
    """Looks at the type of each event, and at nothing else."""

    def parse(self, headers: Mapping[str, str], body: bytes) -> Event:
        event: Event = json.loads(body)
        event["data"]["event_type"].islower()
        return event


class LooksAtCauses(LooksAtTypes):
    def act(self, event: Event) -> int:
        payload(event).get("hangup_cause")
        return 200


class KnowsOurs(Receiver):
    """Fails if the body is no plain dict."""

    def act(self, event: Event) -> int:
        return 200 if "data" not in event or type(event) is dict else 500


class FailsWhileRecorded(Receiver):
    """Raises an exception if the body is no plain dict."""

    def act(self, event: Event) -> int:
        assert "data" not in event or type(event) is dict
        return 200


class ReadsInAnotherWay(LooksAtTypes):
    def parse(self, headers: Mapping[str, str], body: bytes) -> Event:
        return {"data": {"event_type": "call.initiated" if b"initiated" in body else "other"}}


def test_the_reads_of_an_event_are_recorded_once(runner: MakeRunner) -> None:
    made = runner(LooksAtCauses, *EVENTS)
    event = find("call.hangup")
    assert made.readings.of(event) is made.readings.of(event)
    members = dict.fromkeys(each.member for each in made.readings.of(event).reads)
    assert [*members] == ["data", "data.event_type", "data.payload", "data.payload.hangup_cause"]
    assert made.readings.needed(event) == {"data", "data.event_type"}


def test_the_app_sees_no_change_in_deliveries_that_are_not_recorded(runner: MakeRunner) -> None:
    seen = set()

    class Looks(LooksAtTypes):
        def act(self, event: Event) -> int:
            seen.add((type(event) is not dict, "__getattribute__" in vars(BaseModel)))
            return 200

    made = runner(Looks, *EVENTS)
    rules = ("accepts-sample", "reads-known-members", "accepts-absent", "refuses-signature-missing")
    planned = [
        (made.rules[rule], subject)
        for rule in rules
        for subject in subjects(made.rules[rule], made.events)
    ]
    assert {result.outcome for result in made.run_all(planned)} <= {Outcome.PASSED, Outcome.SKIPPED}
    assert seen == {(True, True), (False, False)}
    assert "__getattribute__" not in vars(BaseModel)


def test_what_only_some_cases_read_is_recorded_too(runner: MakeRunner) -> None:
    class ReadsOutgoing(Receiver):
        def act(self, event: Event) -> int:
            if payload(event).get("direction") == "outgoing":
                payload(event).get("state")
            return 200

    reads = runner(ReadsOutgoing, *EVENTS).readings.of(find("call.initiated")).reads
    assert {"data.payload.direction", "data.payload.state"} <= {each.member for each in reads}


def test_a_recorded_delivery_counts_apart(runner: MakeRunner) -> None:
    made = runner(LooksAtTypes, *EVENTS)
    result = run(made, "reads-known-members")
    assert result.outcome is Outcome.PASSED
    assert (len(result.latencies), result.other_deliveries) == (len(EVENTS), len(EVENTS))
    assert [each.event for each in result.reads] == [each.name for each in made.events]
    assert run(made, "accepts-sample").reads == ()


@pytest.mark.parametrize("receiver", [KnowsOurs, FailsWhileRecorded])
def test_an_app_that_answers_otherwise_is_not_judged_by_it(
    receiver: type[Receiver], runner: MakeRunner
) -> None:
    made = runner(receiver, "call.initiated")
    results = run_all(made)
    assert {finding.rule for result in results for finding in result.findings} == set()
    [reads] = [each for result in results for each in result.reads]
    assert reads.off.startswith("The app answered otherwise (500 Internal Server Error")
    [skipped] = [each for each in results if each.rule == "reads-known-members"]
    assert skipped.why is Why.READS_UNKNOWN


def test_it_says_so_if_the_app_parses_in_another_way(runner: MakeRunner) -> None:
    made = runner(ReadsInAnotherWay, "call.initiated")
    assert made.readings.of(made.events[0]).off.startswith("The app did not parse the body")


def skipped(made: Any) -> int:
    results = [made.run(made.rules["accepts-each-choice"], event.name) for event in made.events]
    return sum(result.why is Why.PAYLOAD_NOT_READ for result in results)


def test_what_is_not_read_is_not_changed(
    runner: MakeRunner, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(readings, "VALIDATORS", ())  # other modules of tests use some
    assert skipped(runner(LooksAtTypes, *EVENTS)) == len(EVENTS) - FEW
    assert skipped(runner(LooksAtTypes, *EVENTS, thorough=True)) == 0
    assert skipped(runner(LooksAtTypes, *EVENTS, no_reads=True)) == 0
    assert skipped(runner(LooksAtCauses, *EVENTS)) == 0
    assert skipped(runner(ReadsInAnotherWay, *EVENTS)) == 0


def test_an_app_that_validates_may_read_what_cannot_be_recorded(
    runner: MakeRunner, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(readings, "VALIDATORS", ("pytest",))  # which this module uses
    assert skipped(runner(LooksAtTypes, *EVENTS)) == 0


def test_a_read_without_default_is_tried_though_others_stand_for_the_event(
    runner: MakeRunner,
) -> None:
    class NeedsIt(Receiver):
        def act(self, event: Event) -> int:
            if kind(event) == EVENTS[1]:
                payload(event)["client_state"]
            return 200

    made = runner(NeedsIt, *EVENTS)
    reads = made.readings.of(find(EVENTS[1])).reads
    assert [each.manner for each in reads if each.member == "data.payload.client_state"] == [
        Manner.NEEDED
    ]
    [finding] = made.run(made.rules["accepts-absent"], EVENTS[1]).findings
    assert finding.fields == ("payload.client_state",)


def test_an_app_with_threads_may_read_later(
    runner: MakeRunner, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(readings, "VALIDATORS", ())

    class ReadsLater(LooksAtTypes):
        def act(self, event: Event) -> int:
            threading.Timer(0.01, lambda: payload(event).get("state")).start()
            return 200

    made = runner(ReadsLater, *EVENTS, clock=SYSTEM_CLOCK)
    reads = made.readings.of(find("call.initiated")).reads
    assert "data.payload.state" in {each.member for each in reads}
    assert skipped(made) == 0
