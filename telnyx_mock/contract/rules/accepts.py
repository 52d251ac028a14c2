"""The receiver accepts what Telnyx sends: the sample of each event, and its legal mutations.

If the receiver does not accept a webhook with many mutated fields, the rule tries smaller
mutations. They show which fields cause the failure, so that each fault becomes its own finding.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from functools import partial

from telnyx_mock.contract.engine.finding import Cause, Finding
from telnyx_mock.contract.engine.fixes import ANY_CASE, MEDIA_TYPE, RAW_BYTES
from telnyx_mock.contract.engine.other_address import code_names
from telnyx_mock.contract.engine.reason import Inconclusive, Skipped, Why
from telnyx_mock.contract.engine.related import placed
from telnyx_mock.contract.engine.rule import Check, Rule, Scope
from telnyx_mock.contract.engine.rule_context import Context
from telnyx_mock.contract.rules.genuine import (
    describe,
    finding_if_unaccepted,
    minimal_findings,
    unaccepted,
)
from telnyx_mock.contract.rules.mutations import mutated, nullable_fields, optional_fields
from telnyx_mock.delivery import Delivery
from telnyx_mock.errors import UsageError
from telnyx_mock.payload.draft import HEADER_CASES, Draft
from telnyx_mock.payload.layouts import encode, layouts
from telnyx_mock.payload.paths import short_path
from telnyx_mock.payload.webhook import Webhook, sample
from telnyx_mock.provider_urls import FUNDAMENTALS, MESSAGING_GUIDE
from telnyx_mock.schema.event import ContentType, Event
from telnyx_mock.schema.field import Presence
from telnyx_mock.schema.field_tree import descendants, field_tree
from telnyx_mock.schema.json_values import Json
from telnyx_mock.schema.kinds import Text
from telnyx_mock.severity import Severity

ANY_BEGINNING = (
    "Answer 200 to an event whose beginning your app has not seen. The app may have been restarted "
    "during the call, and Telnyx promises no order. If you need the call, read it from the Telnyx API, "
    "or make an entry for it."
)


def _check_sample(check: Check, context: Context, event: Event) -> Iterator[Finding]:
    delivery = context.baseline.sample_of(event)
    if context.baseline.key_may_be_unknown(delivery):
        raise Inconclusive(Why.KEY_UNKNOWN, answer=delivery.answer())
    finding = unaccepted(check, delivery)
    if finding is not None:
        if _may_go_elsewhere(context, event):
            raise Skipped(Why.OWN_ENVELOPE, event.name)
        yield finding
    elif (needy := _about_beginning(check, context, event)) is not None:
        yield needy
    elif delivery.status != 200 and context.settings.success == "200":
        # Only this rule says so, because every other answer would show the same.
        problem = f"was answered {delivery.status}; some pages of Telnyx count only 200 as success"
        yield check.finding(delivery, problem, "200", severity=Severity.WARNING)
    elif delivery.response is not None and delivery.response.truncated:
        yield check.finding(
            delivery,
            (
                f"was answered with {delivery.answer()}, which is so long that only its beginning "
                "was read"
            ),
            "200 with a short body, or none",
            severity=Severity.WARNING,
            why=(
                "Telnyx counts an answer only when the answer is complete, and it does not use "
                "the body."
            ),
            fix="Answer with an empty body, and close the answer.",
        )


def _about_beginning(check: Check, context: Context, event: Event) -> Finding | None:
    """Return a finding if the receiver accepts *event* only after the beginning of its call."""
    alone = context.baseline.alone.get(event.name)
    finding = None if alone is None else unaccepted(check, alone)
    if finding is None:
        return None
    names = ", ".join(each.name for each in context.sender.histories[event.name])
    return replace(
        finding,
        severity=Severity.WARNING,
        message=f"{finding.message} It is accepted after {names} of the same call or message.",
        fix=ANY_BEGINNING,
        cause=Cause.NEEDS_BEGINNING,
    )


def _may_go_elsewhere(context: Context, event: Event) -> bool:
    """Whether *event* may have an address of its own, as its envelope has nothing of the others'."""
    is_usual = event.content_type is ContentType.FORM or _has_event_type(event)
    is_asked_for = bool(context.settings.events) or code_names(
        context.emulator.receiver, event.name
    )
    return not is_usual and not is_asked_for


