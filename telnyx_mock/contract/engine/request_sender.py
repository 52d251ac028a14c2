"""Sends the requests of a run, again if the receiver is busy, and stops if answers are too late."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, field, replace
from functools import partial

from telnyx_mock.attacks.forgeries import FORGERIES, Forgery
from telnyx_mock.contract.engine.calls_told import CallsTold
from telnyx_mock.contract.engine.controls import Controls
from telnyx_mock.contract.engine.failure import (
    TRIES,
    is_failure,
    is_unexpected,
    require_answered,
)
from telnyx_mock.contract.engine.known_failures import KnownFailures
from telnyx_mock.contract.engine.leaks import leaks
from telnyx_mock.contract.engine.reached_goals import Reached
from telnyx_mock.contract.engine.reason import Blocked, Inconclusive, Skipped, Why
from telnyx_mock.contract.engine.related import placed
from telnyx_mock.contract.engine.without_key import is_forged
from telnyx_mock.delivery import Delivery, attempted
from telnyx_mock.emulator import Emulator
from telnyx_mock.errors import BudgetSpent
from telnyx_mock.fake_api import ServiceCall
from telnyx_mock.fake_api.history import Latest
from telnyx_mock.journal import FAILOVER, MADE_FOR_RULE
from telnyx_mock.patience import Patience
from telnyx_mock.payload.draft import Draft
from telnyx_mock.payload.request import Request
from telnyx_mock.payload.webhook import Webhook
from telnyx_mock.provider_urls import API_HOST
from telnyx_mock.schema.event import Event
from telnyx_mock.settings import Settings
from telnyx_mock.transports.app_errors import background_errors
from telnyx_mock.transports.configuration import missing_configuration
from telnyx_mock.transports.receiver import Receiver


def _nothing() -> None:
    """Prepare nothing."""


@dataclass(slots=True)
class Sender:
    """Sends the requests of a run, and keeps facts about the answers.

    *latencies* are in milliseconds, *answers* counts statuses, and *genuine* the genuine deliveries. *other_deliveries* counts
    deliveries to receivers that were made for a check, and those that record what the app reads;
    *latencies* and *answers* leave these out.
    *first* is the first delivery of the run. *calls* has the ids of the calls of the latest genuine webhooks, and
    *calls_told* knows of which calls any request told the receiver.
    While the sender is *watching*, it adds to *leaked* each information leak and the first delivery
    that showed it. *reached* keeps what accepted webhooks showed, but in a thorough run. *called* has the first webhook during
    which the receiver called each host, and *called_later* the first after whose answer it did. *failed* are the deliveries at which the receiver failed, except while the API
    was made to fail. *failures* are those that findings
    have shown. *controls* knows whether a refusal counts. *may_fail_later* are the events with background work
    that may fail. While the sender is *unbounded*, late answers may take any time in total. *prepare* is
    called before each delivery, except those that record what the app reads. *histories* are the events
    that come before an event of this name, if its webhooks must follow the beginning of their call.
    """

    emulator: Emulator
    settings: Settings
    patience: Patience
    latencies: list[float] = field(default_factory=list)
    answers: Counter[int | None] = field(default_factory=Counter)
    genuine: int = 0
    other_deliveries: int = 0
    first: Delivery | None = None
    calls: Latest[bool] = field(default_factory=Latest)
    leaked: dict[str, Delivery] = field(default_factory=dict)
    reached: Reached = field(default_factory=Reached)
    may_fail_later: set[str] = field(default_factory=set)
    called: dict[str, Webhook] = field(default_factory=dict)
    called_later: dict[str, Webhook] = field(default_factory=dict)
    failed: list[Delivery] = field(default_factory=list)
    failures: KnownFailures = field(default_factory=KnownFailures)
    controls: Controls = field(default_factory=Controls)
    watching: bool = True
    unbounded: bool = False
    histories: dict[str, Sequence[Event]] = field(default_factory=dict)
    prepare: Callable[[], None] = _nothing
    calls_told: CallsTold = field(init=False)
    _is_busy: bool = False
    _was_busy: bool = False
    _late: float = 0.0
    _waited: float = 0.0

    def __post_init__(self) -> None:
        self.calls_told = CallsTold(self.emulator.api.memory)

    def send(
        self,
        what: Webhook | Draft | Request,
        *,
        forge: str | None = None,
        to: Receiver | None = None,
        retry: bool = True,
    ) -> Delivery:
        """Send *what*, with the forgery *forge* if one is given.

        The request goes to the receiver *to* (at the failover address) if that is given. While the
        receiver answers 429, a genuine webhook is sent again; without *retry*, 429 is an answer
        like any other. A forgery is sent again only if the receiver was busy earlier.

        Raises Inconclusive if the answer does not show what the receiver itself would do, or if
        the receiver has stopped accepting genuine webhooks. Raises Skipped
        for a genuine webhook if only forgeries may be sent, and BudgetSpent.
        """
        forged = is_forged(what, forge)
        if self.settings.forgeries_only and not forged:
            raise Skipped(Why.FORGERIES_ONLY)
        self.controls.require_open()
        self._require_time()
        self.prepare()
        # A forgery gets no beginning: what that makes the receiver do would count for the forgery.
        if to is None and not forged and not isinstance(what, Request) and not _is_generated(what):
            what = self.placed(what)
        waits: Sequence[float] = ()
        if retry and (self._was_busy if forged else not self._is_busy):
            waits = self.patience.busy_retries
        once = partial(self._once, what, forge, to)
        delivery = self._until_free(once, waits)
        if lacked := self._lacked(delivery):
            # A thread may have called a service for the webhook before this one.
            self.emulator.wait_until_idle()
            delivery = self._until_free(once, waits)
            if lacked := lacked & self._lacked(delivery):
                self.emulator.api.demanding |= lacked
                delivery = self._until_free(once, waits)
        if retry and not forged:
            self._is_busy = delivery.status == 429
            _require_free(delivery)
        if not forged and to is None and isinstance(what, Webhook):
            self._note_calls(what, delivery)
        self._require_able(delivery)
        if not (forged or self.settings.thorough):
            self.failures.require_new(delivery)
        return delivery

    def placed(self, what: Webhook | Draft) -> Webhook | Draft:
        """Deliver what comes before *what* if its event needs it, and return *what* as one of that call."""
        webhook = what.webhook if isinstance(what, Draft) else what
        history = self.histories.get(webhook.name, ())
        if not history:
            return what
        *earlier, last = placed(webhook, history, self.emulator.clock.now())
        for each in earlier:
            self.send(each)
        last = replace(last, after=tuple(event.name for event in history))
        return replace(what, webhook=last) if isinstance(what, Draft) else last

    def _lacked(self, delivery: Delivery) -> set[str]:
        """Return the services for want of whose true answer the receiver may have failed.

        If a call to them fails, as it does if nobody can be reached, the app may cope with that.
        """
        if not is_unexpected(delivery) or self.emulator.api.is_failing:
            return set()
        return {each.host for each in delivery.unmodelled if isinstance(each, ServiceCall)}

    def _note_calls(self, webhook: Webhook, delivery: Delivery) -> None:
        hosts = [each.host for each in delivery.blocked if not each.is_command]
        services = [each.host for each in delivery.unmodelled if isinstance(each, ServiceCall)]
        for host in (*hosts, *services, *([API_HOST] if delivery.commands else [])):
            self.called.setdefault(host, webhook)

    @property
    def callers(self) -> Mapping[str, Webhook]:
        """A webhook for each host that the receiver called, one that it called before its answer if possible."""
        return {**self.called_later, **self.called}

    def send_and_watch(self, webhook: Webhook) -> Delivery:
        """Send *webhook*, and note its event in *may_fail_later* if background work fails after it.

        Also note what that work calls. The waits for such work are limited in total; after that, every
        event may fail.
        """
        clock, api = self.emulator.clock, self.emulator.api
        commands, calls = api.history.position, api.service_calls.position
        with background_errors() as failures:
            delivery = self.send(webhook)
            started = clock.monotonic()
            knows = self._waited <= self.patience.background_errors
            knows = knows and self.emulator.wait_until_idle()
            self._waited += clock.monotonic() - started
        if failures or not knows:
            self.may_fail_later.add(webhook.name)
        hosts = [each.host for each in api.service_calls.since(calls)]
        for host in (*hosts, *([API_HOST] if api.history.since(commands) else [])):
            self.called_later.setdefault(host, webhook)
        return delivery

    def send_apart(self, request: Request) -> Delivery:
        """Send a genuine *request* whose answer judges nothing: it counts as an other delivery.

        Raises BudgetSpent.
        """
        self._require_time()
        delivery = self.emulator.send(request)
        self._note_late(delivery)
        self.calls_told.note(delivery)
        self.other_deliveries += 1
        return delivery

    def send_second_attempt(self, webhook: Webhook) -> Delivery:
        """Send *webhook* as attempt 2, as Telnyx does after a failed attempt 1."""
        return self.send(attempted(webhook, 2, self.emulator.receiver.url))

    def send_at_once(self, requests: Sequence[Request]) -> list[Delivery]:
        """Send all *requests* at the same moment, each from its own thread.

        Raises the same errors as :meth:`send`.
        """
        if self.settings.forgeries_only and not all(is_forged(each) for each in requests):
            raise Skipped(Why.FORGERIES_ONLY)
        self.controls.require_open()
        self._require_time()
        self.prepare()
        start = threading.Barrier(len(requests))

        def send(request: Request) -> Delivery:
            start.wait()
            return self.emulator.send(request)

        with ThreadPoolExecutor(len(requests)) as threads:
            futures = [threads.submit(send, request) for request in requests]
        for each in futures:
            if each.exception() is None:
                self.controls.note(each.result())
                self._count(each.result())
        deliveries = [each.result() for each in futures]
        for delivery in deliveries:
            self._require_able(delivery)
        return deliveries

    @contextmanager
    def not_late(self) -> Iterator[None]:
        """Do not count late answers within the ``with`` block: the run itself causes them."""
        before = self._late
        try:
            yield
        finally:
            self._late = before

    @contextmanager
    def fresh(
        self, receiver: Receiver | None = None, *, trusted: Sequence[str] | None = None
    ) -> Iterator[Callable[..., Delivery]]:
        """Yield a function that sends to a receiver made for one check; see Emulator.fresh.

        A request at which the receiver fails is sent again, because it may fail by chance.
        *trusted* are the public keys that the receiver got, if they differ from the run's key. A
        webhook is not *genuine* to the receiver if another key signed it.
        """
        with self.emulator.fresh(receiver) as fresh, self._noted(MADE_FOR_RULE, trusted):

            def send(
                what: Webhook | Request, *, forge: str | None = None, genuine: bool = True
            ) -> Delivery:
                def once() -> Delivery:
                    for _ in range(TRIES):
                        self._require_time()
                        self.prepare()
                        delivery = fresh.send(what, forge=_forgery(forge))
                        self._note_late(delivery)
                        self.other_deliveries += 1
                        if not is_failure(delivery):
                            break
                    return delivery

                forged = not genuine or is_forged(what, forge)
                once_only = forged and not self._was_busy
                waits = () if once_only else self.patience.busy_retries
                delivery = self._until_free(once, waits)
                if not forged:
                    _require_free(delivery)
                return delivery

            yield send

    def _until_free(self, send: Callable[[], Delivery], waits: Sequence[float]) -> Delivery:
        """Call *send* until the answer is not 429.

        Call it again at most once after each of *waits*.
        """
        delivery = send()
        for wait in waits:
            if delivery.status != 429:
                break
            asked = min(_retry_after(delivery), self.patience.longest_retry_after)
            self.emulator.clock.sleep(max(wait, asked))
            delivery = send()
            self._was_busy = delivery.status != 429
        return delivery

    def _noted(self, to: str, trusted: Sequence[str] | None = None) -> AbstractContextManager[None]:
        """In the ``with`` block, let the journal (if there is one) note where requests go."""
        journal = self.emulator.journal
        return nullcontext() if journal is None else journal.beside(to, trusted)

    def _once(
        self, what: Webhook | Draft | Request, forge: str | None, to: Receiver | None
    ) -> Delivery:
        if to is None:
            delivery = self.emulator.send(what, forge=_forgery(forge))
            self.controls.note(delivery)
            if not (self.settings.thorough or is_forged(what, forge)):
                self.reached.note(delivery)
        else:
            with self._noted(FAILOVER):
                delivery = self.emulator.send_to(to, what, forge=_forgery(forge))
        self._count(delivery)
        return delivery

    def _require_able(self, delivery: Delivery) -> None:
        """Raise Blocked if the receiver lacked a host, an answer of the API, or configuration.

        A call to another machine matters only if the receiver fails, and not because the API was
        made to fail. A call to Telnyx matters always, because the run does not see what the
        receiver wanted.
        """
        unexpected = is_unexpected(delivery)
        traceback = delivery.crash or (delivery.logged if unexpected else None)
        if traceback and (missing := missing_configuration(traceback)):
            raise Blocked(Why.NOT_CONFIGURED, delivery.sent(), missing=missing)
        fails = unexpected and not self.emulator.api.is_failing
        require_answered(
            delivery,
            [each for each in delivery.blocked if fails or each.is_command],
            delivery.unmodelled if fails and not is_forged(delivery.request) else (),
        )

    def _require_time(self) -> None:
        """Raise BudgetSpent if late answers have taken too long in total."""
        if self._late > self.patience.late_answers and not self.unbounded:
            raise BudgetSpent(
                f"Late answers took {self.patience.late_answers:g} s in total, so the rest was "
                "not tried. Make the receiver answer in time, or choose fewer events with "
                "--events."
            )

    def _note_late(self, delivery: Delivery) -> None:
        if delivery.elapsed > self.settings.deadline:
            self._late += delivery.elapsed

    def _count(self, delivery: Delivery) -> None:
        self._note_late(delivery)
        if delivery.request.forgery is None and (call := call_of(delivery)):
            self.calls[call] = True
        if is_failure(delivery) and not self.emulator.api.is_failing:
            self.failed.append(delivery)
        self.calls_told.note(delivery)
        self.latencies.append(round(delivery.elapsed * 1000, 2))
        self.answers[delivery.status] += 1
        self.genuine += not is_forged(delivery.request) and not delivery.request.malformed
        if self.watching:
            for what in leaks(delivery):
                self.leaked.setdefault(what, delivery)
        if self.first is None:
            self.first = delivery


def _is_generated(what: Webhook | Draft) -> bool:
    return (what.webhook if isinstance(what, Draft) else what).generated


def _forgery(name: str | None) -> Forgery | None:
    return None if name is None else FORGERIES[name]


def call_of(delivery: Delivery) -> str:
    """Return the id of the call that *delivery* is about; empty if it is about no call."""
    webhook = delivery.webhook
    return "" if webhook is None else str(webhook.payload.get("call_control_id", ""))


def _require_free(delivery: Delivery) -> None:
    if delivery.status == 429:
        raise Inconclusive(Why.BUSY, delivery.sent())


def _retry_after(delivery: Delivery) -> float:
    """Return how many seconds the answer asks to wait; 0 if it gives no such number."""
    headers = () if delivery.response is None else delivery.response.headers
    asked = [value for name, value in headers if name.lower() == b"retry-after"]
    return float(asked[0]) if asked and asked[0].isdigit() and len(asked[0]) < 5 else 0.0
