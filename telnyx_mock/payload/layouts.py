"""Writes a body as bytes, JSON or a form, in the layout that Telnyx uses or in another allowed one.

The signature covers the bytes. If a receiver parses a body, writes it again and verifies the
result, it accepts one layout and refuses another. All layouts of a body have the same content.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from urllib.parse import quote, quote_plus, urlencode

from telnyx_mock.errors import UsageError, unknown
from telnyx_mock.schema.event import ContentType, Event
from telnyx_mock.schema.json_values import Json


@dataclass(frozen=True, slots=True)
class Layout:
    """One way of writing a body. *reason* says how it differs from the others, or who uses it."""

    name: str
    reason: str
    write: Callable[[Any], bytes]


def _json(**options: Any) -> Callable[[Json], bytes]:
    options.setdefault("ensure_ascii", False)
    # UTF-8 has no bytes for half of a surrogate pair; its backslash escape is valid JSON.
    return lambda body: json.dumps(body, **options).encode(errors="backslashreplace")


_COMPACT: dict[str, Any] = {"separators": (",", ":")}


def _reversed_keys(body: Json) -> bytes:
    def reverse(value: Json) -> Json:
        if isinstance(value, dict):
            return {name: reverse(value[name]) for name in reversed(value)}
        return [reverse(item) for item in value] if isinstance(value, list) else value

    return _json(**_COMPACT)(reverse(body))


def _escaped_slashes(body: Json) -> bytes:
    return _json(**_COMPACT)(body).replace(b"/", rb"\/")


def _exponents(body: Json) -> bytes:
    """Write fractions as ``5e-1``; keep whole numbers, because ``1e0`` is no integer to some parsers."""

    def rewrite(match: re.Match[str]) -> str:
        token = match[0]
        return token if token.startswith('"') else f"{Decimal(token):e}"

    text = _json(**_COMPACT)(body).decode()
    return re.sub(r'"(?:[^"\\]|\\.)*"|-?[0-9]+\.[0-9]+(?:e[+-]?[0-9]+)?', rewrite, text).encode()


def _table(*rows: Layout) -> Mapping[str, Layout]:
    return {layout.name: layout for layout in rows}


JSON_LAYOUTS: Mapping[str, Layout] = _table(
    Layout("compact", "no white space at all", _json(**_COMPACT)),
    Layout(
        "indented",
        "two spaces, keys in alphabetical order: seen in deliveries of messages",
        _json(indent=2, sort_keys=True),
    ),
    Layout("spaced", "a space after commas and colons", _json()),
    Layout("sorted", "keys in alphabetical order", _json(sort_keys=True, **_COMPACT)),
    Layout("reversed", "keys in another order", _reversed_keys),
    Layout("escaped", r"non-ASCII characters as \u escapes", _json(ensure_ascii=True, **_COMPACT)),
    Layout("slashes", r"slashes as \/", _escaped_slashes),
    Layout("exponents", "fractions with an exponent", _exponents),
    Layout("newline", "a newline at the end", lambda body: _json(**_COMPACT)(body) + b"\n"),
)
"""The layouts of JSON bodies, by name."""


def _text(value: Json) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else str(value)


def _pairs(body: Mapping[str, Json]) -> list[tuple[str, str]]:
    return [
        (name, _text(item))
        for name, value in body.items()
        for item in (value if isinstance(value, list) else [value])
    ]


def _form(quote_via: Callable[..., str]) -> Callable[[Mapping[str, Json]], bytes]:
    return lambda body: urlencode(_pairs(body), quote_via=quote_via, safe="").encode("ascii")


def _lower_hex(body: Mapping[str, Json]) -> bytes:
    return re.sub(rb"%[0-9A-F]{2}", lambda match: match[0].lower(), _form(quote_plus)(body))


def _reversed_form(body: Mapping[str, Json]) -> bytes:
    return urlencode(_pairs(body)[::-1], quote_via=quote_plus, safe="").encode("ascii")


FORM_LAYOUTS: Mapping[str, Layout] = _table(
    Layout("plus", "spaces as +, everything else percent-encoded", _form(quote_plus)),
    Layout("percent", "spaces as %20", _form(quote)),
    Layout("lower-hex", "percent escapes in lower case", _lower_hex),
    Layout("reversed", "fields in another order", _reversed_form),
)
"""The layouts of form bodies, by name."""


def layouts(event: Event) -> Mapping[str, Layout]:
    """Return the layouts that a body of *event* can have, by name."""
    return JSON_LAYOUTS if event.content_type is ContentType.JSON else FORM_LAYOUTS


def usual_layout(event: Event) -> str:
    """Return the name of the layout in which Telnyx sends *event*."""
    if event.content_type is ContentType.FORM:
        return "plus"
    return "indented" if event.pretty else "compact"


def encode(event: Event, body: Mapping[str, Json], layout: str | None = None) -> bytes:
    """Return *body* as bytes, in the *layout* of this name or in the event's usual one.

    Raises UsageError for an unknown layout, and for text that a form cannot carry.
    """
    known = layouts(event)
    name = usual_layout(event) if layout is None else layout
    if name not in known:
        raise unknown("layout", name, known, where=f"of {event.content_type.value}")
    try:
        return known[name].write(body)
    except UnicodeEncodeError:
        raise UsageError(
            f"{event.name} is sent as a form, and a form cannot carry half of a surrogate pair."
        ) from None