def _check_presence(
    check: Check, context: Context, event: Event, fields: frozenset[str], presence: Presence
) -> Iterator[Finding]:
    context.baseline.require_accepted(event)
    context.readings.require_payload_read(event)
    distinguished = context.alike.is_distinguished
    if not distinguished(event):
        left = context.sender.reached.paths_left(event, fields, presence, distinguished)
        fields = left | (fields & context.readings.needed(event))
    if not fields:
        return
    paths = {short_path(event, path): path for path in fields}

    def send(names: frozenset[str]) -> Delivery:
        webhook = mutated(event, frozenset(paths[name] for name in names), presence)
        return context.sender.send_and_watch(webhook)

    def described(names: Sequence[str]) -> str:
        return f"with {' and '.join(names)} {presence.value}"

    unread = context.readings.unread(event, fields)
    unlikely = [name for name, path in paths.items() if path in unread]
    yield from minimal_findings(check, context, event, paths, send, described, unlikely)


def _check_absent(check: Check, context: Context, event: Event) -> Iterator[Finding]:
    return _check_presence(check, context, event, optional_fields(event), Presence.ABSENT)


def _check_null(check: Check, context: Context, event: Event) -> Iterator[Finding]:
    return _check_presence(check, context, event, nullable_fields(event), Presence.NULL)


def _has_event_type(event: Event) -> bool:
    return any(node.path == "data.event_type" for node in descendants(field_tree(event)))


def _check_unknown_event(check: Check, context: Context, event: Event) -> Iterator[Finding]:
    context.baseline.require_accepted(event)
    usual = sample(event.name)
    name = f"{event.name.partition('.')[0]}.announced_tomorrow"
    body = {**usual.body, "data": {**usual.body["data"], "event_type": name}}
    webhook = replace(usual, body=body)
    how = f"renamed to the unknown event {name}"

    def send() -> Delivery:
        if not context.baseline.alone:
            return context.sender.send(webhook)
        # A receiver that needs the beginning of a call gets it; another rule reports that.
        beginning, unknown = placed(webhook, [event], context.emulator.clock.now())
        context.sender.send(beginning)
        return context.sender.send(unknown)

    finding = finding_if_unaccepted(check, context, event, send, how)
    if finding is not None:
        yield finding


def _check_layouts(check: Check, context: Context, event: Event) -> Iterator[Finding]:
    context.baseline.require_accepted(event)
    webhook = _sample_with_special_characters(event)
    finding = _find_layout(check, context, webhook)
    if finding is not None and not any(
        _send_in_layout(context, webhook, name).accepted for name in layouts(event)
    ):  # the receiver fails at the text, in every layout
        finding = _find_layout(check, context, sample(event.name))
    if finding is not None:
        yield finding


def _find_layout(check: Check, context: Context, webhook: Webhook) -> Finding | None:
    """Return a finding about the first layout in which the receiver does not accept *webhook*."""
    event = webhook.event
    seen: set[bytes] = set()
    for layout in layouts(event).values():
        written = encode(event, webhook.body, layout.name)
        if written in seen:
            continue
        seen.add(written)
        send = partial(_send_in_layout, context, webhook, layout.name)
        how = f"with the same content in the layout {layout.name!r} ({layout.reason})"
        finding = finding_if_unaccepted(check, context, event, send, how, ("layout",))
        if finding is not None:
            return finding
    return None


def _send_in_layout(context: Context, webhook: Webhook, layout: str) -> Delivery:
    return context.sender.send(Draft(webhook.fresh(), layout))


