"""Values of tomorrow are advice: each field that minds them is named, and no other."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from telnyx_mock.catalogue.registry import all_events
from telnyx_mock.contract.engine.result import Result
from telnyx_mock.contract.engine.runner import Runner
from telnyx_mock.contract.rules.registry import CONTRACT, subjects
from telnyx_mock.severity import Outcome, Severity
from tests.receivers.bad import FewCauses, TwoDirections
from tests.receivers.correct import Event, Receiver, kind, payload

MakeRunner = Callable[..., Runner]
CHECK = CONTRACT["accepts-new-values"]
NEW = ("announced_tomorrow", "ANNOUNCED_TOMORROW")


def run(made: Runner, subject: str) -> Result:
    return made.run(CHECK, subject)


def failing(when: Callable[[Any], bool]) -> type[Receiver]:
    """A receiver that fails at events of this sort."""

    class Failing(Receiver):
        def act(self, event: Event) -> int:
            return 500 if when(payload(event) or event) else 200

    return Failing


def test_the_words_about_a_new_value(runner: MakeRunner) -> None:
    [finding] = run(runner(TwoDirections, "call.initiated"), "call.initiated").findings
    assert finding.message == (
        "call.initiated with payload.direction = 'announced_tomorrow', a value that does not exist "
        "today, made the receiver fail with 500."
    )
    assert finding.severity is Severity.ADVICE
    assert finding.fields == ("payload.direction",)
    assert finding.fix == CHECK.fix
    assert finding.repeat.endswith("--set 'payload.direction=\"announced_tomorrow\"' --loose")


def test_it_is_advice_and_fails_nothing(runner: MakeRunner) -> None:
    result = run(runner(TwoDirections, "call.initiated"), "call.initiated")
    assert result.outcome is Outcome.PASSED


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
def test_the_guilty_fields_are_named(
    runner: MakeRunner, event: str, when: Callable[[Any], bool], fields: set[tuple[str, ...]]
) -> None:
    result = run(runner(failing(when), event), event)
    assert {finding.fields for finding in result.findings} == fields
    assert len(result.findings) == len(fields)


def to(message: Any) -> Any:
    recipients = message["to"]
    return recipients[0].get("status") if recipients and isinstance(recipients, list) else None


def test_what_fails_at_a_value_of_today_already_is_not_said_again(runner: MakeRunner) -> None:
    assert run(runner(FewCauses, "call.hangup"), "call.hangup").findings == ()


def test_a_failure_that_does_not_repeat_is_inconclusive(runner: MakeRunner) -> None:
    class FailsOnce(Receiver):
        failed = False

        def act(self, event: Event) -> int:
            if payload(event)["hangup_cause"] in NEW and not self.failed:
                self.failed = True
                return 500
            return 200

    result = run(runner(FailsOnce, "call.hangup"), "call.hangup")
    assert result.outcome is Outcome.INCONCLUSIVE
    assert result.note == (
        "call.hangup with every such value new was not accepted once, and was when it was repeated"
    )


def test_one_webhook_is_enough_for_most_events(runner: MakeRunner) -> None:
    seen: list[Event] = []

    class Notes(Receiver):
        def act(self, event: Event) -> int:
            seen.append(event)
            return 200

    run(runner(Notes, "call.hangup"), "call.hangup")
    new = [event for event in seen if payload(event)["hangup_cause"] in NEW]
    assert len(new) == 1
    assert payload(new[0])["hangup_source"] in NEW
    assert kind(new[0]) == "call.hangup", "another event is another check's"


def test_it_is_not_tried_where_no_set_can_grow() -> None:
    """Keys of a telephone are what they are; an event that is always of one type has no sets."""
    tried = set(subjects(CHECK, all_events()))
    assert "call.hangup" in tried
    assert not {"call.dtmf.received", "call.hold"} & tried
