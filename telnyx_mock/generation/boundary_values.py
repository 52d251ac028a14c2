"""Forms of texts, numbers and times that receivers stumble over: empty, zero, in whole seconds.

There is no end to such values, and chance may leave out any of them; these few it need not.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from typing import TypeAlias

from telnyx_mock.schema.json_values import Json
from telnyx_mock.schema.kind import Kind
from telnyx_mock.schema.kinds import Integer, Number, Text, Timestamp
from telnyx_mock.schema.placeholders import GeneratedTime, TimeStyle
from telnyx_mock.schema.text_formats import FREE_TEXT, BoundaryValue

__all__ = ["boundary_values", "boundary_values_of"]

_Endless: TypeAlias = Text | Integer | Number | Timestamp

LONG = 1600
"""Characters of the longest message that can be sent."""


@cache
def _forms(kind: _Endless) -> tuple[BoundaryValue, ...]:
    return tuple(form for form in _declared(kind) if kind.problem(form.example) is None)


def _declared(kind: _Endless) -> Iterator[BoundaryValue]:
    match kind:
        case Text(max_length=most):
            yield from kind.format.boundary_values
            if kind.format is FREE_TEXT:
                long = LONG if most is None else min(LONG, most)
                yield BoundaryValue("long", "x" * long, lambda value: len(value) >= long)
        case Integer() | Number():
            yield BoundaryValue("zero", 0, lambda value: value == 0)
        case Timestamp(style=style) if style is not TimeStyle.DATE:
            unit, _, zone = style.name.partition("_")
            if unit == "SECONDS":
                other, name = "MILLISECONDS", "with a fraction"
            else:
                other, name = "SECONDS", "in whole seconds"
            written = TimeStyle["_".join(filter(None, (other, zone)))]
            example = GeneratedTime(written.value, written, kind.offset)
            yield BoundaryValue(name, example, lambda value: ("." in value) == (unit == "SECONDS"))


def boundary_values(kind: Kind) -> Mapping[str, Json]:
    """The forms that a value of *kind* can take, by name, each with an example."""
    known = _forms(kind) if isinstance(kind, _Endless) else ()
    return {form.name: form.example for form in known}


def boundary_values_of(kind: Kind, value: Json) -> Iterator[str]:
    """The names of the forms that *value*, which is of *kind*, has."""
    known = _forms(kind) if isinstance(kind, _Endless) else ()
    return (form.name for form in known if form.matches(value))
