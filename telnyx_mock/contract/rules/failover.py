"""The failover address replaces a failed first address, and both together act once on an event.

These rules do not wait for time-outs. They pretend that the answer of the first address is lost,
and send the webhook to the failover address, with the attempt number that Telnyx would use there.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from functools import partial
from itertools import islice

from telnyx_mock.attacks.forgeries import FORGERIES
from telnyx_mock.contract.effects.effects import Effects
from telnyx_mock.contract.engine.attack import SIMPLEST_FORGERIES, attack_with
from telnyx_mock.contract.engine.confirmation import reproduced, steady
from telnyx_mock.contract.engine.failure import is_failure
from telnyx_mock.contract.engine.finding import Finding
from telnyx_mock.contract.engine.reason import Inconclusive, Skipped, Why
from telnyx_mock.contract.engine.rule import Check, Rule, Scope
from telnyx_mock.contract.engine.rule_context import Context
from telnyx_mock.contract.rules.idempotency import (
    DEDUPLICATE,
    deliver_twice,
    unsettled,
    without_second_effect,
)
from telnyx_mock.delivery import Delivery, attempted, policy_for
from telnyx_mock.errors import DeliveryError
from telnyx_mock.payload.request import Request
from telnyx_mock.payload.webhook import Webhook, sample
from telnyx_mock.provider_urls import MESSAGING_GUIDE
from telnyx_mock.schema.event import Event
from telnyx_mock.severity import Severity
from telnyx_mock.transports.receiver import Receiver


def _require_failover(context: Context) -> Receiver:
    """Return the receiver at the failover address. Raises Skipped if none is given."""
    if context.failover is None:
        raise Skipped(Why.NO_FAILOVER)
    return context.failover


def _attempt(event: Event) -> int:
    """The number of the first attempt at the failover address, for the field ``meta.attempt``."""
    return policy_for(event).attempts + 1


def _send_to_failover(context: Context, webhook: Webhook, *, forge: str | None = None) -> Delivery:
    """Deliver *webhook* to the failover address, and wait for its background work."""
    failover = _require_failover(context)
    later = attempted(webhook, _attempt(webhook.event), failover.url)
    try:
        delivery = context.sender.send(later, forge=forge, to=failover)
    except DeliveryError as problem:
        raise Inconclusive(Why.FAILOVER_UNREACHABLE, problem=str(problem)) from None
    failover.wait_until_idle(context.patience.background_work)
    return delivery


def _send_duplicate(context: Context, webhook: Webhook, first: Request) -> Delivery:
    return _send_to_failover(context, webhook)


def _is_visible(context: Context, usual: Effects) -> bool:
    """Whether effects like the *usual* ones can also be seen at the failover address."""
    if usual.changed:
        return True
    return bool(usual.commands) and context.emulator.sees_commands(_require_failover(context))


def _accepts(check: Check, context: Context, event: Event) -> Iterator[Finding]:
    _require_failover(context)
    known: Event | None = None
    for known in _accepted_events(context):
        send = partial(_send_to_failover, context, sample(known.name))
        delivery = steady(context, send)
        if not delivery.accepted:
            problem = (
                f"delivered to the failover address, as attempt {_attempt(known)}, was not "
                "accepted, although the first address accepts it"
            )
            yield check.finding(delivery, problem, "200", alone=False)
    if known is None:
        context.baseline.require_known(context.events)
        raise Skipped(Why.NO_SAMPLE_ACCEPTED)
    with suppress(Skipped):  # where no effect can be seen, the answers alone decide
        yield from _has_effects(check, context)


def _accepted_events(context: Context) -> Iterator[Event]:
    """Yield, for each family, the first event whose sample the first address accepts."""
    families: dict[str, list[Event]] = {}
    for event in context.events:
        families.setdefault(event.family, []).append(event)
    for events in families.values():
        yield from islice((each for each in events if context.baseline.accepts(each)), 1)


def _has_effects(check: Check, context: Context) -> Iterator[Finding]:
    for acting, *_ in context.acting().values():
        delivery = reproduced(context, partial(_without_effect, context, acting))
        if delivery is not None:
            problem = "delivered only to the failover address was accepted, but had no effect"
            expected = "200, and the same effect as at the first address"
            yield check.finding(delivery, problem, expected, alone=False)


def _without_effect(context: Context, event: Event) -> Delivery | None:
    """Return a delivery of *event* that has no effect only at the failover address; else None."""
    webhook = sample(event.name)
    _, usual = context.observer.observe_soon(partial(context.sender.send, webhook))
    if not _is_visible(context, usual):
        return None
    send = partial(_send_to_failover, context, webhook)
    delivery, effects = context.observer.observe_late(send)
    return delivery if delivery.accepted and not effects else None


def _refuses(check: Check, context: Context, event: Event) -> Iterator[Finding]:
    _require_failover(context)
    webhook = sample(event.name)
    genuine = partial(_send_to_failover, context, webhook)
    if not context.settings.forgeries_only and not steady(context, genuine).accepted:
        raise Skipped(Why.FAILOVER_REFUSES_SAMPLE, event.name)
    refused = False
    for forgery in SIMPLEST_FORGERIES:
        send = partial(_send_to_failover, context, webhook, forge=forgery)
        delivery, effects = attack_with(context, send)
        if not effects:
            delivery = delivery if not is_failure(delivery) else steady(context, send)
        if FORGERIES[forgery].allows(delivery.status) and not effects:
            refused = True
            continue
        problem = f"was answered {delivery.answer()} at the failover address"
        if effects:
            problem += f", and had an effect: {effects.words()}"
        yield check.finding(delivery, problem, "4xx, and no effect", alone=False)
    if refused and not context.settings.forgeries_only:
        control = steady(context, genuine)
        if not control.accepted:
            raise Inconclusive(Why.BASELINE_NOT_ACCEPTED, event.name, answer=control.answer())


def _acts_once(check: Check, context: Context, event: Event) -> Iterator[Finding]:
    _require_failover(context)
    judged = False
    settled: set[str] = set()

    def look(acting: Event) -> Finding | None:
        nonlocal judged
        webhook = context.prepare(acting)
        _, usual = context.observer.observe_soon(partial(context.sender.send, webhook))
        if not _is_visible(context, usual) or not _send_to_failover(context, webhook).accepted:
            return None
        judged = True
        delivery, second = deliver_twice(context, acting, _send_duplicate)
        problem = (
            f"delivered to the failover address, as attempt {_attempt(acting)}, after the first "
            "address had accepted it, "
        )
        if not delivery.accepted:
            problem += f"was answered {delivery.answer()}"
        elif second:
            problem += f"had a second effect: {second.words()}"
        else:
            return None
        severity = Severity.WARNING if delivery.accepted and second.is_mild else None
        expected = "200, and no second effect"
        return check.finding(delivery, problem, expected, severity=severity, alone=False)

    for acting in unsettled(without_second_effect(context), settled):
        finding = reproduced(context, partial(look, acting))
        if finding is not None:
            settled.add(acting.family)
            yield finding
    if not judged:
        raise Skipped(Why.NO_EFFECT_AT_FAILOVER)


RULES: tuple[Rule, ...] = (
    Rule(
        "accepts-at-failover",
        "accepts each event also at the failover address",
        Severity.ERROR,
        Scope.RUN,
        "Telnyx uses the failover address if all attempts at the first address have failed. If "
        "the failover address does not accept the event, the event is lost. You notice this only "
        "in an outage.",
        MESSAGING_GUIDE,
        "Serve the failover address with the same code and the same public key as the first "
        "address. Test it before an outage.",
        _accepts,
    ),
    Rule(
        "refuses-at-failover",
        "refuses forgeries also at the failover address",
        Severity.ERROR,
        Scope.CONTENT_TYPE,
        "An attacker who finds the failover address can send requests to it too.",
        MESSAGING_GUIDE,
        "Verify the signature at each address that receives webhooks. Run the whole contract "
        "against the failover address too, because this rule sends only the two simplest "
        "forgeries.",
        _refuses,
    ),
    Rule(
        "idempotent-after-failover",
        "acts once on an event that comes to both the first and the failover address",
        Severity.ERROR,
        Scope.RUN,
        "If the answer of the first address is late or lost, the first address has handled the "
        "event, but Telnyx still delivers it to the failover address, with the same data.id. If "
        "the two processes do not share the ids that they have seen, both act on the event.",
        MESSAGING_GUIDE,
        f"{DEDUPLICATE} Both addresses must see the same ids.",
        _acts_once,
    ),
)
