"""JSON objects whose envelope, payload or fields are missing or have another type."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from telnyx_mock.attacks.malformed.json_writers import Writer, with_part, with_payload
from telnyx_mock.attacks.malformed.malformed_request import Malformed
from telnyx_mock.schema.json_values import Json

OTHERS: dict[str, Json] = {"null": None, "a-list": [], "a-string": "x", "a-number": 1}
"""Values that replace an object."""


def _missing(part: str) -> Writer:
    return with_part(part, lambda holder, name: holder.pop(name))


def _replaced(part: str, value: Json) -> Writer:
    return with_part(part, lambda holder, name: holder.update({name: value}))


def _type(value: Json) -> Writer:
    """Return a writer that sets the event type to *value*, also in events without a type."""
    return with_part("payload", lambda holder, _: holder.update({"event_type": value}))


def _fields(change: Callable[[Json], Json]) -> Writer:
    """Return a writer that changes the value of each field of the payload."""
    return with_payload(lambda payload: {field: change(old) for field, old in payload.items()})


def _all() -> Iterator[Malformed]:
    for part in ("data", "payload"):
        yield Malformed(f"json-{part}-missing", f"assumes that {part} is present", _missing(part))
        for other, value in OTHERS.items():
            yield Malformed(
                f"json-{part}-{other}",
                f"assumes that {part} is an object, not {other.replace('-', ' ')}",
                _replaced(part, value),
            )
    yield Malformed(
        "json-type-missing",
        "assumes that an event type is present",
        with_part("payload", lambda holder, _: holder.pop("event_type", None)),
    )
    yield Malformed("json-type-null", "treats an event type of null as text", _type(None))
    yield Malformed("json-type-number", "treats an event type that is a number as text", _type(7))
    yield Malformed(
        "json-type-list", "looks up a handler with an event type that cannot be a key", _type([{}])
    )
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
            f"relies on the types of fields, and fails if every field is {what}",
            _fields(change),
        )


JSON_ENVELOPE: tuple[Malformed, ...] = tuple(_all())
"""The malformed requests with a wrong structure, in the order in which they are tried."""
