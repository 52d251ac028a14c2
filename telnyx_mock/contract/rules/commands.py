"""The receiver commands only calls that it knows, that go on, and that Telnyx lets it command."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from functools import partial
from itertools import islice
from typing import Any

from telnyx_mock.catalogue.registry import find
from telnyx_mock.contract.effects.effects import Effects
from telnyx_mock.contract.engine.calls_told import commanded
from telnyx_mock.contract.engine.finding import Finding
from telnyx_mock.contract.engine.reason import Skipped, Why
from telnyx_mock.contract.engine.related import natural_order, related
from telnyx_mock.contract.engine.rule import Check, Rule, Scope
from telnyx_mock.contract.engine.rule_context import Context
from telnyx_mock.delivery import Delivery
from telnyx_mock.fake_api import Command
from telnyx_mock.fake_api.call_ids import NO_CALL
from telnyx_mock.payload.webhook import Webhook, sample
from telnyx_mock.provider_urls import API_ERRORS, VOICE_GUIDE
from telnyx_mock.schema.event import Event
from telnyx_mock.severity import Severity

INITIATED, ANSWERED, HANGUP = "call.initiated", "call.answered", "call.hangup"


LATE: dict[str, tuple[str, str] | None] = {
    "call.speak.ended": ("status", "call_hangup"),
    "call.playback.ended": ("status", "call_hangup"),
    "call.gather.ended": ("status", "call_hangup"),
    "call.dequeued": ("reason", "hangup"),
    "call.conversation.ended": ("reason", "customer_disconnect"),
    "call.recording.saved": None,
}
"""Events that may come after the end of their call, and the field that then says so."""

HARMLESS = "hangup"
"""The command for an ended call that asks for what is so already."""

MOST_ACTING = 2
"""The largest number of events that act before the end, besides the beginning of the call."""

MOST_SUSPECTS = 8
"""The largest number of webhooks that are delivered again to find a command for an unknown call."""


def _send_samples(context: Context) -> None:
    """Send the samples that the run has not sent yet, so that their commands are known."""
    context.baseline.accepted(context.events)
    context.observer.wait_until_idle(probed=False)


def _observed(context: Context, webhook: Webhook) -> tuple[Delivery, Effects]:
    """Deliver *webhook* to the idle receiver, and return the delivery with its commands."""
    context.observer.wait_until_idle(probed=False)
    return context.observer.observe_soon(partial(context.sender.send, webhook), probed=False)


# Calls that the receiver knows


def _known_calls(check: Check, context: Context, event: Event) -> Iterator[Finding]:
    context.observer.require_commands("The receiver's commands")
    _send_samples(context)
    told, commands = context.sender.calls_told, context.emulator.api.history
    if all(commanded(command) is None for command in commands):
        raise Skipped(Why.NO_CALL_COMMANDED)
    early = (delivery.commands for delivery in told.suspects)
    if all(told.stray(each) is None for each in (commands, *early)):
        return
    for webhook in islice(_suspects(context), MOST_SUSPECTS):
        _, first = _observed(context, webhook.fresh())
        if told.stray(first.commands) is None:
            continue
        delivery, effects = _observed(context, webhook.fresh())
        if (stray := told.stray(effects.commands)) is not None:
            command, call = stray
            if call in NO_CALL and _looks_elsewhere(context, event):
                raise Skipped(Why.LOOKS_ELSEWHERE)
            whom = "without the id of a call"
            if call not in NO_CALL:
                whom = f"for the call {call}, of which no webhook told it"
            elif call:
                whom = f"for the call {call!r}, which is no id"
            problem = f"made the receiver send the command {command.name} {whom}"
            yield check.finding(delivery, problem, "commands only for calls that exist")
            return


def _looks_elsewhere(context: Context, event: Event) -> bool:
    """Whether the app is known to look for the id of the call in a member that no event has."""
    return any(
        finding.severity is Severity.ERROR and finding.expected.endswith(".call_control_id")
        for finding in context.found("reads-known-members", event)
    )


def _suspects(context: Context) -> Iterator[Webhook]:
    """Yield webhooks that may lead to a command for an unknown call, each event once.

    Commands of the app's threads and background tasks come late, so they may be due to another
    webhook than it seems. So all events that act come next, and then those that name no call.
    """
    names = set()
    told = context.sender.calls_told
    for delivery in told.suspects:
        webhook = delivery.webhook
        if webhook is None or webhook.name in names or told.stray(delivery.commands) is None:
            continue
        names.add(webhook.name)
        decided: dict[str, Any] = webhook.decisions()
        yield sample(webhook.name, strict=False, **decided)
    with suppress(Skipped):
        for event in context.worst_first():
            if event.name not in names:
                names.add(event.name)
                yield sample(event.name)
    for event in context.events:
        plain = sample(event.name)
        nameless = "call_control_id" not in plain.payload and event.name not in names
        if nameless and context.baseline.accepts(event):
            yield plain


# Calls that go on


def _live_calls(check: Check, context: Context, event: Event) -> Iterator[Finding]:
    context.observer.require_commands("The receiver's commands")
    context.baseline.require_accepted(find(HANGUP))
    beginning = _beginning(context)
    late = context.baseline.accepted(each for each in context.events if each.name in LATE)
    acts, offences = _offences(context, beginning, late)
    if not acts:
        raise Skipped(Why.NO_COMMAND_FOR_CALL)
    for offender in offences:
        after = [offender] if offender.name != HANGUP else []
        _, again = _offences(context, beginning, after)
        if offender in again:
            delivery, command = again[offender]
            when = "" if offender.name == HANGUP else "delivered after call.hangup "
            problem = (
                f"{when}made the receiver send the command {command.name} for the call that has "
                "ended; Telnyx refuses it (422, code 90018)"
            )
            yield check.finding(delivery, problem, "no command for this call", alone=False)
            return


def _beginning(context: Context) -> list[Event]:
    """Return what a call has before it ends: call.initiated, call.answered, and a few that act."""
    acting = [
        each
        for each in context.worst_first()
        if "call_control_id" in sample(each.name).payload
        and each.name not in (INITIATED, ANSWERED, HANGUP)
        and HANGUP not in each.before
    ]
    begun = [each for each in context.events if each.name in (INITIATED, ANSWERED)]
    return natural_order([*context.baseline.accepted(begun), *acting[:MOST_ACTING]])


def _offences(
    context: Context, beginning: Sequence[Event], late: Sequence[Event]
) -> tuple[bool, dict[Event, tuple[Delivery, Command]]]:
    """Deliver one call: *beginning*, call.hangup, and *late* events.

    Return whether the receiver commanded the call at all, and each event after which it commanded
    the ended call.
    """
    webhooks = related([*beginning, find(HANGUP), *late], context.emulator.clock.now())
    acts, offences = False, {}
    for number, webhook in enumerate(webhooks):
        ended = number >= len(beginning)
        said = LATE.get(webhook.name) if ended else None
        delivery, effects = _observed(context, webhook.with_value(*said) if said else webhook)
        call = webhook.payload["call_control_id"]
        commands = [each for each in effects.commands if commanded(each) == call]
        acts = acts or bool(commands)
        wrong = [each for each in commands if ended and each.name != HARMLESS]
        if wrong:
            offences[webhook.event] = delivery, wrong[0]
    return acts, offences


# Calls that come in


def _answers_incoming(check: Check, context: Context, event: Event) -> Iterator[Finding]:
    context.observer.require_commands("The receiver's commands")
    initiated = find(INITIATED)
    context.baseline.require_accepted(initiated)
    if not _is_answered(context, sample(INITIATED, direction="incoming"))[1]:
        raise Skipped(Why.NO_CALL_ANSWERED)
    for _ in range(2):  # it counts only if it shows again
        delivery, answered = _is_answered(context, sample(INITIATED, direction="outgoing"))
        if not answered:
            return
    problem = (
        "with direction = 'outgoing' made the receiver send the command answer; Telnyx refuses it, "
        "because the other side answers a call that your app dials"
    )
    expected = "answer only for calls with the direction incoming"
    yield check.finding(delivery, problem, expected)


def _is_answered(context: Context, webhook: Webhook) -> tuple[Delivery, bool]:
    fresh = webhook.fresh(context.emulator.clock.now())
    call = fresh.payload["call_control_id"]
    delivery, effects = _observed(context, fresh)
    return delivery, any(
        each.name == "answer" and commanded(each) == call for each in effects.commands
    )


RULES: tuple[Rule, ...] = (
    Rule(
        "commands-known-calls",
        "sends commands only for calls that it was told of",
        Severity.ERROR,
        Scope.RUN,
        "Some webhooks are about no call, and some fields may be absent. An app that reads the id "
        "of the call without a look then sends a command for None, or for a call of its imagination. "
        "Telnyx refuses that, so the work of the event is lost.",
        API_ERRORS,
        "Look at event_type first, and take call_control_id only from events about calls. If there "
        "is no id, send no command.",
        _known_calls,
    ),
    Rule(
        "commands-live-calls",
        "sends no command for a call that has ended",
        Severity.WARNING,
        Scope.RUN,
        "When a caller hangs up, Telnyx also sends the end of what was under way, such as "
        "call.speak.ended or call.gather.ended with the status call_hangup. A command for the call "
        "is then refused with 422 and code 90018.",
        API_ERRORS,
        "On call.hangup, forget the call. Ignore later events of this call, and events with the "
        "status call_hangup.",
        _live_calls,
        applies=lambda event: event.name == HANGUP,
    ),
    Rule(
        "answers-incoming-calls",
        "answers only calls that come in",
        Severity.WARNING,
        Scope.RUN,
        "Telnyx sends call.initiated also for the calls that your app dials or transfers, with the "
        "direction outgoing. Your app cannot answer those, and the flow for callers goes astray with "
        "whom you called.",
        VOICE_GUIDE,
        "Send answer only if data.payload.direction is incoming.",
        _answers_incoming,
        applies=lambda event: event.name == INITIATED,
    ),
)
