"""What one event of a family does right, another may do wrong: each that counts is tried."""

from __future__ import annotations

from tests.contract.conftest import MakeRunner, run
from tests.receivers.correct import Acting, Event
from tests.receivers.faults.effects import LetsItFail, LetsSpeakingFail
from tests.receivers.faults.order import OneCallInThreads

CALLS = ("call.initiated", "call.answered", "call.hangup")


def test_calls_that_meet_are_mixed(runner: MakeRunner) -> None:
    [finding] = run(runner(OneCallInThreads, *CALLS), "keeps-calls-apart", "").findings
    assert finding.event == "call.initiated"
    assert "the command answer" in finding.message


def test_a_call_that_is_refused_while_another_is_handled_is_not_mixed(runner: MakeRunner) -> None:
    class OneAtATime(Acting):
        busy = False

        def act(self, event: Event) -> int:
            if self.busy:
                return 503
            self.busy = True
            try:
                return super().act(event)
            finally:
                self.busy = False

    class InThreads(OneCallInThreads):
        def make_steps(self) -> OneAtATime:
            return OneAtATime()

    assert not run(runner(InThreads, *CALLS), "keeps-calls-apart", "").findings


def test_each_event_whose_command_fails_is_found(runner: MakeRunner) -> None:
    [finding] = run(runner(LetsItFail, *CALLS), "survives-api-errors", "").findings
    assert finding.event == "call.answered"
    assert finding.message.endswith("; so was call.initiated.")
    [finding] = run(runner(LetsSpeakingFail, *CALLS), "survives-api-errors", "").findings
    assert finding.event == "call.answered"
