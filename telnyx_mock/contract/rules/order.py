"""The receiver takes events in any order, and keeps calls and events apart."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from itertools import combinations, permutations, product
from typing import TypeAlias

from telnyx_mock.catalogue.registry import family
from telnyx_mock.contract.engine.acting import related
from telnyx_mock.contract.engine.context import Context
from telnyx_mock.contract.engine.finding import Finding
from telnyx_mock.contract.engine.reason import Skipped, Why
from telnyx_mock.contract.engine.rule import Check, Rule, Scope
from telnyx_mock.contract.rules.idempotency import LATENCY, ROUNDS
from telnyx_mock.delivery import Delivery, attempted
from telnyx_mock.payload.webhook import sample
from telnyx_mock.provider import FUNDAMENTALS, MESSAGING_GUIDE
from telnyx_mock.schema.event import ContentType, Event
from telnyx_mock.severity import Severity

__all__ = ["RULES"]

PUT_OFF = (429, 503)
"""Answers that ask for a later delivery."""

SHARED_IDS = ("id", "call_control_id", "call_leg_id", "call_session_id", "fax_id")
"""Members of payloads that name what an event is about, and that all events about it share."""


def _is_linked(event: Event) -> bool:
    """Whether *event* has an id of its own, and others before or after it."""
    if event.content_type is not ContentType.JSON or not (event.before or event.after):
        return False
    data = sample(event.name).body.get("data")
    return isinstance(data, Mapping) and "id" in data


def _has_neighbours(event: Event) -> bool:
    """Whether there are two linked events in its family, so that they may be swapped."""
    return _is_linked(event) and sum(_is_linked(each) for each in family(event.family)) > 1


def _any_order(check: Check, context: Context, event: Event) -> Iterator[Finding]:
    linked = [each for each in context.events if each.family == event.family and _is_linked(each)]
    events = [each for each in linked if context.baseline.accepts(each)]
    if len(events) < 2:
        context.baseline.require_known(linked)
        raise Skipped(Why.NO_SECOND_EVENT, event.family)
    webhooks = related(events, context.emulator.clock.now())
    failed = {}
    for webhook in reversed(webhooks):
        delivery = context.sender.send(webhook, retry=False)
        if not delivery.accepted:
            failed[webhook.name] = delivery
    for webhook in webhooks:  # a receiver may put an event off until what it waits for is there
        first = failed.get(webhook.name)
        if first is None:
            continue
        again = context.sender.send(attempted(webhook, 2, context.emulator.receiver.url))
        if again.accepted and first.status in PUT_OFF and not first.crash:
            continue
        then = "accepted" if again.accepted else "not accepted"
        problem = (
            "delivered after what usually follows it was not accepted, and was "
            f"{then} when it was delivered again; alone it is accepted"
        )
        yield check.finding(first, problem, "200, or 503 once and then 200", alone=False)
        return


def _both_handled(check: Check, context: Context, event: Event) -> Iterator[Finding]:
    judged = False
    for events in context.acting().values():
        for one, other in combinations(events, 2):
            if not _has_shared_id(one, other):
                continue
            judged = True
            # In both orders: no rule about which of them comes first explains that.
            last, first = _without_effect(context, one, other), None
            if last is not None:
                first = _without_effect(context, other, one)
            if last is None or first is None or not context.observer.wait_until_idle():
                continue
            if context.has_effect(one) and context.has_effect(other):
                problem = (
                    f"had no effect after {one.name} about the same thing, nor {one.name} after "
                    "it, though each has one alone"
                )
                yield check.finding(last, problem, "the effect of each event, once", alone=False)
                return
    if not judged:
        raise Skipped(Why.NO_ACTING_PAIR)


def _has_shared_id(one: Event, other: Event) -> bool:
    """Whether webhooks about one thing have an id in common that one may take for the event's."""
    first, second = (webhook.payload for webhook in related((one, other), 0.0))
    return any(name in first and first[name] == second.get(name) for name in SHARED_IDS)


def _without_effect(context: Context, first: Event, second: Event) -> Delivery | None:
    """The delivery of *second* after *first*, about the same thing, if it had no effect."""
    before, after = related((first, second), context.emulator.clock.now())
    context.observer.observe_soon(partial(context.sender.send, before))
    send = partial(context.sender.send, after)
    delivery, effects = context.observer.observe_late(send)
    return None if effects else delivery


