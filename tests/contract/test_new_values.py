"""New values are advice: each field that does not accept one is named, and no other."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from telnyx_mock.catalogue.registry import all_events
from telnyx_mock.contract.engine.result import Outcome
from telnyx_mock.contract.rules.registry import CONTRACT, subjects
from telnyx_mock.severity import Severity
from tests.contract.conftest import MakeRunner, failing, run
from tests.receivers.correct import Event, Receiver, kind, payload
from tests.receivers.faults.fields import FewCauses, TwoDirections

RULE = "accepts-new-values"
NEW = ("announced_tomorrow", "ANNOUNCED_TOMORROW")


def test_a_new_value_that_is_not_accepted_is_advice_and_fails_nothing(runner: MakeRunner) -> None:
    result = run(runner(TwoDirections, "call.initiated"), RULE, "call.initiated")
    assert result.outcome is Outcome.PASSED
    [finding] = result.findings
    assert finding.severity is Severity.ADVICE
    assert finding.fields == ("payload.direction",)
    assert finding.reproduce.endswith("--set 'payload.direction=\"announced_tomorrow\"' --loose")


@pytest.mark.parametrize(
    ("event", "when", "fields"),
    [
        (
            "call.hangup",
            lambda call: call["hangup_cause"] in NEW or call["hangup_source"] in NEW,
            {("payload.hangup_cause",), ("payload.hangup_source",)},
        ),
        (
            "call.hangup",
            lambda call: call["hangup_cause"] in NEW and call["hangup_source"] in NEW,
            {("payload.hangup_cause", "payload.hangup_source")},
        ),
        ("message.received", lambda message: to(message) in NEW, {("payload.to[].status",)}),
        (
            "call.initiated",
            lambda call: call.get("shaken_stir_attestation") in NEW,
            {("payload.shaken_stir_attestation",)},
        ),
        ("texml.call.completed", lambda call: call.get("HangupCause") in NEW, {("HangupCause",)}),
        (
            "call.payment.completed",
            lambda paid: paid.get("payment_card_type") in NEW,
            {("payload.payment_card_type",)},
        ),
    ],
    ids=["two", "two together", "in a list", "not in the sample", "ruled out", "ruled out, too"],
)
def test_the_fields_at_fault_are_named(
    runner: MakeRunner, event: str, when: Callable[[Any], bool], fields: set[tuple[str, ...]]
) -> None:
    result = run(runner(failing(when), event), RULE, event)
    assert {finding.fields for finding in result.findings} == fields
    assert len(result.findings) == len(fields)


def to(message: Any) -> Any:
    recipients = message["to"]
    return recipients[0].get("status") if recipients and isinstance(recipients, list) else None


def test_a_field_that_fails_at_a_known_value_is_not_reported_again(runner: MakeRunner) -> None:
    assert run(runner(FewCauses, "call.hangup"), RULE, "call.hangup").findings == ()


def test_a_failure_that_does_not_occur_again_is_noted(runner: MakeRunner) -> None:
    class FailsOnce(Receiver):
        failed = False

        def act(self, event: Event) -> int:
            if payload(event)["hangup_cause"] in NEW and not self.failed:
                self.failed = True
                return 500
            return 200

    made = runner(FailsOnce, "call.hangup")
    assert run(made, RULE, "call.hangup").outcome is Outcome.PASSED
    assert [failed.status for failed in made.baseline.unsteady] == [500]


def test_one_webhook_is_enough_for_most_events(runner: MakeRunner) -> None:
    seen: list[Event] = []

    class Notes(Receiver):
        def act(self, event: Event) -> int:
            seen.append(event)
            return 200

    run(runner(Notes, "call.hangup"), RULE, "call.hangup")
    new = [event for event in seen if payload(event)["hangup_cause"] in NEW]
    assert len(new) == 1
    assert payload(new[0])["hangup_source"] in NEW
    assert kind(new[0]) == "call.hangup", "another event is another check's"


def test_the_rule_does_not_apply_where_no_set_can_grow() -> None:
    """The keys of a telephone are complete, and the type of an event has one value."""
    tried = set(subjects(CONTRACT[RULE], all_events()))
    assert "call.hangup" in tried
    assert not {"call.dtmf.received", "call.hold"} & tried
