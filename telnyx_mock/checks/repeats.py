"""The receiver does each webhook once, however often it is delivered."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from typing import TypeAlias

from telnyx_mock.checks.campaign import Campaign
from telnyx_mock.checks.check import Check, NotSelected, Scope
from telnyx_mock.checks.effects import LATE, Effects, acting, is_quiet, observe
from telnyx_mock.checks.finding import Finding
from telnyx_mock.delivery import Delivery, attempted
from telnyx_mock.draft import Draft
from telnyx_mock.events.model import Event
from telnyx_mock.request import Request
from telnyx_mock.severity import Severity
from telnyx_mock.webhook import Webhook, sample

__all__ = [
    "FIX",
    "LATENCY",
    "MESSAGING_GUIDE",
    "REPEATS",
    "ROUNDS",
    "delivered_twice",
    "not_yet_guilty",
]

MESSAGING_GUIDE = "https://developers.telnyx.com/docs/messaging/messages/receiving-webhooks"
FIX = (
    "Remember data.id of every event where all your processes see it, by an insert that fails if "
    "the id is there (a unique key, SET NX), before you act; or send each command with a "
    "command_id made from data.id."
)
_Again: TypeAlias = Callable[[Campaign, Webhook, Request], Delivery]
"""Delivers a webhook once more, which went out in that request."""

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

    A second effect is believed only if it shows again, with time for threads to finish between.
    """
    twice = _one_after_the_other(campaign, event, again)
    if not twice.second:
        return twice
    if not is_quiet(campaign):
        return replace(twice, second=Effects())
    return _one_after_the_other(campaign, event, again, LATE)


def _one_after_the_other(
    campaign: Campaign, event: Event, again: _Again, seconds: float = 0.0
) -> _Twice:
    webhook = sample(event.name).fresh()
    emulator = campaign.emulator
    # Dated a second back, so that the repeat has another timestamp and none is in the future.
    original = Draft(webhook).signed(emulator.key, int(emulator.clock.now()) - 1)
    started = time.perf_counter()
    _, first = observe(
        campaign, partial(campaign.send, original), seconds=LATE, until_seen=not seconds
    )
    seconds = seconds or 2 * (time.perf_counter() - started)
    repeat, second = observe(campaign, partial(again, campaign, webhook, original), seconds=seconds)
    return _Twice(repeat, second.beyond(first))


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
        raise NotSelected("every event that is delivered again has a second effect anyway")
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
        alone, _ = _at_once(campaign, first, 1, LATE, until_seen=True)
        took = time.perf_counter() - started
        rounds = (_at_once(campaign, first, 2, 2 * took)[0] for _ in range(ROUNDS))
        if not any(together.exceeds(alone) for together in rounds) or not is_quiet(campaign):
            continue
        # Believed only if it shows again, with time for threads to finish in between.
        alone, _ = _at_once(campaign, first, 1, LATE)
        for _ in range(ROUNDS):
            together, delivery = _at_once(campaign, first, 2, LATE)
            if together.exceeds(alone):
                problem = f"delivered twice at once was handled twice: {together.words()}"
                yield check.finding(delivery, problem, "200, and one effect", alone=False)
                break


def _at_once(
    campaign: Campaign, event: Event, times: int, seconds: float, *, until_seen: bool = False
) -> tuple[Effects, Delivery]:
    """What a fresh webhook leads to that is delivered so many *times* at once; one delivery of it."""
    request = campaign.emulator.request(sample(event.name))
    send = partial(campaign.sending.send_at_once, [request] * times)
    with campaign.emulator.api.taking(LATENCY):
        deliveries, effects = observe(campaign, send, seconds=seconds, until_seen=until_seen)
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
