"""Well-formed events with a member more, which is hard to digest."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping

from telnyx_mock.attacks.malformed.case import Malformed, with_inner
from telnyx_mock.attacks.malformed.envelope import write
from telnyx_mock.payload.webhook import Webhook
from telnyx_mock.schema.json_values import Json

__all__ = ["CONTENT_CASES"]

MEGABYTE = 1_000_000
PROTOTYPES: Mapping[str, Json] = {
    "__proto__": {"polluted": True},
    "constructor": {"prototype": {"polluted": True}},
    "__class__": "x",
    "__dict__": 1,
    "": "no name",
    "$where": "1",
}


def _with(members: Mapping[str, Json]) -> Callable[[Webhook], bytes]:
    """The payload has these members too."""

    def change(holder: dict[str, Json], name: str) -> None:
        if isinstance(holder[name], dict):
            holder[name] = {**holder[name], **members}

    return lambda webhook: write(with_inner(webhook, "payload", change))


def _big(megabytes: int) -> Callable[[Webhook], bytes]:
    return lambda webhook: _with({"big": "x" * (megabytes * MEGABYTE)})(webhook)


def _raw(value: bytes) -> Callable[[Webhook], bytes]:
    """The payload has a member more, with *value* as it stands."""
    mark = json.dumps("raw value").encode("ascii")
    return lambda webhook: _with({"malformed": "raw value"})(webhook).replace(mark, value)


def _texts(more: str) -> Callable[[Webhook], bytes]:
    """Each text of the payload has *more* at its end."""

    def change(holder: dict[str, Json], name: str) -> None:
        if isinstance(holder[name], dict):
            holder[name] = {
                field: old + more if isinstance(old, str) else old
                for field, old in holder[name].items()
            }

    return lambda webhook: write(with_inner(webhook, "payload", change))


def _type_twice(webhook: Webhook) -> bytes:
    body = write(webhook.body)
    return body.replace(b'"event_type":', b'"event_type":"call.hangup","event_type":', 1)


CONTENT_CASES: tuple[Malformed, ...] = (
    Malformed(
        "json-nan",
        "computes with NaN, which is no JSON although many parsers take it",
        _raw(b"NaN"),
    ),
    Malformed("json-infinity", "computes with a number that no float holds", _raw(b"1e999")),
    Malformed(
        "json-huge-integer",
        "reads an integer of 5,000 digits, which Python refuses with a ValueError of its own",
        _raw(b"9" * 5000),
    ),
    Malformed(
        "json-nested-field",
        "parses by recursion without a limit to how deep, inside the payload too",
        _raw(b"[" * 100_000 + b"]" * 100_000),
    ),
    Malformed(
        "json-lone-surrogates",
        "encodes texts that hold half of a surrogate pair, as databases and logs do",
        _texts("\ud800"),
    ),
    Malformed(
        "json-nul",
        "stores texts that hold NUL, which PostgreSQL and file names do not take",
        _texts("\0"),
    ),
    Malformed(
        "json-prototype-keys",
        "copies members into objects whatever their names",
        _with(PROTOTYPES),
    ),
    Malformed("json-type-twice", "takes the other of two types than the verifier", _type_twice),
    Malformed(
        "json-many-members",
        "takes time that grows with the square of the members",
        lambda webhook: _with({f"member_{n}": n for n in range(10_000)})(webhook),
    ),
    Malformed("json-1-mb", "takes it for granted that a body is small", _big(1)),
    Malformed(
        "json-10-mb",
        "takes it for granted that a body is not huge, or has no limit to what it reads",
        _big(10),
    ),
)
"""The cases of content, in the order in which they are tried."""
