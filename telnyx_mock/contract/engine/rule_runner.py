"""Runs the rules of the contract against one receiver, and remembers the findings of each rule."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import partial

from telnyx_mock.attacks.forgeries import FORGERIES
from telnyx_mock.catalogue.registry import find
from telnyx_mock.contract.effects.acting_events import Acting
from telnyx_mock.contract.effects.effects_observer import Observer
from telnyx_mock.contract.effects.probe import Probe
from telnyx_mock.contract.engine.alike import Alike
from telnyx_mock.contract.engine.baseline import Baseline
from telnyx_mock.contract.engine.confirmation import steady
from telnyx_mock.contract.engine.finding import Finding
from telnyx_mock.contract.engine.held_results import believed
from telnyx_mock.contract.engine.known_calls import KnownCalls
from telnyx_mock.contract.engine.other_address import require_webhook_address
from telnyx_mock.contract.engine.readings import Readings
from telnyx_mock.contract.engine.reason import Blocked, Inconclusive, Reason, Skipped, Why
from telnyx_mock.contract.engine.request_sender import Sender
from telnyx_mock.contract.engine.result import Outcome, Result
from telnyx_mock.contract.engine.rule import Check, Rule, Scope, content_type
from telnyx_mock.contract.engine.without_key import NOBODY_THERE, unproven
from telnyx_mock.contract.reproduce.target import Target
from telnyx_mock.delivery import Delivery
from telnyx_mock.emulator import Emulator
from telnyx_mock.errors import BudgetSpent
from telnyx_mock.patience import PATIENCE, Patience
from telnyx_mock.payload.webhook import Webhook, sample
from telnyx_mock.schema.event import Event
from telnyx_mock.settings import Settings
from telnyx_mock.severity import Severity, failing
from telnyx_mock.transports.receiver import Receiver
from telnyx_mock.transports.signals import showing_interrupts

SERVES_SOMETHING = "serves-something"
"""The rule that decides whether any other rule can be judged."""


@dataclass(slots=True)
class Runner:
    """Runs *rules* (by id) against the receiver of *emulator*, and is their Context.

    *target* names the receiver in commands. With *key_is_new*, the receiver cannot know the key of
    the run. *app_with_keys* makes a receiver for a list of public keys. *failover* is the receiver
    at the failover address. A finding that *is_known* stops no run. :meth:`equip` replaces *app_with_keys*, *failover* and the probe.
    """

    emulator: Emulator
    events: tuple[Event, ...]
    rules: Mapping[str, Rule]
    settings: Settings = field(default_factory=Settings)
    patience: Patience = PATIENCE
    target: Target = field(default_factory=Target)
    key_is_new: bool = False
    app_with_keys: Callable[[list[str]], Receiver] | None = None
    failover: Receiver | None = None
    is_known: Callable[[Finding], bool] = lambda _: False
    sender: Sender = field(init=False)
    baseline: Baseline = field(init=False)
    alike: Alike = field(init=False)
    observer: Observer = field(init=False)
    readings: Readings = field(init=False)
    _acting: Acting = field(init=False)
    _found: defaultdict[str, dict[str, tuple[Finding, ...]]] = field(
        default_factory=lambda: defaultdict(dict)
    )
    _events_of: dict[str, list[Event]] = field(default_factory=dict)
    _forgeries: dict[tuple[str, str], bool] = field(default_factory=dict)
    _spent: bool = False
    _stopped: bool = False
    _is_address_known: bool = False
    _reads: bool = True

    def __post_init__(self) -> None:
        self.sender = Sender(self.emulator, self.settings, self.patience)
        self.baseline = Baseline(self.sender, self.events, self.settings, self.key_is_new)
        self.alike = Alike(self.baseline)
        self.observer = Observer(self.emulator, None, self.patience)
        self.readings = Readings(self.baseline, self.observer, self.alike.code_mentions)
        self.readings.look_in_calls = KnownCalls(self.readings, self.alike).look
        self.baseline.observe = self.observer.observe_if_alone
        self.sender.prepare = self.readings.end_row
        self.sender.controls.send = self._send_control
        self.sender.controls.forget = self.baseline.forget_refused
        self._acting = Acting(self.baseline, self.observer, self.alike)

    def equip(
        self,
        probe: Probe | None,
        app_with_keys: Callable[[list[str]], Receiver] | None,
        failover: Receiver | None,
    ) -> None:
        """Use these three values from now on.

        A fixture of narrow scope makes new values for each test.
        """
        self.observer.probe, self.app_with_keys, self.failover = probe, app_with_keys, failover

    def acting(self) -> Mapping[str, tuple[Event, ...]]:
        """Return each family's events that act alone. Raises Skipped if there is no such event."""
        return self._acting.by_family()

    def worst_first(self) -> tuple[Event, ...]:
        """Return all events that act, the worst effect first. Raises Skipped if no event acts."""
        return self._acting.worst_first()

    def prepare(self, event: Event) -> Webhook:
        """Deliver the history that *event* needs, and return the webhook to send."""
        return self._acting.prepare(event)

    def has_effect(self, event: Event) -> bool:
        """Whether the sample of *event* has an effect. This method waits for an idle receiver."""
        return self._acting.has_effect(event)

    def found(self, rule: str, event: Event) -> tuple[Finding, ...]:
        """Return the findings of *rule* about *event* or its family. A run tries *rule* once.

        So a rule can use the findings of another rule, whichever ran first, and in whichever
        process.
        """
        tried = self.rules[rule]
        subject = tried.subject(event)
        if subject not in self._found[rule] and tried.applies(event):
            findings: list[Finding] = []
            with suppress(Skipped, Inconclusive):
                about = self._event(tried, subject)
                findings.extend(tried.look(Check(tried, self.target), self, about))
            self._found[rule][subject] = tuple(findings)
        return self._found[rule].get(subject, ())

    def culprits(self, event: Event, *rules: str) -> set[str]:
        """Return the fields of *event* that break the receiver, according to these *rules*."""
        return {
            field
            for rule in rules
            for finding in self.found(rule, event)
            for field in finding.fields
        }

    def accepts_forgery(self, event: Event, forgery: str) -> bool:
        """Whether the receiver accepts this *forgery* of *event*. A run tries the forgery once."""
        if (event.name, forgery) not in self._forgeries:
            send = partial(self.sender.send, sample(event.name), forge=forgery)
            delivery = steady(self, send)
            allowed = FORGERIES[forgery].allows(delivery.status)
            self._forgeries[event.name, forgery] = not allowed
        return self._forgeries[event.name, forgery]

    def run(self, rule: Rule, subject: str) -> Result:
        """Try *rule* for its *subject*: an event, a family and so on, according to its scope.

        Raises UsageError if the address is evidently not one for Telnyx's webhooks.
        """
        [result] = self.run_all([(rule, subject)])
        return result

    def run_all(self, planned: Iterable[tuple[Rule, str]]) -> Iterator[Result]:
        """Yield the result of each *planned* check, a rule and its subject, in order.

        A result with refusals is held back until a genuine webhook was accepted after them. While a
        check goes on, the app reaches other machines only if the settings permit them by name.
        Raises UsageError as :meth:`run` does.
        """
        with self.readings.in_a_row(), showing_interrupts():
            results = (self._isolated(rule, subject) for rule, subject in planned)
            yield from believed(self.sender, results)

    def _send_control(self) -> Delivery | None:
        with self.emulator.isolated(self.settings.allow_hosts):
            return self.baseline.send_control()

    def _isolated(self, rule: Rule, subject: str) -> Result:
        with self.emulator.isolated(self.settings.allow_hosts):
            return self._run(rule, subject)

    def _run(self, rule: Rule, subject: str) -> Result:
        sender, started, clock = (
            self.sender,
            self.emulator.clock.now(),
            self.emulator.clock.monotonic(),
        )
        ended = sender.controls.ended
        if self._stopped or ended is not None:
            name = "" if rule.scope is Scope.RUN else self._possible(rule, subject)[0].name
            untried = Outcome.SKIPPED if self._stopped else Outcome.INCONCLUSIVE
            why = Reason(Why.STOPPED_AT_ERROR) if self._stopped else ended
            return Result(rule.id, rule.severity, name, untried, reason=why)
        before, others = len(sender.latencies), sender.other_deliveries
        answers = sender.answers.copy()
        findings: list[Finding] = []
        event = self.events[0]
        outcome: Outcome = Outcome.PASSED
        reason: Reason | None = None
        known_late = any(self._found[rule.id].values())
        sender.unbounded = rule.judges_time and not known_late
        # Where workers share a run, only these rules stay in one of them.
        sender.watching = rule.scope in (Scope.RUN, Scope.CONTENT_TYPE)
        if self.emulator.journal is not None:
            self.emulator.journal.about = rule.id
        if not self._is_address_known:
            self._reads = require_webhook_address(self.emulator.receiver, self.baseline)
            self._is_address_known = True
        try:
            if rule.id != SERVES_SOMETHING and self._is_nobody_there():
                raise Skipped(Why.NOTHING_SERVED)
            event = self._event(rule, subject)
            if rule.scope is not Scope.RUN and not self._serves(rule, event):
                raise Skipped(Why.FAMILY_NOT_SERVED, event.family)
            if rule.scope is not Scope.RUN and not self.baseline.is_selected(event):
                products = ",".join(event.products)
                raise Skipped(Why.PRODUCT_NOT_SELECTED, event.name, products=products)
            findings.extend(rule.look(Check(rule, self.target), self, event))
            if self._lacks_baseline(rule, event):
                outcome, reason = unproven(rule.id, sender.answers - answers)
        except Skipped as problem:
            outcome, reason = Outcome.SKIPPED, problem.reason
        except Inconclusive as problem:
            outcome, reason = Outcome.INCONCLUSIVE, problem.reason
        except BudgetSpent as problem:
            # One check says so; the rest was simply not tried.
            outcome = Outcome.SKIPPED if self._spent else Outcome.INCONCLUSIVE
            self._spent = True
            reason = Reason(Why.BUDGET_SPENT, details={"problem": str(problem)})
        if findings and not self._reads and not self._acts():
            findings = [_as_question(finding) for finding in findings]
        self._found[rule.id][subject] = tuple(findings)
        sender.failures.note(findings)
        users = self.settings.severity_of(rule.id)
        given = None if users is None else Severity(users)
        if given is not None:  # rules that build on this one have seen its own severity
            findings = [replace(finding, severity=given) for finding in findings]
        if any(finding.severity is Severity.ERROR for finding in findings):
            outcome = Outcome.FAILED
        new = {finding.severity for finding in findings if not self.is_known(finding)}
        if self.settings.fail_fast and failing(strict=self.settings.strict) & new:
            self._stopped = True
        return Result(
            rule.id,
            given or rule.severity,
            "" if rule.scope is Scope.RUN else event.name,
            outcome,
            tuple(findings),
            reason,
            tuple(sender.latencies[before:]),
            round(started, 3),
            round(self.emulator.clock.monotonic() - clock, 3),
            sender.other_deliveries - others,
            self.readings.take_new(),
        )

    def _serves(self, rule: Rule, event: Event) -> bool:
        if self.baseline.serves(event):
            return True
        return rule.judges_refused and self.baseline.stands_for_refused(event)

    def _lacks_baseline(self, rule: Rule, event: Event) -> bool:
        """Whether the run lacks proof that the receiver accepts a genuine webhook of *event*."""
        if self.settings.forgeries_only:
            return True
        if rule.scope is Scope.RUN or not self.key_is_new:
            return False
        return self.baseline.key_may_be_unknown(self.baseline.sample_of(event))

    def _acts(self) -> bool:
        with suppress(Skipped, Inconclusive, BudgetSpent):
            return bool(self.acting())
        return False

    def _is_nobody_there(self) -> bool:
        with suppress(BudgetSpent, Blocked):  # the rule itself meets these again, and says so
            refused = self.baseline.uniform_rejection()
            return refused is not None and refused.status in NOBODY_THERE
        return False

    def _event(self, rule: Rule, subject: str) -> Event:
        """Return the event that *rule* uses for its subject, according to its scope.

        For a family or a content type, this is the first event that the receiver accepts, or else
        the first event.
        """
        if rule.scope is Scope.RUN:
            return self.events[0]
        known = self._possible(rule, subject)
        if self.settings.forgeries_only or rule.scope is Scope.EVENT:
            return known[0]
        return next((event for event in known if self.baseline.accepts(event)), known[0])

    def _possible(self, rule: Rule, subject: str) -> list[Event]:
        """Return the events of the *subject* of *rule*."""
        if rule.scope is Scope.EVENT:
            return [find(subject)]
        if subject not in self._events_of:
            self._events_of[subject] = [
                event for event in self.events if subject in (event.family, content_type(event))
            ]
        return [event for event in self._events_of[subject] if rule.applies(event)]


def _as_question(finding: Finding) -> Finding:
    """Return *finding* as a warning at most: the receiver reads nothing of what it accepts."""
    return replace(
        finding,
        severity=max(finding.severity, Severity.WARNING, key=lambda each: each.rank),
        why=f"{finding.why} The code at this address reads nothing of a request, so ask whether "
        "it is the right address.",
    )
