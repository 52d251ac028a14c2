"""Declares families of events: ``Family``, ``field``, ``optional``, ``rare``, and conditions.

A family module reads like a page of documentation: one line for each field, shared groups of fields defined once, and defaults for
everything else. Envelopes follow the published samples.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from typing import TypedDict, Unpack

from telnyx_mock.catalogue.kind_vocabulary import always, by_app, identifier, integer, timestamp, url
from telnyx_mock.provider_urls import CALLBACKS
from telnyx_mock.schema.conditions import Both, Condition, Has, Is
from telnyx_mock.schema.event import ContentType, Event, Example, Status
from telnyx_mock.schema.field import Field
from telnyx_mock.schema.json_values import Json
from telnyx_mock.schema.kind import Kind
from telnyx_mock.schema.kinds import Identifier, Object, Timestamp
from telnyx_mock.schema.placeholders import DeliveryAddress

both = Both
has = Has  # while a field is there and not null
has_no = partial(Has, negated=True)  # while a field is absent or null


def is_(path: str, *values: Json) -> Is:
    """The condition that the field at *path* has one of *values*."""
    return Is(path, values)


def is_not(path: str, *values: Json) -> Is:
    """The condition that the field at *path* is absent or has none of *values*."""
    return Is(path, values, negated=True)


def field(
    name: str, kind: Kind, meaning: str = "", *, when: Condition | None = None, nullable: bool = False, shown_null: bool = False
) -> Field:
    """A field that is always present; with *when*, always present if that condition holds."""
    return Field(name, kind, meaning, nullable=nullable or shown_null, when=when, shown_null=shown_null)


def optional(
    name: str, kind: Kind, meaning: str = "", *, when: Condition | None = None, nullable: bool = False, shown_null: bool = False
) -> Field:
    """A field that may be absent; the sample shows it."""
    return replace(field(name, kind, meaning, when=when, nullable=nullable, shown_null=shown_null), optional=True)


def rare(name: str, kind: Kind, meaning: str = "", *, when: Condition | None = None, nullable: bool = False) -> Field:
    """A field that may be absent and usually is; the sample does not include it."""
    return Field(name, kind, meaning, optional=True, nullable=nullable, when=when, shown=False)


def event_id(sample: str = "0ccc7b54-4df3-4bca-a65a-3da1ecc777f0") -> Identifier:
    """The id of the event itself, by which receivers should deduplicate."""
    return identifier("event_id", sample)


META = Object(
    (
        field("attempt", integer(1, 1, 20), "1 for the first delivery of the event, then counting up"),
        field("delivered_to", by_app(url(DeliveryAddress("https://example.com/webhooks"))), "the address to which this attempt was sent"),
    )
)
"""The ``meta`` block beside ``data``: every published capture has it, although few schemas do."""


def in_one_style(time: Kind) -> Kind:
    """The *time* of an event, which all captures of a product write with the same fraction and zone."""
    return replace(time, has_one_style=True) if isinstance(time, Timestamp) else time


class Facts(TypedDict, total=False):
    """Facts about an event other than its fields; :class:`Event` explains each."""

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
    products: tuple[str, ...]
    examples: Mapping[str, Example]


class Shared(Facts, total=False):
    """Defaults for all events of a family; :class:`Event` and :meth:`Family.event` explain each."""

    occurred_at: Kind | Field
    meta_always: bool


class Family:
    """Declares the events of a family; :attr:`events` lists them in the order of declaration.

    *shared* applies to each event that does not declare otherwise.
    """

    def __init__(self, name: str, **shared: Unpack[Shared]) -> None:
        self.name = name
        self._events: list[Event] = []
        self._occurred_at = shared.pop("occurred_at", timestamp())
        self._meta_always = shared.pop("meta_always", False)
        self._facts: Facts = shared

    @property
    def events(self) -> tuple[Event, ...]:
        """The events that have been declared so far."""
        return tuple(self._events)

    def event(
        self,
        name: str,
        *fields: Field,
        occurred_at: Kind | Field | None = None,
        extra: Kind | None = None,
        envelope: tuple[Field, ...] = (),
        meta: bool = True,
        meta_always: bool | None = None,
        **facts: Unpack[Facts],
    ) -> Event:
        """A JSON event in the usual envelope: ``data`` around ``payload``, and ``meta`` beside it.

        *fields* are those of the payload. *extra* is the kind of further members, if they are allowed. *envelope* holds fields beside the
        payload. *occurred_at* is the kind of time, or the whole field if the product has its own field.
        *meta* is False if no source shows the
        block, and *meta_always* is True if the schema requires it.
        """
        time = occurred_at or self._occurred_at
        data = Object(
            (
                field("record_type", always("event"), "what ``data`` is"),
                field("event_type", always(name), "the name of the event"),
                field("id", event_id(), "the event's id, the same on every attempt"),
                time if isinstance(time, Field) else field("occurred_at", in_one_style(time), "when it happened"),
                *envelope,
                field("payload", Object(fields, extra), "what happened"),
            )
        )
        is_optional = not (self._meta_always if meta_always is None else meta_always)
        beside = (Field("meta", META, "about this delivery", optional=is_optional, in_captures=True),) if meta else ()
        body = Object((field("data", data, "the event"), *beside))
        return self.raw_event(name, body, root=("data", "payload"), **facts)

    def raw_event(self, name: str, body: Object, *, root: tuple[str, ...], **facts: Unpack[Facts]) -> Event:
        """Declare a JSON event in another envelope: *body* is the whole body, *root* leads to the payload."""
        return self._add(name, body, root, ContentType.JSON, facts)

    def form(self, name: str, *fields: Field, extra: Kind | None = None, **facts: Unpack[Facts]) -> Event:
        """A TeXML webhook: flat, form-encoded, without an envelope."""
        return self._add(name, Object(fields, extra), (), ContentType.FORM, facts)

    def _add(self, name: str, body: Object, root: tuple[str, ...], content_type: ContentType, facts: Facts) -> Event:
        facts = {**self._facts, **facts}
        facts.setdefault("url", _callback_page(facts.get("operation", "").removesuffix("Webhook")))
        event = Event(name, self.name, body, root, content_type=content_type, **facts)
        self._events.append(event)
        return event


def _callback_page(operation: str) -> str:
    """Return the address of the provider's page about an operation, such as ``callInitiated``."""
    if not operation:
        return ""
    slug = re.sub(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "-", operation).lower().replace(".", "-")
    return f"{CALLBACKS}/{slug}"
