"""The state machine that users extend, and how it disturbs calls."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import Phase, settings
from hypothesis.stateful import invariant, run_state_machine_as_test

from telnyx_mock import Emulator, ReceiverMachine
from telnyx_mock.contract.calls import checks
from telnyx_mock.contract.calls.invariants import Certain, Violation
from telnyx_mock.contract.calls.people import APP
from telnyx_mock.contract.calls.run import Run
from telnyx_mock.provider_urls import API_HOST
from telnyx_mock.transports.app_kind import open_app
from telnyx_mock.transports.receiver import NoAnswerReason
from tests.calls.faults import (
    AskingAtOnce,
    ByNumber,
    CallingItself,
    EndingWithAnybody,
    HangingUpAll,
    HeedingNoMachine,
    RecordingBoth,
    RecordingBothBeforeTheyTalk,
    StayingOnTheLine,
    WaitingForTheApi,
    WaitingForTheNextWebhook,
    WritingToItself,
)
from tests.calls.offices import CallingBack, Reminding, Switchboard
from tests.calls.receivers import AGENT, CLIENT, MENU, Bot, Ivr


@pytest.fixture
def telnyx() -> Iterator[Emulator]:
    receiver = open_app(Ivr())
    emulator = Emulator(receiver)
    yield emulator
    emulator.unbind()
    receiver.close()


def lines(machine: ReceiverMachine) -> list[str]:
    """What the transcript says, without times and statuses."""
    return [f"{each.kind} {each.text}" for each in machine._stage.network.entries]


def test_users_add_invariants(telnyx: Emulator) -> None:
    class Machine(ReceiverMachine):
        @invariant()
        def nobody_hears_a_menu(self) -> None:
            assert all(MENU not in call.heard for call in self.people.calls)

    few = settings(max_examples=20, stateful_step_count=5, phases=[Phase.generate])
    with pytest.raises(AssertionError) as caught:
        run_state_machine_as_test(lambda: Machine(telnyx), settings=few)  # type: ignore[arg-type, return-value]
    assert any(f"hears: {MENU}" in note for note in caught.value.__notes__)


def test_a_webhook_comes_twice(telnyx: Emulator) -> None:
    machine = ReceiverMachine(telnyx)
    machine.the_next_webhook_comes_twice()
    machine.somebody_calls()
    shown = [line for line in lines(machine) if line.startswith("webhook")]
    assert shown[:2] == ["webhook call.initiated", "webhook call.initiated again"]
    machine.teardown()


def test_a_webhook_is_overtaken(telnyx: Emulator) -> None:
    machine = ReceiverMachine(telnyx)
    machine.somebody_calls()
    machine.the_next_webhook_comes_late()
    machine.presses(0, "1")
    assert [line for line in lines(machine) if line.startswith("webhook")][2:4] == [
        "webhook call.gather.ended",
        "webhook call.dtmf.received",
    ]
    machine.teardown()


def test_a_person_hangs_up_while_a_webhook_is_under_way(telnyx: Emulator) -> None:
    machine = ReceiverMachine(telnyx)
    machine.a_person_hangs_up_soon(0)
    machine.somebody_calls()
    assert lines(machine) == [
        "person calls +13125550199",
        "webhook call.initiated",
        "person hangs up meanwhile",
        "command answer",
        "webhook call.hangup",
    ]
    assert machine.commands == []  # the API refused it
    machine.teardown()


def test_the_api_fails_once(telnyx: Emulator) -> None:
    machine = ReceiverMachine(telnyx)
    machine.the_api_fails_once(500)
    machine.somebody_calls()
    assert lines(machine)[1:4] == ["webhook call.initiated", "command answer", "command answer"]
    assert [each.name for each in machine.commands] == ["answer", "gather_using_speak"]
    machine.teardown()
    assert telnyx.api.listeners == []


def test_nothing_is_left_for_the_next_example(telnyx: Emulator) -> None:
    machine = ReceiverMachine(telnyx)
    machine.the_api_fails_once(429)
    machine.teardown()
    assert telnyx.api.fails_next is None


def test_what_the_app_does_late_counts_for_no_later_example(telnyx: Emulator) -> None:
    run = Run()
    first = ReceiverMachine(telnyx, run)
    first.somebody_calls()
    (call,) = first._stage.legs
    person = first.people.numbers[0]
    first.teardown()
    second = ReceiverMachine(telnyx, run)
    second.somebody_calls()
    before = list(second.commands)
    Ivr().say_goodbye(call, command_id="late")
    CLIENT.post(f"https://{API_HOST}/v2/calls", json={"to": person, "from": AGENT})
    assert second.commands == before
    assert len(second._stage.network.legs) == 1
    second.teardown()


def test_a_telephone_that_is_called_again_and_again_ends_nothing_late() -> None:
    class Redialling(Ivr):
        """Calls an agent again who does not answer."""

        def handle(self, event: str, payload: dict[str, Any], event_id: str) -> list[int]:
            if event == "call.hangup":
                given = {"to": AGENT, "from": payload["from"], "connection_id": "1"}
                return [CLIENT.post(f"https://{API_HOST}/v2/calls", json=given).status_code]
            return []

    receiver = open_app(Redialling())
    telnyx = Emulator(receiver)
    machine = ReceiverMachine(telnyx)
    machine.somebody_calls()
    machine.teardown()
    assert 5 < len(machine.commands) < 50
    telnyx.unbind()
    receiver.close()


def test_the_story_tells_calls_of_one_person_apart_and_what_was_pressed(telnyx: Emulator) -> None:
    machine = ReceiverMachine(telnyx)
    machine.somebody_calls()
    machine.the_same_person_calls_again(0)
    machine.presses(1, "1")
    machine.telephone("answer")
    story = machine.people.anonymous(machine._stage.story())
    for line in (
        "+13125550142 (call 2)  calls +13125550199",
        "call.gather.ended for +13125550142 (call 2): 1 (200 OK)",
        f"transfer for +13125550142 (call 2) to {AGENT}",
    ):
        assert line in story
    machine.teardown()


def test_the_story_says_once_what_the_app_does_again_and_again(telnyx: Emulator) -> None:
    machine = ReceiverMachine(telnyx)
    machine.somebody_calls()
    (call,) = machine._stage.legs
    for _ in range(30):
        CLIENT.get(f"https://{API_HOST}/v2/calls/{call}")
    story = machine._stage.story()
    assert story.count("calls.get") == 1
    assert ", 30 times" in story
    machine.teardown()


def violated(
    receiver: type[Ivr], *acts: Callable[[ReceiverMachine], None], deadline: float = 2.0
) -> str:
    app = receiver()
    opened = open_app(app)
    telnyx = Emulator(opened)
    machine = ReceiverMachine(telnyx, Run(dial=getattr(app, "remind", None), deadline=deadline))
    try:
        for act in acts:
            act(machine)
    except Violation as violation:
        return violation.invariant.id
    except Certain as certain:
        return certain.violation.invariant.id
    finally:
        machine.close()
        telnyx.unbind()
        opened.close()
    return ""


def test_speaking_right_after_answer_is_early() -> None:
    assert violated(AskingAtOnce, ReceiverMachine.somebody_calls) == "answers-before-it-speaks"


def test_a_person_calls_twice() -> None:
    acts = (
        ReceiverMachine.somebody_calls,
        lambda machine: machine.the_same_person_calls_again(0),
        lambda machine: machine.presses(0, "1"),
    )
    assert violated(Ivr, *acts) == ""
    assert violated(ByNumber, *acts) == "keeps-calls-of-people-apart"


def test_the_hangup_of_one_caller_ends_the_call_of_another() -> None:
    acts = ReceiverMachine.two_call_at_once, lambda machine: machine.hangs_up(0)
    assert violated(Ivr, *acts) == ""
    assert violated(HangingUpAll, *acts) == "keeps-calls-of-people-apart"


def test_who_hangs_up_those_who_talk_together_is_right() -> None:
    class Pairing(Ivr):
        """Joins two callers, and hangs up the second when the first has hung up."""

        def __init__(self) -> None:
            self.calls: list[str] = []

        def handle(self, event: str, payload: dict[str, Any], event_id: str) -> list[int]:
            call = payload["call_control_id"]
            if event == "call.initiated":
                return [self.do("answer", call)]
            if event == "call.answered":
                self.calls.append(call)
                if len(self.calls) == 2:
                    other = {"call_control_id": self.calls[0], "park_after_unbridge": "self"}
                    return [self.do("bridge", call, **other)]
            if event == "call.hangup" and call in self.calls:
                self.calls.remove(call)
                return [self.do("hangup", other) for other in self.calls]
            return []

    acts = ReceiverMachine.two_call_at_once, lambda machine: machine.hangs_up(0)
    assert violated(Pairing, *acts) == ""


@pytest.mark.parametrize("receiver", [RecordingBoth, RecordingBothBeforeTheyTalk])
def test_both_telephones_that_are_joined_are_recorded(receiver: type[Ivr]) -> None:
    acts = (
        lambda machine: machine.presses(0, "1"),
        lambda machine: machine.telephone("answer"),
    )
    assert violated(receiver, *acts) == "records-once"


def test_the_hangup_of_another_telephone_ends_a_talk() -> None:
    acts = ReceiverMachine.somebody_calls, lambda machine: machine.telephone("answer")
    assert violated(Switchboard, *acts) == ""
    assert violated(EndingWithAnybody, *acts) == "lets-people-talk-on"


@pytest.mark.parametrize("who", ["answer", "answer_as_machine"])
def test_a_person_gets_what_is_for_machines(who: str) -> None:
    acts = [lambda machine: machine.the_app_calls(who)]
    assert violated(Reminding, *acts) == ""
    expected = "tells-people-from-machines" if who == "answer" else ""
    assert violated(HeedingNoMachine, *acts) == expected


def test_who_is_called_by_the_app_may_be_left_in_silence() -> None:
    def silence(machine: ReceiverMachine) -> None:
        machine.something_disturbs_the_beginning("calm")
        machine.the_app_calls("answer")
        machine.stays_silent(0)

    assert violated(Reminding, silence) == ""
    assert violated(StayingOnTheLine, silence) == "leaves-nobody-in-silence"


def test_the_app_calls_its_own_number() -> None:
    assert violated(CallingBack, ReceiverMachine.somebody_calls) == ""
    assert violated(CallingItself, ReceiverMachine.somebody_calls) == "calls-others-not-itself"


def test_the_app_writes_to_its_own_number() -> None:
    def write(machine: ReceiverMachine) -> None:
        machine.people.write(0, "Hello.")
        machine._rest()

    assert violated(Bot, write) == ""
    assert violated(WritingToItself, write) == "calls-others-not-itself"


def test_a_number_that_is_always_the_same_may_look_like_the_own_one() -> None:
    class ToAnAgent(CallingBack):
        """Calls an agent, whose number happens to be the one that people call here."""

        def dial(
            self, to: str, payload: dict[str, Any], state: str, once: str, **given: Any
        ) -> str:
            return super().dial(APP, payload, state, once, **given)

    assert violated(ToAnAgent, ReceiverMachine.somebody_calls) == ""


@pytest.mark.parametrize("times", [1, 2])
def test_a_handler_waits_for_another_webhook(times: int) -> None:
    class Waiting(WaitingForTheNextWebhook):
        """Waits so many times, shortly."""

        left = times

        @property
        def seconds(self) -> float:
            self.left -= 1
            return 0.15 if self.left >= 0 else 0.0

    expected = "answers-while-telnyx-waits" if times == 2 else ""
    acts = (
        ReceiverMachine.somebody_calls,
        # The fake API still knows the command_id of the first time.
        lambda machine: machine.an_earlier_webhook_comes_again(0),
    )
    assert violated(Waiting, *acts, deadline=0.1) == expected


def test_a_late_answer_is_no_refusal(telnyx: Emulator) -> None:
    machine = ReceiverMachine(telnyx)
    machine.somebody_calls()
    handling = machine._stage.handlings[-1]
    (attempt,) = handling.attempts
    for reason, broken in {NoAnswerReason.TIMEOUT: 0, NoAnswerReason.CLOSED: 1}.items():
        handling.attempts = (replace(attempt, response=None, no_answer=reason),)
        assert len(list(checks.at_a_webhook(machine._stage, handling))) == broken
    handling.attempts = (attempt,)
    machine.teardown()


def test_a_handler_waits_for_the_api() -> None:
    class Waiting(WaitingForTheApi):
        """Waits shortly."""

        seconds = 0.15

    acts = (lambda machine: machine.the_api_fails_once(429), ReceiverMachine.somebody_calls)
    assert violated(Waiting, *acts, deadline=0.1) == "answers-while-telnyx-waits"
    assert violated(Waiting, ReceiverMachine.somebody_calls, deadline=0.1) == ""