def _independent(check: Check, context: Context, event: Event) -> Iterator[Finding]:
    judged = False
    for events in context.acting().values():
        of_calls = [each for each in events if "call_control_id" in sample(each.name).payload]
        started = context.emulator.clock.monotonic()
        [alone] = _told(context, of_calls, 1)
        if not any(alone):
            continue
        judged = True
        took = context.emulator.clock.monotonic() - started
        how, at_once = "for one of two calls at a time", partial(_mixed, context, of_calls)
        stray = _strays(alone, *_told(context, of_calls, 2))
        if stray is None:
            how, stray = "for two calls, delivered at the same moment,", at_once(alone, took)
        if stray is None or not context.observer.wait_until_idle():
            continue
        # Believed only if it shows again, with time for threads to finish in between.
        [alone] = _told(context, of_calls, 1, slowly=True)
        stray = _strays(alone, *_told(context, of_calls, 2, slowly=True)) or at_once(
            alone, context.patience.effect
        )
        if stray is not None:
            number, name = stray
            delivery = context.baseline.sample_of(of_calls[number])
            problem = f"{how} led to the command {name} for the other call, and to none for its own"
            expected = f"{name} for the call that the event is about"
            yield check.finding(delivery, problem, expected, alone=False)
    if not judged:
        raise Skipped(Why.NO_COMMAND_FOR_CALL)


Told: TypeAlias = list[list[tuple[str, bool]]]
"""For each event of a call: the commands it led to, and whether they were for its own call."""


def _told(
    context: Context, events: Sequence[Event], calls: int, *, slowly: bool = False
) -> list[Told]:
    """What each of so many *calls* at a time leads to, as their *events* come in turn.

    If they come *slowly*, all that one of them leads to has shown before the next.
    """
    now = context.emulator.clock.now()
    stories = [related(events, now) for _ in range(calls)]
    told: list[Told] = [[] for _ in stories]
    look = context.observer.observe_until_idle
    if not slowly:
        look = partial(context.observer.observe_soon, probed=False)
    for webhooks in zip(*stories, strict=True):
        for story, webhook in zip(told, webhooks, strict=True):
            _, effects = look(partial(context.sender.send, webhook))
            own = webhook.payload["call_control_id"]
            story.append([(each.name, each.call_control_id == own) for each in effects.commands])
    return told


def _strays(alone: Told, *together: Told) -> tuple[int, str] | None:
    """The number of an event whose command went to the other call, and the command."""
    for number, usual in enumerate(alone):
        for name, is_own in usual:
            for story in together:
                sent = story[number]
                if is_own and (name, True) not in sent and (name, False) in sent:
                    return number, name
    return None


def _mixed(
    context: Context, events: Sequence[Event], alone: Told, seconds: float
) -> tuple[int, str] | None:
    """As :func:`_strays`, where each of the *events* comes at the same moment for two calls.

    What they lead to may take *seconds*. A command counts only if the other call had it oftener
    than it has it *alone*, so a postponed or refused one is not a stray.
    """
    for _ in range(ROUNDS):
        now = context.emulator.clock.now()
        stories = [related(events, now) for _ in range(2)]
        for number, pair in enumerate(zip(*stories, strict=True)):
            requests = [context.emulator.request(webhook) for webhook in pair]
            with context.emulator.api.taking(LATENCY):
                send = partial(context.sender.send_at_once, requests)
                _, effects = context.observer.observe(send, seconds=seconds, probed=False)
            sent = Counter((each.name, each.call_control_id) for each in effects.commands)
            calls = [str(webhook.payload["call_control_id"]) for webhook in pair]
            usual = Counter(name for name, is_own in alone[number] if is_own)
            for name, (one, other) in product(usual, permutations(calls)):
                if not sent[name, one] and sent[name, other] > usual[name]:
                    return number, name
    return None


RULES: tuple[Rule, ...] = (
    Rule(
        "accepts-any-order",
        "accepts the events of one call or message in any order",
        Severity.ERROR,
        Scope.FAMILY,
        "Deliveries are concurrent and nothing is promised about their order: message.finalized "
        "may come before message.sent, and an event after the hangup of its call.",
        FUNDAMENTALS,
        "Let each event stand by itself: make what it needs if it is not there yet, order by "
        "data.occurred_at, and never let a later state be undone.",
        _any_order,
        applies=_has_neighbours,
    ),
    Rule(
        "handles-distinct-events",
        "handles every event about one message or call",
        Severity.ERROR,
        Scope.RUN,
        "Only data.id identifies an event. payload.id identifies the message and call_control_id the "
        "call, so several events share them. Deduplicating by them drops events.",
        MESSAGING_GUIDE,
        "Deduplicate on data.id and on nothing else.",
        _both_handled,
    ),
    Rule(
        "keeps-calls-apart",
        "keeps two calls apart",
        Severity.ERROR,
        Scope.RUN,
        "Calls go on at the same time, and one process handles the events of all of them.",
        FUNDAMENTALS,
        "Take the call_control_id from the event at hand; keep no current call in a global or on "
        "the app.",
        _independent,
    ),
)
