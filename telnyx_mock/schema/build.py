"""Builds a body of an event. A :class:`Chooser` makes the choices that the declaration leaves open.

The builder itself follows the declaration. It includes a conditional field if the condition holds.
If the kind of a field depends on another field, it builds that other field first.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol, TypeAlias

from telnyx_mock.schema.conditions import values_at
from telnyx_mock.schema.event import Event
from telnyx_mock.schema.field import Presence
from telnyx_mock.schema.field_tree import FieldNode, field_tree
from telnyx_mock.schema.json_values import ABSENT, Json, copied
from telnyx_mock.schema.kind import Kind, Leaf
from telnyx_mock.schema.kinds import Cases, CountOf, Either, Identifier, JsonText, ListOf, Object

Steps: TypeAlias = tuple[str | int, ...]
"""A path from the top of a body: names of members and indices of items."""


class Chooser(Protocol):
    """Makes the choices that the declaration leaves open; paths start at the top of the body."""

    def presence(self, node: FieldNode) -> Presence:
        """Return the presence of an optional or nullable field; no other field is passed in."""
        ...

    def value(self, path: str, kind: Leaf) -> Json:
        """Return a value of *kind* for the field at *path*."""
        ...

    def count(self, path: str, kind: ListOf) -> int:
        """Return the number of items of the list at *path*."""
        ...

    def alternative(self, path: str, kind: Either) -> int:
        """Return the index of the kind that the value at *path* has."""
        ...


class SampleChooser:
    """Chooses what the documented sample shows."""

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


def build(event: Event, chooser: Chooser, known: Mapping[FieldNode, Json] | None = None) -> Any:
    """Return a body of *event*; *chooser* makes the choices that the declaration leaves open.

    The fields in *known* get copies of these values (:data:`ABSENT` for none), without a choice.
    """
    return _Builder(chooser, {}, event.payload_path, known or {}).whole(event, _NOTHING)


def values_of_fields(event: Event, chooser: Chooser) -> dict[FieldNode, Json]:
    """Return the value of each field that :func:`build` comes to; :data:`ABSENT` for none.

    Of the items of a list, which have the same fields, the last counts.
    """
    builder = _NotingBuilder(chooser, {}, event.payload_path, {})
    builder.whole(event, _NOTHING)
    return builder.values


def build_with(
    event: Event,
    chooser: Chooser,
    values: Mapping[Steps, Json],
    ids: Mapping[tuple[str, int], str],
) -> tuple[Any, set[Steps]]:
    """Return a body of *event* with fixed *values*, and the paths of the values that do not fit.

    Each value is used unchanged, even if a condition forbids it; :data:`ABSENT` leaves a field out.
    The builder makes the objects around each value and makes lists long enough for the indices.
    *ids* replace the ids of the same role and number. *chooser* makes all other choices.
    """
    fixed = {steps: _Value(value) for steps, value in values.items()}
    body = _Builder(chooser, ids, event.payload_path, {}).whole(event, _tree(fixed))
    return body, {steps for steps, value in fixed.items() if not value.placed}


class _Value:
    """A fixed value; *placed* is True once the value is in the body."""

    __slots__ = ("placed", "value")

    def __init__(self, value: Json) -> None:
        self.value = value
        self.placed = False


_Tree: TypeAlias = "Mapping[str | int, _Tree | _Value]"
_NOTHING: _Tree = {}

_WITH_PARTS = (dict, list)

_PRESENT = Presence.PRESENT
"""In Python 3.11, looking up a member of an Enum takes as long as a call."""


def _adds(given: _Tree | _Value) -> bool:
    """Whether a list must be long enough for *given*, which is not so for an absent item."""
    return not (isinstance(given, _Value) and given.value is ABSENT)


def _tree(fixed: Mapping[Steps, _Value]) -> _Tree:
    """Return *fixed* as a tree of steps, which the builder follows alongside the tree of fields."""
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
    def __init__(
        self,
        chooser: Chooser,
        ids: Mapping[tuple[str, int], str],
        root: str,
        known: Mapping[FieldNode, Json],
    ) -> None:
        self.chooser = chooser
        self.ids = ids
        self.root = root
        self.known = known
        self.payload: dict[str, Json] = {}

    def whole(self, event: Event, fixed: _Tree) -> dict[str, Json]:
        return self.object(field_tree(event), "", event.body, fixed)

    def value(self, node: FieldNode, path: str, kind: Kind, siblings: Json, fixed: _Tree) -> Json:
        match kind:
            case CountOf():
                return sum(len(each or ()) for each in values_at(kind.path, self.payload, siblings))
            case Identifier() if (kind.role, kind.number) in self.ids:
                return self.ids[kind.role, kind.number]
            case Leaf():
                return self.chooser.value(path, kind)
            case Object():
                return self.object(node, path, kind, fixed)
            case ListOf():
                return self.list(node, path, kind, siblings, fixed)
            case Either():
                chosen = kind.kinds[self.chooser.alternative(path, kind)]
                if fixed and isinstance(chosen, Leaf):  # which has no place for the fixed values
                    chosen = next(
                        (each for each in kind.kinds if not isinstance(each, Leaf)), chosen
                    )
                return self.value(node, path, chosen, siblings, fixed)
            case Cases():
                chosen = kind.kind_in(self.payload, siblings)
                return self.value(node, path, chosen, siblings, fixed)
            case JsonText():
                return kind.encode(self.value(node, path, kind.content, siblings, fixed))
        raise TypeError(f"{kind!r} is not a leaf, and it declares no kinds inside it")

    def list(
        self, node: FieldNode, path: str, kind: ListOf, siblings: Json, fixed: _Tree
    ) -> list[Json]:
        if kind.max_items == 0:  # so the tree of fields has nothing of its items
            return []
        indices = [step for step, given in fixed.items() if isinstance(step, int) and _adds(given)]
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
        known = self.known
        for member in node.members(path, kind):
            name = member.field.name
            if member in known:
                value = known[member]
                if type(value) in _WITH_PARTS:
                    value = copied(value)
                    if member.path == self.root:
                        self.payload = value
            else:
                value = self.member(member, values, fixed.get(name, _NOTHING))
            if value is not ABSENT:
                values[member.field.key(values) if "{" in name else name] = value
        if node.is_built_as_declared(path, kind):
            return values
        names = [field.key(values) for field in kind.fields]
        return {name: values[name] for name in names if name in values}

    def member(self, node: FieldNode, siblings: dict[str, Json], given: _Tree | _Value) -> Json:
        field = node.field
        if isinstance(given, _Value):
            given.placed = True
            return given.value
        if field.when is not None and not field.when.holds(self.payload, siblings):
            return ABSENT
        if not given and (field.optional or field.nullable):
            presence = self.chooser.presence(node)
            if presence is not _PRESENT:
                return None if presence is Presence.NULL else ABSENT
        return self.value(node, node.path, field.kind, siblings, given)


class _NotingBuilder(_Builder):
    """Notes the value of each field in *values*."""

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self.values: dict[FieldNode, Json] = {}

    def member(self, node: FieldNode, siblings: dict[str, Json], given: _Tree | _Value) -> Json:
        self.values[node] = super().member(node, siblings, given)
        return self.values[node]
