"""Builds a body of an event: a :class:`Chooser` decides what the declaration leaves open.

The builder itself keeps the declaration: a conditional field is there while its condition holds,
and a kind that depends on another field is chosen once that field is known.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol, TypeAlias

from telnyx_mock.schema.conditions import look_up
from telnyx_mock.schema.event import Event
from telnyx_mock.schema.field import Presence
from telnyx_mock.schema.field_tree import FieldNode, field_tree
from telnyx_mock.schema.json_values import ABSENT, Json
from telnyx_mock.schema.kind import Kind, Leaf
from telnyx_mock.schema.kinds import Cases, Either, Identifier, JsonText, ListOf, Object

__all__ = ["Chooser", "SampleChooser", "Steps", "build", "build_with"]

Steps: TypeAlias = tuple[str | int, ...]
"""A path from the top of a body, as names of members and indices of items."""


class Chooser(Protocol):
    """Decides what the declaration leaves open. Paths are full (``data.payload.direction``)."""

    def presence(self, node: FieldNode) -> Presence:
        """Whether a field is there; asked only about optional and nullable fields."""
        ...

    def value(self, path: str, kind: Leaf) -> Json:
        """A value of *kind*."""
        ...

    def count(self, path: str, kind: ListOf) -> int:
        """How many items a list has."""
        ...

    def alternative(self, path: str, kind: Either) -> int:
        """Which of the kinds a value has, by its index."""
        ...


class SampleChooser:
    """Decides as in the documented sample."""

    def presence(self, node: FieldNode) -> Presence:
        field = node.field
        if field.optional and not field.shown:
            return Presence.ABSENT
        return Presence.NULL if field.shown_null else Presence.PRESENT

    def value(self, path: str, kind: Leaf) -> Json:
        return kind.sample

    def count(self, path: str, kind: ListOf) -> int:
        return kind.shown

    def alternative(self, path: str, kind: Either) -> int:
        return 0


def build(event: Event, chooser: Chooser) -> Any:
    """A body of *event*; *chooser* decides what the declaration leaves open."""
    return build_with(event, chooser, {}, {})[0]


def build_with(
    event: Event,
    chooser: Chooser,
    values: Mapping[Steps, Json],
    ids: Mapping[tuple[str, int], str],
) -> tuple[Any, set[Steps]]:
    """A body of *event* with fixed *values*, and the paths of those that have no place in it.

    Each value is taken as it is, whatever the conditions say; :data:`ABSENT` leaves a field out.
    The objects around a value are there, and a list is long enough for the indices. *ids* replace
    the ids of the same role and number. *chooser* decides the rest.
    """
    fixed = {steps: _Value(value) for steps, value in values.items()}
    builder = _Builder(chooser, ids, event.payload_path)
    body = builder.object(field_tree(event), "", event.body, _tree(fixed))
    return body, {steps for steps, value in fixed.items() if not value.placed}


class _Value:
    """A fixed value; *placed* once it is in the body."""

    __slots__ = ("placed", "value")

    def __init__(self, value: Json) -> None:
        self.value = value
        self.placed = False


_Tree: TypeAlias = "Mapping[str | int, _Tree | _Value]"
_NOTHING: _Tree = {}


def _tree(fixed: Mapping[Steps, _Value]) -> _Tree:
    """The *fixed* values as a tree of steps, which the builder descends together with the fields."""
    tree: dict[str | int, Any] = {}
    for steps in sorted(filter(None, fixed), key=len):
        *parents, last = steps
        inner = tree
        for step in parents:
            inner = inner.setdefault(step, {})
            if isinstance(inner, _Value):  # it is taken as it is, so nothing is placed inside
                break
        else:
            inner[last] = fixed[steps]
    return tree


class _Builder:
    def __init__(self, chooser: Chooser, ids: Mapping[tuple[str, int], str], root: str) -> None:
        self.chooser = chooser
        self.ids = ids
        self.root = root
        self.payload: dict[str, Json] = {}

    def value(self, node: FieldNode, path: str, kind: Kind, siblings: Json, fixed: _Tree) -> Json:
        match kind:
            case Object():
                return self.object(node, path, kind, fixed)
            case ListOf():
                return self.list(node, path, kind, siblings, fixed)
            case Either():
                chosen = kind.kinds[self.chooser.alternative(path, kind)]
                return self.value(node, path, chosen, siblings, fixed)
            case Cases():
                asked = look_up(kind.path, self.payload, siblings)
                return self.value(node, path, kind.kind_for(asked), siblings, fixed)
            case JsonText():
                return kind.encode(self.value(node, path, kind.content, siblings, fixed))
            case Identifier() if (kind.role, kind.number) in self.ids:
                return self.ids[kind.role, kind.number]
            case Leaf():
                return self.chooser.value(path, kind)
        raise TypeError(f"{kind!r} is neither a leaf nor known to hold others")

    def list(
        self, node: FieldNode, path: str, kind: ListOf, siblings: Json, fixed: _Tree
    ) -> list[Json]:
        indices = [step for step in fixed if isinstance(step, int)]
        count = max([self.chooser.count(path, kind), *(index + 1 for index in indices)])
        items: list[Json] = []
        for index in range(count):
            given = fixed.get(index, _NOTHING)
            if isinstance(given, _Value):
                given.placed = True
                item = given.value
            else:
                item = self.value(node, f"{path}[]", kind.item, siblings, given)
            if item is not ABSENT:
                items.append(item)
        return items

    def object(self, node: FieldNode, path: str, kind: Object, fixed: _Tree) -> dict[str, Json]:
        values: dict[str, Json] = {}
        if path == self.root:
            self.payload = values
        for member in node.members(path, kind):
            value = self.member(member, values, fixed.get(member.field.name, _NOTHING))
            if value is not ABSENT:
                values[member.field.key(values)] = value
        names = [field.key(values) for field in kind.fields]
        return {name: values[name] for name in names if name in values}

    def member(self, node: FieldNode, siblings: dict[str, Json], given: _Tree | _Value) -> Json:
        field = node.field
        if isinstance(given, _Value):
            given.placed = True
            return given.value
        if field.when is not None and not field.when.holds(self.payload, siblings):
            return ABSENT
        presence = Presence.PRESENT
        if not given and (field.optional or field.nullable):
            presence = self.chooser.presence(node)
        if presence is Presence.PRESENT:
            return self.value(node, node.path, field.kind, siblings, given)
        return None if presence is Presence.NULL else ABSENT
