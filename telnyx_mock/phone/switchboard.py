"""Performs what the page asks for: lets people ring and act, sends webhooks again, lets the API fail."""

from __future__ import annotations

import queue
import re
from collections.abc import Callable
from concurrent.futures import Future

from telnyx_mock.delivery import Delivery
from telnyx_mock.emulator import Emulator
from telnyx_mock.errors import ReceiverFailure, TelnyxMockError, UsageError
from telnyx_mock.payload.webhook import Webhook
from telnyx_mock.phone.log import Log
from telnyx_mock.phone.places import WITH_TEXT, Act, Chat, Place, Telephone
from telnyx_mock.simulator import person
from telnyx_mock.simulator.call import Call
from telnyx_mock.simulator.commands import SENDS
from telnyx_mock.simulator.conversation import Conversation
from telnyx_mock.simulator.parameters import text as text_of
from telnyx_mock.simulator.parameters import texts
from telnyx_mock.simulator.said import Said
from telnyx_mock.simulator.simulation import Simulation
from telnyx_mock.simulator.transcript import Entry

STATUSES = (500, 503, 429, 422, 403)
"""The errors that the API can answer once."""

_NUMBER = re.compile(r"[+\w.@:;=-]{1,100}", re.ASCII)

_LOOKS = 0.25
"""After how many seconds without a request of the page the workers of the app are heard."""

_MOST_FAILURES = 20
"""How many webhooks an app may fail to accept before one act of a person is over."""

_HEARD = ("hears: ", "receives: ")


