"""JSON objects whose envelope, or payload, is missing or of another type."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator

from telnyx_mock.attacks.malformed.case import Malformed, with_inner
from telnyx_mock.payload.webhook import Webhook
from telnyx_mock.schema.json_values import Json

__all__ = ["ENVELOPE_CASES", "write"]

OTHERS: dict[str, Json] = {"null": None, "a-list": [], "a-string": "x", "a-number": 1}
"""What may stand where an object is expected."""


def write(body: Json) -> bytes:
    """*body* as compact JSON, escaped."""
    return json.dumps(body, separators=(",", ":")).encode("ascii")


def _without(place: str) -> Callable[[Webhook], bytes]:
    return lambda webhook: write(with_inner(webhook, place, lambda holder, name: holder.pop(name)))


def _instead(place: str, value: Json) -> Callable[[Webhook], bytes]:
    return lambda webhook: write(
        with_inner(webhook, place, lambda holder, name: holder.update({name: value}))
    )


def _type(value: Json) -> Callable[[Webhook], bytes]:
    """The type of the event is *value*; where there is no type, there is one now."""
    return lambda webhook: write(
        with_inner(webhook, "payload", lambda holder, _: holder.update({"event_type": value}))
    )


def _untyped(webhook: Webhook) -> bytes:
    return write(with_inner(webhook, "payload", lambda holder, _: holder.pop("event_type", None)))


def _fields(value: Callable[[Json], Json]) -> Callable[[Webhook], bytes]:
    """Each field of the payload is another value."""

    def replace(holder: dict[str, Json], name: str) -> None:
        if isinstance(holder[name], dict):
            holder[name] = {field: value(old) for field, old in holder[name].items()}

    return lambda webhook: write(with_inner(webhook, "payload", replace))


def _cases() -> Iterator[Malformed]:
    for what in ("data", "payload"):
        yield Malformed(
            f"json-{what}-missing", f"takes it for granted that there is {what}", _without(what)
        )
        for other, value in OTHERS.items():
            yield Malformed(
                f"json-{what}-{other}",
                f"takes it for granted that {what} is an object, not {other.replace('-', ' ')}",
                _instead(what, value),
            )
    yield Malformed("json-type-missing", "takes it for granted that there is a type", _untyped)
    yield Malformed("json-type-null", "handles a type of null like a text", _type(None))
    yield Malformed("json-type-number", "handles a type that is a number like a text", _type(7))
    yield Malformed("json-type-list", "looks a handler up by what cannot be a key", _type([{}]))
    for name, what, change in (
        ("nulls", "null", lambda _: None),
        ("numbers", "a number", lambda _: 7),
        ("strings", "a string", lambda _: "x"),
        ("lists", "a list", lambda _: []),
        ("objects", "an object", lambda _: {}),
        ("wrapped", "in a list", lambda old: [old]),
    ):
        yield Malformed(
            f"json-fields-{name}",
            f"takes each field's type for granted, and fails where all are {what}",
            _fields(change),
        )


ENVELOPE_CASES: tuple[Malformed, ...] = tuple(_cases())
"""The cases of structure, in the order in which they are tried."""
