"""Which byte decides what: one for every decision that an event leaves open.

A plan is worked out once per event. A decision keeps its byte whatever the other bytes say, so
that each can go back to zero, which is the sample, alone. Knows nothing of Hypothesis.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import TypeAlias

from telnyx_mock.payload.paths import short_path
from telnyx_mock.schema.build import SampleChooser
from telnyx_mock.schema.event import ContentType, Event
from telnyx_mock.schema.field import Presence
from telnyx_mock.schema.field_tree import FieldNode, descendants, field_tree
from telnyx_mock.schema.kind import Leaf, kinds_within
from telnyx_mock.schema.kinds import Choice, Either, ListOf, Object
from telnyx_mock.strategies.options import DEFAULT, Options
from telnyx_mock.strategies.variants import is_open, lengths

__all__ = ["HEADER", "Key", "Plan", "either_key", "extra_key", "plan", "unknown_key"]

Key: TypeAlias = FieldNode | str
"""A decision: a site stands for its presence, a path for the value or the length there."""

HEADER = 2
"""Bytes before the decisions: how quiet the example is, and its phase."""

_DEPARTURES = (2, 4, 8, 16)
"""About how many decisions depart in a quiet example."""


def either_key(path: str) -> str:
    """The decision which of several kinds the value at *path* is of."""
    return f"{path}|"


def extra_key(path: str) -> str:
    """The decision about members that the object at *path* may have beyond its fields."""
    return f"{path}+"


def unknown_key(path: str) -> str:
    """The decision about a member that the object at *path* does not have."""
    return f"{path}?"


@dataclass(frozen=True, slots=True)
class Plan:
    """The open decisions of one event: decision number *n* is up to byte ``HEADER + n``.

    *extras* are the objects that may have members beyond their fields, by path; *unknown* the
    paths of objects that get unknown members; *named* those of fields that name the event, where
    they may name another. *standing* is how a field stands where that is not
    as in the sample, *presences* how else it may.
    """

    keys: tuple[Key, ...]
    extras: tuple[tuple[str, Leaf], ...]
    unknown: tuple[str, ...]
    named: tuple[str, ...]
    standing: Mapping[FieldNode, Presence]
    presences: Mapping[FieldNode, tuple[Presence, ...]]

    @property
    def size(self) -> int:
        """How many bytes the plan reads."""
        return HEADER + len(self.keys)

    def departures(self, data: bytes) -> dict[Key, int]:
        """The decisions that depart from the sample, each with a byte (1 to 255) that says how.

        A zero byte never departs. Of the others, the first byte lets about 2, 4, 8 or 16 depart,
        or half of all, and at zero all, so that it never stands in the way of shrinking. The
        second shifts which byte values do, so that quiet examples have all variants, too.
        """
        quiet, phase = data[0], data[1]
        admitted = 128
        if not quiet:
            admitted = 256
        elif quiet % 5 < len(_DEPARTURES) and self.keys:
            admitted = min(128, 1 + 256 * _DEPARTURES[quiet % 5] // len(self.keys))
        return {
            key: byte
            for number, (key, byte) in enumerate(zip(self.keys, data[HEADER:], strict=False))
            if byte and (byte + phase * number) & 255 < admitted
        }


@cache
def plan(event: Event, options: Options = DEFAULT) -> Plan:
    """The plan of *event*, without the decisions at and below what is to be avoided."""
    whole = field_tree(event)
    every = [whole, *descendants(whole)]
    extras = tuple(
        (node.path, node.kind.extra)
        for node in every
        if isinstance(node.kind, Object)
        and isinstance(node.kind.extra, Leaf)
        and "[]" not in node.path
    )
    unknown: tuple[str, ...] = ()
    if options.unknown_fields:
        tops = [event.root[:depth] for depth in range(len(event.root) + 1)]
        unknown = tuple(".".join(top) for top in tops)
        if event.content_type is ContentType.FORM:
            unknown = ("",)
    named = tuple(
        node.path
        for node in every
        if options.unknown_events
        and isinstance(node.kind, Choice)
        and node.kind.values == (event.name,)
    )[:1]  # mail tells its name once more
    avoided = (rf"{re.escape(path)}(?:[.\[|+?].*)?" for path in options.avoid)
    pinned = re.compile("|".join(avoided) or r"(?!)")

    def is_free(key: Key) -> bool:
        path = key.path if isinstance(key, FieldNode) else key
        return not pinned.fullmatch(short_path(event, path))

    asked = [
        node for node in every if (node.field.optional or node.field.nullable) and is_free(node)
    ]
    standing = {node: options.usual(node) for node in asked}
    presences = {node: options.departures(node) for node in asked}
    keys = dict.fromkeys(
        key
        for key in (
            *(key for node in every for key in _decisions(node, presences)),
            *(extra_key(path) for path, _ in extras),
            *(unknown_key(path) for path in unknown),
            *named,
        )
        if is_free(key)
    )
    standing = {node: how for node, how in standing.items() if how is not _SAMPLE.presence(node)}
    return Plan(tuple(keys), extras, unknown, named, standing, presences)


_SAMPLE = SampleChooser()


def _decisions(
    node: FieldNode, presences: Mapping[FieldNode, tuple[Presence, ...]]
) -> Iterator[Key]:
    if presences.get(node):
        yield node
    for path, kind in kinds_within(node.kind, node.path):
        if isinstance(kind, Either):
            yield either_key(path)
        if isinstance(kind, ListOf) and lengths(kind):
            yield path
        if isinstance(kind, Leaf) and is_open(kind):
            yield path
