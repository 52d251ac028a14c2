"""What the sweep finds: each fault once, by the fields that are guilty of it and no others."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest

from telnyx_mock.contract.engine.finding import Finding
from telnyx_mock.contract.engine.result import Result
from telnyx_mock.contract.engine.runner import Runner
from telnyx_mock.contract.rules.registry import CONTRACT
from telnyx_mock.generation.each_choice import each_choice
from telnyx_mock.reports.summary import Summary
from telnyx_mock.severity import Outcome
from tests.receivers.bad import FewCauses, NeedsText
from tests.receivers.correct import Event, Receiver, kind, payload

MakeRunner = Callable[..., Runner]


def run(made: Runner, subject: str, check: str = "accepts-each-choice") -> Result:
    return made.run(CONTRACT[check], subject)


def failing(when: Callable[[Any], bool]) -> type[Receiver]:
    """A receiver that fails at payloads of this sort."""

    class Failing(Receiver):
        def act(self, event: Event) -> int:
            return 500 if when(payload(event)) else 200

    return Failing


def guilty(findings: tuple[Finding, ...]) -> set[tuple[str, ...]]:
    return {finding.fields for finding in findings}


def test_a_correct_receiver_is_sent_the_sweep_and_no_more(runner: MakeRunner) -> None:
    made = runner(Receiver, "call.hangup")
    for check in ("accepts-absent", "accepts-null"):  # which the sweep keeps away from
        assert run(made, "call.hangup", check).outcome is Outcome.PASSED
    result = run(made, "call.hangup")
    assert result.outcome is Outcome.PASSED
    assert result.deliveries == len(each_choice("call.hangup"))


def test_the_words_about_a_value_that_is_not_known(runner: MakeRunner) -> None:
    [finding] = run(runner(FewCauses, "call.hangup"), "call.hangup").findings
    assert finding.message == (
        "call.hangup with payload.hangup_cause = 'call_rejected' made the receiver fail with 500."
    )
    assert finding.repeat == (
        "telnyx-mock send call.hangup TARGET --set 'payload.hangup_cause=\"call_rejected\"'"
    )


def test_the_words_about_a_call_that_took_no_time(runner: MakeRunner) -> None:
    """The command to repeat it says all times that must stay the same."""
    fails = failing(lambda call: call["start_time"] == call["end_time"])
    [finding] = run(runner(fails, "call.hangup"), "call.hangup").findings
    assert finding.fields == ("payload.start_time",)
    assert re.fullmatch(
        r"call.hangup with payload.start_time = '\S*' \(the time of the event\) made .*",
        finding.message,
    )
    times = re.findall(r'(\w+)="([^"]*)"', finding.repeat)
    assert {name for name, _ in times} == {"occurred_at", "start_time", "end_time"}
    assert len({time for _, time in times}) == 1


FAULTS = [
    pytest.param(
        "call.hangup",
        lambda call: call.get("tags") == [],
        {("payload.tags",)},
        id="an empty list",
    ),
    pytest.param(
        "message.received",
        lambda message: isinstance(message["to"], list) and len(message["to"]) > 1,
        {("payload.to",)},
        id="several recipients",
    ),
    pytest.param(
        "message.received",
        lambda message: isinstance(message["to"], str),
        {("payload.type",)},
        id="a type that changes others",
    ),
    pytest.param(
        "message.received",
        lambda message: message["type"] == "MMS" and message["media"] == [],
        {("payload.type", "payload.media")},
        id="two fields together",
    ),
    pytest.param(
        "call.hangup",
        lambda call: call.get("tags") == [] or call["hangup_source"] == "callee",
        {("payload.tags",), ("payload.hangup_source",)},
        id="two faults",
    ),
]


@pytest.mark.parametrize(("event", "when", "fields"), FAULTS)
def test_a_fault_is_told_by_its_fields(
    runner: MakeRunner, event: str, when: Callable[[Any], bool], fields: set[tuple[str, ...]]
) -> None:
    result = run(runner(failing(when), event), event)
    assert result.outcome is Outcome.FAILED
    assert {tuple(sorted(each)) for each in guilty(result.findings)} == {
        tuple(sorted(each)) for each in fields
    }
    assert len(result.findings) == len(fields)


def test_what_another_check_has_found_is_not_told_again(runner: MakeRunner) -> None:
    made = runner(NeedsText, "call.initiated")
    assert run(made, "call.initiated", "accepts-null").outcome is Outcome.FAILED
    assert run(made, "call.initiated").outcome is Outcome.PASSED
    assert run(made, "call.initiated", "accepts-generated").outcome is Outcome.PASSED


def test_what_the_sweep_has_found_is_not_generated_again(runner: MakeRunner) -> None:
    made = runner(FewCauses, "call.hangup", examples=100)
    results = [
        run(made, "call.hangup", check) for check in ("accepts-each-choice", "accepts-generated")
    ]
    assert [result.outcome for result in results] == [Outcome.FAILED, Outcome.PASSED]
    assert len(Summary.of(results).faults) == 1


def test_faults_are_bounded(runner: MakeRunner) -> None:
    def strict(call: Any) -> bool:
        return set(call) != usual

    usual: set[str] = set()

    class Strict(Receiver):
        def act(self, event: Event) -> int:
            if not usual:
                usual.update(payload(event))
            return 422 if kind(event) == "call.initiated" and strict(payload(event)) else 200

    result = run(runner(Strict, "call.initiated"), "call.initiated")
    assert len(result.findings) == 5
    assert all(len(finding.fields) == 1 for finding in result.findings)


def test_a_failure_that_does_not_repeat_is_inconclusive(runner: MakeRunner) -> None:
    class FailsTwice(Receiver):
        """At a row, at what is left of it, and never again."""

        seen = 0

        def act(self, event: Event) -> int:
            if payload(event).get("caller_id_name") != "":
                return 200
            self.seen += 1
            return 500 if self.seen <= 2 else 200

    result = run(runner(FailsTwice, "call.initiated"), "call.initiated")
    assert result.outcome is Outcome.INCONCLUSIVE
    assert "was not accepted once, and was when it was repeated" in result.note
