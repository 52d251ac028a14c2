"""A finding says who can provoke it, by who decides the values that it takes."""

from __future__ import annotations

import base64
from typing import Any

import pytest

from telnyx_mock.contract.engine.provoker import provoker
from telnyx_mock.payload.webhook import webhook
from telnyx_mock.schema.json_values import ABSENT
from telnyx_mock.severity import Severity
from tests.contract.conftest import MakeRunner, run
from tests.receivers.correct import Event, Receiver, payload

ANYONE = "Anyone who can ring or text can do this."
OWNER = "Only the holder of your API key can make Telnyx send this value."
NOTE = {"name": "X-Note", "value": "n"}


@pytest.mark.parametrize(
    ("overrides", "why"),
    [
        ({"from": "anonymous"}, ANYONE),
        ({"custom_headers": [NOTE]}, ANYONE),
        ({"custom_headers": [NOTE], "client_state": "eA=="}, OWNER),
        ({"client_state": "eA=="}, OWNER),
        ({"tags": ["a"]}, OWNER),
        ({"tags": []}, ""),
        ({"client_state": ABSENT}, ""),
        ({"shaken_stir_attestation": "B"}, ""),
        ({"direction": "outgoing", "from": "+12125550100"}, OWNER),
        ({"direction": "outgoing"}, ""),
    ],
)
def test_who_decides_the_values_can_provoke_a_failure(overrides: dict[str, Any], why: str) -> None:
    built = webhook("call.initiated", **overrides)
    found = provoker(built, [f"payload.{name}" for name in overrides])
    assert found.why == why
    assert (found.gravest is Severity.ADVICE) == (why == OWNER)


def test_what_every_capture_has_is_worth_a_warning_at_most() -> None:
    found = provoker(webhook("call.initiated", meta=ABSENT), ["meta"])
    assert (found.gravest, "capture" in found.why) == (Severity.WARNING, True)


def test_only_the_fields_of_the_finding_count() -> None:
    built = webhook("call.initiated", from_="anonymous", client_state="eA==")
    assert provoker(built, ["payload.from"]).why == ANYONE
    assert provoker(built, []).why == ""
    assert provoker(None, ["payload.from"]).why == ""


def test_a_value_that_only_the_app_can_set_is_advice(runner: MakeRunner) -> None:
    class NeedsJson(Receiver):
        def act(self, event: Event) -> int:
            return 500 if base64.b64decode(payload(event).get("client_state") or "") else 200

    [finding] = run(runner(NeedsJson), "accepts-each-choice").findings
    assert (finding.severity, finding.fields) == (Severity.ADVICE, ("payload.client_state",))
    assert finding.who == OWNER


def test_a_value_that_a_caller_chooses_is_an_error_that_says_so(runner: MakeRunner) -> None:
    class NeedsNumber(Receiver):
        def act(self, event: Event) -> int:
            return 500 if payload(event).get("from") == "anonymous" else 200

    [finding] = run(runner(NeedsNumber), "accepts-each-choice").findings
    assert finding.severity is Severity.ERROR
    assert finding.who == ANYONE


class NeedsPlainName(Receiver):
    """Fails at a name of more than 40 characters, and at values of the app's."""

    def act(self, event: Event) -> int:
        values = payload(event)
        return 500 if len(values.get("caller_id_name") or "") > 40 else 200


class NeedsNoState(Receiver):
    def act(self, event: Event) -> int:
        return 500 if payload(event).get("client_state") else 200


@pytest.mark.parametrize("rule", ["accepts-each-choice", "accepts-generated"])
@pytest.mark.parametrize(
    ("receiver", "who", "severity"),
    [(NeedsPlainName, ANYONE, Severity.ERROR), (NeedsNoState, OWNER, Severity.ADVICE)],
)
def test_each_rule_about_values_says_who_can_provoke_the_failure(
    receiver: type[Receiver], who: str, severity: Severity, rule: str, runner: MakeRunner
) -> None:
    # Alone, so that no other rule has found the fields before.
    made = runner(receiver, "call.initiated", examples=200)
    if rule == "accepts-generated":
        made._found["accepts-each-choice"]["call.initiated"] = ()
    found = run(made, rule).findings
    assert {(each.who, each.severity) for each in found} <= {(who, severity)}
    assert found or (receiver, rule) == (NeedsNoState, "accepts-generated")
