"""Boundary values of texts, numbers and times: empty, zero, longest, a time in whole seconds.

Receivers fail at these few values more often than at others, and random values may miss them.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

from telnyx_mock.schema.kind import Kind
from telnyx_mock.schema.kinds import Integer, Number, Text, Timestamp
from telnyx_mock.schema.placeholders import GeneratedTime, TimeStyle
from telnyx_mock.schema.text_formats import LONGEST_MESSAGE, BoundaryValue


def boundary_values(kind: Kind) -> tuple[BoundaryValue, ...]:
    """Return the boundary values that *kind* allows."""
    return _allowed(kind) if isinstance(kind, Text | Integer | Number | Timestamp) else ()


@cache
def _allowed(kind: Kind) -> tuple[BoundaryValue, ...]:
    return tuple(known for known in _known(kind) if kind.problem(known.example) is None)


def _known(kind: Kind) -> Iterator[BoundaryValue]:
    match kind:
        case Text(max_length=most):
            yield from kind.format.boundary_values
            if kind.format.is_free:
                long = LONGEST_MESSAGE if most is None else min(LONGEST_MESSAGE, most)
                yield BoundaryValue("long", "x" * long, lambda value: len(value) >= long)
        case Integer() | Number():
            yield BoundaryValue("zero", 0, lambda value: value == 0)
        case Timestamp(style=style, has_one_style=False) if style.has_fraction:
            unit, separator, zone = style.name.partition("_")
            is_whole = unit == "SECONDS"
            other = "MILLISECONDS" if is_whole else "SECONDS"
            written = TimeStyle[f"{other}{separator}{zone}"]
            yield BoundaryValue(
                "with a fraction" if is_whole else "in whole seconds",
                GeneratedTime(written.value, written, kind.offset),
                lambda value: ("." in value) is is_whole,
            )
