"""The products whose messages an event is about, and the event for only some of them.

Where an event has several products, the field ``type`` of its payload names the product.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from functools import cache

from telnyx_mock.schema.event import Event
from telnyx_mock.schema.json_values import Json
from telnyx_mock.schema.kinds import Choice, Object

TYPE = "type"
"""The field of the payload that names the product, in capital letters."""


def product_in(event: Event, body: Json) -> str:
    """Return the product that *body*, of *event*, is about; empty if it names none that is known."""
    payload = event.payload_in(body)
    named = str(payload.get(TYPE, "")).lower() if isinstance(payload, dict) else ""
    return named if named in event.products else ""


def only(event: Event, products: Collection[str]) -> Event:
    """Return *event* as it is if it is only about these *products*: the same object each time.

    An event that has at most one product, or none of these, is returned unchanged.
    """
    left = tuple(each for each in event.products if each in products)
    return _only(event, left) if 0 < len(left) < len(event.products) else event


@cache
def _only(event: Event, products: tuple[str, ...]) -> Event:
    names = tuple(product.upper() for product in products)
    body = _with_types(event.body, (*event.root, TYPE), names)
    return replace(event, body=body, products=products)


def _with_types(kind: Object, path: tuple[str, ...], names: tuple[str, ...]) -> Object:
    """Return *kind* with only *names* as the values of the set at *path*."""
    first, *rest = path
    fields = []
    for field in kind.fields:
        inner = field.kind
        if field.name == first and isinstance(inner, Object):
            field = replace(field, kind=_with_types(inner, tuple(rest), names))
        elif field.name == first and isinstance(inner, Choice):
            field = replace(field, kind=replace(inner, values=names))
        fields.append(field)
    return replace(kind, fields=tuple(fields))
