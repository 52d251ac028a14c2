"""The receiver handles each webhook once: a duplicate has no second effect."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import partial
from itertools import chain, groupby, islice
from typing import TypeAlias

from telnyx_mock.catalogue.registry import find
from telnyx_mock.contract.effects.effects import Effects
from telnyx_mock.contract.engine.confirmation import reproduced
from telnyx_mock.contract.engine.failure import is_failure
from telnyx_mock.contract.engine.finding import Cause, Finding
from telnyx_mock.contract.engine.reason import Skipped, Why
from telnyx_mock.contract.engine.related import has_event_id
from telnyx_mock.contract.engine.rule import Check, Rule, Scope
from telnyx_mock.contract.engine.rule_context import Context
from telnyx_mock.contract.rules.concurrency import ROUNDS, Observe, send_at_once
from telnyx_mock.delivery import Delivery
from telnyx_mock.payload.draft import Draft
from telnyx_mock.payload.request import Request
from telnyx_mock.payload.webhook import Webhook
from telnyx_mock.provider_urls import MESSAGING_GUIDE
from telnyx_mock.schema.event import Event
from telnyx_mock.severity import Severity
from telnyx_mock.signing.sign import sign

DEDUPLICATE = (
    "Before your app acts, store data.id in a place that all your processes share. Use an insert "
    "that fails if the id exists (a unique key, or SET NX in Redis). Or send each command with a "
    "command_id that you derive from data.id."
)
EXPECTED = "200, and no second effect"

MOST_ANSWERS = 2
"""How many events of a family without visible effects are delivered twice."""

REDELIVERED = "idempotent-when-redelivered"

SendDuplicate: TypeAlias = Callable[[Context, Webhook, Request], Delivery]
"""A function that delivers the webhook again; its last argument is the first request."""


def _send_second_attempt(context: Context, webhook: Webhook, first: Request) -> Delivery:
    return context.sender.send_second_attempt(webhook)


def _send_same_bytes(context: Context, webhook: Webhook, first: Request) -> Delivery:
    return context.sender.send(first)


def deliver_twice(
    context: Context, event: Event, send_duplicate: SendDuplicate
) -> tuple[Delivery, Effects]:
    """Return the second delivery of a fresh webhook, and its effects beyond those of the first.

    A second effect counts only if it occurs again once the receiver is idle, and if this machine did
    not send a request twice itself.
    """
    observer, clock = context.observer, context.emulator.clock
    send, duplicate = _two_deliveries(context, event, send_duplicate)
    started = clock.monotonic()
    _, first = observer.observe_soon(send)
    seconds = observer.wait_for_another(first, clock.monotonic() - started)
    delivery, second = observer.observe(duplicate, seconds=seconds)
    second = second.beyond(first)
    if not second or delivery.resent:
        return delivery, Effects()
    if not observer.wait_until_idle():
        return delivery, Effects()
    send, duplicate = _two_deliveries(context, event, send_duplicate)
    _, first = observer.observe_until_idle(send)
    delivery, second = observer.observe_until_idle(duplicate)
    return delivery, second.beyond(first) if first and not delivery.resent else Effects()


def _two_deliveries(
    context: Context, event: Event, send_duplicate: SendDuplicate
) -> tuple[Callable[[], Delivery], Callable[[], Delivery]]:
    """Return a function that delivers a fresh webhook, and a function that delivers it again."""
    webhook = context.prepare(event)
    # One second in the past, so that the duplicate has another timestamp and none is in the future.
    timestamp = int(context.emulator.clock.now()) - 1
    first = sign(Draft(webhook), context.emulator.key, timestamp=timestamp)
    return (
        partial(context.sender.send, first),
        partial(send_duplicate, context, webhook, first),
    )


def unsettled(events: Iterable[Event], settled: set[str]) -> Iterator[Event]:
    """Yield each of *events* whose family is not in *settled* when its turn comes.

    A rule adds the family of each finding: the other events of the family would show the same
    fault, with an effect that is no worse.
    """
    return (event for event in events if event.family not in settled)


def without_second_effect(context: Context) -> Iterator[Event]:
    """Yield the events that act, unless a redelivery in their family has a second effect.

    Events with the worst effect come first. Raises Skipped if no event is left.
    """
    acting = context.worst_first()
    families = {
        find(finding.event).family
        for finding in context.found(REDELIVERED, context.events[0])
        if finding.cause is Cause.SECOND_EFFECT
    }
    left = [event for event in acting if event.family not in families]
    if not left:
        raise Skipped(Why.ACTS_ON_EVERY_DUPLICATE)
    yield from left


def _redelivered(check: Check, context: Context, event: Event) -> Iterator[Finding]:
    acting, why_none = _acting(context)

    def look(each: Event) -> Finding | None:
        if each not in acting:
            # The answer can be judged even if the receiver has no effect that can be seen.
            if _refused_duplicate(context, each) is None:
                return None
            refused = _refused_duplicate(context, each)
            return None if refused is None else _not_acknowledged(check, refused, Effects())
        delivery, second = deliver_twice(context, each, _send_second_attempt)
        refused = None if delivery.accepted else _refused_duplicate(context, each)
        if refused is not None:
            return _not_acknowledged(check, refused, second)
        return _second_effect(check, delivery, "delivered again, as attempt 2,", second)

    yield from _each_family(context, chain(acting, _a_few_accepted(context, acting)), look)
    if why_none is not None:
        raise why_none


def _each_family(
    context: Context, events: Iterable[Event], look: Callable[[Event], Finding | None]
) -> Iterator[Finding]:
    """Yield what *look* finds about *events*, once in each family."""
    settled: set[str] = set()
    for event in unsettled(events, settled):
        finding = reproduced(context, partial(look, event))
        if finding is not None:
            settled.add(event.family)
            yield finding


def _refused_duplicate(context: Context, event: Event) -> Delivery | None:
    """Return attempt 2 of a fresh webhook if only attempt 1 was accepted, and attempt 2 never is."""
    send, duplicate = _two_deliveries(context, event, _send_second_attempt)
    if not send().accepted:
        return None
    delivery = duplicate()
    # Twice in a row, since a receiver may fail at every other request.
    return None if delivery.accepted or duplicate().accepted else delivery


def _acting(context: Context) -> tuple[tuple[Event, ...], Skipped | None]:
    """Return the events that act, or why there are none."""
    try:
        return context.worst_first(), None
    except Skipped as problem:
        return (), problem


def _a_few_accepted(context: Context, acting: tuple[Event, ...]) -> Iterator[Event]:
    """Yield a few accepted events of each family, without *acting* ones."""
    left = [each for each in context.events if has_event_id(each) and each not in acting]
    for _, events in groupby(left, key=lambda each: each.family):
        yield from islice(filter(context.baseline.accepts, events), MOST_ANSWERS)


def _not_acknowledged(check: Check, delivery: Delivery, second: Effects) -> Finding:
    problem = (
        "delivered again, as attempt 2, was answered "
        f"{delivery.answer()}, although the receiver accepted attempt 1"
    )
    cause = Cause.SECOND_EFFECT if second else None
    return check.finding(delivery, problem, EXPECTED, cause=cause, alone=False)


def _replayed(check: Check, context: Context, event: Event) -> Iterator[Finding]:
    how = "sent again, byte for byte,"

    def look(acting: Event) -> Finding | None:
        delivery, second = deliver_twice(context, acting, _send_same_bytes)
        if is_failure(delivery):
            expected = "2xx or 4xx, and no second effect"
            problem = f"{how} made the receiver fail"
            return check.finding(delivery, problem, expected, alone=False)
        return _second_effect(check, delivery, how, second)

    return _each_family(context, without_second_effect(context), look)


def _second_effect(check: Check, delivery: Delivery, how: str, second: Effects) -> Finding | None:
    if not second:
        return None
    problem = f"{how} had a second effect: {second.words()}"
    if second.is_mild:
        problem += ", which Telnyx carries out once anyway"
    return check.finding(
        delivery,
        problem,
        EXPECTED,
        cause=None if second.is_mild else Cause.SECOND_EFFECT,
        severity=Severity.WARNING if second.is_mild else None,
        alone=False,
    )


def _concurrent(check: Check, context: Context, event: Event) -> Iterator[Finding]:
    observer, clock = context.observer, context.emulator.clock

    def look(acting: Event) -> Finding | None:
        started = clock.monotonic()
        _, alone = _deliver_at_once(context, acting, 1, observer.observe_soon)
        seconds = observer.wait_for_another(alone, clock.monotonic() - started)
        observe: Observe = partial(observer.observe, seconds=seconds)
        if not _race(context, acting, alone, observe) or not observer.wait_until_idle():
            return None
        # A second effect counts only if it shows again while nothing else is under way.
        observe = observer.observe_until_idle
        _, alone = _deliver_at_once(context, acting, 1, observe)
        lost = _race(context, acting, alone, observe)
        if lost is None:
            return None
        delivery, effects = lost
        problem = f"delivered twice at the same time was handled twice: {effects.words()}"
        severity = Severity.WARNING if effects.is_mild else None
        expected = "200, and one effect"
        return check.finding(delivery, problem, expected, severity=severity, alone=False)

    return _each_family(context, without_second_effect(context), look)


def _race(
    context: Context, event: Event, alone: Effects, observe: Observe
) -> tuple[Delivery, Effects] | None:
    """Deliver twice at once; return None unless the effects exceed those of one *alone*."""
    for _ in range(ROUNDS):
        delivery, effects = _deliver_at_once(context, event, 2, observe)
        if effects.exceeds(alone):
            return delivery, effects
    return None


def _deliver_at_once(
    context: Context, event: Event, times: int, observe: Observe
) -> tuple[Delivery, Effects]:
    """Deliver a fresh webhook several times at once; return one delivery, and the effects of all.

    There are none to judge if one of the requests went out once more.
    """
    request = context.emulator.request(context.prepare(event))
    deliveries, effects = send_at_once(context, [request] * times, observe)
    is_doubled = times > 1 and any(delivery.resent for delivery in deliveries)
    return deliveries[-1], Effects() if is_doubled else effects


RULES: tuple[Rule, ...] = (
    Rule(
        REDELIVERED,
        "acts once on an event that Telnyx delivers again",
        Severity.ERROR,
        Scope.RUN,
        "If the answer is late or lost, Telnyx delivers the event again. The duplicate has the "
        "same data.id, a higher meta.attempt, a new timestamp and a new signature. A receiver "
        "that acts on the duplicate answers a call, sends a text or books an order a second time.",
        MESSAGING_GUIDE,
        DEDUPLICATE,
        _redelivered,
    ),
    Rule(
        "idempotent-when-replayed",
        "acts once on a request that comes again byte for byte",
        Severity.ERROR,
        Scope.RUN,
        (
            "A signature is valid for five minutes. Within this time, anyone who has recorded a "
            "request can send it again."
        ),
        MESSAGING_GUIDE,
        DEDUPLICATE,
        _replayed,
    ),
    Rule(
        "idempotent-when-concurrent",
        "acts once on an event that comes twice at the same time",
        Severity.ERROR,
        Scope.RUN,
        "Telnyx delivers concurrently: attempt 2 can arrive while the receiver still works on "
        "attempt 1. A receiver that first looks for the id and stores it later acts on both "
        "attempts.",
        MESSAGING_GUIDE,
        DEDUPLICATE,
        _concurrent,
    ),
)
