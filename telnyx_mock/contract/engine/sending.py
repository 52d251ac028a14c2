"""Sends for the checks of a run: again to who is busy, and not without end to who is late."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, field
from functools import partial

from telnyx_mock.contract.engine.leaks import leaks
from telnyx_mock.contract.engine.rule import Blocked, Inconclusive, Skipped
from telnyx_mock.contract.engine.settings import Settings
from telnyx_mock.contract.engine.without_key import WITHOUT_KEY, is_forged
from telnyx_mock.delivery import Delivery
from telnyx_mock.emulator import Emulator
from telnyx_mock.errors import BudgetSpent
from telnyx_mock.journal import FAILOVER, MADE_FOR_IT
from telnyx_mock.payload.draft import Draft
from telnyx_mock.payload.request import Request
from telnyx_mock.payload.webhook import Webhook
from telnyx_mock.transports.receiver import Receiver

__all__ = ["Sending", "call_of"]

BUSY_WAITS = (0.1, 0.5, 2.0)
"""Seconds between the tries while a receiver answers 429."""

MOST_BUSY = 5.0
"""Seconds that a receiver may ask for in a Retry-After."""

MOST_LATE = 60.0
"""Seconds that late answers may take in all."""


@dataclass(slots=True)
class Sending:
    """What was sent in a run, and what came back.

    *latencies* are in milliseconds, *answers* counts statuses, *apart* is how many deliveries went
    to receivers that were made for a check, and are in neither. *first* is the first delivery of
    all, *calls* are those that genuine webhooks were about. While it is *watching*, *gave_away* is
    kept up to date: what answers showed that is nobody's business, and the first that did. While it
    is *unbounded*, late answers are waited for without end.
    """

    emulator: Emulator
    settings: Settings
    latencies: list[float] = field(default_factory=list)
    answers: Counter[int | None] = field(default_factory=Counter)
    apart: int = 0
    first: Delivery | None = None
    calls: set[str] = field(default_factory=set)
    leaked: dict[str, Delivery] = field(default_factory=dict)
    watching: bool = True
    unbounded: bool = False
    _busy: bool = False
    _limited: bool = False
    _late: float = 0.0

    def send(
        self,
        what: Webhook | Draft | Request,
        *,
        forge: str | None = None,
        to: Receiver | None = None,
        patient: bool = True,
    ) -> Delivery:
        """Send *what*; a genuine webhook is sent again while the receiver is busy (429).

        It goes to the receiver *to*, if that is given: the one at the failover address. What is
        not is sent again, too, by a receiver that is known to be busy at times. It is sent once
        if that is not to be *patient*: then 429 is an answer like any other, for the receiver has
        reason to ask for a later delivery. Raises Inconclusive where the answer does not show what
        the receiver itself would do, and NotSelected for what is genuine where only forgeries may
        be sent.
        """
        if self.settings.forgeries_only and not is_forged(what, forge):
            raise Skipped(WITHOUT_KEY)
        self._require_patience()
        lie = is_forged(what, forge)
        waits = BUSY_WAITS if patient and (self._limited if lie else not self._busy) else ()
        delivery = self._until_free(partial(self._send, what, forge, to), waits)
        if patient and not lie:
            self._busy = delivery.status == 429
            _require_free(delivery)
        _require_unblocked(delivery)
        return delivery

    def send_at_once(self, requests: Sequence[Request]) -> list[Delivery]:
        """Send *requests* all at the same time, each from a thread of its own.

        Raises as :meth:`send` does.
        """
        if self.settings.forgeries_only and not all(is_forged(each) for each in requests):
            raise Skipped(WITHOUT_KEY)
        self._require_patience()
        start = threading.Barrier(len(requests))

        def send(request: Request) -> Delivery:
            start.wait()
            return self.emulator.send(request)

        with ThreadPoolExecutor(len(requests)) as threads:
            under_way = [threads.submit(send, request) for request in requests]
        for each in under_way:
            if each.exception() is None:
                self._count(each.result())
        deliveries = [each.result() for each in under_way]
        for delivery in deliveries:
            _require_unblocked(delivery)
        return deliveries

    @contextmanager
    def fresh(
        self, receiver: Receiver | None = None, *, trusted: Sequence[str] | None = None
    ) -> Iterator[Callable[..., Delivery]]:
        """What sends to a receiver that is made for a check: see Emulator.fresh, and its send.

        *trusted* are the public keys that it was given, if not the one of the run; what is signed
        by another one is not *genuine* to it.
        """
        with self.emulator.fresh(receiver) as fresh, self._noted(MADE_FOR_IT, trusted):

            def send(
                what: Webhook | Request, *, forge: str | None = None, genuine: bool = True
            ) -> Delivery:
                def once() -> Delivery:
                    delivery = fresh.send(what, forge=forge)
                    self.apart += 1
                    return delivery

                lie = not genuine or is_forged(what, forge)
                delivery = self._until_free(once, () if lie and not self._limited else BUSY_WAITS)
                if not lie:
                    _require_free(delivery)
                return delivery

            yield send

    def _until_free(self, send: Callable[[], Delivery], waits: Sequence[float]) -> Delivery:
        """What *send* returns: first, or after as many of the *waits* as the receiver is busy."""
        delivery = send()
        for wait in waits:
            if delivery.status != 429:
                break
            time.sleep(max(wait, min(_retry_after(delivery), MOST_BUSY)))
            delivery = send()
            self._limited = delivery.status != 429
        return delivery

    def _noted(self, to: str, trusted: Sequence[str] | None = None) -> AbstractContextManager[None]:
        """Have the journal note where things go in the ``with`` block, if one is kept."""
        journal = self.emulator.journal
        return nullcontext() if journal is None else journal.beside(to, trusted)

    def _send(
        self, what: Webhook | Draft | Request, forge: str | None, to: Receiver | None
    ) -> Delivery:
        if to is None:
            delivery = self.emulator.send(what, forge=forge)
        else:
            with self._noted(FAILOVER):
                delivery = self.emulator.send_to(to, what, forge=forge)
        self._count(delivery)
        return delivery

    def _require_patience(self) -> None:
        """Raises BudgetSpent once too much time went by with late answers."""
        if self._late > MOST_LATE and not self.unbounded:
            raise BudgetSpent(
                f"answers that came after the deadline took {MOST_LATE:g} s in all, so the rest "
                "was not tried; make it answer in time, or ask for fewer --events"
            )

    def _count(self, delivery: Delivery) -> None:
        if delivery.elapsed > self.settings.deadline:
            self._late += delivery.elapsed
        if delivery.request.forgery is None and (call := call_of(delivery)):
            self.calls.add(call)
        self.latencies.append(round(delivery.elapsed * 1000, 2))
        self.answers[delivery.status] += 1
        if self.watching:
            for what in leaks(delivery):
                self.leaked.setdefault(what, delivery)
        if self.first is None:
            self.first = delivery


def _require_free(delivery: Delivery) -> None:
    if delivery.status == 429:
        raise Inconclusive(
            f"{delivery.sent()} was answered 429 each time it was sent; send less in a second "
            "(--rate)"
        )


def _require_unblocked(delivery: Delivery) -> None:
    if delivery.blocked:
        calls = " ".join(dict.fromkeys(map(str, delivery.blocked)))
        raise Blocked(f"the receiver could not do its work for {delivery.sent()}. {calls}")


def call_of(delivery: Delivery) -> str:
    """The call that *delivery* is about; empty where it is about none."""
    webhook = delivery.webhook
    return "" if webhook is None else str(webhook.payload.get("call_control_id", ""))


def _retry_after(delivery: Delivery) -> float:
    """The seconds that the answer asks for; 0 where it asks for none, or names a date."""
    headers = () if delivery.response is None else delivery.response.headers
    asked = [value for name, value in headers if name.lower() == b"retry-after"]
    return float(asked[0]) if asked and asked[0].isdigit() and len(asked[0]) < 5 else 0.0
