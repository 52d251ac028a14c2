"""What each-choice coverage finds: each fault once, with the fields that cause it and no others."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest

from telnyx_mock.contract.engine.reason import Why
from telnyx_mock.contract.engine.result import Outcome
from telnyx_mock.generation.each_choice import each_choice
from telnyx_mock.reports.summary import Summary
from tests.contract.conftest import MakeRunner, failing, run
from tests.receivers.correct import Event, Receiver, kind, payload
from tests.receivers.faults.fields import FewCauses, NeedsState

RULE = "accepts-each-choice"


def test_a_correct_receiver_is_sent_each_choice_and_no_more(runner: MakeRunner) -> None:
    made = runner(Receiver, "call.hangup")
    for rule in ("accepts-absent", "accepts-null"):  # whose culprits are left out of the choices
        assert run(made, rule, "call.hangup").outcome is Outcome.PASSED
    result = run(made, RULE, "call.hangup")
    assert result.outcome is Outcome.PASSED
    assert result.deliveries == len(each_choice("call.hangup"))


def test_the_command_to_reproduce_names_all_times_that_must_stay_equal(runner: MakeRunner) -> None:
    fails = failing(lambda call: call["start_time"] == call["end_time"])
    [finding] = run(runner(fails, "call.hangup"), RULE, "call.hangup").findings
    assert finding.fields == ("payload.start_time",)
    assert "(the time of the event)" in finding.message
    times = re.findall(r'(\w+)="([^"]*)"', finding.reproduce)
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
        {("payload.to", "payload.type")},  # only a group message, which is an MMS, has several
        id="several recipients",
    ),
    pytest.param(
        "message.received",
        lambda message: message["type"] == "MMS" and message["media"] == [],
        {("payload.type", "payload.media")},
        id="two fields together",
    ),
    pytest.param(
        "call.hangup",
        lambda call: call.get("tags") == [] or call["hangup_source"] == "unknown",
        {("payload.tags",), ("payload.hangup_source",)},
        id="two faults",
    ),
]


@pytest.mark.parametrize(("event", "when", "fields"), FAULTS)
def test_a_fault_is_named_by_its_fields(
    runner: MakeRunner, event: str, when: Callable[[Any], bool], fields: set[tuple[str, ...]]
) -> None:
    result = run(runner(failing(when), event), RULE, event)
    assert result.outcome is Outcome.FAILED
    assert sorted(sorted(finding.fields) for finding in result.findings) == sorted(
        sorted(each) for each in fields
    )


def test_what_another_rule_has_found_is_not_reported_again(runner: MakeRunner) -> None:
    made = runner(NeedsState, "call.initiated")
    assert run(made, "accepts-absent", "call.initiated").outcome is Outcome.FAILED
    assert run(made, RULE, "call.initiated").outcome is Outcome.PASSED
    assert run(made, "accepts-generated", "call.initiated").outcome is Outcome.PASSED


def test_what_each_choice_has_found_is_not_generated_again(runner: MakeRunner) -> None:
    made = runner(FewCauses, "call.hangup", examples=100)
    results = [run(made, rule, "call.hangup") for rule in (RULE, "accepts-generated")]
    assert [result.outcome for result in results] == [Outcome.FAILED, Outcome.PASSED]
    assert len(Summary.of(results).faults) == 1


def test_findings_are_limited(runner: MakeRunner) -> None:
    def strict(call: Any) -> bool:
        return set(call) != usual

    usual: set[str] = set()

    class Strict(Receiver):
        def act(self, event: Event) -> int:
            if not usual:
                usual.update(payload(event))
            return 422 if kind(event) == "call.initiated" and strict(payload(event)) else 200

    result = run(runner(Strict, "call.initiated"), RULE, "call.initiated")
    assert len(result.findings) == 5
    assert all(len(finding.fields) == 1 for finding in result.findings)


def test_a_failure_that_does_not_occur_again_is_inconclusive(runner: MakeRunner) -> None:
    class FailsThrice(Receiver):
        """Fails at one webhook three times, and never again."""

        seen = 0

        def act(self, event: Event) -> int:
            if payload(event).get("caller_id_name") != "":
                return 200
            self.seen += 1
            return 500 if self.seen <= 3 else 200

    result = run(runner(FailsThrice, "call.initiated"), RULE, "call.initiated")
    assert result.outcome is Outcome.INCONCLUSIVE
    assert result.why is Why.NOT_REPRODUCED
    assert "call.initiated" in result.note
