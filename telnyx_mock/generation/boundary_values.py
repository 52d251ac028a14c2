"""Forms of texts, numbers and times that receivers stumble over: empty, zero, in whole seconds.

There is no end to such values, and chance may leave out any of them; these few it need not.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import TypeAlias

from telnyx_mock.schema.kinds import Integer, Json, Kind, Number, Text, Timestamp
from telnyx_mock.schema.placeholders import GeneratedTime, Style

__all__ = ["boundary_values", "boundary_values_of"]

_Endless: TypeAlias = Text | Integer | Number | Timestamp

LONG = 1600
"""Characters of the longest message that can be sent."""


@dataclass(frozen=True, slots=True)
class _Form:
    """*example* is a value in the form *name*, and *shows* tells whether any other value is."""

    name: str
    example: Json
    shows: Callable[[Json], bool]


def _no_text(value: str) -> bool:
    try:
        base64.b64decode(value, validate=True).decode()
    except UnicodeDecodeError:
        return True
    except binascii.Error:
        pass
    return False


_EMPTY = _Form("empty", "", lambda value: value == "")
_ZERO = _Form("zero", "0", lambda value: float(value) == 0)

_BY_MEANING: Mapping[str, tuple[_Form, ...]] = {
    "text": (_EMPTY, _Form("outside ASCII", "👋", lambda value: not value.isascii())),
    "party": (
        _Form("anonymous", "anonymous", lambda value: value.lower() == "anonymous"),
        _Form("a SIP address", "sip:user@example.com", lambda value: "@" in value),
    ),
    "sender": (
        _Form("a short code", "12345", lambda value: value.isdecimal() and len(value) < 9),
        _Form("a name", "ACME", lambda value: any(map(str.isalpha, value))),
    ),
    "base64": (_EMPTY, _Form("of bytes that are no text", "gP8=", _no_text)),
    "URL": (_EMPTY,),
    "telephone keys": (
        _EMPTY,
        _Form("without a digit", "#", lambda value: not any(map(str.isdecimal, value))),
    ),
    "SIP status": (_Form("unspecified", "unspecified", str.isalpha),),
    "decimal": (_ZERO,),
    "digits": (_ZERO,),
}


@cache
def _forms(kind: _Endless) -> tuple[_Form, ...]:
    return tuple(form for form in _declared(kind) if kind.problem(form.example) is None)


def _declared(kind: _Endless) -> Iterator[_Form]:
    match kind:
        case Text(meaning=meaning, max_length=most):
            yield from _BY_MEANING.get(meaning, ())
            if meaning == "text":
                long = LONG if most is None else min(LONG, most)
                yield _Form("long", "x" * long, lambda value: len(value) >= long)
        case Integer() | Number():
            yield _Form("zero", 0, lambda value: value == 0)
        case Timestamp(style=style) if style is not Style.DATE:
            unit, _, zone = style.name.partition("_")
            if unit == "SECONDS":
                other, name = "MILLISECONDS", "with a fraction"
            else:
                other, name = "SECONDS", "in whole seconds"
            written = Style["_".join(filter(None, (other, zone)))]
            example = GeneratedTime(written.value, written, kind.offset)
            yield _Form(name, example, lambda value: ("." in value) == (unit == "SECONDS"))


def boundary_values(kind: Kind) -> Mapping[str, Json]:
    """The forms that a value of *kind* can take, by name, each with an example."""
    known = _forms(kind) if isinstance(kind, _Endless) else ()
    return {form.name: form.example for form in known}


def boundary_values_of(kind: Kind, value: Json) -> Iterator[str]:
    """The names of the forms that *value*, which is of *kind*, has."""
    known = _forms(kind) if isinstance(kind, _Endless) else ()
    return (form.name for form in known if form.shows(value))
