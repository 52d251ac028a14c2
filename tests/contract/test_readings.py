"""What the receiver reads changes no verdict, and spares deliveries that could show nothing."""

from __future__ import annotations

import copy
import json
import pickle
import threading
from collections.abc import Callable, Mapping
from typing import Any

import pytest
from pydantic import BaseModel

from telnyx_mock.catalogue.registry import find
from telnyx_mock.clock import SYSTEM_CLOCK
from telnyx_mock.contract.engine import readings
from telnyx_mock.contract.engine.readings import FEW
from telnyx_mock.contract.engine.reason import Why
from telnyx_mock.contract.engine.result import Outcome
from telnyx_mock.contract.engine.rule_runner import Runner
from telnyx_mock.contract.rules import generated
from telnyx_mock.contract.rules.registry import subjects
from telnyx_mock.generation.goals import coverage_goals, reached_goals
from telnyx_mock.payload.draft import Draft
from telnyx_mock.payload.webhook import Webhook
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


SPARE = "call.hangup"


def unread(made: Runner) -> frozenset[str]:
    """The paths of SPARE that are not read."""
    event = find(SPARE)
    return made.readings.unread(event, {goal.path for goal in coverage_goals(event)})


def sent(made: Runner, rule: str) -> list[Webhook]:
    """The webhooks with mutated fields that a rule sends."""
    webhooks: list[Webhook] = []
    send = made.sender.emulator.send

    def noting(what: Any, **options: Any) -> Any:
        webhook = what.webhook if isinstance(what, Draft) else what
        if isinstance(webhook, Webhook) and webhook.name == SPARE and webhook.decisions():
            webhooks.append(webhook)
        return send(what, **options)

    made.sender.emulator.send = noting  # type: ignore[method-assign]
    assert run(made, rule, SPARE).outcome is Outcome.PASSED
    return webhooks


def test_members_that_are_read_come_first_and_the_others_share_few_webhooks(
    runner: MakeRunner, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(readings, "VALIDATORS", ())
    every = sent(runner(LooksAtCauses, SPARE, no_reads=True), "accepts-each-choice")
    few = sent(runner(LooksAtCauses, SPARE), "accepts-each-choice")
    assert len(few) < len(every)
    causes = {webhook.payload.get("hangup_cause") for webhook in every}
    assert len(causes) > 5
    assert {webhook.payload.get("hangup_cause") for webhook in few} == causes


def test_bytes_are_tried_that_nobody_reads(
    runner: MakeRunner, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(readings, "VALIDATORS", ())
    webhooks = sent(runner(LooksAtCauses, SPARE), "accepts-each-choice")
    kinds = {goal.value for goal in coverage_goals(find(SPARE)) if goal.what == "boundary"}
    reached = {goal for each in webhooks for goal in reached_goals(each.event, each.body)}
    assert {goal.value for goal in reached if goal.what == "boundary"} == kinds


@pytest.mark.slow
def test_half_of_the_generated_webhooks_differ_only_in_what_is_read(
    runner: MakeRunner, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(readings, "VALIDATORS", ())
    monkeypatch.setattr(generated, "MOST_EXAMPLES", 12)
    every = sent(runner(LooksAtCauses, SPARE, no_reads=True), "accepts-generated")
    few = sent(runner(LooksAtCauses, SPARE), "accepts-generated")
    assert len(few) < 0.7 * len(every)
    assert any({*webhook.decisions()} <= {"payload.hangup_cause"} for webhook in few)
    assert any(len(webhook.decisions()) > 3 for webhook in few)


@pytest.mark.parametrize(
    "read",
    [
        json.dumps,
        dict,
        copy.deepcopy,
        lambda members: [*members.values()],
        lambda members: {**members},
        lambda members: [name for name in members if name.startswith("x")],
        lambda members: pickle.dumps(members),
    ],
)
def test_who_looks_at_the_whole_payload_reads_all_of_it(
    read: Callable[[Any], object], runner: MakeRunner, monkeypatch: pytest.MonkeyPatch
) -> None:
    class LooksAtAll(LooksAtTypes):
        def act(self, event: Event) -> int:
            payload(event).get("hangup_cause")
            read(payload(event))
            return 200

    monkeypatch.setattr(readings, "VALIDATORS", ())
    assert not {path for path in unread(runner(LooksAtAll, SPARE)) if "payload." in path}
    assert {path for path in unread(runner(LooksAtCauses, SPARE)) if "payload." in path}


def test_what_is_in_a_member_may_be_read_with_it(
    runner: MakeRunner, monkeypatch: pytest.MonkeyPatch
) -> None:
    class LooksAtSender(LooksAtTypes):
        def act(self, event: Event) -> int:
            payload(event).get("from")
            return 200

    class LooksAtNumber(LooksAtTypes):
        def act(self, event: Event) -> int:
            payload(event).get("from", {}).get("phone_number")
            return 200

    monkeypatch.setattr(readings, "VALIDATORS", ())
    within = frozenset({"data.payload.from.carrier", "data.payload.from.phone_number"})
    event = find("message.received")
    assert not runner(LooksAtSender, event.name).readings.unread(event, within)
    assert runner(LooksAtNumber, event.name).readings.unread(event, within) == {
        "data.payload.from.carrier"
    }


@pytest.mark.parametrize("options", [{"thorough": True}, {"no_reads": True}], ids=str)
def test_nothing_counts_as_unread_where_all_may_be_read(
    options: Any, runner: MakeRunner, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(readings, "VALIDATORS", ())
    assert not unread(runner(LooksAtCauses, SPARE, **options))
    assert not unread(runner(ReadsInAnotherWay, SPARE))
    monkeypatch.setattr(readings, "VALIDATORS", ("pytest",))
    assert not unread(runner(LooksAtCauses, SPARE))


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
