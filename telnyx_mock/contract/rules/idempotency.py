"""The receiver does each webhook once, however often it is delivered."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from typing import TypeAlias

from telnyx_mock.catalogue.registry import find
from telnyx_mock.contract.engine.context import Context
from telnyx_mock.contract.engine.effects import Effects
from telnyx_mock.contract.engine.finding import Cause, Finding
from telnyx_mock.contract.engine.reason import Skipped, Why
from telnyx_mock.contract.engine.rule import Check, Rule, Scope
from telnyx_mock.delivery import Delivery, attempted
from telnyx_mock.payload.draft import Draft
from telnyx_mock.payload.request import Request
from telnyx_mock.payload.webhook import Webhook, sample
from telnyx_mock.provider import MESSAGING_GUIDE
from telnyx_mock.schema.event import Event
from telnyx_mock.severity import Severity
from telnyx_mock.signing.sign import sign

__all__ = [
    "FIX",
    "LATENCY",
    "ROUNDS",
    "RULES",
    "delivered_twice",
    "without_second_effect",
]

FIX = (
    "Before you act, store data.id where all your processes see it, with an insert that fails if "
    "the id exists (a unique key, SET NX). Or send each command with a command_id made from data.id."
)
_Again: TypeAlias = Callable[[Context, Webhook, Request], Delivery]
"""Delivers a webhook once more, which went out in that request."""

_Look: TypeAlias = Callable[[Callable[[], list[Delivery]]], tuple[list[Delivery], Effects]]
"""Sends, and sees what the receiver does because of it."""

REDELIVERED = "idempotent-when-redelivered"

SOON = 0.05
"""Seconds in which an effect shows that waits for nobody."""

ROUNDS = 3
"""How often two deliveries are sent at once: a race is not lost every time."""

LATENCY = 0.02
"""Seconds the Telnyx API takes meanwhile, so that the second delivery meets the first at work."""


@dataclass(frozen=True, slots=True)
class _Twice:
    """The second delivery of a webhook, and what that led to beyond the first."""

    repeat: Delivery
    second: Effects


def _as_second_attempt(context: Context, webhook: Webhook, original: Request) -> Delivery:
    return context.sender.send(attempted(webhook, 2, context.emulator.receiver.url))


def _as_it_was(context: Context, webhook: Webhook, original: Request) -> Delivery:
    return context.sender.send(original)


def delivered_twice(context: Context, event: Event, again: _Again) -> _Twice:
    """What two deliveries led to, the second of them as *again* makes it.

    A second effect is believed only if it shows again, when all that the first delivery leads to is
    done.
    """
    twice = _one_after_the_other(context, event, again)
    if not twice.second:
        return twice
    if not context.observer.wait_until_idle():
        return replace(twice, second=Effects())
    return _one_after_the_other(context, event, again, slowly=True)


def _one_after_the_other(
    context: Context, event: Event, again: _Again, *, slowly: bool = False
) -> _Twice:
    webhook = sample(event.name).fresh()
    emulator = context.emulator
    # Dated a second back, so that the repeat has another timestamp and none is in the future.
    original = sign(Draft(webhook), emulator.key, timestamp=int(emulator.clock.now()) - 1)
    send, repeat = (
        partial(context.sender.send, original),
        partial(again, context, webhook, original),
    )
    if slowly:
        _, first = context.observer.observe_until_idle(send)
        delivery, second = context.observer.observe_until_idle(repeat)
        return _Twice(delivery, second.beyond(first) if first else Effects())
    started = context.emulator.clock.monotonic()
    _, first = context.observer.observe_soon(send)
    took = context.emulator.clock.monotonic() - started
    # What a worker does that looks for work now and then may come early once, and late the next time.
    seconds = 2 * took if took < SOON else context.patience.idle
    delivery, second = context.observer.observe(repeat, seconds=seconds)
    return _Twice(delivery, second.beyond(first))


def _delivered_again(check: Check, context: Context, event: Event) -> Iterator[Finding]:
    for events in context.acting().values():
        twice = delivered_twice(context, events[0], _as_second_attempt)
        if not twice.repeat.accepted:
            yield check.finding(
                twice.repeat,
                f"delivered again, as attempt 2, was answered {twice.repeat.answer()}, though "
                "attempt 1 was accepted",
                "200, and no second effect",
                cause=Cause.SECOND_EFFECT if twice.second else None,
                alone=False,
            )
        elif twice.second:
            yield _second_effect(check, twice.repeat, "delivered again, as attempt 2,", twice)


def without_second_effect(context: Context) -> Iterator[Event]:
    """Of each family, an event that has an effect, unless a duplicate of it has a second one anyway.

    Raises Skipped where none is left.
    """
    acting = context.acting()
    families = {
        find(finding.event).family
        for finding in context.found(REDELIVERED, context.events[0])
        if finding.cause is Cause.SECOND_EFFECT
    }
    left = [events[0] for family, events in acting.items() if family not in families]
    if not left:
        raise Skipped(Why.ACTS_ON_EVERY_DUPLICATE)
    yield from left


def _replayed(check: Check, context: Context, event: Event) -> Iterator[Finding]:
    for first in without_second_effect(context):
        twice = delivered_twice(context, first, _as_it_was)
        status = twice.repeat.status
        if status is None or status >= 500:
            yield check.finding(
                twice.repeat,
                "sent again, byte for byte, made the receiver fail",
                "2xx or 4xx, and no second effect",
                alone=False,
            )
        elif twice.second:
            yield _second_effect(check, twice.repeat, "sent again, byte for byte,", twice)


def _second_effect(check: Check, delivery: Delivery, how: str, twice: _Twice) -> Finding:
    problem = f"{how} had a second effect: {twice.second.words()}"
    expected = "200, and no second effect"
    return check.finding(delivery, problem, expected, cause=Cause.SECOND_EFFECT, alone=False)


def _raced(check: Check, context: Context, event: Event) -> Iterator[Finding]:
    for first in without_second_effect(context):
        started = context.emulator.clock.monotonic()
        look: _Look = context.observer.observe_soon
        alone, _ = _at_once(context, first, 1, look)
        look = partial(
            context.observer.observe, seconds=2 * (context.emulator.clock.monotonic() - started)
        )
        rounds = (_at_once(context, first, 2, look)[0] for _ in range(ROUNDS))
        if (
            not any(together.exceeds(alone) for together in rounds)
            or not context.observer.wait_until_idle()
        ):
            continue
        # Believed only if it shows again, when all that came before is done.
        look = context.observer.observe_until_idle
        alone, _ = _at_once(context, first, 1, look)
        for _ in range(ROUNDS):
            together, delivery = _at_once(context, first, 2, look)
            if together.exceeds(alone):
                problem = f"delivered twice at once was handled twice: {together.words()}"
                yield check.finding(delivery, problem, "200, and one effect", alone=False)
                break


def _at_once(context: Context, event: Event, times: int, look: _Look) -> tuple[Effects, Delivery]:
    """What a fresh webhook leads to that is delivered so many *times* at once; one delivery of it."""
    request = context.emulator.request(sample(event.name))
    with context.emulator.api.taking(LATENCY):
        deliveries, effects = look(partial(context.sender.send_at_once, [request] * times))
    return effects, deliveries[-1]


RULES: tuple[Rule, ...] = (
    Rule(
        REDELIVERED,
        "acts once on an event that is delivered again",
        Severity.ERROR,
        Scope.RUN,
        "Telnyx delivers again whenever an answer is late or lost, with the same data.id, a higher "
        "meta.attempt, and a new timestamp and signature: what is done twice is a call answered, "
        "a text sent or an order booked twice.",
        MESSAGING_GUIDE,
        FIX,
        _delivered_again,
    ),
    Rule(
        "idempotent-when-replayed",
        "acts once on a request that is sent again byte for byte",
        Severity.ERROR,
        Scope.RUN,
        "A signature is good for five minutes, so whoever records a request can send it again.",
        MESSAGING_GUIDE,
        FIX,
        _replayed,
    ),
    Rule(
        "idempotent-when-concurrent",
        "acts once on an event that is delivered twice at the same time",
        Severity.ERROR,
        Scope.RUN,
        "Deliveries are concurrent: a second attempt can arrive while the first is at work, and "
        "looking for an id and noting it afterwards lets both through.",
        MESSAGING_GUIDE,
        FIX,
        _raced,
    ),
)
