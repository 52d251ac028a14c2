"""Plays a flow against an app, and hands on each line of the story as it happens."""

from __future__ import annotations

import threading
from collections.abc import Callable

from telnyx_mock.delivery import Delivery
from telnyx_mock.emulator import Emulator
from telnyx_mock.errors import DeliveryError, ReceiverFailure
from telnyx_mock.flows.flow import DIALLED, Act, Flow
from telnyx_mock.payload.webhook import Webhook
from telnyx_mock.simulator.call import Call
from telnyx_mock.simulator.conversation import Conversation
from telnyx_mock.simulator.disturbances import Disturbances
from telnyx_mock.simulator.ringing import dialled, rings
from telnyx_mock.simulator.simulation import Simulation
from telnyx_mock.simulator.transcript import Entry

PICTURE = "https://example.com/photo.jpg"


class Player:
    """Plays *flow* with the app to which *emulator* is bound; *tell* hears each line of the transcript.

    *disturbances* are what happens to webhooks on their way.

    The line of a webhook comes once its answer is there, and before the commands that the app sent until then.
    """

    def __init__(
        self,
        emulator: Emulator,
        flow: Flow,
        tell: Callable[[Entry], None],
        disturbances: Disturbances | None = None,
    ) -> None:
        self._flow = flow
        self._tell = tell
        self._calls: dict[str, Call] = {}
        self._chats: dict[str, Conversation] = {}
        self._waiting: list[Entry] = []
        self._has_answered = False
        self._unreachable = ""
        self._lock = threading.RLock()  # a worker of the app may send a command at any time
        self._simulation = Simulation(emulator, emulator.api)
        self._simulation.disturbances = disturbances or Disturbances()
        self._simulation.network.watchers.append(self._watch)

    def play(self, first: Callable[[], object] | None = None) -> None:
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
                self._do(act)
        except ReceiverFailure:
            if self._unreachable:
                raise DeliveryError(self._unreachable) from None
            raise
        finally:
            self._tell_all()  # a receiver that cannot be reached answers nothing

    def _do(self, act: Act) -> None:
        match act.does:
            case "rings" | "rings in a hurry":
                number = self._flow.numbers[act.who]
                hurry = act.does == "rings in a hurry"
                self._calls[act.who] = rings(
                    self._simulation, number, self._flow.to, {}, impatient=hurry
                )
            case "writes":
                self._chat(act.who).write(act.text)
            case "sends a picture":
                self._chat(act.who).write(act.text, media=(PICTURE,))
            case _:
                self._do_in_call(act, self._call(act.who))

    def _do_in_call(self, act: Act, call: Call) -> None:
        match act.does:
            case "presses":
                call.press(act.text)
            case "says":
                call.say(act.text)
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

    def _call(self, who: str) -> Call:
        if who == DIALLED and who not in self._calls:
            self._calls[who] = dialled(self._simulation, None)
        return self._calls[who]

    def _chat(self, who: str) -> Conversation:
        if who not in self._chats:
            number = self._flow.numbers[who]
            self._chats[who] = Conversation(self._simulation, number, self._flow.to)
        return self._chats[who]

    def _watch(self, entry: Entry, about: object) -> None:
        with self._lock:
            if isinstance(about, Delivery):
                last = about.attempts[-1]
                self._unreachable = "" if self._has_answered else last.problem
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
