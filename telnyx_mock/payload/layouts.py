"""Writes a body as bytes: JSON or a form, in the layout Telnyx uses and in every other legal one.

Bytes are what is signed, so a receiver that parses a body and verifies what it wrote back passes
with one layout and fails with the next. Every layout here says the same thing.
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

__all__ = ["FORM_LAYOUTS", "JSON_LAYOUTS", "Layout", "encode", "layouts", "usual_layout"]


@dataclass(frozen=True, slots=True)
class Layout:
    """One way of writing the same content. *reason* says why a sender may write it so."""

    name: str
    reason: str
    write: Callable[[Any], bytes]


def _json(**options: Any) -> Callable[[Json], bytes]:
    options.setdefault("ensure_ascii", False)
    # Half of a surrogate pair has no UTF-8; replaced by its backslash escape, it is JSON.
    return lambda body: json.dumps(body, **options).encode(errors="backslashreplace")


_COMPACT: dict[str, Any] = {"separators": (",", ":")}


def _reversed_keys(body: Json) -> bytes:
    def turn(value: Json) -> Json:
        if isinstance(value, dict):
            return {name: turn(value[name]) for name in reversed(value)}
        return [turn(item) for item in value] if isinstance(value, list) else value

    return _json(**_COMPACT)(turn(body))


def _escaped_slashes(body: Json) -> bytes:
    return _json(**_COMPACT)(body).replace(b"/", rb"\/")


def _exponents(body: Json) -> bytes:
    """Fractions as ``5e-1``; whole numbers stay, for ``1.0`` is no whole number to some parsers."""

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
    """The layouts that bodies of *event* can have."""
    return JSON_LAYOUTS if event.content_type is ContentType.JSON else FORM_LAYOUTS


def usual_layout(event: Event) -> str:
    """The layout that *event* is sent in unless told otherwise."""
    if event.content_type is ContentType.FORM:
        return "plus"
    return "indented" if event.pretty else "compact"


def encode(event: Event, body: Mapping[str, Json], layout: str | None = None) -> bytes:
    """*body* as bytes, in the event's usual layout or the one named.

    Raises UsageError for a layout that there is not, and for text that a form cannot carry.
    """
    known = layouts(event)
    name = usual_layout(event) if layout is None else layout
    if name not in known:
        raise unknown("layout", name, known, where=f"of {event.content_type.value}")
    try:
        return known[name].write(body)
    except UnicodeEncodeError:
        raise UsageError(
            f"{event.name} is a form, which cannot carry half of a surrogate pair."
        ) from None
