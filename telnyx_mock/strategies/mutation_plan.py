"""Plans which byte makes which decision: one byte for every decision that an event leaves open.

A decision always has the same byte, whatever the other bytes are. So each byte can shrink to zero,
which means the sample, without affecting the others.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import TypeAlias

from telnyx_mock.payload.paths import short_path
from telnyx_mock.schema.build import SampleChooser, values_of_fields
from telnyx_mock.schema.event import ContentType, Event
from telnyx_mock.schema.field import Presence
from telnyx_mock.schema.field_tree import FieldNode, descendants, field_tree, rebuilt_with
from telnyx_mock.schema.json_values import Json
from telnyx_mock.schema.kind import Leaf, kinds_within
from telnyx_mock.schema.kinds import Choice, Either, ListOf, Object
from telnyx_mock.strategies.strategy_options import DEFAULT, CheckedOptions
from telnyx_mock.strategies.values import can_mutate, lengths

Decision: TypeAlias = FieldNode | str
"""A decision. A field node decides the field's presence, a path the value or length at the path."""

_HEADER = 2
"""Two bytes precede the decisions: one sets the number of mutated decisions, one the phase."""

_FEW = (2, 4, 8, 16)
"""The approximate number of mutated decisions in most examples."""


def either_key(path: str) -> str:
    """Return the decision that chooses between several kinds for the value at *path*."""
    return f"{path}|"


def extra_key(path: str) -> str:
    """Return the decision on members of any name in the object at *path*."""
    return f"{path}+"


def unknown_key(path: str) -> str:
    """Return the decision whether the object at *path* gets members that Telnyx does not send today."""
    return f"{path}?"


@dataclass(frozen=True, slots=True)
class Plan:
    """The *decisions* of one event, in the order of their bytes.

    *extras* are the objects that may have members of any name, by path, each with the kind of such
    a member. *unknown* lists the paths of the objects that get unknown members. *event_names* lists
    the paths of the fields that get the name of an unknown event. *usual* holds the presence of a
    field that is not mutated, *others* the other presences that it can have. *values* holds the value of
    each field when nothing is mutated, *affected* the fields whose values a decision can change.
    """

    decisions: tuple[Decision, ...]
    extras: tuple[tuple[str, Leaf], ...]
    unknown: tuple[str, ...]
    event_names: tuple[str, ...]
    usual: Mapping[FieldNode, Presence]
    others: Mapping[FieldNode, tuple[Presence, ...]]
    values: Mapping[FieldNode, Json]
    affected: Mapping[Decision, frozenset[FieldNode]]

    @property
    def size(self) -> int:
        """The number of bytes that the plan reads."""
        return _HEADER + len(self.decisions)

    def mutating(self, data: bytes) -> dict[Decision, int]:
        """Return the decisions that *data* mutates, each with its byte (1 to 255).

        A zero byte never mutates. The first byte of *data* decides how many of the other bytes
        mutate: about 2, 4, 8 or 16, or half of them. If the first byte is zero, all others mutate,
        so that this byte does not hinder shrinking. The second byte decides which values of a byte
        mutate, so that every value mutates in some example with few mutations.
        """
        amount, phase = data[0], data[1]
        mutating = 128
        if not amount:
            mutating = 256
        elif amount % 5 < len(_FEW) and self.decisions:
            mutating = min(128, 1 + 256 * _FEW[amount % 5] // len(self.decisions))
        return {
            self.decisions[number]: byte
            for number, byte in enumerate(data[_HEADER : self.size])
            if byte and (byte + phase * number) & 255 < mutating
        }

    def unaffected(self, mutated: Iterable[Decision]) -> dict[FieldNode, Json]:
        """Return the values of the fields that are as usual, whatever *mutated* decides."""
        values = dict(self.values)
        for decision in mutated:
            for node in self.affected.get(decision, ()):
                values.pop(node, None)
        return values


class UsualChooser(SampleChooser):
    """Decides as in the sample, except for the *usual* presence of some fields."""

    def __init__(self, usual: Mapping[FieldNode, Presence]) -> None:
        self.usual = usual

    def presence(self, node: FieldNode) -> Presence:
        return self.usual.get(node) or super().presence(node)


@cache
def plan(event: Event, options: CheckedOptions = DEFAULT) -> Plan:
    """Return the plan of *event*, without the decisions on the avoided fields and inside them."""
    whole = field_tree(event)
    nodes = [whole, *descendants(whole)]
    avoided = (rf"{re.escape(path)}(?:[.\[|+?].*)?" for path in options.avoid)
    pinned = re.compile("|".join(avoided) or r"(?!)")

    def is_free(decision: Decision) -> bool:
        path = decision.path if isinstance(decision, FieldNode) else decision
        return not pinned.fullmatch(short_path(event, path))

    asked = [
        node for node in nodes if (node.field.optional or node.field.nullable) and is_free(node)
    ]
    others = {node: options.other_presences(node) for node in asked}
    extras = tuple(
        (node.path, node.kind.extra)
        for node in nodes
        if isinstance(node.kind, Object)
        and isinstance(node.kind.extra, Leaf)
        and not node.kind.extra.is_of_app
        and "[]" not in node.path
    )
    unknown = tuple(_envelope(event)) if options.unknown_fields else ()
    event_names = tuple(_event_names(event, nodes)) if options.unknown_events else ()
    decisions = dict.fromkeys(
        decision
        for decision in (
            *(decision for node in nodes for decision in _decisions(node, others)),
            *(extra_key(path) for path, _ in extras),
            *(unknown_key(path) for path in unknown),
            *event_names,
        )
        if is_free(decision)
    )
    usual = {node: options.usual_presence(node) for node in asked}
    affected: dict[Decision, frozenset[FieldNode]] = {}
    for node, rebuilt in rebuilt_with(event).items():
        for decision in (*_decisions(node, others), node.path):
            affected[decision] = affected.get(decision, frozenset()) | rebuilt
    values = values_of_fields(event, UsualChooser(usual))
    return Plan(tuple(decisions), extras, unknown, event_names, usual, others, values, affected)


def _decisions(
    node: FieldNode, others: Mapping[FieldNode, tuple[Presence, ...]]
) -> Iterator[Decision]:
    """Yield the decisions on the field of *node*, without those on its members."""
    if others.get(node):
        yield node
    for path, kind in kinds_within(node.kind, node.path):
        if isinstance(kind, Either) and not all(other.is_of_app for other in kind.kinds[1:]):
            yield either_key(path)
        if isinstance(kind, ListOf) and lengths(kind):
            yield path
        if isinstance(kind, Leaf) and can_mutate(kind):
            yield path


def _envelope(event: Event) -> Iterator[str]:
    """Yield the paths of the objects from the body down to the payload; for a form, only the body."""
    depths = 1 if event.content_type is ContentType.FORM else len(event.root) + 1
    return (".".join(event.root[:depth]) for depth in range(depths))


def _event_names(event: Event, nodes: list[FieldNode]) -> list[str]:
    """Return the path of the first field that always holds the name of *event*."""
    names = (
        node.path
        for node in nodes
        if isinstance(node.kind, Choice) and node.kind.values == (event.name,)
    )
    return list(names)[:1]
