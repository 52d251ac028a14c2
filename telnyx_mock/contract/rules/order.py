"""The receiver accepts the events of one call or message in any order."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from telnyx_mock.catalogue.registry import family, find
from telnyx_mock.contract.engine.failure import TRIES, is_failure
from telnyx_mock.contract.engine.finding import Cause, Finding
from telnyx_mock.contract.engine.reason import Inconclusive, Skipped, Why
from telnyx_mock.contract.engine.related import has_event_id, placed, related
from telnyx_mock.contract.engine.rule import Check, Rule, Scope
from telnyx_mock.contract.engine.rule_context import Context
from telnyx_mock.contract.rules.genuine import finding_if_unaccepted
from telnyx_mock.delivery import Delivery
from telnyx_mock.payload.webhook import sample
from telnyx_mock.provider_urls import FUNDAMENTALS
from telnyx_mock.schema.event import Event
from telnyx_mock.severity import Severity

USUAL_ORDER = (
    "The receiver does more for a call whose beginning it has seen, and there it fails. Telnyx sends these "
    "events in this order."
)
HANDLE_KNOWN = "Handle the values that the webhook has, also where your app knows the call."

ASKS_FOR_RETRY = (429, 503)
"""The statuses by which a receiver asks for a later delivery."""


def _is_linked(event: Event) -> bool:
    """Whether *event* has an id in its webhooks, and also has events that come before or after it."""
    return bool(event.before or event.after) and has_event_id(event)


def _can_be_swapped(event: Event) -> bool:
    """Whether *event* and another event of its family both have a place in an order."""
    return _is_linked(event) and sum(_is_linked(each) for each in family(event.family)) > 1


def _commands_ended_call(context: Context, delivery: Delivery) -> bool:
    """Whether the receiver sent a command for a call that has ended; Telnyx refuses that.

    The rule ``survives-api-errors`` judges what the receiver makes of the refusal.
    """
    memory = context.emulator.api.memory
    return any(memory.has_ended(each.call) for each in delivery.commands if not each.is_read)


def _any_order(check: Check, context: Context, event: Event) -> Iterator[Finding]:
    linked = [each for each in context.events if each.family == event.family and _is_linked(each)]
    events = [
        each
        for each in linked
        if context.baseline.accepts(each)
        and each.name not in context.baseline.alone
        and not context.alike.others_stand_for(each)
    ]
    if len(events) < 2:
        context.baseline.require_known(linked)
        raise Skipped(Why.NO_SECOND_EVENT, event.family)
    yield from _in_reverse(check, context, events)
    for each in events:
        context.readings.look_in_calls(each)
        if each.name in context.baseline.only_alone:
            yield from _in_usual_order(check, context, each)


def _in_reverse(check: Check, context: Context, events: Sequence[Event]) -> Iterator[Finding]:
    """Yield a finding if one of *events* is not accepted after those that usually follow it."""
    refused = first_time = _refused(context, events)
    if not refused:
        return
    failed, _ = next(iter(refused.values()))
    for _ in range(TRIES - 1 if is_failure(failed) else 1):
        again = _refused(context, events)
        refused = {name: again[name] for name in refused if name in again}
    if not refused:
        for failed, _ in first_time.values():
            context.baseline.note_unsteady(failed)
        raise Inconclusive(Why.NOT_REPRODUCED, failed.request.event, answer=failed.answer())
    first, second = next(iter(refused.values()))
    context.baseline.require_still_accepted(find(first.request.event))
    then = (
        "but the next attempt was accepted"
        if second.accepted
        else ("and the next attempt was not accepted either")
    )
    problem = (
        f"delivered after the events that usually follow it was not accepted, {then}; "
        "without the other events it is accepted"
    )
    yield check.finding(first, problem, "200, or 503 once and then 200", alone=False)


def _in_usual_order(check: Check, context: Context, event: Event) -> Iterator[Finding]:
    """Yield a finding if *event* is accepted alone, and not after what comes before it in a call."""
    history = context.baseline.only_alone[event.name]
    names = tuple(each.name for each in history)
    deliveries: list[Delivery] = []

    def send() -> Delivery:
        *earlier, last = placed(sample(event.name), history, context.emulator.clock.now())
        for webhook in earlier:
            context.sender.send(webhook)
        deliveries.append(context.sender.send(replace(last, after=names)))
        return deliveries[-1]

    finding = finding_if_unaccepted(check, context, event, send, "in its usual place")
    if finding is not None and not _commands_ended_call(context, deliveries[-1]):
        yield replace(finding, why=USUAL_ORDER, fix=HANDLE_KNOWN, cause=Cause.KNOWN_CALL)


def _refused(context: Context, events: Sequence[Event]) -> dict[str, tuple[Delivery, Delivery]]:
    """Send *events* in reverse order; return both attempts of each that the receiver wrongly refused."""
    webhooks = related(events, context.emulator.clock.now())
    failed = {}
    for webhook in reversed(webhooks):
        delivery = context.sender.send(webhook, retry=False)
        if not delivery.accepted and not _commands_ended_call(context, delivery):
            failed[webhook.name] = delivery
    refused = {}
    # In the usual order: a receiver may put an event off until the ones before it have arrived.
    for webhook in webhooks:
        first = failed.get(webhook.name)
        if first is None:
            continue
        second = context.sender.send_second_attempt(webhook)
        if not (second.accepted and first.status in ASKS_FOR_RETRY and not first.crash):
            refused[webhook.name] = first, second
    return refused


RULES: tuple[Rule, ...] = (
    Rule(
        "accepts-any-order",
        "accepts the events of one call or message in any order",
        Severity.ERROR,
        Scope.FAMILY,
        "Deliveries are concurrent, and Telnyx promises no order. message.finalized may come "
        "before message.sent, and another event of a call may come after call.hangup.",
        FUNDAMENTALS,
        "Handle each event independently of the others. If the record that it needs does not "
        "exist yet, create the record. Order events by data.occurred_at, and never replace a "
        "later state by an earlier one.",
        _any_order,
        applies=_can_be_swapped,
    ),
)
