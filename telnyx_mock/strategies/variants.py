"""What else than its sample a field may be: the values of a kind, the lengths of a list.

Simplest first, since shrinking moves towards the front. Everything here is what Telnyx sends or
may send: values outside the kind are another matter. Knows nothing of Hypothesis.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache

from telnyx_mock.schema.json_values import Json
from telnyx_mock.schema.kind import Leaf
from telnyx_mock.schema.kinds import (
    Boolean,
    Choice,
    Integer,
    ListOf,
    MapOf,
    Number,
    Text,
    Timestamp,
)
from telnyx_mock.schema.placeholders import GeneratedTime, TimeStyle
from telnyx_mock.schema.text_formats import FREE_TEXT
from telnyx_mock.strategies.options import DEFAULT, Options
from telnyx_mock.strategies.texts import Free, free_text, texts

__all__ = ["UNKNOWN_MEMBERS", "is_open", "lengths", "unknown_event", "values", "variant"]

_NEW_VALUES: tuple[Json, ...] = (None, "new", 1, True, [], {}, {"nested": [{"deeper": None}]})
UNKNOWN_MEMBERS = tuple(
    (name, value) for value in _NEW_VALUES for name in ("new_field", "newField", "new.field", "é")
)
"""Members that no event has, as Telnyx may add one tomorrow; in forms, those that are text."""

_INTEGERS = (0, 1, 2, 10, 255, 256, 65_535, 65_536, 2**31 - 1)
_NUMBERS = (0, 1, 1.0, 0.5, 0.1, 1e-05, 1234.5678)
_RARELY = 6
"""How many times a time keeps its sample's fraction, for each other fraction."""


def is_open(kind: Leaf) -> bool:
    """Whether a value of *kind* may be anything but its sample; an id, which is minted, may not."""
    return _is_free(kind) or bool(values(kind))


def variant(kind: Leaf, how: int, options: Options = DEFAULT) -> Json | Free:
    """The value of *kind* for *how* (1 to 255)."""
    if _is_free(kind):
        assert isinstance(kind, Text)
        return free_text(kind, how, options.long_values)
    if options.new_values and isinstance(kind, Choice) and len(kind.values) > 1 and how % 2:
        return kind.unknown
    # Maps cannot be hashed, nor may two webhooks share one.
    variants = values(kind) if isinstance(kind, MapOf) else _values(kind)
    return variants[(how - 1) % len(variants)] if variants else kind.sample


def _is_free(kind: Leaf) -> bool:
    return isinstance(kind, Text) and kind.format is FREE_TEXT


def values(kind: Leaf) -> tuple[Json, ...]:
    """What a value of *kind* may be besides its sample, unless it is free text."""
    match kind:
        case Text():
            return texts(kind)
        case Choice(values=known):
            return _besides(kind, known)
        case Integer(minimum=minimum, maximum=maximum):
            edges = [edge for edge in (minimum, maximum) if edge is not None]
            return _besides(kind, sorted({*_INTEGERS, *edges}))
        case Number(minimum=minimum, maximum=maximum):
            bounds = [bound for bound in (minimum, maximum) if bound is not None]
            return _besides(kind, (*_NUMBERS, *bounds))
        case Boolean(sample=sample):
            return (not sample,)
        case Timestamp():
            return _times(kind)
        case MapOf():
            return _maps(kind)
        case _:
            return ()


def unknown_event(name: str, how: int) -> str:
    """The name of an event of *name*'s product that there is not today, for *how* (1 to 255)."""
    stems = (name.partition(".")[0], name.rpartition(".")[0] or name)
    return f"{stems[(how - 1) % 2]}.announced_tomorrow"


def lengths(kind: ListOf, options: Options = DEFAULT) -> tuple[int, ...]:
    """How many items a list of *kind* may have besides those of its sample."""
    if options.long_values and kind.max_items != kind.shown:
        return (100 if kind.max_items is None else kind.max_items,)
    many = 100 if isinstance(kind.item, Text) else 10
    longest = many if kind.max_items is None else kind.max_items
    usual = (0, 1, 2, 3)
    return tuple(
        length
        for length in (*usual, *usual, min(many, longest))
        if kind.min_items <= length <= longest and length != kind.shown
    )


_values = cache(values)


def _besides(kind: Leaf, candidates: Iterable[Json]) -> tuple[Json, ...]:
    """Those *candidates* that are of *kind* and not its sample."""
    sample = kind.sample
    return tuple(
        value
        for value in candidates
        if kind.problem(value) is None and (value != sample or type(value) is not type(sample))
    )


def _times(kind: Timestamp) -> tuple[GeneratedTime, ...]:
    """The same time with another fraction, now and then; the zone stays the product's own."""
    zone = kind.style.name.partition("_")[2]
    if kind.style is TimeStyle.DATE:
        return ()
    others = [
        GeneratedTime(style.value, style, kind.offset)
        for style in TimeStyle
        if style.name.partition("_")[2] == zone and style not in (kind.style, TimeStyle.DATE)
    ]
    return (*others, *(kind.sample,) * _RARELY * len(others))


def _maps(kind: MapOf) -> tuple[dict[str, Json], ...]:
    if kind.value is None:
        members: list[dict[str, Json]] = [
            {"key": "value"},
            {"a b": None, "é": 1.5, "nested": {"list": [1, {}]}},
        ]
    elif isinstance(kind.value, Text):
        members = [{"key": "value"}, {"a b": "", "é": "👋"}]
    else:
        members = []
    return _besides(kind, ({}, *members))
