"""Webhooks follow the beginning of their call where the receiver does more for a call that it knows."""

from __future__ import annotations

from typing import Any

import pytest

from telnyx_mock.catalogue.registry import find
from telnyx_mock.contract.engine.result import Outcome
from telnyx_mock.contract.engine.rule_runner import Runner
from telnyx_mock.severity import Severity
from tests.contract.conftest import MakeRunner, run
from tests.receivers.correct import Acting, Event, Receiver, kind, payload
from tests.receivers.faults import FAULTS
from tests.receivers.faults.order import (
    CALL,
    NeedsQualityOfKnownCalls,
    NeedsStateOfKnownCalls,
    PerCall,
)

EVENTS = CALL.split()


class LooksAtCalls(Receiver):
    """Looks at the name of each call, and remembers none."""

    def act(self, event: Event) -> int:
        payload(event).get("call_control_id", "").islower()
        return 200


class RemembersNothing(PerCall):
    """Looks calls up that it never notes."""

    def act(self, event: Event) -> int:
        return 200 if kind(event) == "call.initiated" else super().act(event)


def places(made: Runner) -> dict[str, list[str]]:
    """The events that must follow others, after the look of the first rule that mutates them."""
    for event in made.events:
        run(made, "accepts-null", event.name)
    return {
        name: [each.name for each in history] for name, history in made.sender.histories.items()
    }


def test_events_follow_the_beginning_where_the_receiver_then_does_more(runner: MakeRunner) -> None:
    assert places(runner(PerCall, *EVENTS)) == {
        "call.answered": ["call.initiated"],
        "call.hangup": ["call.initiated"],
        "call.gather.ended": ["call.initiated", "call.answered"],
    }


@pytest.mark.parametrize("receiver", [Receiver, LooksAtCalls, RemembersNothing])
def test_no_history_is_sent_to_a_receiver_that_does_no_more(
    receiver: type[Receiver], runner: MakeRunner
) -> None:
    made = runner(receiver, *EVENTS)
    assert places(made) == {}
    assert not any(made.baseline.only_alone)


def test_nothing_is_looked_for_where_nothing_is_recorded(runner: MakeRunner) -> None:
    assert places(runner(PerCall, *EVENTS, no_reads=True)) == {}


def test_a_failure_in_known_calls_names_the_events_before_it(runner: MakeRunner) -> None:
    made = runner(NeedsQualityOfKnownCalls, *EVENTS)
    [finding] = run(made, "accepts-null", "call.hangup").findings
    assert finding.message == (
        "call.hangup with payload.call_quality_stats null made the receiver fail with 500, after "
        "call.initiated of the same call or message."
    )
    assert finding.severity is Severity.ERROR
    assert finding.fields == ("payload.call_quality_stats",)
    assert "check" in finding.reproduce  # a single webhook would not show it
    assert not finding.curl


def test_a_plain_webhook_that_fails_only_in_known_calls_is_found(runner: MakeRunner) -> None:
    made = runner(NeedsStateOfKnownCalls, *EVENTS)
    assert not run(made, "accepts-null", "call.gather.ended").findings
    [finding] = run(made, "accepts-any-order").findings
    assert finding.event == "call.gather.ended"
    assert "in its usual place made the receiver fail with 500, after call.initiated" in (
        finding.message
    )


@pytest.mark.parametrize(
    "name",
    [
        "knows calls by their beginning",
        "has a conflict with calls that it does not know",
        "looks up each call without a default",
    ],
)
def test_a_receiver_that_needs_the_beginning_is_judged_after_it(
    name: str, runner: MakeRunner
) -> None:
    made = runner(FAULTS[name].receiver, *EVENTS)
    [needy] = run(made, "accepts-sample", "call.hangup").findings
    assert needy.severity is Severity.WARNING
    for rule in ("accepts-null", "accepts-absent", "accepts-each-choice"):
        result = run(made, rule, "call.hangup")
        assert (result.findings, result.why) == ((), None)
    assert not run(made, "accepts-unknown-event").findings
    assert not run(made, "accepts-any-order").findings


def test_what_else_such_a_receiver_does_wrong_is_found(runner: MakeRunner) -> None:
    class NeedsBoth(NeedsQualityOfKnownCalls):
        def unknown(self, call: str) -> int:
            return 404

    made = runner(NeedsBoth, *EVENTS)
    [finding] = run(made, "accepts-null", "call.hangup").findings
    assert finding.fields == ("payload.call_quality_stats",)


def test_what_is_read_in_known_calls_counts_as_read(runner: MakeRunner) -> None:
    made = runner(NeedsQualityOfKnownCalls, *EVENTS)
    places(made)
    members: Any = {read.member for read in made.readings.of(find("call.hangup")).reads}
    assert "data.payload.call_quality_stats.inbound" in members


class Answering(Acting):
    """It answers calls, and looks at more of those that it knows."""

    actions = {"call.initiated": "answer"}

    def __init__(self) -> None:
        super().__init__()
        self.known: set[object] = set()

    def act(self, event: Event) -> int:
        call = payload(event).get("call_control_id")
        if kind(event) == "call.initiated":
            self.known.add(call)
        if kind(event) == "call.hangup" and call in self.known:
            str(payload(event).get("hangup_cause"))
        return super().act(event)


def test_the_beginning_of_a_call_does_not_count_for_a_forgery(runner: MakeRunner) -> None:
    """What it makes the receiver do is no effect of a refused forgery that came after it."""
    made = runner(Answering, *EVENTS)
    assert not run(made, "accepts-null", "call.hangup").findings
    assert "call.hangup" in made.sender.histories
    result = run(made, "refuses-headers-missing", "voice")
    assert (result.findings, result.outcome) == ((), Outcome.PASSED)
