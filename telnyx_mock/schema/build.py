"""Turns a declaration into a body. A :class:`Chooser` decides at every site; nobody else does.

The sample, the sweep and the strategies are the same walk with different choosers. The walk
itself keeps the rules: a conditional field is there only while its condition holds, and a kind
that depends on another field is taken after that field is known.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, Protocol

from telnyx_mock.schema.kinds import (
    Base64Json,
    Cases,
    Either,
    Json,
    JsonText,
    Kind,
    Leaf,
    ListOf,
    Object,
)
from telnyx_mock.schema.model import Both, Condition, Event, Field, Has, Is, Presence
from telnyx_mock.schema.nodes import FieldNode, field_tree
from telnyx_mock.schema.placeholders import GeneratedId

__all__ = ["ABSENT", "Chooser", "SampleChooser", "build", "holds"]


class _Absent:
    """The type of :data:`ABSENT`."""

    def __repr__(self) -> str:
        return "ABSENT"


ABSENT: Final = _Absent()
"""As an override: leave the field out."""


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
    return _Walk(chooser, fixed or {}, ".".join(event.root)).value(
        field_tree(event), "", event.body, {}
    )


def holds(condition: Condition, payload: Json, siblings: Json) -> bool:
    """Whether *condition* holds for a field that stands beside *siblings* in *payload*."""
    match condition:
        case Both(first, second):
            return holds(first, payload, siblings) and holds(second, payload, siblings)
        case Is(path, values, negated):
            return (look_up(path, payload, siblings) in values) is not negated
        case Has(path, negated):
            return (look_up(path, payload, siblings) not in (ABSENT, None)) is not negated


def look_up(path: str, payload: Json, siblings: Json) -> Json:
    """The value at *path*, written as in a condition; :data:`ABSENT` where there is none."""
    value = siblings if path.startswith(".") else payload
    for name in path.lstrip(".").split("."):
        if not isinstance(value, dict) or name not in value:
            return ABSENT
        value = value[name]
    return value


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
            case JsonText() | Base64Json():
                return kind.encode(self.value(node, path, kind.content, siblings))
            case _:
                return self.chooser.value(path, kind)

    def object(self, node: FieldNode, path: str, kind: Object) -> dict[str, Json]:
        values: dict[str, Json] = {}
        if path == self.root:
            self.payload = values
        for member in node.members(path, kind):
            self.member(member, values)
        names = [key_of(field, values) for field in kind.fields]
        return {name: values[name] for name in names if name in values}

    def member(self, node: FieldNode, siblings: dict[str, Json]) -> None:
        field = node.field
        if node.path in self.fixed:
            value = self.fixed[node.path]
        elif field.when is not None and not holds(field.when, self.payload, siblings):
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
            siblings[key_of(field, siblings)] = value


def key_of(field: Field, siblings: Mapping[str, Json]) -> str:
    """The name of *field* beside *siblings*, one of whose values it may quote: minted with it."""
    if "{" not in field.name:
        return field.name
    before, _, rest = field.name.partition("{")
    quoted, _, after = rest.partition("}")
    value = siblings.get(quoted, "")
    name = f"{before}{value}{after}"
    if not isinstance(value, GeneratedId):
        return name
    return GeneratedId(name, value.role, f"{before}{value.template}{after}", value.number)
