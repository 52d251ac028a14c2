"""Performs what the page asks for: lets people ring and act, sends webhooks again, lets the API fail."""

from __future__ import annotations

import queue
import re
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, field

from telnyx_mock.delivery import Delivery
from telnyx_mock.emulator import Emulator
from telnyx_mock.errors import ReceiverFailure, TelnyxMockError, UsageError
from telnyx_mock.payload.webhook import Webhook
from telnyx_mock.phone.log import Line, Log
from telnyx_mock.simulator import person
from telnyx_mock.simulator.call import Call
from telnyx_mock.simulator.leg import Leg
from telnyx_mock.simulator.simulation import Said, Simulation
from telnyx_mock.simulator.transcript import Entry

ACTS: dict[str, Callable[[Call, str], None]] = {
    "press": lambda call, text: call.press(text),
    "say": lambda call, text: call.say(text),
    "stay_silent": lambda call, text: call.stay_silent(),
    "hang_up": lambda call, text: call.hang_up(),
    "hold": lambda call, text: call.hold(),
    "unhold": lambda call, text: call.unhold(),
    "answer": lambda call, text: call.answer(),
    "answer_as_machine": lambda call, text: call.answer_as_machine(),
    "be_busy": lambda call, text: call.be_busy(),
    "reject": lambda call, text: call.reject(),
    "not_answer": lambda call, text: call.not_answer(),
}
"""What a person does at a telephone, by the name of the method of a call."""

WITH_TEXT = ("press", "say")

STATUSES = (500, 503, 429, 422, 403)
"""The errors that the API can answer once."""

_NUMBER = re.compile(r"[+\w.@:;=-]{1,100}", re.ASCII)

_LOOKS = 0.25
"""After how many seconds without a request of the page the workers of the app are heard."""

_MOST_FAILURES = 20
"""How many webhooks an app may fail to accept before one act of a person is over."""


@dataclass(eq=False)
class Telephone:
    """A telephone of a call: its *leg*, the *call* by which it is used, and what was said there.

    *talk* is what the person heard (True) and did (False). *cause* says why the call has ended.
    """

    number: int
    leg: Leg
    call: Call
    talk: list[tuple[bool, str]] = field(default_factory=list)
    cause: str = ""


@dataclass(frozen=True, slots=True)
class Act:
    """What the page asked for: *name*, at a *telephone* if it is about one, with a *text*."""

    name: str
    telephone: Telephone | None = None
    text: str = ""
    other: str = ""


class Switchboard:
    """The telephones, and the simulation that they use.

    ``story`` is what happened since the last call began while no other went on: acts and commands.
    """

    def __init__(self, emulator: Emulator) -> None:
        self.log = Log()
        self.telephones: list[Telephone] = []
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
        for number in (from_, to):
            if not _NUMBER.fullmatch(number):
                raise UsageError(f"{number!r} is not a number; write it as +13125550142.")
        return self._submit(lambda: self._ring(from_, to))

    def act(self, number: int, name: str, text: str) -> Future[str]:
        """Let the person at the telephone with this *number* do what ACTS calls *name*."""
        telephone = next((each for each in self.telephones if each.number == number), None)
        if telephone is None or name not in ACTS:
            raise UsageError("There is no such telephone, or it cannot do this.")
        if name in WITH_TEXT and not text.strip():
            raise UsageError("There is nothing to say.")
        return self._submit(lambda: self._act(telephone, name, text))

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
            except BaseException as error:
                future.set_exception(error)
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
            self.story = []
            self._began = self._simulation.network.now
        self.story.append(Act("call", text=from_, other=to))
        self._simulation.act(lambda network: person.rings(network, from_, to, {}))

    def _act(self, telephone: Telephone, name: str, text: str) -> None:
        self.story.append(Act(name, telephone, text))
        try:
            ACTS[name](telephone.call, text)
        except UsageError:
            self.story.pop()
            raise

    def _again(self, before: Entry, delivery: Delivery) -> None:
        network = self._simulation.network
        webhook = delivery.webhook
        assert webhook is not None
        self.story.append(Act("again", text=webhook.name))
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
        line = self.log.take(entry, about, self._began)
        if isinstance(about, Said):
            self.story.append(about)
            if about.status == self.failing:
                self.failing = None
        elif isinstance(about, Delivery):
            self._last = about
        elif isinstance(about, Webhook) and about.name == "call.hangup":
            self._note_end(about)
        elif entry.kind == "person":
            self._note_talk(line)
        self.log.touch()

    def _discover(self) -> None:
        """Find the telephones that ring since the last line."""
        known = {each.leg for each in self.telephones}
        for leg in list(self._simulation.network.legs.values()):
            if leg not in known:
                self._numbers += 1
                self.telephones.append(Telephone(self._numbers, leg, Call(self._simulation, leg)))

    def _note_end(self, webhook: Webhook) -> None:
        for telephone in self.telephones:
            if telephone.leg.call_control_id == webhook.payload.get("call_control_id"):
                telephone.cause = str(webhook.payload.get("hangup_cause") or "")

    def _note_talk(self, line: Line) -> None:
        who, text = line.entry.number, line.entry.text
        for telephone in reversed(self.telephones):
            if telephone.leg.number == who and not telephone.leg.has_ended:
                heard = text.startswith("hears: ")
                telephone.talk.append((heard, text.removeprefix("hears: ")))
                return
