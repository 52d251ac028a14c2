"""Valid JSON events with values or members that are hard to process."""

from __future__ import annotations

import json
from collections.abc import Mapping

from telnyx_mock.attacks.malformed.json_writers import Writer, genuine, with_payload
from telnyx_mock.attacks.malformed.malformed_request import Malformed
from telnyx_mock.schema.json_values import Json

PROTOTYPES: Mapping[str, Json] = {
    "__proto__": {"polluted": True},
    "constructor": {"prototype": {"polluted": True}},
    "__class__": "x",
    "__dict__": 1,
    "": "no name",
    "$where": "1",
}


def _with(members: Mapping[str, Json]) -> Writer:
    """Return a writer that adds these *members* to the payload."""
    return with_payload(lambda payload: {**payload, **members})


def raw_member(value: bytes, name: str = "malformed") -> Writer:
    """Return a writer that adds the member *name* to the payload; *value* is its value as written."""
    mark = "raw value"
    write = _with({name: mark})
    return lambda webhook: write(webhook).replace(json.dumps(mark).encode("ascii"), value)


def _texts(more: str) -> Writer:
    """Return a writer that appends *more* to each text of the payload."""
    return with_payload(
        lambda payload: {
            field: old + more if isinstance(old, str) else old for field, old in payload.items()
        }
    )


JSON_CONTENT: tuple[Malformed, ...] = (
    Malformed(
        "json-nan",
        "computes with NaN, which is not JSON although many parsers accept it",
        raw_member(b"NaN"),
    ),
    Malformed(
        "json-infinity", "computes with a number too large for a float", raw_member(b"1e999")
    ),
    Malformed(
        "json-huge-integer",
        "reads an integer of 5,000 digits, at which Python raises a special ValueError",
        raw_member(b"9" * 5000),
    ),
    Malformed(
        "json-nested-field",
        "parses by recursion without a depth limit, also inside the payload",
        raw_member(b"[" * 100_000 + b"]" * 100_000),
    ),
    Malformed(
        "json-lone-surrogates",
        "encodes text with half of a surrogate pair, for example for a database or a log",
        _texts("\ud800"),
    ),
    Malformed(
        "json-nul",
        "stores text with NUL, which PostgreSQL and file names do not allow",
        _texts("\0"),
    ),
    Malformed(
        "json-prototype-keys",
        "copies members into objects without checking their names",
        _with(PROTOTYPES),
    ),
    Malformed(
        "json-type-twice",
        "acts on one of the two event types in the body, while its verifier reads the other",
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
    Malformed(
        "json-1-mb",
        "assumes that a body is small",
        # With the payload, json would take as long to write it as many deliveries.
        raw_member(b'"%s"' % (b"x" * 1_000_000), "big"),
    ),
)
"""The malformed requests with unusual content, in the order in which they are tried."""
