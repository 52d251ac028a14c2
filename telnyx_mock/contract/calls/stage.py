"""The stage: delivers the webhooks of simulated calls, disturbs them, and notes what the app does."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

from telnyx_mock.contract.calls.app_elsewhere import AppElsewhere
from telnyx_mock.contract.calls.app_threads import AppThreads
from telnyx_mock.contract.calls.invariants import OutOfBudget
from telnyx_mock.contract.calls.late_network import LateNetwork
from telnyx_mock.delivery import Attempt, Delivery
from telnyx_mock.emulator import Emulator
from telnyx_mock.errors import BudgetSpent
from telnyx_mock.fake_api.answers import ApiAnswer
from telnyx_mock.fake_api.command import Command
from telnyx_mock.fake_api.repeats import Repeats
from telnyx_mock.payload.webhook import Webhook
from telnyx_mock.simulator import person
from telnyx_mock.simulator.leg import Leg, LegState, Recording
from telnyx_mock.simulator.simulation import Simulation, made
from telnyx_mock.simulator.transcript import shown_webhook, telephone, together, written
from telnyx_mock.transports.receiver import Receiver

LONGEST = 40
"""The most lines of a story; the middle of a longer one is left out."""


@dataclass(frozen=True, slots=True, eq=False)
class Heard:
    """A command, and what was so when it came: the *leg* that it is for, and the leg's state.

    *was_recording* are the recordings that ran, and *was_recording_peer* those of the leg that it was joined with. The API *failed* on purpose, or answered truly. Telnyx *ignores*
    a command whose ``command_id`` it knows.
    """

    command: Command
    status: int
    failed: bool
    leg: Leg | None
    was: LegState | None
    was_recording: tuple[Recording, ...]
    was_recording_peer: tuple[Recording, ...]
    ignores: bool

    @property
    def number(self) -> str:
        """The number of the telephone that the command is for, as the story names it; empty if there is none."""
        return "" if self.leg is None else telephone(self.leg)

    @property
    def counts(self) -> bool:
        """Whether the command has an effect."""
        return 200 <= self.status < 300 and not self.ignores

    @property
    def meaning(self) -> tuple[str, str | None, Mapping[str, Any]]:
        """What the command does: another command with the same meaning does it again."""
        given = {
            name: value for name, value in self.command.parameters.items() if name != "command_id"
        }
        return self.command.name, self.command.call, given


@dataclass(slots=True, eq=False)
class Handling:
    """A webhook that went to the app, with all attempts, and the commands that it led to.

    If it was accepted *before*, this is the delivery that was accepted: this one is a duplicate. The app
    was *misled* if a call of it to somebody else than Telnyx had no true answer.
    """

    webhook: Webhook
    before: Handling | None = None
    attempts: tuple[Attempt, ...] = ()
    heard: list[Heard] = field(default_factory=list)
    misled: bool = False

    @property
    def name(self) -> str:
        """The name of the event."""
        return self.webhook.name

    @property
    def call(self) -> str:
        """The ``call_control_id`` of the webhook."""
        return str(self.webhook.payload.get("call_control_id"))

    @property
    def session(self) -> str:
        """The ``call_session_id`` of the webhook."""
        return str(self.webhook.payload.get("call_session_id"))

    @property
    def fresh(self) -> list[Heard]:
        """The commands that count, if the webhook came once, and was accepted at once."""
        is_fresh = self.before is None and len(self.attempts) == 1
        return [heard for heard in self.heard if heard.counts and is_fresh]

    @property
    def accepted(self) -> bool:
        """Whether the last attempt was accepted."""
        return bool(self.attempts) and is_success(self.attempts[-1])


def is_success(attempt: Attempt) -> bool:
    """Whether the app accepted the webhook at this *attempt*."""
    return attempt.response is not None and 200 <= attempt.response.status < 300


class Stage:
    """One simulation of calls with the receiver of *emulator*.

    *judge* is called with the stage whenever a webhook has had all its consequences. ``handlings`` are the
    webhooks, in order; those from position ``since`` on come of what somebody did last. *earlier* are the ids of calls, and the numbers of people, that others have played with the app before; what
    the app still sends for those does not count here. ``twice`` says that the
    next webhook comes twice, and ``hangs_up_in`` that a person hangs up while a webhook is under way, after so many more.
    If all *is_calm*, nothing of this kind happens. A command ``came_late`` if it came only after the next webhook.
    """

    def __init__(
        self,
        emulator: Emulator,
        judge: Callable[[Stage], None],
        earlier: set[str],
        threads: AppThreads | AppElsewhere,
    ) -> None:
        self.clock, self.patience = emulator.clock, emulator.patience
        self._elsewhere = threads if isinstance(threads, AppElsewhere) else None
        self.came_late = False
        if self._elsewhere is not None:  # which waits for effects
            self.patience = replace(self.patience, effect=0.0)
        self.api = emulator.api
        self.handlings: list[Handling] = []
        self.legs: dict[str, Leg] = {}
        self.judged = self.since = 0
        self.earlier = earlier
        self.twice = False
        self.hangs_up_in: int | None = None
        self.is_calm = False
        self._emulator = emulator
        self._judge = judge
        self._threads = threads
        self._fails = self._is_about_to_send = self._is_apart = False
        self._failure: int | None = None
        self.network = LateNetwork(self.clock.now())
        self.api.has_judged = True
        self._repeats = self.api.memory.repeats = Repeats()
        # Whoever derives the id from the webhook's does enough, however late the webhook comes again.
        self._repeats.window = math.inf
        self.simulation = Simulation(self, self.api, self.network)
        # Before the simulation, so that it sees what was so when a command came.
        self._listeners = [partial(self._hear, self.api.listeners.pop())]
        self.listen()

    @property
    def receiver(self) -> Receiver:
        """The receiver to which webhooks go."""
        return self._emulator.receiver

    def listen(self) -> None:
        """Hear the app's commands, and let the next one fail if that was agreed.

        The fake API knows again what happened here before, whatever other simulations did meanwhile.
        """
        self.api.fails_next = self._failure
        self.api.memory.repeats = self._repeats
        self.api.memory.opted_out = self.network.opted_out
        self.api.listeners.extend(self._listeners)

    def stop_listening(self) -> None:
        """Hear them no longer."""
        self._failure, self.api.fails_next = self.api.fails_next, None
        for listener in self._listeners:
            with suppress(ValueError):
                self.api.listeners.remove(listener)

    @contextmanager
    def heard_apart(self) -> Iterator[None]:
        """Inside the block, take the app's commands for the consequences of no webhook."""
        self._is_apart = True
        if self._elsewhere is not None:
            self._elsewhere.begin("dial")
        try:
            yield
        finally:
            self._is_apart = False

    def fail_once(self, status: int) -> None:
        """Let the API answer the next command with this *status*."""
        self._fails = True
        self.api.fails_next = status

    @property
    def acts_alone(self) -> bool:
        """Whether a thread of the app may act at any time, not only because of a webhook."""
        return self._threads.stay

    def knows(self, call: str) -> bool:
        """Whether the app may know a call with this ``call_control_id``."""
        return call in self.legs or call in self.api.memory.dialled

    def went_on(self, handling: Handling, refused: Heard) -> bool:
        """Whether the app sent another command for the same call after one of *handling* was *refused*."""
        later = handling.heard[handling.heard.index(refused) + 1 :]
        for other in self.handlings[self.handlings.index(handling) + 1 :]:
            later = [*later, *other.heard]
        return any(heard.leg is refused.leg and 200 <= heard.status < 300 for heard in later)

    def statuses(self) -> Iterator[int | None]:
        """Yield the status of each answer; None where none came."""
        for handling in self.handlings:
            for attempt in handling.attempts:
                yield None if attempt.response is None else attempt.response.status

    def last_delivery(self) -> str:
        """Return the id of the last delivery in the journal; empty if there is none."""
        ids = [attempt.id for handling in self.handlings for attempt in handling.attempts]
        return ids[-1] if ids else ""

    def story(self) -> str:
        """Return the transcript, without the middle of a long one."""
        entries = self.network.entries.since(0)
        so_far = entries[:-1] if self._is_about_to_send else entries
        lines = written(together(so_far)).splitlines()
        if len(lines) > LONGEST:
            left_out = len(lines) - LONGEST
            lines[LONGEST - 12 : -12] = [f"... ({left_out} lines like these)"]
        return "\n".join(f"  {line}" for line in lines)

    def deliver_at(self, webhook: Webhook, url: str | None, attempt: int = 1) -> Delivery:
        """Deliver *webhook* as Telnyx does, and disturb it if it is its turn."""
        self._is_about_to_send = True  # the transcript has it already
        self.settled()
        self._is_about_to_send = False
        handling = Handling(webhook)
        self._hang_up_in_time(handling)
        delivery = self._deliver(handling, url, attempt)
        if not delivery.accepted and (late := self.network.take_late()) is not None:
            # It may need the webhook that it overtook.
            self.handlings.remove(handling)
            line = self.network.note(late.leg or "", "webhook", late.event)
            earlier = made(late, self.network.epoch)
            line.detail = shown_webhook(earlier, self._deliver(Handling(earlier), late.url))
            delivery = self._deliver(Handling(webhook), url)
        if not delivery.accepted:
            line = next(each for each in reversed(self.network.entries) if each.kind == "webhook")
            line.detail = shown_webhook(webhook, delivery)
            self.settled()
        if self.twice:
            self.twice = False
            self.again(self.handlings[-1], url)
        return delivery

    def again(self, handling: Handling, url: str | None = None) -> None:
        """Deliver a webhook again that the app has had before."""
        self.wait_until_idle(self.patience.effect_at_once)
        self.settled()
        line = self.network.note(
            self.legs.get(handling.call) or "", "webhook", f"{handling.name} again"
        )
        again = Handling(handling.webhook, before=handling if handling.accepted else None)
        line.detail = shown_webhook(again.webhook, self._deliver(again, url))

    def wait_until_idle(self, timeout: float | None = None) -> bool:
        """Wait at most *timeout* seconds for background work of the receiver."""
        is_idle = self._emulator.wait_until_idle(timeout)
        return self._threads.wait(surely=timeout is None) and is_idle

    def is_sure(self) -> bool:
        """Whether nothing more comes of what has happened, even if a worker of the app in another process takes its time."""
        if self._elsewhere is None or not self._elsewhere.has_worker:
            return True
        before = sum(len(handling.heard) for handling in self.handlings)
        self._elsewhere.wait_longest()
        return not self.came_late and before == sum(len(each.heard) for each in self.handlings)

    def wait_for_worker(self) -> None:
        """Wait for what a worker of an app in another process may still do, even if nothing is expected of it."""
        if self._elsewhere is not None and self._elsewhere.has_worker:
            self._elsewhere.wait(surely=True)
            self.simulation.run()

    def settled(self) -> None:
        """Judge what the app has done so far: nothing more comes of that."""
        self._note_legs()
        self._judge(self)

    def _deliver(self, handling: Handling, url: str | None, attempt: int = 1) -> Delivery:
        self.handlings.append(handling)
        if self._elsewhere is not None:
            self._elsewhere.begin(handling.name)
        try:
            delivery = self._emulator.deliver_at(handling.webhook, url, attempt)
        except BudgetSpent as spent:
            raise OutOfBudget(spent) from None
        if self._elsewhere is not None:
            self._elsewhere.answer(handling.call)
        handling.attempts = delivery.attempts
        handling.misled = bool(delivery.blocked or delivery.unmodelled)
        return delivery

    def _hang_up_in_time(self, handling: Handling) -> None:
        if self.hangs_up_in is None:
            return
        leg = self.legs.get(handling.call)
        if leg is None or leg.has_ended:
            return
        self.hangs_up_in -= 1
        if self.hangs_up_in < 0:
            self.hangs_up_in = None
            self.network.note(leg, "person", "hangs up meanwhile")
            with self.simulation.using() as network:
                person.hangs_up(network, leg)

    def _note_legs(self) -> None:
        self.legs.update(self.network.legs)

    def _hear(
        self, goes_on: Callable[[Command, ApiAnswer], None], command: Command, answer: ApiAnswer
    ) -> None:
        if not self.earlier.isdisjoint(command.texts()):
            if self._elsewhere is not None:
                self._elsewhere.hear_late(command.call)
            return  # a timer of the app acts in an earlier simulation
        self._note_command(command, answer)
        goes_on(command, answer)

    def _note_command(self, command: Command, answer: ApiAnswer) -> None:
        self._note_legs()
        failed = self._fails and not command.is_read
        self._fails = self._fails and not failed
        leg = self.legs.get(command.call or "")
        cause = self._cause(command)
        if cause is not None and not (command.is_read or self._is_apart):
            cause.heard.append(
                Heard(
                    command,
                    answer.status,
                    failed,
                    leg,
                    None if leg is None else leg.state,
                    () if leg is None else tuple(leg.recordings),
                    () if leg is None or leg.peer is None else tuple(leg.peer.recordings),
                    command.is_repeat,
                )
            )

    def _cause(self, command: Command) -> Handling | None:
        """Return the webhook that *command* comes of: the last one, but for one that comes too soon for that."""
        last = self.handlings[-1] if self.handlings else None
        if self._elsewhere is None or command.is_read or self._elsewhere.hear() or last is None:
            return last
        earlier = self.handlings[:-1] or self.handlings
        own = [each for each in earlier if each.call == command.call]
        cause = (own or earlier)[-1]
        self.came_late = True
        self._elsewhere.hear_late(cause.call, cause.name)
        return cause
