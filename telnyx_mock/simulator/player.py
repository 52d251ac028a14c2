"""Plays a flow against an app, and hands on each line of the story as it happens."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from telnyx_mock.delivery import Delivery
from telnyx_mock.errors import DeliveryError, ReceiverFailure
from telnyx_mock.flows.flow import DIALLED, Act, Flow, MessageType
from telnyx_mock.payload.webhook import Webhook
from telnyx_mock.simulator.call import Call
from telnyx_mock.simulator.codes import received_code
from telnyx_mock.simulator.conversation import Conversation
from telnyx_mock.simulator.fax_machine import FaxMachine
from telnyx_mock.simulator.ringing import dialled, rings
from telnyx_mock.simulator.simulation import Simulation
from telnyx_mock.simulator.transcript import Entry
from telnyx_mock.transports.receiver import NoAnswerReason

PICTURE = "https://example.com/photo.jpg"

AGENT = "agent_007"
"""The RCS agent of the app."""


@dataclass(frozen=True, slots=True)
class Played:
    """What has become of a flow: the *calls* by who called (``caller``, or ``dialled`` for the last telephone
    that the app called), the *conversations* by who wrote, and the *transcript*.
    """

    calls: Mapping[str, Call]
    conversations: Mapping[str, Conversation]
    transcript: str


class Player:
    """Plays *flow* in *simulation*; *tell* hears each line of the transcript.

    The line of a webhook comes once its answer is there, and before the commands that the app sent until then.
    """

    def __init__(
        self, simulation: Simulation, flow: Flow, tell: Callable[[Entry], None] | None = None
    ) -> None:
        self._flow = flow
        self._tell = tell or (lambda entry: None)
        self._calls: dict[str, Call] = {}
        self._chats: dict[tuple[str, MessageType], Conversation] = {}
        self._waiting: list[Entry] = []
        self._has_answered = False
        self._unreachable = ""
        self._lock = threading.RLock()  # a worker of the app may send a command at any time
        self._simulation = simulation
        simulation.network.watchers.append(self._watch)

    def play(self, first: Callable[[], object] | None = None) -> Played:
        """Play the flow to its end. *first* is called before, and may let the app dial.

        Raises NotPossible if a person cannot do what the flow says, for example because the app has
        hung up, another ReceiverFailure if the app does not accept a webhook, and DeliveryError if no webhook
        ever reached the app.
        """
        try:
            if first is not None:
                first()
                self._simulation.run()
            for act in self._flow.acts:
                if not self._flow.lenient or self._can(act):
                    self._do(act)
        except ReceiverFailure:
            if self._unreachable:
                raise DeliveryError(self._unreachable) from None
            raise
        finally:
            self._tell_all()  # a receiver that cannot be reached answers nothing
        chats = {who: chat for (who, _), chat in self._chats.items()}
        return Played(self._calls, chats, self._simulation.shown())

    def _can(self, act: Act) -> bool:
        """Whether the person can do this now. Nobody waits until it is possible."""
        call, legs = self._calls.get(act.who), self._simulation.network.legs
        leg = None if call is None else legs.get(call.call_control_id)
        match act.does:
            case "rings" | "rings in a hurry":
                return leg is None
            case "answers" | "answers as a machine" | "is busy":
                return any(
                    each.direction == "outgoing" and each.state == "ringing"
                    for each in legs.values()
                )
            case "presses" | "says":
                return leg is not None and leg.is_up
            case "stays silent" | "hangs up":
                return leg is not None
            case "pays":
                return leg is not None and leg.payment is not None
            case _:
                return True

    def _do(self, act: Act) -> None:
        number = self._flow.numbers.get(act.who, "")
        match act.does:
            case "rings" | "rings in a hurry":
                hurry = act.does == "rings in a hurry"
                self._calls[act.who] = rings(
                    self._simulation, number, self._flow.to, {}, impatient=hurry
                )
            case "writes":
                self._chat(act).write(act.text)
            case "sends a picture":
                self._chat(act).write(act.text, media=(PICTURE,))
            case "reads":
                self._chat(act).read()
            case "sends a fax":
                FaxMachine(self._simulation, number, self._flow.to).send()
            case "gets a code":
                received_code(self._simulation, number)
            case _:
                self._do_in_call(act, self._call(act))

    def _do_in_call(self, act: Act, call: Call) -> None:
        match act.does:
            case "presses":
                call.press(act.text)
            case "says":
                call.say(act.text)
            case "pays":
                call.pay()
            case "answers":
                call.answer()
            case "answers as a machine":
                call.answer_as_machine()
            case "is busy":
                call.be_busy()
            case "stays silent" if not call.ended:
                call.stay_silent()
            case "hangs up" if not call.ended:
                call.hang_up()

    def _call(self, act: Act) -> Call:
        picks_up = act.does in ("answers", "answers as a machine", "is busy")
        if act.who == DIALLED and (picks_up or act.who not in self._calls):
            self._calls[act.who] = dialled(self._simulation, None)
        return self._calls[act.who]

    def _chat(self, act: Act) -> Conversation:
        key = act.who, act.by
        if key not in self._chats:
            own = AGENT if act.by == "RCS" else self._flow.to
            number = self._flow.numbers[act.who]
            self._chats[key] = Conversation(self._simulation, number, own, act.by)
        return self._chats[key]

    def _watch(self, entry: Entry, about: object) -> None:
        with self._lock:
            if isinstance(about, Delivery):
                last = about.attempts[-1]
                is_unreachable = last.no_answer is NoAnswerReason.UNREACHABLE
                self._unreachable = (
                    last.problem if is_unreachable and not self._has_answered else ""
                )
                self._has_answered |= any(each.response is not None for each in about.attempts)
                self._tell_all()
            elif isinstance(about, Webhook) or self._waiting:
                self._waiting.append(entry)
            else:
                self._tell(entry)

    def _tell_all(self) -> None:
        with self._lock:
            for entry in self._waiting:
                self._tell(entry)
            self._waiting.clear()
