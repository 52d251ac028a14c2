"""Two calls at the same time, and which receivers cannot be judged about them."""

from __future__ import annotations

from telnyx_mock.contract.engine.reason import Why
from telnyx_mock.contract.engine.result import Outcome
from tests.contract.conftest import MakeRunner, run
from tests.receivers.correct import Acting, Replying
from tests.receivers.faults import BAD

RULE = "keeps-calls-apart"


def test_a_receiver_that_commands_no_call_is_not_judged(runner: MakeRunner) -> None:
    result = run(runner(Replying, "message.received"), RULE)
    assert (result.outcome, result.why) == (Outcome.SKIPPED, Why.NO_COMMAND_FOR_CALL)


def test_a_receiver_that_keeps_calls_apart_passes_with_few_deliveries(runner: MakeRunner) -> None:
    made = runner(Acting, "call.initiated", "call.answered", "call.hangup")
    made.worst_first()
    result = run(made, RULE)
    assert (result.outcome, result.findings) == (Outcome.PASSED, ())
    assert result.deliveries <= 20


def test_a_command_for_the_other_call_is_found_and_named(runner: MakeRunner) -> None:
    made = runner(BAD[RULE].receiver, "call.initiated", "call.answered", "call.hangup")
    [finding] = run(made, RULE).findings
    assert "made the receiver send the command" in finding.message
    assert "for the other call, and not for its own" in finding.message
    assert finding.curl == "", "one request shows nothing"
