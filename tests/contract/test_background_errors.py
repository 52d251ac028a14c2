"""Which errors in background work count against which webhooks."""

from __future__ import annotations

import json

from telnyx_mock.contract.engine.reason import Reason, Why
from telnyx_mock.contract.engine.result import Outcome
from tests.contract.conftest import MakeRunner, run
from tests.receivers.correct import Event, Headers, Receiver, kind, payload

RULE = "finishes-background-work"


def test_an_error_that_occurs_once_may_belong_to_an_earlier_webhook(runner: MakeRunner) -> None:
    class FailsOnce(Receiver):
        failed = False

        async def afterwards(self) -> None:
            if not self.failed:
                self.failed = True
                raise KeyError("older")

    made = runner(FailsOnce)
    assert run(made, RULE, "voice").outcome is Outcome.PASSED
    made.emulator.receiver.app.failed = False  # type: ignore[attr-defined]
    assert run(made, RULE, "voice").findings == ()


def test_each_field_that_makes_background_work_fail_is_found(runner: MakeRunner) -> None:
    class Careless(Receiver):
        event: Event = {}

        def act(self, event: Event) -> int:
            self.event = event
            return 200

        async def afterwards(self) -> None:
            if kind(self.event) == "call.initiated" and payload(self.event):
                self.event["meta"]
                payload(self.event)["client_state"]
                payload(self.event)["to_sip_uri"]

    found = run(runner(Careless), RULE, "voice").findings
    assert sorted(finding.fields for finding in found) == [
        ("meta",),
        ("payload.client_state",),
        ("payload.to_sip_uri",),
    ]


def test_a_receiver_that_parses_after_its_answer_need_not_expect_forms(runner: MakeRunner) -> None:
    class ParsesLater(Receiver):
        later = b""

        def handle(self, headers: Headers, body: bytes) -> int:
            status = super().handle(headers, body)
            self.later = body if status == 200 else b""
            return status

        async def afterwards(self) -> None:
            body, self.later = self.later, b""
            json.loads(body or b"{}")

    made = runner(ParsesLater, "call.initiated", "texml.call.*")
    assert run(made, RULE, "texml").reason == Reason(Why.FAMILY_NOT_SERVED, "texml")
    assert run(made, RULE, "voice").outcome is Outcome.PASSED
    named = runner(ParsesLater, "texml.call.*", named=True)
    assert run(named, RULE, "texml").outcome is Outcome.FAILED
