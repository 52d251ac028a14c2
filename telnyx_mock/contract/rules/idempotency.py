"""The receiver does each webhook once, however often it is delivered."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from typing import TypeAlias

from telnyx_mock.contract.engine.campaign import Campaign
from telnyx_mock.contract.engine.effects import (
    CALM,
    LATE,
    Effects,
    acting,
    observe,
    observe_until_idle,
    wait_until_idle,
)
from telnyx_mock.contract.engine.finding import Finding
from telnyx_mock.contract.engine.rule import Check, Scope, Skipped
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
    "REPEATS",
    "ROUNDS",
    "delivered_twice",
    "not_yet_guilty",
]

FIX = (
    "Remember data.id of every event where all your processes see it, by an insert that fails if "
    "the id is there (a unique key, SET NX), before you act; or send each command with a "
    "command_id made from data.id."
)
_Again: TypeAlias = Callable[[Campaign, Webhook, Request], Delivery]
"""Delivers a webhook once more, which went out in that request."""

_Look: TypeAlias = Callable[[Callable[[], list[Delivery]]], tuple[list[Delivery], Effects]]
"""Sends, and sees what the receiver does because of it."""

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


def _as_second_attempt(campaign: Campaign, webhook: Webhook, original: Request) -> Delivery:
    return campaign.send(attempted(webhook, 2, campaign.emulator.receiver.url))


def _as_it_was(campaign: Campaign, webhook: Webhook, original: Request) -> Delivery:
    return campaign.send(original)


def delivered_twice(campaign: Campaign, event: Event, again: _Again) -> _Twice:
    """What two deliveries led to, the second of them as *again* makes it.

    A second effect is believed only if it shows again, when all that the first delivery leads to is
    done.
    """
    twice = _one_after_the_other(campaign, event, again)
    if not twice.second:
        return twice
    if not wait_until_idle(campaign):
        return replace(twice, second=Effects())
    return _one_after_the_other(campaign, event, again, slowly=True)


def _one_after_the_other(
    campaign: Campaign, event: Event, again: _Again, *, slowly: bool = False
) -> _Twice:
    webhook = sample(event.name).fresh()
    emulator = campaign.emulator
    # Dated a second back, so that the repeat has another timestamp and none is in the future.
    original = sign(Draft(webhook), emulator.key, timestamp=int(emulator.clock.now()) - 1)
    send, repeat = partial(campaign.send, original), partial(again, campaign, webhook, original)
    if slowly:
        _, first = observe_until_idle(campaign, send)
        delivery, second = observe_until_idle(campaign, repeat)
        return _Twice(delivery, second.beyond(first) if first else Effects())
    started = time.perf_counter()
    _, first = observe(campaign, send, seconds=LATE, until_seen=True)
    took = time.perf_counter() - started
    # What a worker does that looks for work now and then may come early once, and late the next time.
    seconds = 2 * took if took < SOON else CALM
    delivery, second = observe(campaign, repeat, seconds=seconds)
    return _Twice(delivery, second.beyond(first))


def _delivered_again(check: Check, campaign: Campaign, event: Event) -> Iterator[Finding]:
    for events in acting(campaign).values():
        twice = delivered_twice(campaign, events[0], _as_second_attempt)
        if twice.second:
            campaign.acts_again.add(events[0].family)
        if not twice.repeat.accepted:
            yield check.finding(
                twice.repeat,
                f"delivered again, as attempt 2, was answered {twice.repeat.answer()}, though "
                "attempt 1 was accepted",
                "200, and no second effect",
                alone=False,
            )
        elif twice.second:
            yield _second_effect(check, twice.repeat, "delivered again, as attempt 2,", twice)


def not_yet_guilty(campaign: Campaign) -> Iterator[Event]:
    """Of each family, an event that has an effect; left out is what acts on any repeat anyway.

    Raises NotSelected where nothing is left.
    """
    campaign.found(REPEATS[0], campaign.events[0])
    left = [
        events[0]
        for family, events in acting(campaign).items()
        if family not in campaign.acts_again
    ]
    if not left:
        raise Skipped("every event that is delivered again has a second effect anyway")
    yield from left


def _replayed(check: Check, campaign: Campaign, event: Event) -> Iterator[Finding]:
    for first in not_yet_guilty(campaign):
        twice = delivered_twice(campaign, first, _as_it_was)
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
    return check.finding(delivery, problem, "200, and no second effect", alone=False)


def _raced(check: Check, campaign: Campaign, event: Event) -> Iterator[Finding]:
    for first in not_yet_guilty(campaign):
        started = time.perf_counter()
        look = partial(observe, campaign, seconds=LATE, until_seen=True)
        alone, _ = _at_once(campaign, first, 1, look)
        look = partial(observe, campaign, seconds=2 * (time.perf_counter() - started))
        rounds = (_at_once(campaign, first, 2, look)[0] for _ in range(ROUNDS))
        if not any(together.exceeds(alone) for together in rounds) or not wait_until_idle(campaign):
            continue
        # Believed only if it shows again, when all that came before is done.
        look = partial(observe_until_idle, campaign)
        alone, _ = _at_once(campaign, first, 1, look)
        for _ in range(ROUNDS):
            together, delivery = _at_once(campaign, first, 2, look)
            if together.exceeds(alone):
                problem = f"delivered twice at once was handled twice: {together.words()}"
                yield check.finding(delivery, problem, "200, and one effect", alone=False)
                break


def _at_once(campaign: Campaign, event: Event, times: int, look: _Look) -> tuple[Effects, Delivery]:
    """What a fresh webhook leads to that is delivered so many *times* at once; one delivery of it."""
    request = campaign.emulator.request(sample(event.name))
    with campaign.emulator.api.taking(LATENCY):
        deliveries, effects = look(partial(campaign.sending.send_at_once, [request] * times))
    return effects, deliveries[-1]


REPEATS: tuple[Check, ...] = (
    Check(
        "once-when-delivered-again",
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
    Check(
        "once-when-replayed",
        "acts once on a request that is sent again byte for byte",
        Severity.ERROR,
        Scope.RUN,
        "A signature is good for five minutes, so whoever records a request can send it again.",
        MESSAGING_GUIDE,
        FIX,
        _replayed,
    ),
    Check(
        "once-when-raced",
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
