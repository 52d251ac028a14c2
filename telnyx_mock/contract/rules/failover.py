"""The failover address takes over when the first one fails, and both together handle an event once.

No time-out is waited for: an answer of the first address counts as lost, and the webhook goes to
the failover address next, as the attempt that would come there.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from functools import partial
from itertools import islice

from telnyx_mock.attacks.forgeries import FORGERIES
from telnyx_mock.contract.engine.attack import attack_with
from telnyx_mock.contract.engine.context import Context
from telnyx_mock.contract.engine.effects import Effects
from telnyx_mock.contract.engine.finding import Finding
from telnyx_mock.contract.engine.reason import Inconclusive, Skipped, Why
from telnyx_mock.contract.engine.rule import Check, Rule, Scope
from telnyx_mock.contract.rules.idempotency import (
    FIX,
    delivered_twice,
    without_second_effect,
)
from telnyx_mock.delivery import Delivery, attempted, policy_for
from telnyx_mock.errors import DeliveryError
from telnyx_mock.payload.request import Request
from telnyx_mock.payload.webhook import Webhook, sample
from telnyx_mock.provider import MESSAGING_GUIDE
from telnyx_mock.schema.event import Event
from telnyx_mock.severity import Severity
from telnyx_mock.transports.receiver import Receiver

__all__ = ["RULES"]

LIES = ("signature-missing", "signature-by-another-key")


def _failover(context: Context) -> Receiver:
    if context.failover is None:
        raise Skipped(Why.NO_FAILOVER)
    return context.failover


def _number(event: Event) -> int:
    """What ``meta.attempt`` says in the first attempt at the failover address."""
    return policy_for(event).attempts + 1


def _there(context: Context, webhook: Webhook, *, forge: str | None = None) -> Delivery:
    """The delivery of *webhook* to the failover address, where what it goes on with is done."""
    failover = _failover(context)
    later = attempted(webhook, _number(webhook.event), failover.url)
    try:
        delivery = context.sender.send(later, forge=forge, to=failover)
    except DeliveryError as problem:
        raise Inconclusive(Why.FAILOVER_UNREACHABLE, problem=str(problem)) from None
    failover.wait_until_idle(context.patience.background_work)
    return delivery


def _after_a_lost_answer(context: Context, webhook: Webhook, original: Request) -> Delivery:
    return _there(context, webhook)


def _shows(context: Context, usual: Effects) -> bool:
    """Whether an effect like the *usual* one would be seen if the failover address had it."""
    return usual.changed or (bool(usual.commands) and _failover(context).in_process)


def _takes_over(check: Check, context: Context, event: Event) -> Iterator[Finding]:
    _failover(context)
    known: Event | None = None
    for known in _accepted(context):
        delivery = _there(context, sample(known.name))
        if not delivery.accepted:
            yield check.finding(
                delivery,
                f"delivered to the failover address, as attempt {_number(known)}, was not "
                "accepted, though the first address accepts it",
                "200",
                alone=False,
            )
    if known is None:
        context.baseline.require_known(context.events)
        raise Skipped(Why.NO_SAMPLE_ACCEPTED)
    with suppress(Skipped):  # where nothing shows, that it is accepted is all there is to see
        yield from _handled(check, context)


def _accepted(context: Context) -> Iterator[Event]:
    """Of each family, the first event whose sample is accepted at the first address."""
    families: dict[str, list[Event]] = {}
    for event in context.events:
        families.setdefault(event.family, []).append(event)
    for events in families.values():
        yield from islice((each for each in events if context.baseline.accepts(each)), 1)


def _handled(check: Check, context: Context) -> Iterator[Finding]:
    for events in context.acting().values():
        name = events[0].name
        send = partial(context.sender.send, sample(name))
        _, usual = context.observer.observe_soon(send)
        if not _shows(context, usual):
            continue
        there = partial(_there, context, sample(name))
        delivery, effects = context.observer.observe_late(there)
        if delivery.accepted and not effects:
            yield check.finding(
                delivery,
                "delivered to the failover address alone is acknowledged there and not handled",
                "200, and the effect that it has at the first address",
                alone=False,
            )


def _refuses(check: Check, context: Context, event: Event) -> Iterator[Finding]:
    _failover(context)
    if not context.settings.forgeries_only and not _there(context, sample(event.name)).accepted:
        raise Skipped(Why.FAILOVER_REFUSES_SAMPLE, event.name)
    for lie in LIES:
        tell = partial(_there, context, sample(event.name), forge=lie)
        delivery, effects = attack_with(context, tell)
        if not FORGERIES[lie].allows(delivery.status):
            problem = f"was not refused at the failover address ({delivery.answer()})"
        elif effects:
            problem = (
                f"was refused at the failover address ({delivery.answer()}) and had an effect: "
                f"{effects.words()}"
            )
        else:
            continue
        yield check.finding(delivery, problem, "4xx, and no effect", alone=False)


def _once(check: Check, context: Context, event: Event) -> Iterator[Finding]:
    _failover(context)
    judged = False
    for first in without_second_effect(context):
        _, usual = context.observer.observe_soon(partial(context.sender.send, sample(first.name)))
        if not _shows(context, usual) or not _there(context, sample(first.name)).accepted:
            continue
        judged = True
        both = delivered_twice(context, first, _after_a_lost_answer)
        how = f"delivered to the failover address, as attempt {_number(first)},"
        if not both.repeat.accepted:
            problem = f"{how} was answered {both.repeat.answer()}, though the first one accepted it"
        elif both.second:
            problem = (
                f"{how} though the first one had handled it, had a second effect: "
                f"{both.second.words()}"
            )
        else:
            continue
        yield check.finding(both.repeat, problem, "200, and no second effect", alone=False)
    if not judged:
        raise Skipped(Why.NO_EFFECT_AT_FAILOVER)


RULES: tuple[Rule, ...] = (
    Rule(
        "accepts-at-failover",
        "takes an event at the failover address as well",
        Severity.ERROR,
        Scope.RUN,
        "Telnyx turns to the failover address when the first one has failed as often as it tries; "
        "what is not taken there either is lost, and it shows only when things go wrong anyway.",
        MESSAGING_GUIDE,
        "Serve the failover address by the same code, with the same public key; try it before it "
        "is needed.",
        _takes_over,
    ),
    Rule(
        "refuses-at-failover",
        "refuses what Telnyx did not sign at the failover address as well",
        Severity.ERROR,
        Scope.CONTENT_TYPE,
        "Whoever finds the failover address can send to it just as to the first one.",
        MESSAGING_GUIDE,
        "Verify the signature at each address that takes webhooks. Run the whole contract against "
        "the failover address, too: here the two plainest lies are told.",
        _refuses,
    ),
    Rule(
        "idempotent-after-failover",
        "acts once on an event that comes to the failover address after the first one had it",
        Severity.ERROR,
        Scope.RUN,
        "When the answer of the first address is late or lost, the event has been handled, and "
        "Telnyx delivers it to the failover address all the same, with the same data.id: two "
        "processes that do not share what they remember both act on it.",
        MESSAGING_GUIDE,
        f"{FIX} Both addresses must see the same ids.",
        _once,
    ),
)
