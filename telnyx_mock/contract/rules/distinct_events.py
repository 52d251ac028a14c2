"""The receiver handles every event of a call or message: no event counts as another's duplicate."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import partial
from itertools import combinations

from telnyx_mock.contract.engine.confirmation import reproduced
from telnyx_mock.contract.engine.finding import Finding
from telnyx_mock.contract.engine.reason import Skipped, Why
from telnyx_mock.contract.engine.related import has_event_id, related
from telnyx_mock.contract.engine.rule import Check, Rule, Scope
from telnyx_mock.contract.engine.rule_context import Context
from telnyx_mock.delivery import Delivery
from telnyx_mock.payload.webhook import Webhook, sample
from telnyx_mock.provider_urls import MESSAGING_GUIDE
from telnyx_mock.schema.event import Event
from telnyx_mock.severity import Severity

SHARED_IDS = (
    "id",
    "call_control_id",
    "call_leg_id",
    "call_session_id",
    "fax_id",
    "CallSid",
    "ConferenceSid",
)
"""Fields that identify the call, message, fax or conference; all its events share their values."""

MOST = 4
"""The largest number of acting events per family of which each pair is tried."""

DUPLICATE = re.compile(r"duplicate", re.IGNORECASE)
"""What a receiver calls an event that it has had."""


def _handles_both(check: Check, context: Context, event: Event) -> Iterator[Finding]:
    called = reproduced(context, partial(_called_duplicate, context))
    if called is not None:
        first, answered = called
        problem = (
            f"was called a duplicate in the answer after {first.name} about the same call or message; "
            "alone, this event is called so only if it comes again"
        )
        yield check.finding(answered, problem, "the answer to a new event", alone=False)
        return
    judged = False
    for events in context.acting().values():
        for one, other in combinations(events[:MOST], 2):
            if not _share_an_id(one, other):
                continue
            judged = True
            dropped = reproduced(context, partial(_dropped_in_pair, context, one, other))
            if dropped is not None:
                problem = (
                    f"had no effect after {one.name} about the same call or message, and "
                    f"{one.name} had no effect after this event; alone, each event has an effect"
                )
                yield check.finding(dropped, problem, "each event has its effect once", alone=False)
                return
    for first, acting in _followers(context):
        judged = True
        dropped = reproduced(context, partial(_dropped_after, context, first, acting))
        if dropped is not None:
            problem = (
                f"had no effect after {first.name} about the same message, fax or order, which "
                "usually comes before it; alone, this event has an effect"
            )
            yield check.finding(dropped, problem, "the effect of the event", alone=False)
            return
    if not judged:
        raise Skipped(Why.NO_ACTING_PAIR)


def _called_duplicate(context: Context) -> tuple[Event, Delivery] | None:
    """Return an event, and the delivery of its successor, which is called a duplicate after it."""
    texts = context.alike.code_texts()
    if texts and not any(map(DUPLICATE.search, texts)):
        return None
    now = context.emulator.clock.now()
    for first, second in _successors(context, of_each_family=not texts):
        if _calls_duplicate(context, sample(second.name).fresh(now)):
            continue
        again = sample(second.name).fresh(now)
        context.sender.send(again)
        if not _calls_duplicate(context, again):
            continue
        before, after = related((first, second), now)
        context.sender.send(before)
        if (called := _calls_duplicate(context, after)) is None:
            continue
        # Events of two calls have nothing in common; what is called so then tells nothing.
        context.sender.send(sample(first.name).fresh(now))
        if not _calls_duplicate(context, sample(second.name).fresh(now)):
            return first, called
    return None


def _calls_duplicate(context: Context, webhook: Webhook) -> Delivery | None:
    """Deliver *webhook*; return the delivery if the answer calls it a duplicate."""
    delivery = context.sender.send(webhook)
    said = delivery.accepted and DUPLICATE.search(delivery.body.decode("utf-8", "replace"))
    return delivery if said else None


def _successors(context: Context, *, of_each_family: bool) -> Iterator[tuple[Event, Event]]:
    """Yield accepted events that come one after the other in a call or message; or one pair a family."""
    known: set[str] = set()
    alike = context.alike
    named = [each for each in context.events if alike.is_distinguished(each)]
    for second in named or [each for each in context.events if not alike.others_stand_for(each)]:
        if second.family in known:
            continue
        for first in context.events:
            if (
                first.name in second.before
                and context.baseline.accepts(first)
                and context.baseline.accepts(second)
                and _share_an_id(first, second)
            ):
                if of_each_family:
                    known.add(second.family)
                yield first, second
                break


def _followers(context: Context) -> Iterator[tuple[Event, Event]]:
    """Yield each event that acts after one that does not, about the same message, fax or order.

    Events of calls are left out: what an app does in a call may well depend on what came before.
    """
    for events in context.acting().values():
        for acting in events:
            for first in context.events:
                if (
                    first.name in acting.before
                    and first not in events
                    and "call_control_id" not in sample(acting.name).payload
                    and has_event_id(first)
                    and context.baseline.accepts(first)
                    and _share_an_id(first, acting)
                ):
                    yield first, acting


def _dropped_in_pair(context: Context, one: Event, other: Event) -> Delivery | None:
    """Return a delivery of *other* if each of the two has an effect alone, and none as the second.

    Both orders are tried, because a receiver may rightly ignore an event that comes too late.
    """
    dropped = _without_effect(context, one, other)
    if dropped is None or _without_effect(context, other, one) is None:
        return None
    if not context.observer.wait_until_idle():
        return None
    return dropped if context.has_effect(one) and context.has_effect(other) else None


def _dropped_after(context: Context, first: Event, acting: Event) -> Delivery | None:
    """Return a delivery of *acting* if it has an effect alone, and twice none after *first*."""
    if not context.observer.wait_until_idle() or not _without_effect(context, first, acting):
        return None
    if not context.has_effect(acting):
        return None
    context.observer.wait_until_idle()
    return _without_effect(context, first, acting)


def _share_an_id(one: Event, other: Event) -> bool:
    """Whether the payloads of two events about the same call or message have an id in common."""
    first, second = (webhook.payload for webhook in related((one, other), 0.0))
    return any(name in first and first[name] == second.get(name) for name in SHARED_IDS)


def _without_effect(context: Context, first: Event, second: Event) -> Delivery | None:
    """Deliver *first* and *second* of the same call; return None if *second* has an effect."""
    before, after = related((first, second), context.emulator.clock.now())
    context.observer.observe_soon(partial(context.sender.send, before))
    send = partial(context.sender.send, after)
    delivery, effects = context.observer.observe_late(send)
    return None if effects else delivery


RULES: tuple[Rule, ...] = (
    Rule(
        "handles-distinct-events",
        "handles every event of one call or message",
        Severity.ERROR,
        Scope.RUN,
        "Only data.id identifies an event. payload.id identifies the message, and "
        "call_control_id identifies the call, so several events share them. A receiver that "
        "deduplicates by these ids drops events.",
        MESSAGING_GUIDE,
        "Deduplicate by data.id only. A form has no such id: compare all its fields.",
        _handles_both,
    ),
)
