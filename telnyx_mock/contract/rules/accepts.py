"""The receiver accepts whatever Telnyx sends: the sample, and every legal departure from it.

Where a webhook with many departures is not accepted, the guilty fields are found by sending
webhooks that depart in one field alone, so that each fault is its own finding.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace

from telnyx_mock.contract.engine.context import Context
from telnyx_mock.contract.engine.finding import Finding
from telnyx_mock.contract.engine.fixes import ANY_CASE, MEDIA_TYPE, RAW_BYTES, remedy
from telnyx_mock.contract.engine.minimise import minimal_failures
from telnyx_mock.contract.engine.reason import Inconclusive, Why
from telnyx_mock.contract.engine.rule import Check, Rule, Scope
from telnyx_mock.contract.rules.mutations import departing_in, nullable_fields, optional_fields
from telnyx_mock.delivery import Delivery
from telnyx_mock.errors import UsageError
from telnyx_mock.payload.draft import HEADER_CASES, Draft
from telnyx_mock.payload.layouts import encode, layouts
from telnyx_mock.payload.paths import short_path
from telnyx_mock.payload.webhook import Webhook, sample
from telnyx_mock.provider import FUNDAMENTALS, MESSAGING_GUIDE
from telnyx_mock.schema.event import ContentType, Event
from telnyx_mock.schema.field import Presence
from telnyx_mock.schema.field_tree import descendants, field_tree
from telnyx_mock.schema.json_values import Json
from telnyx_mock.schema.kinds import Text
from telnyx_mock.schema.text_formats import FREE_TEXT
from telnyx_mock.severity import Severity

__all__ = ["FIND_FIELDS", "FIND_LAYOUTS", "RULES", "unaccepted"]


def unaccepted(
    check: Check,
    delivery: Delivery,
    how: str = "",
    fields: tuple[str, ...] = (),
    fix: str = "",
) -> Finding | None:
    """The finding that a genuine *delivery* makes, if it was not accepted.

    *how* tells in what it departs from the sample, *fields* in which fields.
    """
    status = delivery.status
    if delivery.accepted:
        return None
    if status is None:
        problem = "got no answer"
    elif status < 400:
        problem = f"was answered with the redirect {status}, which Telnyx may not follow"
    elif status < 500:
        problem = f"was refused with {status}, although it is genuine"
    else:
        problem = f"made the receiver fail with {status}"
    fix = fix or remedy(delivery) or check.rule.fix
    return check.finding(delivery, f"{how} {problem}".strip(), "200", fields=fields, fix=fix)


def _sample(check: Check, context: Context, event: Event) -> Iterator[Finding]:
    delivery = context.baseline.sample_of(event)
    if context.baseline.key_may_be_unknown(delivery):
        raise Inconclusive(Why.KEY_UNKNOWN, answer=delivery.answer())
    finding = unaccepted(check, delivery)
    if finding is not None:
        yield finding
    elif delivery.status != 200 and context.settings.success == "200":
        # Said here only, for it will be the same everywhere.
        problem = f"was answered {delivery.status}; some pages of Telnyx count only 200 as success"
        yield check.finding(delivery, problem, "200", severity=Severity.WARNING)
    elif delivery.response is not None and delivery.response.truncated:
        yield check.finding(
            delivery,
            f"was answered with {delivery.answer()}, and was read no further",
            "200 with a short body, or none",
            severity=Severity.WARNING,
            why="Telnyx counts an answer once it is complete, and reads nothing out of its body.",
            fix="Answer with an empty body, and end it.",
        )


def _departures(
    check: Check,
    context: Context,
    event: Event,
    candidates: frozenset[str],
    departure: Presence,
) -> Iterator[Finding]:
    context.baseline.require_accepted(event)

    def departing(paths: frozenset[str]) -> Delivery:
        return context.sender.send(departing_in(event, paths, departure))

    if departing(candidates).accepted:
        return
    groups = list(minimal_failures(sorted(candidates), lambda part: not departing(part).accepted))
    if not groups:
        how = f"with every field {departure.value} that may be"
        raise Inconclusive(Why.NOT_REPRODUCED, event.name, how=how)
    for group in groups:
        names = tuple(short_path(event, path) for path in sorted(group))
        how = f"with {' and '.join(names)} {departure.value}"
        finding = unaccepted(check, departing(group), how, names)
        if finding is None:
            raise Inconclusive(Why.NOT_REPRODUCED, event.name, how=how)
        yield finding


def _absent(check: Check, context: Context, event: Event) -> Iterator[Finding]:
    return _departures(check, context, event, optional_fields(event), Presence.ABSENT)


def _null(check: Check, context: Context, event: Event) -> Iterator[Finding]:
    return _departures(check, context, event, nullable_fields(event), Presence.NULL)


def _unknown_fields(check: Check, context: Context, event: Event) -> Iterator[Finding]:
    context.baseline.require_accepted(event)
    is_form = event.content_type is ContentType.FORM

    def extended(value: Json) -> Json:
        if isinstance(value, dict):
            members = {name: extended(member) for name, member in value.items()}
            return {**members, "FutureField" if is_form else "future_field": "future value"}
        return [extended(item) for item in value] if isinstance(value, list) else value

    usual = sample(event.name)
    delivery = context.sender.send(replace(usual, body=extended(usual.body)))
    finding = unaccepted(check, delivery, "with a field more in each object")
    if finding is not None:
        yield finding


def _has_event_type(event: Event) -> bool:
    return any(node.path == "data.event_type" for node in descendants(field_tree(event)))


def _unknown_event(check: Check, context: Context, event: Event) -> Iterator[Finding]:
    context.baseline.require_accepted(event)
    usual = sample(event.name)
    name = f"{event.name.partition('.')[0]}.announced_tomorrow"
    body = {**usual.body, "data": {**usual.body["data"], "event_type": name}}
    delivery = context.sender.send(replace(usual, body=body))
    finding = unaccepted(check, delivery, f"renamed to {name}, an event that does not exist today,")
    if finding is not None:
        yield finding


def _layouts(check: Check, context: Context, event: Event) -> Iterator[Finding]:
    context.baseline.require_accepted(event)
    webhook = _wordy(event)
    seen: set[bytes] = set()
    for layout in layouts(event).values():
        written = encode(event, webhook.body, layout.name)
        if written in seen:
            continue
        seen.add(written)
        delivery = context.sender.send(Draft(webhook.fresh(), layout.name))
        how = f"with the same content in the layout {layout.name!r} ({layout.reason})"
        finding = unaccepted(check, delivery, how, ("layout",))
        if finding is not None:
            yield finding
            return


def _wordy(event: Event) -> Webhook:
    """The sample with words in which the layouts differ: not ASCII, and with a slash."""
    for node in descendants(field_tree(event)):
        if isinstance(node.kind, Text) and node.kind.format is FREE_TEXT and "[]" not in node.path:
            words: dict[str, Json] = {short_path(event, node.path): "Zoë / Søren"}
            with suppress(UsageError):  # a condition of the field does not hold in the sample
                return sample(event.name, **words)
    return sample(event.name)


def _headers(check: Check, context: Context, event: Event) -> Iterator[Finding]:
    context.baseline.require_accepted(event)
    for case in HEADER_CASES:
        delivery = context.sender.send(Draft(sample(event.name), header_case=case))
        finding = unaccepted(check, delivery, f"with header names in {case} case")
        if finding is not None:
            yield finding
            return
    for draft, how in (
        (Draft(sample(event.name), charset=True), "with a charset in its content type"),
        (Draft(sample(event.name), reverse_headers=True), "with its headers in reverse order"),
    ):
        finding = unaccepted(check, context.sender.send(draft), how)
        if finding is not None:
            yield finding


RULES: tuple[Rule, ...] = (
    Rule(
        "accepts-sample",
        "accepts the documented sample with 200",
        Severity.ERROR,
        Scope.EVENT,
        "An answer that is not 200 counts as a failed delivery: Telnyx tries again, and then at "
        "the failover address; some of its pages accept any 2xx.",
        FUNDAMENTALS,
        "Answer 200 as soon as the signature is verified, for events you have no use for too.",
        _sample,
    ),
    Rule(
        "accepts-absent",
        "accepts webhooks without their optional fields",
        Severity.ERROR,
        Scope.EVENT,
        "Fields are left out when there is nothing to say; the schemas promise next to none.",
        FUNDAMENTALS,
        "Read optional fields with .get(), and decide what their absence means.",
        _absent,
        applies=lambda event: bool(optional_fields(event)),
    ),
    Rule(
        "accepts-null",
        "accepts null where a field may be null",
        Severity.ERROR,
        Scope.EVENT,
        "Real deliveries carry null for what was never set, client_state above all.",
        FUNDAMENTALS,
        "Treat null as you treat a missing field: .get(name, default) still gives None there, and "
        "(.get(name) or default) does not.",
        _null,
        applies=lambda event: bool(nullable_fields(event)),
    ),
    Rule(
        "accepts-unknown-fields",
        "accepts fields that it does not know",
        Severity.ERROR,
        Scope.EVENT,
        "Telnyx adds fields to its webhooks without a new version.",
        FUNDAMENTALS,
        "Let your models ignore members they do not know.",
        _unknown_fields,
    ),
    Rule(
        "accepts-unknown-event",
        "acknowledges events that it does not know",
        Severity.ERROR,
        Scope.FAMILY,
        "Telnyx adds events, and sends them to addresses that exist already.",
        FUNDAMENTALS,
        "Answer 200 to events you have no branch for, after verifying them.",
        _unknown_event,
        applies=_has_event_type,
    ),
    Rule(
        "accepts-layouts",
        "verifies the bytes that were sent, however they are laid out",
        Severity.ERROR,
        Scope.FAMILY,
        "The signature covers the raw body, and a layout is how its bytes are written: blanks, "
        "order of members, escapes. Telnyx writes some products' bodies compact and others "
        "indented, so a body that is parsed and written anew no longer matches.",
        MESSAGING_GUIDE,
        RAW_BYTES,
        _layouts,
    ),
    Rule(
        "accepts-headers",
        "takes no notice of the case and order of headers, nor of a charset",
        Severity.ERROR,
        Scope.FAMILY,
        "Header names are case-insensitive, proxies change their case and order, and a content type "
        "may carry parameters.",
        "https://www.rfc-editor.org/rfc/rfc9110#section-5.1",
        f"{ANY_CASE} {MEDIA_TYPE}",
        _headers,
    ),
)

FIND_FIELDS = ("accepts-absent", "accepts-null")
"""The rules that find fields which break the receiver."""

FIND_LAYOUTS = ("accepts-layouts", "accepts-headers")
"""The rules that find layouts of bytes or headers which break the receiver."""
