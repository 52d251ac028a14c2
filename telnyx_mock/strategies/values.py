"""Values that a mutation can put into a field, and the lengths that it can give a list.

The simplest come first, because shrinking moves towards the front. Telnyx could send
each of these values.
A value that the app decides stays as in the sample, because Telnyx only sends it back.
"""

from __future__ import annotations

from collections.abc import Iterable

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
from telnyx_mock.strategies.strategy_options import DEFAULT, CheckedOptions
from telnyx_mock.strategies.texts import RandomText, formatted_texts, free_text

_NEW_VALUES: tuple[Json, ...] = (None, "new", 1, True, [], {}, {"nested": [{"deeper": None}]})
UNKNOWN_MEMBERS = tuple(
    (name, value) for value in _NEW_VALUES for name in ("new_field", "newField", "new.field", "é")
)
"""Members that no event has today, and that Telnyx may add. Forms get only members with a text."""

_INTEGERS = (0, 1, 2, 10, 255, 256, 65_535, 65_536, 2**31 - 1)
_NUMBERS = (0, 1, 1.0, 0.5, 0.1, 1e-05, 1234.5678)
_USUAL_FRACTIONS = 6
"""A mutated time keeps its fraction this many times as often as it gets any one other fraction."""


def can_mutate(kind: Leaf) -> bool:
    """Return whether a value of *kind* can differ from the sample.

    A generated id cannot. A value that the app decides cannot either.
    """
    return _is_free_text(kind) or bool(values(kind))


def value(kind: Leaf, byte: int, options: CheckedOptions = DEFAULT) -> Json | RandomText:
    """Return the value of *kind* for *byte* (1 to 255)."""
    if _is_free_text(kind):
        assert isinstance(kind, Text)
        return free_text(kind, byte, options.long_values)
    if options.new_values and isinstance(kind, Choice) and len(kind.values) > 1 and byte % 2:
        return kind.unknown
    # Two webhooks must not share a map.
    possible = values(kind) if isinstance(kind, MapOf) else _cached_values(kind)
    return possible[(byte - 1) % len(possible)] if possible else kind.sample


_VALUES: dict[int, tuple[Leaf, tuple[Json, ...]]] = {}
"""Each kind and its values, by the identity of the kind, which takes long to hash."""


def _is_free_text(kind: Leaf) -> bool:
    return isinstance(kind, Text) and kind.format.is_free and not kind.is_of_app


def values(kind: Leaf) -> tuple[Json, ...]:
    """Return the values of *kind* besides its sample; none for free text or a value of the app."""
    match kind:
        case Leaf() if kind.is_of_app:
            return ()
        case Text():
            return formatted_texts(kind)
        case Choice(values=known):
            return _without_sample(kind, known)
        case Integer(minimum=minimum, maximum=maximum):
            bounds = {bound for bound in (minimum, maximum) if bound is not None}
            return _without_sample(kind, sorted({*_INTEGERS, *bounds}))
        case Number(minimum=low, maximum=high):
            limits = [limit for limit in (low, high) if limit is not None]
            return _without_sample(kind, (*_NUMBERS, *limits))
        case Boolean(sample=sample):
            return (not sample,)
        case Timestamp():
            return _times(kind)
        case MapOf():
            return _maps(kind)
        case _:
            return ()


def unknown_event(name: str, byte: int) -> str:
    """Return the name of an event that does not exist today, in the same product as *name*."""
    stems = (name.partition(".")[0], name.rpartition(".")[0] or name)
    return f"{stems[(byte - 1) % 2]}.announced_tomorrow"


_LENGTHS: dict[tuple[int, bool], tuple[ListOf, tuple[int, ...]]] = {}
"""Each kind of list and its lengths, like :data:`_VALUES`, for usual and for long values."""


def lengths(kind: ListOf, options: CheckedOptions = DEFAULT) -> tuple[int, ...]:
    """Return the lengths of a list of *kind* besides the length of its sample."""
    key = id(kind), options.long_values
    if key not in _LENGTHS:
        _LENGTHS[key] = kind, _lengths(kind, options.long_values)
    return _LENGTHS[key][1]


def _lengths(kind: ListOf, long_values: bool) -> tuple[int, ...]:
    if kind.is_of_app:
        return (0,) if kind.shown and not kind.min_items else ()
    if long_values and kind.max_items != kind.shown:
        return (100 if kind.max_items is None else kind.max_items,)
    many = 100 if isinstance(kind.item, Text) else 10
    longest = many if kind.max_items is None else kind.max_items
    usual = (0, 1, 2, 3)
    return tuple(
        length
        for length in (*usual, *usual, min(many, longest))
        if kind.min_items <= length <= longest and length != kind.shown
    )


def _cached_values(kind: Leaf) -> tuple[Json, ...]:
    if id(kind) not in _VALUES:
        _VALUES[id(kind)] = kind, values(kind)
    return _VALUES[id(kind)][1]


def _without_sample(kind: Leaf, candidates: Iterable[Json]) -> tuple[Json, ...]:
    """Return the *candidates* that are of *kind* and differ from its sample."""
    sample = kind.sample
    return tuple(
        each
        for each in candidates
        if kind.problem(each) is None and (each != sample or type(each) is not type(sample))
    )


def _times(kind: Timestamp) -> tuple[GeneratedTime, ...]:
    """Return the sample in styles with more or fewer digits, and more often in its own style."""
    zone = kind.style.name.partition("_")[2]
    if kind.has_one_style or not kind.style.has_fraction:
        return ()
    others = [
        GeneratedTime(style.value, style, kind.offset)
        for style in TimeStyle
        if style.name.partition("_")[2] == zone and style.has_fraction and style is not kind.style
    ]
    return (*others, *(kind.sample,) * _USUAL_FRACTIONS * len(others))


def _maps(kind: MapOf) -> tuple[dict[str, Json], ...]:
    """Return maps with the members of the sample, whose names are known to the app, or with none."""
    others = [
        {name: other.get(type(value), value) for name, value in kind.example.items()}
        for other in ({str: ""}, {str: "👋", int: 0})
    ]
    return _without_sample(kind, ({}, *others) if kind.example else ({"code": "value"},))
