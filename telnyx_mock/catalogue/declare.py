"""Functions that declare events: ``event``, ``field``, ``optional``, ``rare``, and conditions.

A family module reads like a page of documentation: one line for each field, shared groups of
fields defined once, the rest left to the defaults here. Envelopes follow the published samples.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TypedDict, Unpack

from telnyx_mock.catalogue.vocabulary import always, identifier, integer, timestamp, url
from telnyx_mock.provider import CALLBACKS
from telnyx_mock.schema.conditions import Both, Condition, Has, Is
from telnyx_mock.schema.event import ContentType, Event, Example, Status
from telnyx_mock.schema.field import Field
from telnyx_mock.schema.json_values import Json
from telnyx_mock.schema.kind import Kind
from telnyx_mock.schema.kinds import Identifier, Object

__all__ = [
    "both",
    "event",
    "field",
    "form",
    "has",
    "has_no",
    "is_",
    "is_not",
    "optional",
    "rare",
    "raw_event",
]


def field(
    name: str,
    kind: Kind,
    meaning: str = "",
    *,
    when: Condition | None = None,
    nullable: bool = False,
    shown_null: bool = False,
) -> Field:
    """A field that is always there, or, with *when*, always while the condition holds."""
    return Field(name, kind, meaning, nullable=nullable or shown_null, when=when, shown_null=shown_null)


def optional(
    name: str,
    kind: Kind,
    meaning: str = "",
    *,
    when: Condition | None = None,
    nullable: bool = False,
    shown_null: bool = False,
) -> Field:
    """A field that may be absent; the sample shows it."""
    return Field(name, kind, meaning, True, nullable or shown_null, when, True, shown_null)


def rare(
    name: str,
    kind: Kind,
    meaning: str = "",
    *,
    when: Condition | None = None,
    nullable: bool = False,
) -> Field:
    """A field that may be absent, and usually is; the sample lacks it."""
    return Field(name, kind, meaning, True, nullable, when, False, False)


def is_(path: str, *values: Json) -> Is:
    """While the field *path* has one of *values*."""
    return Is(path, values)


def is_not(path: str, *values: Json) -> Is:
    """While the field *path* is absent or has none of *values*."""
    return Is(path, values, negated=True)


def has(path: str) -> Has:
    """While the field *path* is there and not null."""
    return Has(path)


def has_no(path: str) -> Has:
    """While the field *path* is absent or null."""
    return Has(path, negated=True)


def both(first: Condition, second: Condition) -> Both:
    """While both conditions hold."""
    return Both(first, second)


def event_id(sample: str = "0ccc7b54-4df3-4bca-a65a-3da1ecc777f0") -> Identifier:
    """The id of the event itself, by which receivers should deduplicate."""
    return identifier("event_id", sample)


META = Object(
    (
        field("attempt", integer(1, 1), "1 for the first delivery of the event, then counting up"),
        field("delivered_to", url(), "the address this attempt went to"),
    )
)
"""The ``meta`` block beside ``data``: in every published capture, although few schemas have it."""


class Facts(TypedDict, total=False):
    """The facts about an event beside its fields; :class:`Event` explains each."""

    operation: str
    status: Status
    trigger: str
    before: tuple[str, ...]
    after: tuple[str, ...]
    url: str
    reply: str
    note: str
    signed: bool
    pretty: bool
    examples: Mapping[str, Example]


def event(
    name: str,
    family: str,
    *fields: Field,
    occurred_at: Kind | Field | None = None,
    extra: Kind | None = None,
    envelope: tuple[Field, ...] = (),
    meta: bool = True,
    meta_always: bool = False,
    **facts: Unpack[Facts],
) -> Event:
    """A JSON event in the usual envelope: ``data`` around ``payload``, and ``meta`` beside it.

    *fields* are those of the payload, and *extra* is the kind of further members, if there may be
    any. *envelope* are fields beside the payload. *occurred_at* is the kind of time, or the whole
    field, where the product has its own. *meta* is False where no source shows the block, and
    *meta_always* is True where the schema requires it.
    """
    time = occurred_at if isinstance(occurred_at, Field) else field("occurred_at", occurred_at or timestamp(), "when it happened")
    data = Object(
        (
            field("record_type", always("event"), "what ``data`` is"),
            field("event_type", always(name), "the name of the event"),
            field("id", event_id(), "the event's id, the same on every attempt"),
            time,
            *envelope,
            field("payload", Object(fields, extra), "what happened"),
        )
    )
    declare_meta = field if meta_always else optional
    beside = (declare_meta("meta", META, "about this delivery"),) if meta else ()
    body = Object((field("data", data, "the event"), *beside))
    return raw_event(name, family, body, root=("data", "payload"), **facts)


def raw_event(name: str, family: str, body: Object, *, root: tuple[str, ...], **facts: Unpack[Facts]) -> Event:
    """A JSON event in another envelope: *body* is all of it, *root* leads to the payload."""
    facts.setdefault("url", _callback_page(facts.get("operation")))
    return Event(name, family, body, root, **facts)


def form(name: str, *fields: Field, extra: Kind | None = None, **facts: Unpack[Facts]) -> Event:
    """A TeXML webhook: flat, form-encoded, without an envelope."""
    facts.setdefault("url", _callback_page(facts.get("operation", "").removesuffix("Webhook")))
    return Event(name, "texml", Object(fields, extra), (), content_type=ContentType.FORM, **facts)


def _callback_page(operation: str | None) -> str:
    """The provider's page about an operation: that of ``callInitiated`` is ``call-initiated``."""
    if not operation:
        return ""
    slug = re.sub(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "-", operation).lower().replace(".", "-")
    return f"{CALLBACKS}/{slug}"
