"""Runs a simulated network against an app: delivers its webhooks, and hears the app's commands.

The network decides what happens; here it meets the receiver and the fake API.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any, Protocol
from urllib.parse import unquote

from telnyx_mock.clock import Clock
from telnyx_mock.delivery import Delivery
from telnyx_mock.errors import ReceiverFailure, unknown
from telnyx_mock.fake_api.answers import ApiAnswer
from telnyx_mock.fake_api.command import Command
from telnyx_mock.fake_api.history import History
from telnyx_mock.fake_api.state import FakeApi
from telnyx_mock.patience import Patience
from telnyx_mock.payload.webhook import Webhook, sample
from telnyx_mock.schema.placeholders import Echoed
from telnyx_mock.simulator import commands
from telnyx_mock.simulator.disturbances import Disturbances
from telnyx_mock.simulator.leg import Leg
from telnyx_mock.simulator.network import Network, Outgoing
from telnyx_mock.simulator.parameters import texts
from telnyx_mock.simulator.said import Said
from telnyx_mock.simulator.transcript import shown_parameters, shown_webhook, written
from telnyx_mock.transports.receiver import Receiver

LISTENS = 120.0
"""For how many virtual seconds a person listens to an app that goes on by itself."""

_MOST = 1000
"""The most webhooks that one act may cause."""


class Line(Protocol):
    """What a simulation needs of the emulator: the way to the receiver."""

    clock: Clock
    patience: Patience

    @property
    def receiver(self) -> Receiver:
        """The receiver to which webhooks go."""
        ...

    def deliver_at(self, webhook: Webhook, url: str | None, attempt: int = 1) -> Delivery:
        """Deliver *webhook* as Telnyx does, to the path of *url* if there is one.

        It begins with this *attempt*, because earlier ones were lost.
        """
        ...

    def wait_until_idle(self, timeout: float | None = None) -> bool:
        """Wait at most *timeout* seconds for background work of the receiver."""
        ...


class Simulation:
    """One network, and the app that uses it through *line* and *api*; a new network if none is given.

    ``disturbances`` are what happens to webhooks on their way. If acts are *awaited*, only they run the
    network.
    """

    def __init__(
        self, line: Line, api: FakeApi, network: Network | None = None, *, awaited: bool = False
    ) -> None:
        self.awaited = awaited
        self.network = network or Network(line.clock.now())
        self.said: History[Said] = History()
        self._line = line
        self._api = api
        self._lock = threading.RLock()
        self.disturbances = Disturbances()
        self._latest: dict[str, Outgoing] = {}
        self._may_act = False
        self._adopted: set[str] = set()
        self._until = 0.0
        self._listens_until = LISTENS
        api.listeners.append(self._hear)
        api.memory.opted_out = self.network.opted_out
        api.keep_time(lambda: self.network.epoch + self.network.now)

    def act(self, what: Callable[[Network], Any], *, seconds: float = 0.0) -> Any:
        """Let a person do *what*, and run the network until it is quiet.

        So many virtual *seconds* pass, even if nothing waits for the person any more.
        """
        __tracebackhide__ = True
        with self.using() as network:
            result = what(network)
            self._until = network.now + seconds
            self._listens_until = self._until + LISTENS
        self.run()
        return result

    def pass_time(self, seconds: float) -> None:
        """Let so many virtual *seconds* pass, in which nobody does anything."""
        __tracebackhide__ = True
        self.act(lambda network: None, seconds=seconds)

    def run(self) -> None:
        """Deliver webhooks until the network is quiet, or a person would listen no longer.

        Raises ReceiverFailure if the app does not accept a webhook, or causes too many.
        """
        __tracebackhide__ = True
        for _ in range(_MOST):
            outgoing = self._next()
            if outgoing is None:
                self._settle()
                outgoing = self._next()
            if outgoing is None:
                return
            self._send(outgoing)
            self._settle()
        raise ReceiverFailure(
            f"After {_MOST:,} webhooks, the app still causes more by its commands.\n{self.shown()}"
        )

    def latest(self, event: str) -> Webhook:
        """Return the webhook of *event* that was sent last. Raises UsageError if there is none."""
        if event not in self._latest:
            raise unknown("webhook", event, self._latest, where="that was sent")
        webhook = self._latest[event].webhook
        assert webhook is not None  # it was sent
        return webhook

    def send_again(self, event: str) -> None:
        """Deliver the webhook of *event* that was sent last once more, with the same id."""
        __tracebackhide__ = True
        self.latest(event)
        self.act(lambda network: network.arrive(replace(self._latest[event], at=network.now), 0.0))

    def look(self) -> None:
        """Run the network before somebody looks, because a worker of the app may have acted meanwhile."""
        __tracebackhide__ = True
        if not self.awaited:
            self.run()

    def _next(self) -> Outgoing | None:
        with self.using() as network:
            while True:
                outgoing = network.until(self._until)
                if outgoing is None and network.now < self._listens_until:
                    outgoing = network.next()
                if outgoing is None or outgoing.webhook is not None:
                    return outgoing
                webhook = made(outgoing, network.epoch)
                for url in (outgoing.url, *outgoing.also):
                    for way in self.disturbances.journeys(webhook.event, outgoing.at):
                        under_way = replace(outgoing, url=url, webhook=webhook, attempt=way.attempt)
                        network.arrive(under_way, way.seconds)
                if (now := network.arrived()) is not None:
                    return now

    def wait_for(self, condition: Callable[[], Any], timeout: float | None = None) -> Any:
        """Run the network until *condition* returns something true, at most *timeout* seconds.

        A worker of the app may act after everybody else is idle; without *timeout*, wait as long as for
        its effects. Return the last value.
        """
        __tracebackhide__ = True
        self.run()
        limit = self._line.patience.effect if timeout is None else timeout
        end = self._line.clock.monotonic() + limit
        while not (value := condition()) and self._line.clock.monotonic() < end:
            self._line.clock.sleep(self._line.patience.poll)
            self.run()
        return value

    def adopt_begun(self) -> None:
        """Let the legs ring that the app dialled, and the codes go, that it sent, before the simulation began."""
        with self.using() as network:
            begun = list(self._api.memory.dialled.items())
            codes = self._api.verifications.begun.items()
            begun += [(id_, (each.command, each.answer)) for id_, each in codes]
            for id_, (command, answer) in begun:
                if id_ not in self._adopted:
                    self._adopted.add(id_)
                    made = answer.data
                    commands.command(network, command.name, None, command.parameters, made)
            self._listens_until = network.now + LISTENS
        self.run()

    def leave_alone(self, begun: Iterable[str]) -> None:
        """Take no notice of the legs and codes with these ids, which the app has *begun*."""
        self._adopted |= set(begun)

    def code_sent_to(self, number: str) -> str | None:
        """Return the code that the person at *number* received last; None if there is none."""
        self.adopt_begun()
        found = self._api.verifications.latest.get(number)
        if found is None or found.id not in self.network.coded:
            return None
        found.asked = True
        return found.code

    def note_found(self, command: Command) -> None:
        """Tell the fake API that the test expects *command*."""
        self._api.note_found(command)

    def shown(self, leg: Leg | None = None, since: int = 0) -> str:
        """Return the transcript from position *since* on, as *leg* sees it."""
        with self._lock:
            return written(self.network.entries.since(since), leg)

    def position(self) -> int:
        """The position of the next line of the transcript."""
        return self.network.entries.position

    def _hear(self, command: Command, answer: ApiAnswer) -> None:
        """Take a command of the app, in whatever thread it comes."""
        with self.using() as network:
            said = Said(command, answer)
            self.said.append(said)
            leg = network.known.get(command.call or "")
            others = network.known if command.call_control_id else {}
            what = shown_parameters(command.parameters, others)
            refused = "" if said.is_accepted else f" ({said.why_not})"
            who = leg or _recipients(command)
            network.note(who, "command", command.name, what + refused, said)
            if said.is_accepted:
                made = answer.data
                if command.name in ("dial", *commands.VERIFIES):
                    self._adopted.add(str(made.get("call_control_id", made.get("id"))))
                parts = unquote(command.path).split("/")  # "", the version, the collection, the id
                resource = parts[3] if len(parts) > 3 else ""
                commands.command(
                    network, command.name, command.call, command.parameters, made, resource
                )

    @contextmanager
    def using(self) -> Iterator[Network]:
        """Use the network alone, and then tell the fake API which calls have begun and ended."""
        with self._lock:
            yield self.network
            for leg in self.network.begun:
                for id_ in (leg.call_control_id, leg.call_leg_id, leg.call_session_id):
                    self._api.periods.note_id(id_)
                self._api.memory.states.note_begin(leg.call_control_id)
            for leg in self.network.ended:
                self._api.memory.note_end(leg.call_control_id)
            self.network.begun.clear()
            self.network.ended.clear()

    def _send(self, outgoing: Outgoing) -> None:
        __tracebackhide__ = True
        webhook = outgoing.webhook
        assert webhook is not None  # _next has made it
        self._latest[outgoing.event] = outgoing
        with self._lock:
            line = self.network.note(outgoing.leg or "", "webhook", outgoing.event, about=webhook)
            late = line.at - outgoing.at
        delivery = self._line.deliver_at(webhook, outgoing.url, outgoing.attempt)
        self._may_act = not self._line.receiver.in_process
        line.detail = shown_webhook(webhook, delivery, outgoing.attempt - 1, late)
        self.network.tell(line, delivery)
        if not delivery.accepted:
            try:
                delivery.assert_accepted()
            except ReceiverFailure as failure:
                raise ReceiverFailure(f"{failure}\n{self.shown(outgoing.leg)}") from None

    def _settle(self) -> None:
        """Wait until the app has done its work, or has given the network something to do.

        The work of an app in another process is invisible, so its commands are waited for, once for
        each webhook.
        """
        patience = self._line.patience
        if not self._line.wait_until_idle(patience.effect_at_once) and self._is_quiet():
            self._line.wait_until_idle(patience.background_work)
        clock, end = self._line.clock, self._line.clock.monotonic() + patience.effect
        while self._may_act and self._is_quiet() and clock.monotonic() < end:
            clock.sleep(patience.poll)
        self._may_act = False

    def _is_quiet(self) -> bool:
        with self._lock:
            return self.network.is_quiet


def made(outgoing: Outgoing, epoch: float) -> Webhook:
    """Return *outgoing* as a webhook, whose virtual time began at *epoch*.

    What the app said comes back as it said it, even if Telnyx would refuse it.
    """
    fields = dict(outgoing.fields)
    if isinstance(state := fields.get("client_state"), str):
        fields["client_state"] = Echoed(state)
    return sample(outgoing.event, strict=False, **fields).fresh(epoch + outgoing.at)


def _recipients(command: Command) -> str:
    """Return to whom a command goes that is about no call, or nothing."""
    return ", ".join(texts(command.parameters, "to"))