class Switchboard:
    """The telephones and conversations, and the simulation that they use.

    ``story`` is what happened: acts and commands. It forgets earlier calls when one begins while no other
    goes on.
    """

    def __init__(self, emulator: Emulator) -> None:
        self.log = Log()
        self.telephones: list[Telephone] = []
        self.chats: list[Chat] = []
        self.story: list[Act | Said] = []
        self.failing: int | None = None
        self.is_busy = False
        self._emulator = emulator
        self._api = emulator.api
        self._simulation = Simulation(emulator, self._api)
        self._simulation.network.watchers.append(self._watch)
        self._began = 0.0
        self._numbers = 0
        self._last: Delivery | None = None
        self._tasks: queue.Queue[tuple[Callable[[], None], Future[str]] | None] = queue.Queue()

    # What the page asks for; any thread may call these

    def ring(self, from_: str, to: str) -> Future[str]:
        """Let a person at the number *from_* call *to*."""
        _assert_numbers(from_, to)
        return self._submit(lambda: self._ring(from_, to))

    def converse(self, from_: str, to: str) -> Future[str]:
        """Begin a conversation by messages between a person at *from_* and the app's number *to*."""
        _assert_numbers(from_, to)
        return self._submit(lambda: self._converse(from_, to))

    def act(self, number: int, name: str, text: str) -> Future[str]:
        """Let the person at the place with this *number* do the act called *name*."""
        places: list[Place] = [*self.telephones, *self.chats]
        place = next((each for each in places if each.number == number), None)
        if place is None or not place.can(name):
            raise UsageError("There is no such telephone, or it cannot do this.")
        if name in WITH_TEXT and not text.strip():
            raise UsageError("There is nothing to say.")
        return self._submit(lambda: self._act(place, name, text))

    def again(self, number: int) -> Future[str]:
        """Deliver the webhook of the line with this *number* again, with the same id."""
        line = self.log.line(number)
        if line is None or not isinstance(line.about, Delivery):
            raise UsageError("This line has no webhook that could be sent again.")
        delivery = line.about
        return self._submit(lambda: self._again(line.entry, delivery))

    def fail_once(self, status: int) -> Future[str]:
        """Let the API answer the next command with this *status*."""
        if status not in STATUSES:
            raise UsageError(f"The API can fail with {', '.join(map(str, STATUSES))}.")
        return self._submit(lambda: self._fail_once(status))

    @property
    def duplicates(self) -> bool:
        """Whether each webhook is delivered twice, with the same id."""
        return self._simulation.disturbances.duplicated

    def duplicate(self, *, on: bool) -> Future[str]:
        """Deliver each webhook twice from now on if *on*, or else once."""
        return self._submit(lambda: setattr(self._simulation.disturbances, "duplicated", on))

    def _submit(self, task: Callable[[], None]) -> Future[str]:
        """Return the future problem of *task*; it is empty if there is none."""
        future: Future[str] = Future()
        self._tasks.put((task, future))
        return future

    # What does it; all of it runs in one thread, which is that of the app

    def serve(self) -> None:
        """Do what the page asks for, until :meth:`stop`; in between, hear the workers of the app."""
        while True:
            try:
                waiting = self._tasks.get(timeout=_LOOKS)
            except queue.Empty:
                self._go_on()  # a worker of the app may have sent commands
                continue
            if waiting is None:
                return
            task, future = waiting
            self.is_busy = True
            self.log.touch()
            try:
                future.set_result(self._problem(task))
            except BaseException:  # Ctrl+C, while the app is at work
                future.set_result("telnyx-mock phone has stopped.")
                raise
            self.is_busy = False
            self.log.touch()

    def stop(self) -> None:
        """End :meth:`serve`, once it has done what was asked before."""
        self._tasks.put(None)

    def _problem(self, task: Callable[[], None]) -> str:
        """Do *task*, and all that follows from it; return why it could not be done."""
        self._last = None
        try:
            task()
        except ReceiverFailure as failure:
            if not self._has_refused():
                return str(failure).partition("\n")[0]
            self._go_on()
        except TelnyxMockError as problem:
            return str(problem)
        return ""

    def _go_on(self) -> None:
        """Run the simulation until it is quiet, though the app does not accept a webhook."""
        for _ in range(_MOST_FAILURES):
            self._last = None
            try:
                self._simulation.run()
            except ReceiverFailure:
                if self._has_refused():
                    continue
            except TelnyxMockError:
                pass
            return

    def _has_refused(self) -> bool:
        """Whether the app did not accept the last webhook: its line says so, and time goes on."""
        return self._last is not None and not self._last.accepted

    def _ring(self, from_: str, to: str) -> None:
        if all(each.leg.has_ended for each in self.telephones):
            self.telephones = []
            self.story = [each for each in self.story if _is_of_messages(each)]
            self._began = self._simulation.network.now
        duplicated = self._simulation.disturbances.duplicated
        self.story.append(Act("call", text=from_, other=to, duplicated=duplicated))
        self._simulation.act(lambda network: person.rings(network, from_, to, {}))

    def _act(self, place: Place, name: str, text: str) -> None:
        self.story.append(Act(name, place, text))
        try:
            place.do(name, text)
        except UsageError:
            self.story.pop()
            raise

    def _converse(self, from_: str, to: str) -> None:
        if not any((each.own, each.to) == (from_, to) for each in self.chats):
            conversation = Conversation(self._simulation, from_, to)
            self.chats.append(Chat(self._new_number(), from_, to, conversation))

    def _again(self, before: Entry, delivery: Delivery) -> None:
        network = self._simulation.network
        webhook = delivery.webhook
        assert webhook is not None
        latest = self._simulation.latest(webhook.name)
        is_latest = latest.body.get("data") == webhook.body.get("data")  # "meta" differs
        self.story.append(Act("again" if is_latest else "earlier", text=webhook.name))
        entry = Entry(network.now, "webhook", before.number, f"{webhook.name}, sent again")
        network.entries.append(entry)
        network.tell(entry, webhook)
        network.tell(entry, self._emulator.deliver_at(webhook, delivery.attempts[-1].url))
        self._go_on()

    def _fail_once(self, status: int) -> None:
        self.failing = status
        self.story.append(Act("fail", text=str(status)))
        self._api.answer_with("POST", "/*", status=status, times=1)

    # What the simulation tells, in whatever thread

    def _watch(self, entry: Entry, about: object) -> None:
        self._discover()
        self.log.take(entry, about, self._began)
        if isinstance(about, Said):
            self.story.append(about)
            if about.command.name in SENDS:
                for number in texts(about.command.parameters, "to"):
                    self._converse(number, text_of(about.command.parameters, "from"))
            if about.status == self.failing:
                self.failing = None
        elif isinstance(about, Delivery):
            self._last = about
        elif isinstance(about, Webhook) and about.name == "call.hangup":
            self._note_end(about)
        elif entry.kind == "person":
            self._note_talk(entry)
        self.log.touch()

    def _new_number(self) -> int:
        self._numbers += 1
        return self._numbers

    def _discover(self) -> None:
        """Find the telephones that ring since the last line."""
        known = {each.leg for each in self.telephones}
        for leg in list(self._simulation.network.legs.values()):
            if leg not in known:
                call = Call(self._simulation, leg)
                self.telephones.append(Telephone(self._new_number(), leg.number, leg, call))

    def _note_end(self, webhook: Webhook) -> None:
        for telephone in self.telephones:
            if telephone.leg.call_control_id == webhook.payload.get("call_control_id"):
                telephone.cause = str(webhook.payload.get("hangup_cause") or "")

    def _note_talk(self, entry: Entry) -> None:
        places: list[Place] = [each for each in self.telephones if not each.leg.has_ended]
        if entry.text.startswith(("receives: ", "writes: ")):
            places = [*self.chats]
        for place in reversed(places):
            if place.own == entry.number:
                heard = next((each for each in _HEARD if entry.text.startswith(each)), "")
                place.talk.append((bool(heard), entry.text.removeprefix(heard)))
                return


def _assert_numbers(*numbers: str) -> None:
    """Raise UsageError if one of *numbers* is none."""
    for number in numbers:
        if not _NUMBER.fullmatch(number):
            raise UsageError(f"{number!r} is not a number; write it as +13125550142.")


def _is_of_messages(each: Act | Said) -> bool:
    """Whether *each* belongs to a conversation, not to a call."""
    if isinstance(each, Said):
        return each.command.name in SENDS
    return isinstance(each.place, Chat)
