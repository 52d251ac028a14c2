"""The receiver handles every event of a call or message: no event counts as another's duplicate."""

from __future__ import annotations

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
from telnyx_mock.payload.webhook import sample
from telnyx_mock.provider_urls import MESSAGING_GUIDE
from telnyx_mock.schema.event import Event
from telnyx_mock.severity import Severity

SHARED_IDS = ("id", "call_control_id", "call_leg_id", "call_session_id", "fax_id")
"""Payload fields that identify the call, message or fax; all its events share their values."""

MOST = 4
"""The largest number of acting events per family of which each pair is tried."""


def _handles_both(check: Check, context: Context, event: Event) -> Iterator[Finding]:
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
        "Deduplicate by data.id only.",
        _handles_both,
    ),
)
