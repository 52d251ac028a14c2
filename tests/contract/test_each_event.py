"""What one event of a family does right, another may do wrong: each that counts is tried."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest

from telnyx_mock.contract.engine.finding import Finding
from telnyx_mock.contract.engine.runner import Runner
from telnyx_mock.contract.rules.registry import CONTRACT
from tests.receivers.bad_effects import LetsItFail, LetsSpeakingFail, OneCallInThreads
from tests.receivers.bad_forged import HandlesFirst, VerifiesSome
from tests.receivers.correct import Acting, Event, kind

MakeRunner = Callable[..., Runner]

CALLS = ("call.initiated", "call.answered", "call.hangup")


def found(made: Runner, check: str, subject: str = "") -> Sequence[Finding]:
    return made.run(CONTRACT[check], subject).findings


@pytest.mark.parametrize("lie", ["headers-missing", "signature-by-another-key"])
def test_an_event_that_is_not_verified_is_found_among_those_that_are(
    lie: str, runner: MakeRunner
) -> None:
    [finding] = found(runner(VerifiesSome, *CALLS), f"refuses-{lie}", "voice")
    assert finding.event == "call.hangup"
    assert finding.message == f"call.hangup forged as {lie} was accepted with 200."


def test_events_that_fall_for_the_same_lie_are_one_finding(runner: MakeRunner) -> None:
    class VerifiesCallsThatBegin(VerifiesSome):
        unverified = ("call.answered", "call.hangup", "call.bridged", "call.dtmf", "call.speak")

    made = runner(VerifiesCallsThatBegin, "call.*")
    [finding] = found(made, "refuses-headers-missing", "voice")
    assert finding.message.startswith(
        "call.answered forged as headers-missing was accepted with 200. "
        "The same forgery of call.bridged, call.hangup, "
    )
    assert finding.message.endswith(" more is not refused either.")


def test_a_forged_event_whose_genuine_twin_is_not_accepted_is_not_tried(
    runner: MakeRunner,
) -> None:
    class FailsAtItToo(VerifiesSome):
        def act(self, event: Event) -> int:
            return 500 if kind(event) == "call.hangup" else 200

    assert not found(runner(FailsAtItToo, *CALLS), "refuses-headers-missing", "voice")


def test_an_effect_of_any_event_that_is_refused_is_found(runner: MakeRunner) -> None:
    [finding] = found(runner(HandlesFirst, *CALLS), "refuses-headers-missing", "voice")
    assert finding.message == (
        "call.initiated forged as headers-missing had an effect: the receiver sent the command "
        "answer. The same forgery of call.answered is not refused either."
    )


def test_calls_that_meet_are_mixed(runner: MakeRunner) -> None:
    [finding] = found(runner(OneCallInThreads, *CALLS), "keeps-calls-apart")
    assert finding.message == (
        "call.initiated for two calls, delivered at the same moment, led to the command answer "
        "for the other call, and to none for its own."
    )


def test_a_call_that_is_put_off_while_another_is_handled_is_no_mix(
    runner: MakeRunner,
) -> None:
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

    assert not found(runner(InThreads, *CALLS), "keeps-calls-apart")


def test_each_event_whose_command_fails_is_found(runner: MakeRunner) -> None:
    assert [
        finding.event for finding in found(runner(LetsItFail, *CALLS), "survives-api-errors")
    ] == [
        "call.initiated",
        "call.answered",
    ]
    [finding] = found(runner(LetsSpeakingFail, *CALLS), "survives-api-errors")
    assert finding.event == "call.answered"
