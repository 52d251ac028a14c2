"""A simulated call, as the person at the telephone holds it: the object that a test uses."""

from __future__ import annotations

from collections.abc import Callable
from textwrap import indent
from typing import Any

from telnyx_mock.errors import ReceiverFailure, UsageError
from telnyx_mock.fake_api.command import Command
from telnyx_mock.simulator import assistants, gathering, lifecycle, payments, person
from telnyx_mock.simulator.expectation import Expectations
from telnyx_mock.simulator.leg import Leg, LegState
from telnyx_mock.simulator.machines import HUMAN, MACHINE
from telnyx_mock.simulator.network import Network
from telnyx_mock.simulator.simulation import Simulation


class NotPossible(ReceiverFailure):
    """The person cannot do this now; *sentence* says why, and *transcript* what happened before."""

    def __init__(self, sentence: str, transcript: str) -> None:
        super().__init__(f"{sentence}\n{transcript}".rstrip())
        self.sentence = sentence


class Call:
    """A call between your app and a person at a telephone, whom the test plays.

    ``telnyx_mock.call()`` lets a person call your app, and ``telnyx_mock.dialled()`` is the telephone that
    your app calls. Each method lets the person do something. Telnyx then sends the webhooks that this
    causes, and those that the app's commands cause, until nothing happens without the person. Time is
    virtual: speech, silence and ringing take none.

    Each method raises ReceiverFailure if the app does not accept a webhook, and if the person cannot do this
    now, for example because the app has hung up.
    """

    def __init__(
        self, simulation: Simulation, leg: Leg, since: int = 0, said_since: int = 0
    ) -> None:
        self._simulation = simulation
        self._leg = leg
        self._since = since
        self._expectations = Expectations(
            simulation,
            lambda command: leg.call_control_id in command.texts(),
            "call",
            lambda: simulation.shown(leg, since),
            said_since,
        )

    # What the person does

    def press(self, keys: str) -> None:
        """Press *keys*, one after the other, and wait. The app has each as ``call.dtmf.received``.

        Raises UsageError for a key that no telephone has.
        """
        __tracebackhide__ = True
        if not keys or set(keys) - set(gathering.KEYS):
            raise UsageError(
                f"A telephone has no such keys: {keys!r}; press one or more of {gathering.KEYS}."
            )
        self._while_up(f"presses {keys}", lambda network: gathering.press(network, self._leg, keys))

    def say(self, text: str, *, synthetic: bool = False) -> None:
        """Say *text*. Who is joined with the call hears it, and so do transcriptions and recordings.

        Deepfake detection finds that a *synthetic* voice is fake.
        """
        __tracebackhide__ = True
        self._while_up(
            f"says: {text}",
            lambda network: person.says(network, self._leg, text, synthetic=synthetic),
        )

    def tell_assistant(self, /, **answers: Any) -> None:
        """Let the assistant of ``gather_using_ai`` understand these *answers*, so that its gathering ends.

        It is ``valid`` if the command's parameters require nothing else.
        """
        __tracebackhide__ = True
        shown = ", ".join(f"{name}={value!r}" for name, value in answers.items())
        self._while_up(
            f"tells the assistant {shown}",
            lambda network: assistants.understood(network, self._leg, answers),
        )

    def pay(
        self,
        card: str = "4111111111111111",
        *,
        expires: str = "1230",
        code: str = "123",
        postal_code: str = "10001",
        routing_number: str = "110000000",
        account_number: str = "000123456789",
        declined: str | None = None,
    ) -> None:
        """Enter what ``pay`` asks for: a card, or a routing and an account number. Wrong values are tried again.

        *declined* is a code with which the processor refuses the payment, such as ``card_declined``.
        """
        __tracebackhide__ = True
        values = {
            "payment-card-number": card,
            "expiration-date": expires,
            "security-code": code,
            "postal-code": postal_code,
            "bank-routing-number": routing_number,
            "bank-account-number": account_number,
        }
        if self._simulation.wait_for(lambda: self.ended or self._leg.payment) and not self.ended:
            self._act("pays", lambda network: payments.enter(network, self._leg, values, declined))
        else:
            raise self._impossible("pays", "nothing asks for a payment")

    def stay_silent(self, seconds: float | None = None) -> None:
        """Do nothing for so many virtual *seconds*.

        Without *seconds*, do nothing until Telnyx stops waiting for this person: until a gathering is over,
        a recording has heard enough silence, or the telephone has rung for long enough.
        """
        __tracebackhide__ = True
        self._while_alive("stays silent")
        if seconds is not None:
            self._act(f"stays silent for {seconds:g} s", lambda network: None, seconds=seconds)
            return
        gathers = self._leg.gather
        self._note("stays silent")
        network = self._simulation.network
        while (moment := network.patience_of(self._leg)) is not None:
            self._simulation.act(lambda network: None, seconds=moment - network.now)
            if gathers is None or self._leg.gather is not gathers:
                return

    def listen(self) -> None:
        """Listen to the end of what plays. Only an impatient person needs it: others listen anyway."""
        __tracebackhide__ = True
        self._while_alive("listens")
        self._note("listens")
        while self._leg.sounds and not self.ended:
            self._simulation.act(lambda network: None, seconds=self._leg.sounds[0].seconds)

    def hang_up(self) -> None:
        """Hang up. Before anybody has answered an incoming call, the caller gives up."""
        __tracebackhide__ = True
        self._while_alive("hangs up")
        self._act("hangs up", lambda network: person.hangs_up(network, self._leg))

    def hold(self) -> None:
        """Put the call on hold."""
        __tracebackhide__ = True
        self._while_up("puts the call on hold", lambda network: lifecycle.hold(network, self._leg))

    def unhold(self) -> None:
        """Take the call off hold."""
        __tracebackhide__ = True
        self._while_up(
            "takes the call off hold", lambda network: lifecycle.unhold(network, self._leg)
        )

    # What happens at a telephone that the app calls

    def answer(self, detected: str = HUMAN) -> None:
        """Answer a telephone that the app calls, as a person.

        *detected* is what machine detection thinks, if the app asked for it: ``human``, or any other result
        of the event, such as ``not_sure``.
        """
        __tracebackhide__ = True
        self._while_ringing(
            "answers",
            lambda network: lifecycle.picked_up(network, self._leg, detected, beep=False),
        )

    def answer_as_machine(self, *, beep: bool = True) -> None:
        """Let an answering machine answer. After its greeting comes a *beep*, or none."""
        __tracebackhide__ = True
        self._while_ringing(
            "is a machine, and answers",
            lambda network: lifecycle.picked_up(network, self._leg, MACHINE, beep=beep),
        )

    def be_busy(self) -> None:
        """Be busy: the call ends with ``user_busy``."""
        __tracebackhide__ = True
        self._refuse("is busy", "user_busy")

    def reject(self) -> None:
        """Reject the call: it ends with ``call_rejected``."""
        __tracebackhide__ = True
        self._refuse("rejects the call", "call_rejected")

    def not_answer(self) -> None:
        """Do not answer: the called network ends the call with ``no_answer``.

        With ``stay_silent()``, the telephone rings until the time is over that the app's command gave.
        """
        __tracebackhide__ = True
        self._refuse("does not answer", "no_answer")

    # What the test sees

    @property
    def state(self) -> LegState:
        """``ringing``, ``answered``, ``bridged``, ``held`` or ``ended``."""
        self._simulation.look()
        return self._leg.state

    @property
    def ended(self) -> bool:
        """Whether somebody has hung up."""
        return self.state == "ended"

    @property
    def heard(self) -> list[str]:
        """What the person has heard: the words of speech, the addresses of files, and what others said."""
        self._simulation.look()
        return list(self._leg.heard)

    @property
    def commands(self) -> list[Command]:
        """The commands that the app sent for this call, and that the API accepted."""
        self._simulation.look()
        return self._expectations.commands()

    @property
    def client_state(self) -> str | None:
        """What the app attached to the call last, in Base64, or None."""
        self._simulation.look()
        return self._leg.client_state

    @property
    def call_control_id(self) -> str:
        """The id by which commands name the call."""
        return self._leg.call_control_id

    @property
    def transcript(self) -> str:
        """What has happened since the call began: a line for each act, webhook and command."""
        self._simulation.look()
        return self._simulation.shown(self._leg, self._since)

    def expect(
        self, /, name: str, *, contains: str = "", timeout: float | None = None, **parameters: Any
    ) -> Command:
        """Return the next command *name* that the app sent for this call, and that the API accepted.

        Only commands after the one that was expected last count. *contains* must be in one of its texts, and
        *parameters* must have these values (``from_`` for ``from``). A worker of the app has *timeout* seconds, or
        as long as the emulator's patience for effects.

        Raises ReceiverFailure if there is none, with the nearest command and the transcript.
        """
        __tracebackhide__ = True
        return self._expectations.expect(name, contains, timeout, parameters)

    def __repr__(self) -> str:
        leg = self._leg
        return f"<Call {leg.direction}, from {leg.from_} to {leg.to}, {leg.state}>"

    # How it is done

    def _while_up(self, note: str, act: Callable[[Network], Any]) -> None:
        __tracebackhide__ = True
        self._while_alive(note)
        if not self._simulation.wait_for(lambda: self._leg.is_up):
            raise self._impossible(note, "nobody has answered the call")
        self._act(note, act)

    def _while_ringing(self, note: str, act: Callable[[Network], Any]) -> None:
        __tracebackhide__ = True
        if self._leg.direction == "incoming":
            raise UsageError("The person calls the app here, so only the app can answer.")
        self._while_alive(note)
        if self._leg.has_answered:
            raise self._impossible(note, "the call is answered already")
        self._act(note, act)

    def _while_alive(self, note: str) -> None:
        __tracebackhide__ = True
        if self.ended:
            raise self._impossible(note, "the call has ended")

    def _impossible(self, act: str, why: str) -> NotPossible:
        shown = self._simulation.shown(self._leg, self._since)
        return NotPossible(f"{self._leg.number} {act}, but {why}.", indent(shown, "  "))

    def _refuse(self, note: str, cause: str) -> None:
        __tracebackhide__ = True
        self._while_ringing(note, lambda network: person.does_not_answer(network, self._leg, cause))

    def _act(self, note: str, act: Callable[[Network], Any], *, seconds: float = 0.0) -> None:
        __tracebackhide__ = True
        self._note(note)
        self._simulation.act(act, seconds=seconds)

    def _note(self, note: str) -> None:
        self._simulation.network.note(self._leg, "person", note)
