"""The receiver accepts all that Telnyx sends: the sample of each event, and its legal mutations.

Where the receiver does not accept a webhook with many mutated fields, smaller mutations show which
fields it fails at, so that each fault is its own finding.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import replace

from telnyx_mock.contract.engine.finding import Finding
from telnyx_mock.contract.engine.fixes import ANY_CASE, MEDIA_TYPE, RAW_BYTES, fix_for
from telnyx_mock.contract.engine.minimise import minimal_failures
from telnyx_mock.contract.engine.reason import Inconclusive, Why
from telnyx_mock.contract.engine.rule import Check, Rule, Scope, difference
from telnyx_mock.contract.engine.rule_context import Context
from telnyx_mock.contract.rules.mutations import mutated, nullable_fields, optional_fields
from telnyx_mock.delivery import Delivery
from telnyx_mock.errors import UsageError
from telnyx_mock.payload.draft import HEADER_CASES, Draft
from telnyx_mock.payload.layouts import encode, layouts
from telnyx_mock.payload.paths import field_names, short_path
from telnyx_mock.payload.webhook import Webhook, sample
from telnyx_mock.provider_urls import FUNDAMENTALS, MESSAGING_GUIDE
from telnyx_mock.schema.event import ContentType, Event
from telnyx_mock.schema.field import Presence
from telnyx_mock.schema.field_tree import descendants, field_tree
from telnyx_mock.schema.json_values import Json
from telnyx_mock.schema.kinds import Text
from telnyx_mock.schema.text_formats import FREE_TEXT
from telnyx_mock.severity import Severity

__all__ = ["FIND_FIELDS", "FIND_LAYOUTS", "RULES", "describe", "minimal_findings", "unaccepted"]


def unaccepted(
    check: Check,
    delivery: Delivery,
    how: str = "",
    fields: tuple[str, ...] = (),
    fix: str = "",
) -> Finding | None:
    """The finding that a genuine *delivery* makes; None if the receiver accepted it.

    *how* says how the webhook differs from the sample, *fields* in which fields. Unless *fix* is
    given, the fix follows from the webhook.
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
    fix = fix or fix_for(delivery) or check.rule.fix
    return check.finding(delivery, f"{how} {problem}".strip(), "200", fields=fields, fix=fix)


def minimal_findings(
    check: Check,
    event: Event,
    paths: Iterable[str],
    send: Callable[[frozenset[str]], Delivery],
    described: Callable[[Sequence[str]], str],
    everything: str,
) -> Iterator[Finding]:
    """One finding for each minimal set of *paths* that the receiver does not accept mutated.

    *send* sends the sample of *event* with some of the *paths* mutated, *described* says how that
    differs from the sample, and *everything* how it differs with all *paths* mutated. Raises
    Inconclusive where the receiver accepts a mutation the second time.
    """
    for part in minimal_failures(sorted(paths), lambda part: not send(part).accepted):
        names = sorted(part)
        finding = unaccepted(check, send(part), described(names), field_names(names))
        if finding is None:
            raise Inconclusive(Why.NOT_REPRODUCED, event.name, how=everything)
        yield finding


def describe(draft: Draft) -> str:
    """How *draft* differs from the documented sample; empty where it does not."""
    event = draft.webhook.event
    decided = draft.webhook.decisions().items()
    words = [difference(event, path, value) for path, value in decided]
    if draft.layout is not None:
        words.append(f"the layout {draft.layout!r}")
    if draft.header_case != "lower":
        words.append(f"header names in {draft.header_case} case")
    if draft.charset:
        words.append("a charset in its content type")
    if draft.reverse_headers:
        words.append("its headers in reverse order")
    return f"with {', '.join(words)}" if words else ""


def _check_sample(check: Check, context: Context, event: Event) -> Iterator[Finding]:
    delivery = context.baseline.sample_of(event)
    if context.baseline.key_may_be_unknown(delivery):
        raise Inconclusive(Why.KEY_UNKNOWN, answer=delivery.answer())
    finding = unaccepted(check, delivery)
    if finding is not None:
        yield finding
    elif delivery.status != 200 and context.settings.success == "200":
        # Only this rule says so, because every other answer would show the same.
        problem = f"was answered {delivery.status}; some pages of Telnyx count only 200 as success"
        yield check.finding(delivery, problem, "200", severity=Severity.WARNING)
    elif delivery.response is not None and delivery.response.truncated:
        yield check.finding(
            delivery,
            f"was answered with {delivery.answer()}, of which no more was read",
            "200 with a short body, or none",
            severity=Severity.WARNING,
            why="Telnyx counts an answer once it is complete, and does not use its body.",
            fix="Answer with an empty body, and end it.",
        )


def _check_presence(
    check: Check, context: Context, event: Event, fields: frozenset[str], presence: Presence
) -> Iterator[Finding]:
    context.baseline.require_accepted(event)
    paths = {short_path(event, path): path for path in fields}

    def send(names: frozenset[str]) -> Delivery:
        webhook = mutated(event, frozenset(paths[name] for name in names), presence)
        return context.sender.send(webhook)

    def described(names: Sequence[str]) -> str:
        return f"with {' and '.join(names)} {presence.value}"

    everything = f"with {presence.value} fields"
    yield from minimal_findings(check, event, paths, send, described, everything)


