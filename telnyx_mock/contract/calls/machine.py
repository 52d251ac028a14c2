"""A Hypothesis state machine: people call a receiver, and do whatever people do."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from contextlib import suppress
from typing import Any, ClassVar

from hypothesis import strategies as st
from hypothesis.errors import UnsatisfiedAssumption
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule

from telnyx_mock.contract.calls import checks, lateness
from telnyx_mock.contract.calls.app_threads import AppThreads
from telnyx_mock.contract.calls.invariants import (
    INVARIANTS,
    Certain,
    OutOfBudget,
    OutOfTime,
    Violation,
)
from telnyx_mock.contract.calls.people import MOST, People
from telnyx_mock.contract.calls.run import Run
from telnyx_mock.contract.calls.stage import Stage
from telnyx_mock.contract.calls.suspicions import Suspicion, late_answer, suspicions
from telnyx_mock.emulator import Emulator
from telnyx_mock.errors import ReceiverFailure
from telnyx_mock.simulator.leg import Leg
from telnyx_mock.simulator.transcript import telephone

_WHO = st.integers(0, 3)

_CALM = ("calm", "answered", "again", "together")

BEGINNINGS = ("nothing", *_CALM, "twice", "late", "failure", "hangup")
"""What may disturb the first call."""


class ReceiverMachine(RuleBasedStateMachine):
    """People call the receiver of *telnyx*, press keys, speak, stay silent and hang up, several at once.

    Webhooks come twice, late or again, the API fails once, and people hang up while a webhook is under
    way. Whatever happens, the invariants hold: else a Violation tells the shortest story that Hypothesis finds.

    Extend it with rules and invariants of your own, as any state machine of Hypothesis. ``people.calls``
    are the calls so far, and ``commands`` what the app sent. Give the ``keys`` and ``words`` that matter to
    your app. If it answers text messages, give the ``texts`` that people write, such as STOP. What rules and
    invariants raise comes with the transcript.
    """

    keys: ClassVar[Sequence[str]] = "1234567890*#"
    words: ClassVar[Sequence[str]] = ("Hello.", "Sales, please.")
    most_calls: ClassVar[int] = 2
    texts: ClassVar[Sequence[str]] = ()

    def __init__(self, telnyx: Emulator, run: Run | None = None) -> None:
        super().__init__()
        self.telnyx = telnyx
        self._run = run or Run()
        self._threads = self._run.threads or AppThreads(telnyx.clock, telnyx.patience)
        self._run.threads = self._threads
        if lateness.is_over(self._run, telnyx.clock):
            raise OutOfTime
        self._stage = Stage(telnyx, self._judge, self._run.earlier, self._threads)
        self.people = People(self._stage, self._run.strangers, self._run.dial)
        self._run.strangers += MOST
        self._run.story = lambda: self.people.anonymous(self._stage.story())
        self._is_answered = False

    @property
    def commands(self) -> list[Any]:
        """The commands of the app that had an effect, in order."""
        return [
            heard.command
            for handling in self._stage.handlings
            for heard in handling.heard
            if heard.counts
        ]

    @initialize(what=st.sampled_from(BEGINNINGS))
    def something_disturbs_the_beginning(self, what: str) -> None:
        """Let *what* disturb the first call, where most faults show, or let nothing disturb any call.

        In the end, somebody *answered* a telephone that the app calls, or nobody while the callers wait. One person may
        call *again* at once, or two *together*.
        """
        self._stage.is_calm = what in _CALM
        self._is_answered = what == "answered"
        if what == "again":
            self._somebody()
            self.the_same_person_calls_again(0)
        elif what == "together":
            self.two_call_at_once()
        elif what == "twice":
            self.the_next_webhook_comes_twice()
        elif what == "late":
            self.the_next_webhook_comes_late()
        elif what == "failure":
            self.the_api_fails_once(429)
        elif what == "hangup":
            self.a_person_hangs_up_soon(0)

    # What people do

    @rule()
    def somebody_calls(self) -> None:
        """Let somebody call the app, unless enough people have called."""
        self._call(1)

    @rule()
    def two_call_at_once(self) -> None:
        """Let two people call at the same moment, unless enough people have called."""
        self._call(2)

    @rule(who=_WHO)
    def the_same_person_calls_again(self, who: int) -> None:
        """Let a person call once more, from the same number, unless enough people have called."""
        self._somebody()
        if len(self.people.calls) < self.most_calls:
            self.people.call_again(who)
            self._rest()

    @rule(who=_WHO, key=st.runner().flatmap(lambda self: st.sampled_from(self.keys)))
    def presses(self, who: int, key: str) -> None:
        """Let a person press a key."""
        self._somebody()
        self.people.press(who, key)
        self._rest()

    @rule(who=_WHO, which=st.integers(0, 3))
    def presses_what_is_asked(self, who: int, which: int) -> None:
        """Let a person press a key that the app asks for, if it asks for any."""
        self._somebody()
        gather = self.people.leg(who).gather
        if gather is not None:
            self.people.press(who, gather.valid[which % len(gather.valid)] * gather.minimum)
            self._rest()

    @rule(who=_WHO, which=st.integers(0, 3))
    def is_put_through(self, who: int, which: int) -> None:
        """Let a person press a key that the app asks for, and whoever the app then calls answer."""
        self.presses_what_is_asked(who, which)
        self.telephone("answer")

    @rule(who=_WHO, words=st.runner().flatmap(lambda self: st.sampled_from(self.words)))
    def says(self, who: int, words: str) -> None:
        """Let a person say something."""
        self._somebody()
        self.people.say(who, words)
        self._rest()

    @rule(who=_WHO, which=st.lists(st.integers(0, 3), min_size=1, max_size=3))
    def writes(self, who: int, which: list[int]) -> None:
        """Let a person write some of the ``texts``, one after the other, if there are any."""
        texts = self.texts or self._run.texts
        for each in which if texts else ():
            self.people.write(who, texts[each % len(texts)])
            self._rest()

    @rule(who=_WHO)
    def hangs_up(self, who: int) -> None:
        """Let a person hang up."""
        self._somebody()
        self.people.hang_up(who)
        self._rest()

    @rule(who=_WHO)
    def stays_silent(self, who: int) -> None:
        """Let a person be silent, until nothing happens any more."""
        self._somebody()
        leg = self.people.leg(who)
        if not leg.is_up:
            return
        before = checks.prompts(leg, self._stage.handlings)
        rounds = 0
        while rounds < 4 * checks.MOST_PROMPTS and self.people.wait(who):
            rounds += 1
            self._rest()
            if (
                checks.prompts(leg, self._stage.handlings) - before >= checks.MOST_PROMPTS
                and not leg.has_ended
            ):
                self._broken(
                    "gives-up-on-a-silent-caller",
                    f"{telephone(leg)} is silent, and the app has asked for keys {checks.MOST_PROMPTS} times, and goes on.",
                )
                return
        is_over = self._stage.is_calm and leg.is_up
        if is_over and self._has_acted(leg) and checks.is_left_alone(self._stage, leg):
            self._broken(
                "leaves-nobody-in-silence",
                f"{telephone(leg)} waits, but nothing plays, the app awaits nothing, and it does not hang up.",
            )

    @rule(how=st.sampled_from(["answer", "answer_as_machine", "not_answer", "ring"]))
    def the_app_calls(self, how: str) -> None:
        """Let the app call somebody, if the user said how, and the telephone do this, unless enough people have called."""
        if self._run.dial is not None and len(self.people.calls) < self.most_calls:
            self.people.dial()
            self._rest()
        if how != "ring":
            self.telephone(how)

    @rule(how=st.sampled_from(["answer", "be_busy", "not_answer", "reject", "answer_as_machine"]))
    def telephone(self, how: str) -> None:
        """Let a person, or a machine, whom the app calls do this."""
        self.people.at_telephone(how)
        self._rest()

    # What disturbs the calls

    @rule()
    def the_next_webhook_comes_twice(self) -> None:
        """Let Telnyx not see the next answer, and deliver the webhook again."""
        self._stage.twice = not self._stage.is_calm

    @rule()
    def the_next_webhook_comes_late(self) -> None:
        """Let another webhook overtake the next one, if one is under way at the same time."""
        self._stage.network.is_late = not self._stage.is_calm

    @rule(which=st.integers(0, 10))
    def an_earlier_webhook_comes_again(self, which: int) -> None:
        """Deliver an earlier webhook again; 0 is the first."""
        self._somebody()
        if self._stage.is_calm:
            return
        handlings = self._stage.handlings
        self._stage.again(handlings[which % len(handlings)])
        self._stage.simulation.run()
        self._rest()

    @rule(status=st.sampled_from([429, 500]))
    def the_api_fails_once(self, status: int) -> None:
        """Let the API answer the next command with *status*."""
        if not self._stage.is_calm:
            self.people.api_fails(status)

    @rule(webhooks=st.integers(0, 4))
    def a_person_hangs_up_soon(self, webhooks: int) -> None:
        """Let a person hang up while a webhook is under way, after so many more *webhooks*."""
        if not self._stage.is_calm:
            self._stage.hangs_up_in = webhooks

    def play_usual_call(self, beginning: str) -> None:
        """Let one person be put through, after this *beginning*, and then end as always."""
        try:
            self.something_disturbs_the_beginning(beginning)
            self.is_put_through(0, 0)
        finally:
            self.teardown()

    # How it ends, and how it is judged

    def teardown(self) -> None:
        """Let everybody be silent and then hang up, and see that all calls end."""
        error = sys.exception()
        if isinstance(error, AssertionError) and not isinstance(error, Violation):
            error.add_note(self._stage.story())
        try:
            if error is None:
                if self._is_answered:
                    self.telephone("answer")
                for who in range(len(self.people.calls) if self._stage.is_calm else 0):
                    self.stays_silent(who)
                self.people.all_hang_up("answer" if self._stage.is_calm else "not_answer")
                self._stage.wait_for_worker()
                self._rest()
                for leg in list(self._stage.network.legs.values()):
                    is_over = self._stage.is_calm and leg.is_up
                    if is_over and checks.is_left_alone(self._stage, leg):
                        self._broken(
                            "hangs-up-after-the-caller",
                            f"The caller has hung up, but {telephone(leg)} waits: nothing plays, and the app does not hang up.",
                        )
        finally:
            self._run.examples += not isinstance(error, OutOfBudget)
            self._run.deliveries += len(self._stage.handlings)
            self._run.acted |= any(handling.heard for handling in self._stage.handlings)
            self._run.called |= any(
                leg.direction == "outgoing" for leg in self._stage.legs.values()
            )
            self._run.commands.update(each.name for each in self.commands)
            self._run.doubtful += self._stage.came_late
            self._run.misled += any(handling.misled for handling in self._stage.handlings)
            self.close()

    def close(self) -> None:
        """Leave the app alone, and leave nothing behind for the next example."""
        self._stage.stop_listening()
        self._run.answers.update(self._stage.statuses())
        self._run.earlier.update(self._stage.legs, self.people.numbers)

    def _call(self, number: int) -> None:
        if len(self.people.calls) + number <= self.most_calls:
            self.people.call(number)
            self._rest()

    def _somebody(self) -> None:
        """Let somebody call if nobody has called yet. A rule without a precondition shrinks better."""
        if not self.people.calls and self._run.dial is not None:
            self.the_app_calls("answer")
        if not self.people.calls:
            self._call(1)

    def _rest(self) -> None:
        """Judge what shows only now that nothing happens by itself any more."""
        self._stage.settled()
        for name, message in checks.at_rest(self._stage):
            self._broken(name, message)
        self._stage.since = len(self._stage.handlings)

    def _judge(self, stage: Stage) -> None:
        if stage.came_late:
            raise UnsatisfiedAssumption
        for handling in stage.handlings[stage.judged :]:
            if (late := late_answer(handling, self._run.deadline)) is not None:
                self._look_into(late)
            for name, message in checks.at_a_webhook(stage, handling):
                self._broken(name, message)
                if name in checks.ENDLESS:
                    raise UnsatisfiedAssumption  # it is known already, and does not end
            for suspicion in suspicions(stage, handling):
                self._look_into(suspicion)
        stage.judged = max(0, len(stage.handlings) - 1)
        if stage.handlings and stage.handlings[-1].attempts and not stage.handlings[-1].accepted:
            raise UnsatisfiedAssumption  # it is known already, or nobody's fault; the call cannot go on

    def _broken(self, name: str, message: str) -> None:
        if name not in self._run.left_out:
            if not self._stage.is_sure():
                raise UnsatisfiedAssumption
            violation = self.violation(name, message)
            self._run.seen.append(violation)
            raise violation

    def violation(self, name: str, message: str) -> Violation:
        """Return the violation of the invariant with this *name*, with the story so far."""
        anonymous = self.people.anonymous
        story = anonymous(self._stage.story())
        return Violation(INVARIANTS[name], anonymous(message), story, self._stage.last_delivery())

    def _look_into(self, suspicion: Suspicion) -> None:
        """Blame the app if another simulation confirms *suspicion*."""
        if suspicion.invariant in self._run.left_out or suspicion.key in self._run.refuted:
            return
        self._stage.stop_listening()
        other = Stage(self.telnyx, lambda stage: None, self._run.earlier, self._threads)
        people = People(other, self._run.strangers, self._run.dial)
        self._run.strangers += MOST
        try:
            with suppress(ReceiverFailure):  # which the people together show, too
                suspicion.again(people, self.people)
        finally:
            other.stop_listening()
            self._run.earlier.update(other.legs, people.numbers)
            self._stage.listen()
        if (message := suspicion.confirmed(other)) is not None:
            try:
                self._broken(suspicion.invariant, message)
            except Violation as violation:
                if suspicion.is_slow:
                    raise Certain(violation) from None
                raise
        elif suspicion.key is not None:
            self._run.refuted.add(suspicion.key)

    def _has_acted(self, leg: Leg) -> bool:
        return leg.direction == "outgoing" or any(
            heard.leg is leg for handling in self._stage.handlings for heard in handling.heard
        )
