"""Turns a declaration into a body. A :class:`Chooser` decides at every site; nobody else does.

The sample, the sweep and the strategies are the same walk with different choosers. The walk
itself keeps the rules: a conditional field is there only while its condition holds, and a kind
that depends on another field is taken after that field is known.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

from telnyx_mock.schema.conditions import look_up
from telnyx_mock.schema.event import Event
from telnyx_mock.schema.field import Presence
from telnyx_mock.schema.field_tree import FieldNode, field_tree
from telnyx_mock.schema.json_values import ABSENT, Json
from telnyx_mock.schema.kind import Kind, Leaf
from telnyx_mock.schema.kinds import Cases, Either, Encoded, ListOf, Object

__all__ = ["Chooser", "SampleChooser", "build"]


class Chooser(Protocol):
    """Decides at each site. Paths are full (``data.payload.direction``)."""

    def presence(self, node: FieldNode) -> Presence:
        """Whether an optional or nullable field is there. Not asked about other fields."""
        ...

    def value(self, path: str, kind: Leaf) -> Json:
        """A value of a *kind* that holds no others."""
        ...

    def count(self, path: str, kind: ListOf) -> int:
        """How many items a list has."""
        ...

    def alternative(self, path: str, kind: Either) -> int:
        """Which of the kinds, by its index."""
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


def build(event: Event, chooser: Chooser, fixed: Mapping[str, Json] | None = None) -> Any:
    """A body of *event*, decided by *chooser*.

    *fixed* are values by full path that are not up to the chooser: each is taken as it is,
    whatever the conditions say, and :data:`ABSENT` leaves the field out.
    """
    return _Walk(chooser, fixed or {}, event.payload_path).value(
        field_tree(event), "", event.body, {}
    )


class _Walk:
    def __init__(self, chooser: Chooser, fixed: Mapping[str, Json], root: str) -> None:
        self.chooser = chooser
        self.fixed = fixed
        self.root = root
        self.payload: dict[str, Json] = {}

    def value(self, node: FieldNode, path: str, kind: Kind, siblings: Json) -> Json:
        match kind:
            case Object():
                return self.object(node, path, kind)
            case ListOf():
                return [
                    self.value(node, f"{path}[]", kind.item, siblings)
                    for _ in range(self.chooser.count(path, kind))
                ]
            case Either():
                chosen = kind.kinds[self.chooser.alternative(path, kind)]
                return self.value(node, path, chosen, siblings)
            case Cases():
                asked = look_up(kind.path, self.payload, siblings)
                return self.value(node, path, kind.kind_for(asked), siblings)
            case Encoded():
                return kind.encode(self.value(node, path, kind.content, siblings))
            case Leaf():
                return self.chooser.value(path, kind)
        raise TypeError(f"{kind!r} is neither a leaf nor known to hold others")

    def object(self, node: FieldNode, path: str, kind: Object) -> dict[str, Json]:
        values: dict[str, Json] = {}
        if path == self.root:
            self.payload = values
        for member in node.members(path, kind):
            self.member(member, values)
        names = [field.key(values) for field in kind.fields]
        return {name: values[name] for name in names if name in values}

    def member(self, node: FieldNode, siblings: dict[str, Json]) -> None:
        field = node.field
        if node.path in self.fixed:
            value = self.fixed[node.path]
        elif field.when is not None and not field.when.holds(self.payload, siblings):
            value = ABSENT
        else:
            presence = Presence.PRESENT
            if field.optional or field.nullable:
                presence = self.chooser.presence(node)
            if presence is Presence.PRESENT:
                value = self.value(node, node.path, field.kind, siblings)
            else:
                value = None if presence is Presence.NULL else ABSENT
        if value is not ABSENT:
            siblings[field.key(siblings)] = value