def _sample_with_special_characters(event: Event) -> Webhook:
    """The sample with a text (a slash, not ASCII) that layouts write in different ways."""
    for node in descendants(field_tree(event)):
        kind = node.kind
        is_free = isinstance(kind, Text) and kind.format.is_free and not kind.is_of_app
        if is_free and "[]" not in node.path:
            overrides: dict[str, Json] = {short_path(event, node.path): "Zoë / Søren"}
            with suppress(UsageError):  # a condition of the field does not hold in the sample
                return sample(event.name, **overrides)
    return sample(event.name)


def _check_headers(check: Check, context: Context, event: Event) -> Iterator[Finding]:
    context.baseline.require_accepted(event)
    usual = sample(event.name)
    for draft in (
        *(Draft(usual, header_case=case) for case in HEADER_CASES if case != "lower"),
        Draft(usual, charset=True),
        Draft(usual, reverse_headers=True),
    ):
        send = partial(context.sender.send, draft)
        finding = finding_if_unaccepted(check, context, event, send, describe(draft))
        if finding is not None:
            yield finding
            if draft.header_case != "lower":
                return


RULES: tuple[Rule, ...] = (
    Rule(
        "accepts-sample",
        "answers 200 to the documented sample",
        Severity.ERROR,
        Scope.EVENT,
        "If the answer is not 200, Telnyx counts the delivery as failed: it tries again, and "
        "then it tries the failover address. Some pages of Telnyx accept any 2xx.",
        FUNDAMENTALS,
        "Answer 200 as soon as the signature is verified, even if your app does not use the event.",
        _check_sample,
    ),
    Rule(
        "accepts-absent",
        "accepts webhooks without their optional fields",
        Severity.ERROR,
        Scope.EVENT,
        "Telnyx leaves out fields that have no value. Its schemas require almost no field.",
        FUNDAMENTALS,
        "Read optional fields with .get(), and decide what your app does if they are absent.",
        _check_absent,
        applies=lambda event: bool(optional_fields(event)),
    ),
    Rule(
        "accepts-null",
        "accepts null in fields that may be null",
        Severity.ERROR,
        Scope.EVENT,
        ("In real deliveries, fields that were never set are null, most often client_state."),
        FUNDAMENTALS,
        "Treat null like an absent field: .get(name, default) returns None for null, and "
        "(.get(name) or default) returns the default.",
        _check_null,
        applies=lambda event: bool(nullable_fields(event)),
    ),
    Rule(
        "accepts-unknown-event",
        "accepts unknown events",
        Severity.ERROR,
        Scope.FAMILY,
        "Telnyx adds new events, and sends them to the addresses that you already use.",
        FUNDAMENTALS,
        "If your code has no branch for an event, verify the signature and answer 200.",
        _check_unknown_event,
        applies=_has_event_type,
    ),
    Rule(
        "accepts-layouts",
        "verifies the bytes that Telnyx sent, in every layout of the body",
        Severity.ERROR,
        Scope.CONTENT_TYPE,
        "The signature covers the raw body. A layout is the way in which the bytes are written: "
        "white space, order of members, escapes. Telnyx writes compact bodies for some products "
        "and indented bodies for others. If a receiver parses a body and writes it again, the "
        "bytes no longer match the signature.",
        MESSAGING_GUIDE,
        RAW_BYTES,
        _check_layouts,
    ),
    Rule(
        "accepts-headers",
        "accepts header names in any case and order, and a charset in the content type",
        Severity.ERROR,
        Scope.CONTENT_TYPE,
        "Header names are case-insensitive. Proxies change their case and order. A content type "
        "may have parameters, such as a charset.",
        "https://www.rfc-editor.org/rfc/rfc9110#section-5.1",
        f"{ANY_CASE} {MEDIA_TYPE}",
        _check_headers,
    ),
)

FIND_FIELDS = ("accepts-absent", "accepts-null")
"""The rules that find which fields break the receiver."""

FIND_LAYOUTS = ("accepts-layouts", "accepts-headers")
"""The rules that find which layouts of body or headers break the receiver."""
