"""One run of the contract against one receiver: sends for the checks, and remembers.

A refusal proves nothing by itself, so the campaign knows which events the receiver accepts when
they are genuine, and which families it does not serve at all.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial

from telnyx_mock.attacks.forgeries import FORGERIES
from telnyx_mock.catalogue.registry import family, find
from telnyx_mock.contract.engine.effects import LATE, observe, wait_until_idle
from telnyx_mock.contract.engine.finding import Finding, Result
from telnyx_mock.contract.engine.rule import (
    Blocked,
    Check,
    Inconclusive,
    Scope,
    Skipped,
    content_type,
)
from telnyx_mock.contract.engine.sending import Sending, call_of
from telnyx_mock.contract.engine.settings import Settings
from telnyx_mock.contract.engine.without_key import NOBODY_THERE, unproven
from telnyx_mock.delivery import Delivery
from telnyx_mock.emulator import Emulator
from telnyx_mock.errors import BudgetSpent
from telnyx_mock.payload.draft import Draft
from telnyx_mock.payload.request import Request
from telnyx_mock.payload.webhook import Webhook, sample
from telnyx_mock.schema.event import ContentType, Event
from telnyx_mock.severity import Outcome, Severity
from telnyx_mock.transports.receiver import Receiver

__all__ = ["Campaign", "Settings"]

SERVES_SOMETHING = "serves-something"
"""The check that tells whether anything else can be judged."""


@dataclass(slots=True)
class Campaign:
    """One run of the contract against one receiver.

    *probe* reads back what the receiver's work shows in; *acting* is what is known of that, None
    at first; *acts_again* are the families known to act on repeats. *app_with_keys* makes a
    receiver that trusts the public keys in a list, *failover* is the receiver at the failover
    address. What answers give away is looked for in checks that stay together where workers share
    a run.
    """

    emulator: Emulator
    events: tuple[Event, ...]
    settings: Settings = field(default_factory=Settings)
    probe: Callable[[], object] | None = None
    app_with_keys: Callable[[list[str]], Receiver] | None = None
    failover: Receiver | None = None
    acting: Mapping[str, tuple[Event, ...]] | None = None
    acts_again: set[str] = field(default_factory=set)
    sending: Sending = field(init=False)
    _samples: dict[str, Delivery] = field(default_factory=dict)
    _blocked: dict[str, str] = field(default_factory=dict)
    _withstood: dict[tuple[str, str], bool] = field(default_factory=dict)
    _spent: bool = False
    _served: dict[str, bool] = field(default_factory=dict)
    _found: dict[tuple[str, str], tuple[Finding, ...]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.sending = Sending(self.emulator, self.settings)

    def send(
        self,
        what: Webhook | Draft | Request,
        *,
        forge: str | None = None,
        to: Receiver | None = None,
        patient: bool = True,
    ) -> Delivery:
        """Send *what*; see :meth:`telnyx_mock.contract.engine.sending.Sending.send`."""
        return self.sending.send(what, forge=forge, to=to, patient=patient)

    def sample_of(self, event: Event) -> Delivery:
        """What happened to the genuine sample of *event*; it is sent once in a run.

        Raises Inconclusive where that did not show what the receiver would do: Blocked each time;
        to one that is busy it is sent again the next time.
        """
        if event.name in self._blocked:
            raise Blocked(self._blocked[event.name])
        if event.name not in self._samples:
            try:
                self._samples[event.name] = self.send(sample(event.name))
            except Blocked as problem:
                self._blocked[event.name] = str(problem)
                raise
        return self._samples[event.name]

    def accepts(self, event: Event) -> bool:
        """Whether the sample of *event* is accepted; not where that can never be told.

        Raises Inconclusive where it may be told later.
        """
        with suppress(Blocked):
            return self.sample_of(event).accepted
        return False

    def require_told(self, events: Iterable[Event]) -> None:
        """Raises Inconclusive where the sample of one of *events* could not be told.

        So nothing is said to be missing for the sake of an event that :meth:`accepts` left out.
        """
        for event in events:
            self.sample_of(event)

    def serves(self, event: Event) -> bool:
        """Whether the receiver serves *event*'s family: not if it refuses its samples alike.

        A sample in an odd envelope may make it fail instead, so most of them are enough, as long
        as none is accepted. Forms go to addresses of their own as a rule, so an address that
        accepts none of them need not expect them, whatever it does. Raises Inconclusive where it
        depends on a sample that could not be told.
        """
        if self.settings.named or self.settings.forgeries_only:
            return True
        if event.family not in self._served:
            of_family = [known for known in family(event.family) if known in self.events]
            answers: list[Delivery] = []
            blocked: Blocked | None = None
            for known in of_family:
                try:
                    answers.append(self.sample_of(known))
                except Blocked as problem:
                    blocked = problem
            if any(map(self.is_strange, answers)):
                return True
            refusals = [answer.status for answer in answers if answer.refused]
            alike = len(set(refusals)) == 1 and len(refusals) > len(answers) / 2
            accepts_any = any(answer.accepted for answer in answers)
            may_fail = event.content_type is ContentType.FORM
            is_served = accepts_any or not (alike or may_fail)
            if blocked is not None and not is_served:
                raise blocked
            self._served[event.family] = is_served
        return self._served[event.family]

    def is_strange(self, delivery: Delivery) -> bool:
        """Whether the receiver may have refused a genuine *delivery* for a key it cannot know."""
        return self.settings.key_is_new and delivery.refused and delivery.status not in NOBODY_THERE

    def uniform_rejection(self) -> Delivery | None:
        """A sample, if those of all events are refused alike: nothing else can be judged then.

        An address for JSON may do as it likes with forms, as long as it accepts none. Raises
        Inconclusive where none is accepted, and one could not be told.
        """
        if self.settings.forgeries_only or any(self.accepts(each) for each in self.events):
            return None
        written = [each for each in self.events if each.content_type is ContentType.JSON]
        samples = [self.sample_of(each) for each in written or self.events]
        alike = samples[0].refused and len({each.status for each in samples}) == 1
        return samples[0] if alike else None

    def _is_nobody_there(self) -> bool:
        with suppress(BudgetSpent, Blocked):  # which are for the check itself to meet
            refused = self.uniform_rejection()
            return refused is not None and refused.status in NOBODY_THERE
        return False

    def require_sample(self, event: Event) -> None:
        """Make sure that the sample of *event* is accepted, so that departures can be judged.

        Raises NotSelected if it is not, which is a finding already.
        """
        if not self.sample_of(event).accepted:
            raise Skipped(f"the sample of {event.name} is not accepted to begin with")

    def require_baseline(self, event: Event) -> None:
        """Make sure that the genuine twin of a forged *event* is accepted.

        Raises Inconclusive if it is not: then a refusal shows nothing. Where only forgeries are sent
        there is none, and where the receiver cannot know the key, it may not be accepted (see
        :mod:`telnyx_mock.contract.engine.without_key`).
        """
        if self.settings.forgeries_only:
            return
        twin = self.sample_of(event)
        if not twin.accepted and not self.is_strange(twin):
            raise Inconclusive(
                f"the genuine twin of {event.name} was not accepted either ({twin.answer()}), "
                "so refusing the forgery proves nothing"
            )

    def attack(
        self, what: Webhook | Request, *, forge: str | None = None
    ) -> tuple[Delivery, tuple[str, ...]]:
        """Send what is to be refused; see :meth:`provoke`."""
        return self.provoke(partial(self.send, what, forge=forge))

    def provoke(self, send: Callable[[], Delivery]) -> tuple[Delivery, tuple[str, ...]]:
        """*send* what is to be refused; the delivery, and the names of the API commands it led to.

        What a thread of the receiver does cannot be waited for, so an earlier webhook may have led
        to a command. It is believed only if it shows again once the receiver is quiet.
        """
        delivery, effects = self._effects(send, 0.0)
        if effects:
            if not wait_until_idle(self, probed=False):
                return delivery, ()
            delivery, effects = self._effects(send, LATE)
        return delivery, effects

    def _effects(
        self, send: Callable[[], Delivery], seconds: float
    ) -> tuple[Delivery, tuple[str, ...]]:
        delivery, seen = observe(self, send, seconds=seconds, until_seen=True, probed=False)
        return delivery, tuple(
            dict.fromkeys(
                command.name
                for command in seen.commands
                if command.call_control_id not in self.sending.calls
                or command.call_control_id == call_of(delivery)
            )
        )

    def found(self, check: Check, event: Event) -> tuple[Finding, ...]:
        """What *check* finds about *event*, or the family of it; that is tried once in a run.

        By this a check builds on others, whichever of them is run in this process, and when.
        """
        about = {Scope.EVENT: event.name, Scope.FAMILY: event.family}.get(check.scope, "")
        if (check.id, about) not in self._found and check.applies(event):
            findings: list[Finding] = []
            with suppress(Skipped, Inconclusive):
                findings.extend(check.look(check, self, self._subject(check, about)))
            self._found[check.id, about] = tuple(findings)
        return self._found.get((check.id, about), ())

    def guilty(self, event: Event, checks: Iterable[Check]) -> set[str]:
        """The fields of *event* that break the receiver, as *checks* find."""
        return {
            node
            for check in checks
            for finding in self.found(check, event)
            for node in finding.fields
        }

    def _subject(self, check: Check, subject: str) -> Event:
        """The event that *check* looks at for its subject, as its scope says."""
        if check.scope is Scope.RUN:
            return self.events[0]
        return find(subject) if check.scope is Scope.EVENT else self.representative(check, subject)

    def representative(self, check: Check, subject: str) -> Event:
        """An event of a family or content type, to run *check* for: its first that is accepted.

        That is told by its sample; if none is accepted, the first of all.
        """
        known = [
            event
            for event in self.events
            if subject in (event.family, content_type(event)) and check.applies(event)
        ]
        if self.settings.forgeries_only:
            return known[0]
        return next((event for event in known if self.accepts(event)), known[0])

    def withstands(self, event: Event, forgery: str) -> bool:
        """Whether the receiver does right by a forgery, which is tried once in a run."""
        if (event.name, forgery) not in self._withstood:
            delivery = self.send(sample(event.name), forge=forgery)
            self._withstood[event.name, forgery] = FORGERIES[forgery].allows(delivery.status)
        return self._withstood[event.name, forgery]

    def run(self, check: Check, subject: str) -> Result:
        """Run one check for its subject: an event, a family, and so on, as its scope says."""
        before, started, clock = len(self.sending.latencies), time.time(), time.monotonic()
        apart = self.sending.apart
        findings: list[Finding] = []
        event, answers = self.events[0], self.sending.answers.copy()
        outcome, note = Outcome.PASSED, ""
        known_late = any(found for (id_, _), found in self._found.items() if id_ == check.id)
        self.sending.unbounded = check.judges_time and not known_late
        self.sending.watching = check.scope in (Scope.RUN, Scope.CONTENT_TYPE)
        if self.emulator.journal is not None:
            self.emulator.journal.about = check.id
        try:
            if check.id != SERVES_SOMETHING and self._is_nobody_there():
                raise Skipped("everything else, since nothing is served there")
            event = self._subject(check, subject)
            if check.scope is not Scope.RUN and not self.serves(event):
                raise Skipped(f"the family {event.family} is not served here")
            findings.extend(check.look(check, self, event))
            is_twinless = check.scope is not Scope.RUN and self.settings.key_is_new
            if self.settings.forgeries_only or (
                is_twinless and self.is_strange(self.sample_of(event))
            ):
                outcome, note = unproven(check.id, self.sending.answers - answers)
        except Skipped as reason:
            outcome, note = Outcome.SKIPPED, str(reason)
        except Inconclusive as problem:
            outcome, note = Outcome.INCONCLUSIVE, str(problem)
        except BudgetSpent as problem:  # once it is said, the rest was simply not tried
            outcome = Outcome.SKIPPED if self._spent else Outcome.INCONCLUSIVE
            self._spent, note = True, str(problem)
        self._found[check.id, subject] = tuple(findings)
        if any(finding.severity is Severity.ERROR for finding in findings):
            outcome = Outcome.FAILED
        return Result(
            check.id,
            check.severity,
            "" if check.scope is Scope.RUN else event.name,
            outcome,
            tuple(findings),
            note,
            tuple(self.sending.latencies[before:]),
            round(started, 3),
            round(time.monotonic() - clock, 3),
            self.sending.apart - apart,
        )
