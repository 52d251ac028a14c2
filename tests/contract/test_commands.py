"""Commands for unknown calls, ended calls and outgoing calls are found; all other commands are fine."""

from __future__ import annotations

from typing import Any

import pytest

from telnyx_mock.catalogue.registry import find
from telnyx_mock.clock import SYSTEM_CLOCK
from telnyx_mock.contract.engine.reason import Why
from telnyx_mock.contract.engine.result import Outcome
from telnyx_mock.contract.rules.commands import LATE
from telnyx_mock.payload.webhook import sample
from telnyx_mock.schema.validate import problems
from tests.contract.conftest import MakeRunner, run
from tests.receivers import late
from tests.receivers.correct import Acting, Event, Receiver, Replying, kind, payload
from tests.receivers.fault import BAD
from tests.receivers.faults.commands import TakesAnyEventForACall

CALL = ("call.initiated", "call.answered", "call.hangup", "call.speak.ended", "call.gather.ended")
ALL = (*CALL, "message.received")
RULES = ("commands-known-calls", "commands-live-calls", "answers-incoming-calls")


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize("receiver", [Acting, Replying, late.asgi_httpx])
def test_nothing_is_found_in_a_correct_receiver(
    runner: MakeRunner, receiver: Any, rule: str
) -> None:
    made = runner(receiver, *ALL, clock=SYSTEM_CLOCK)  # some start threads of their own
    first = run(made, rule, "")
    assert (first.outcome, first.findings) == (Outcome.PASSED, ())


@pytest.mark.parametrize("rule", RULES)
def test_without_commands_nothing_is_judged(runner: MakeRunner, rule: str) -> None:
    assert run(runner(Receiver, *ALL), rule, "").outcome is Outcome.SKIPPED


def test_a_run_without_a_command_for_a_call_says_so(runner: MakeRunner) -> None:
    assert run(runner(Receiver, *ALL), RULES[0], "").why is Why.NO_CALL_COMMANDED


def test_the_webhook_that_leads_to_the_command_is_named(runner: MakeRunner) -> None:
    [finding] = run(runner(TakesAnyEventForACall, *ALL), RULES[0], "").findings
    assert finding.message == (
        "message.received made the receiver send the command speak for the call 'None', which is "
        "no id."
    )


def test_one_request_does_not_show_a_command_for_an_ended_call_again(runner: MakeRunner) -> None:
    [finding] = run(runner(BAD[RULES[1]].receiver, *ALL), RULES[1], "").findings
    assert finding.curl == ""


class Dials(Acting):
    """Dials a colleague for each caller, and speaks to the colleague."""

    colleague = ""

    def act(self, event: Event) -> int:
        if kind(event) == "message.received" and self.is_new(event):
            made = self.api.post("/calls", json={"to": "+13125550100"}).json()
            self.api.post(f"/calls/{made['data']['call_control_id']}/actions/speak", json={})
            return 200
        return super().act(event)


def test_a_call_that_the_receiver_dialled_is_known_to_it(runner: MakeRunner) -> None:
    result = run(runner(Dials, *ALL), RULES[0], "")
    assert (result.outcome, result.findings) == (Outcome.PASSED, ())


def test_a_command_for_none_in_a_thread_is_found(runner: MakeRunner) -> None:
    class InThreads(late.Late):
        def commands(self, event: Event) -> list[tuple[str, dict[str, Any]]]:
            if kind(event) == "message.received":
                call = payload(event).get("call_control_id")
                return [(f"https://api.telnyx.com/v2/calls/{call}/actions/hangup", {})]
            return super().commands(event)

    made = runner(lambda: InThreads(late.by_httpx), *ALL, clock=SYSTEM_CLOCK)
    [finding] = run(made, RULES[0], "").findings
    assert finding.event == "message.received"


@pytest.mark.parametrize("late", ["call.gather.ended", "call.conversation.ended"])
def test_a_receiver_that_minds_why_something_ended_is_right(runner: MakeRunner, late: str) -> None:
    class Minds(Acting):
        actions = {**Acting.actions, late: "speak"}

        def command(self, event: Event) -> tuple[str, dict[str, str]] | None:
            is_status = payload(event).get("status") == "call_hangup"
            over = is_status or payload(event).get("reason") == "customer_disconnect"
            return None if over else super().command(event)

    result = run(runner(Minds, *ALL, late), RULES[1], "")
    assert (result.outcome, result.findings) == (Outcome.PASSED, ())


@pytest.mark.parametrize("name", LATE)
def test_each_late_event_is_possible(name: str) -> None:
    said = LATE[name]
    webhook = sample(name).with_value(*said) if said else sample(name)
    assert list(problems(find(name), webhook.body)) == []


def test_each_rule_sends_few_deliveries(runner: MakeRunner) -> None:
    for rule in RULES:
        made = runner(BAD[rule].receiver, *ALL)
        run(made, "accepts-sample", "call.initiated")
        made.baseline.accepted(made.events)
        made.worst_first()
        assert len(run(made, rule, "").latencies) <= 16
