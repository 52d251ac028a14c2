"""Well-formed JSON events with values or members that are hard to process."""

from __future__ import annotations

import json
from collections.abc import Mapping

from telnyx_mock.attacks.malformed.json_writers import Writer, genuine, with_payload
from telnyx_mock.attacks.malformed.malformed_request import Malformed
from telnyx_mock.schema.json_values import Json

__all__ = ["JSON_CONTENT"]

MEGABYTE = 1_000_000
PROTOTYPES: Mapping[str, Json] = {
    "__proto__": {"polluted": True},
    "constructor": {"prototype": {"polluted": True}},
    "__class__": "x",
    "__dict__": 1,
    "": "no name",
    "$where": "1",
}


def _with(members: Mapping[str, Json]) -> Writer:
    """The payload has these *members* as well."""
    return with_payload(lambda payload: {**payload, **members})


def _big(megabytes: int) -> Writer:
    """The payload has a member of that size, which is made when the body is."""
    return with_payload(lambda payload: {**payload, "big": "x" * (megabytes * MEGABYTE)})


def _raw(value: bytes) -> Writer:
    """The payload has one more member, whose value is written as *value*."""
    mark = "raw value"
    write = _with({"malformed": mark})
    return lambda webhook: write(webhook).replace(json.dumps(mark).encode("ascii"), value)


def _texts(more: str) -> Writer:
    """Each text of the payload has *more* at its end."""
    return with_payload(
        lambda payload: {
            field: old + more if isinstance(old, str) else old for field, old in payload.items()
        }
    )


JSON_CONTENT: tuple[Malformed, ...] = (
    Malformed(
        "json-nan",
        "computes with NaN, which is not JSON although many parsers accept it",
        _raw(b"NaN"),
    ),
    Malformed("json-infinity", "computes with a number too large for a float", _raw(b"1e999")),
    Malformed(
        "json-huge-integer",
        "reads an integer of 5,000 digits, for which Python raises a ValueError of its own",
        _raw(b"9" * 5000),
    ),
    Malformed(
        "json-nested-field",
        "parses by recursion without a limit on depth, inside the payload too",
        _raw(b"[" * 100_000 + b"]" * 100_000),
    ),
    Malformed(
        "json-lone-surrogates",
        "encodes text with half of a surrogate pair, as databases and logs do",
        _texts("\ud800"),
    ),
    Malformed(
        "json-nul",
        "stores text with NUL in it, which PostgreSQL and file names do not allow",
        _texts("\0"),
    ),
    Malformed(
        "json-prototype-keys",
        "copies members into objects without checking their names",
        _with(PROTOTYPES),
    ),
    Malformed(
        "json-type-twice",
        "reads one of two event types while its verifier reads the other",
        genuine(
            lambda body: body.replace(
                b'"event_type":', b'"event_type":"call.hangup","event_type":', 1
            )
        ),
    ),
    Malformed(
        "json-many-members",
        "takes time that grows with the square of the number of members",
        with_payload(lambda payload: {**payload, **{f"member_{n}": n for n in range(10_000)}}),
    ),
    Malformed("json-1-mb", "assumes that a body is small", _big(1)),
    Malformed(
        "json-10-mb",
        "assumes that a body is not huge, or has no limit on what it reads",
        _big(10),
    ),
)
"""The malformed requests of content, in the order in which they are tried."""