def _check_absent(check: Check, context: Context, event: Event) -> Iterator[Finding]:
    return _check_presence(check, context, event, optional_fields(event), Presence.ABSENT)


def _check_null(check: Check, context: Context, event: Event) -> Iterator[Finding]:
    return _check_presence(check, context, event, nullable_fields(event), Presence.NULL)


def _check_unknown_fields(check: Check, context: Context, event: Event) -> Iterator[Finding]:
    context.baseline.require_accepted(event)
    name = "FutureField" if event.content_type is ContentType.FORM else "future_field"

    def extended(value: Json) -> Json:
        if isinstance(value, dict):
            members = {known: extended(member) for known, member in value.items()}
            return {**members, name: "future value"}
        return [extended(item) for item in value] if isinstance(value, list) else value

    usual = sample(event.name)
    delivery = context.sender.send(replace(usual, body=extended(usual.body)))
    finding = unaccepted(check, delivery, f"with an unknown field {name} in each object")
    if finding is not None:
        yield finding


def _has_event_type(event: Event) -> bool:
    return any(node.path == "data.event_type" for node in descendants(field_tree(event)))


def _check_unknown_event(check: Check, context: Context, event: Event) -> Iterator[Finding]:
    context.baseline.require_accepted(event)
    usual = sample(event.name)
    name = f"{event.name.partition('.')[0]}.announced_tomorrow"
    body = {**usual.body, "data": {**usual.body["data"], "event_type": name}}
    delivery = context.sender.send(replace(usual, body=body))
    finding = unaccepted(check, delivery, f"renamed to the unknown event {name}")
    if finding is not None:
        yield finding


def _check_layouts(check: Check, context: Context, event: Event) -> Iterator[Finding]:
    context.baseline.require_accepted(event)
    webhook = _sample_with_special_characters(event)
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


def _sample_with_special_characters(event: Event) -> Webhook:
    """The sample with a text that layouts write differently: not ASCII, and with a slash."""
    for node in descendants(field_tree(event)):
        if isinstance(node.kind, Text) and node.kind.format is FREE_TEXT and "[]" not in node.path:
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
        finding = unaccepted(check, context.sender.send(draft), describe(draft))
        if finding is not None:
            yield finding
            if draft.header_case != "lower":
                return


RULES: tuple[Rule, ...] = (
    Rule(
        "accepts-sample",
        "accepts the documented sample with 200",
        Severity.ERROR,
        Scope.EVENT,
        "Telnyx counts an answer other than 200 as a failed delivery: it tries again, and then "
        "tries the failover address. Some of its pages accept any 2xx.",
        FUNDAMENTALS,
        "Answer 200 as soon as the signature is verified, also to events that you do not use.",
        _check_sample,
    ),
    Rule(
        "accepts-absent",
        "accepts webhooks without their optional fields",
        Severity.ERROR,
        Scope.EVENT,
        "Telnyx leaves out fields that have no value. Its schemas promise almost no field.",
        FUNDAMENTALS,
        "Read optional fields with .get(), and decide what their absence means.",
        _check_absent,
        applies=lambda event: bool(optional_fields(event)),
    ),
    Rule(
        "accepts-null",
        "accepts null where a field may be null",
        Severity.ERROR,
        Scope.EVENT,
        "Real deliveries have null in fields that were never set, most of all in client_state.",
        FUNDAMENTALS,
        "Treat null like a missing field: .get(name, default) returns None for null, and "
        "(.get(name) or default) returns the default.",
        _check_null,
        applies=lambda event: bool(nullable_fields(event)),
    ),
    Rule(
        "accepts-unknown-fields",
        "accepts fields that it does not know",
        Severity.ERROR,
        Scope.EVENT,
        "Telnyx adds fields to its webhooks without a new version.",
        FUNDAMENTALS,
        "Let your models ignore fields that they do not know.",
        _check_unknown_fields,
    ),
    Rule(
        "accepts-unknown-event",
        "accepts events that it does not know",
        Severity.ERROR,
        Scope.FAMILY,
        "Telnyx adds events, and sends them to existing addresses.",
        FUNDAMENTALS,
        "Verify events that you have no branch for, and answer 200.",
        _check_unknown_event,
        applies=_has_event_type,
    ),
    Rule(
        "accepts-layouts",
        "verifies the bytes that Telnyx sent, in every layout",
        Severity.ERROR,
        Scope.FAMILY,
        "The signature covers the raw body. A layout is how its bytes are written: white space, "
        "order of members, escapes. Telnyx writes the bodies of some products compact and of others "
        "indented, so a body that is parsed and written again no longer matches.",
        MESSAGING_GUIDE,
        RAW_BYTES,
        _check_layouts,
    ),
    Rule(
        "accepts-headers",
        "accepts headers in any case and order, and a charset",
        Severity.ERROR,
        Scope.FAMILY,
        "Header names are case-insensitive. Proxies change their case and order, and a content type "
        "may have parameters.",
        "https://www.rfc-editor.org/rfc/rfc9110#section-5.1",
        f"{ANY_CASE} {MEDIA_TYPE}",
        _check_headers,
    ),
)

FIND_FIELDS = ("accepts-absent", "accepts-null")
"""The rules that find fields which break the receiver."""

FIND_LAYOUTS = ("accepts-layouts", "accepts-headers")
"""The rules that find layouts of bytes or headers which break the receiver."""
