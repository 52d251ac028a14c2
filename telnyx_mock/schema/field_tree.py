"""The tree of all fields of an event, computed once per event.

A :class:`FieldNode` is a field with its full path and its children. Children are in the order of
building: a field that a condition refers to comes before the field with the condition.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache

from telnyx_mock.schema.conditions import absolute
from telnyx_mock.schema.event import Event
from telnyx_mock.schema.field import Field
from telnyx_mock.schema.kind import Kind, concrete_kinds, kinds_within
from telnyx_mock.schema.kinds import Cases, CountOf, Object


@dataclass(frozen=True, slots=True, eq=False)
class FieldNode:
    """A field of an event.

    *path* leads to the field from the top of the body (``data.payload.to[].phone_number``).
    *objects* holds the children. Each key of *objects* is the path and the identity of an object
    kind, because a field may have one of several kinds. *as_declared* are the keys of the objects whose
    fields are built in the order of their declaration.
    """

    path: str
    field: Field
    objects: dict[tuple[str, int], tuple[FieldNode, ...]]
    as_declared: frozenset[tuple[str, int]]

    @property
    def kind(self) -> Kind:
        return self.field.kind

    def members(self, path: str, kind: Object) -> tuple[FieldNode, ...]:
        """Return the nodes of the fields of *kind* at *path*, in the order of building."""
        return self.objects[path, id(kind)]

    def is_built_as_declared(self, path: str, kind: Object) -> bool:
        """Whether the fields of *kind* at *path* are built in the order of their declaration."""
        return (path, id(kind)) in self.as_declared


@cache
def field_tree(event: Event) -> FieldNode:
    """Return the node of the whole body of *event*; its path is empty."""
    return _node("", Field("", event.body), event.payload_path)


def descendants(node: FieldNode) -> Iterator[FieldNode]:
    """Yield every node below *node* once, parents before their children."""
    for members in node.objects.values():
        for member in members:
            yield member
            yield from descendants(member)


@cache
def nodes_by_path(event: Event) -> Mapping[str, tuple[FieldNode, ...]]:
    """Return the nodes of *event* by path. Nodes of alternative objects can have the same path."""
    found: dict[str, list[FieldNode]] = {}
    for node in descendants(field_tree(event)):
        found.setdefault(node.path, []).append(node)
    return {path: tuple(nodes) for path, nodes in found.items()}


@cache
def kinds_by_path(event: Event) -> Mapping[str, tuple[Kind, ...]]:
    """Return the kinds that the value at each path can have; list items have the path ``path[]``."""
    found: dict[str, list[Kind]] = {}
    for path, nodes in nodes_by_path(event).items():
        for node in nodes:
            for at, kind in _kinds(path, node.kind):
                found.setdefault(at, []).append(kind)
    return {path: tuple(kinds) for path, kinds in found.items()}


def _kinds(path: str, kind: Kind) -> Iterator[tuple[str, Kind]]:
    for concrete, _ in concrete_kinds(kind):
        part = concrete.part()
        if part is not None and part.suffix:
            yield from _kinds(f"{path}{part.suffix}", part.kind)
        else:
            yield path, concrete


def objects_in(kind: Kind) -> Iterator[tuple[str, Object]]:
    """Yield each object kind that a value of *kind* can be or hold, with its path in the value."""
    for suffix, inner in kinds_within(kind):
        if isinstance(inner, Object):
            yield suffix, inner


def _node(path: str, field: Field, root: str) -> FieldNode:
    objects: dict[tuple[str, int], tuple[FieldNode, ...]] = {}
    as_declared: set[tuple[str, int]] = set()
    for suffix, kind in objects_in(field.kind):
        inside = f"{path}{suffix}"
        prefix = f"{inside}." if inside else ""
        members = [_node(f"{prefix}{member.name}", member, root) for member in kind.fields]
        ordered = _ordered(members, inside, root)
        objects[inside, id(kind)] = tuple(ordered)
        if ordered == members:
            as_declared.add((inside, id(kind)))
    return FieldNode(path, field, objects, frozenset(as_declared))


def _ordered(members: list[FieldNode], inside: str, root: str) -> list[FieldNode]:
    """Return *members* sorted so that each comes after the siblings that its conditions refer to."""
    prefix = f"{inside}." if inside else ""
    names = {member.field.name: member for member in members}
    ordered: dict[str, FieldNode] = {}

    def add(member: FieldNode, waiting: tuple[str, ...]) -> None:
        name = member.field.name
        if name in ordered:
            return
        if name in waiting:
            raise ValueError(f"the conditions of {' and '.join(waiting)} depend on each other")
        for asked in _asked(member, inside, root):
            if asked.startswith(prefix):
                sibling = asked.removeprefix(prefix).partition(".")[0].removesuffix("[]")
                if sibling in names and sibling != name:
                    add(names[sibling], (*waiting, name))
        ordered[name] = member

    for member in members:
        add(member, ())
    return list(ordered.values())


@cache
def deciding_paths(event: Event) -> frozenset[str]:
    """Return the full paths of the fields on which the presence or kind of another field depends."""
    return frozenset(_asked(field_tree(event), "", event.payload_path))


@cache
def rebuilt_with(event: Event) -> Mapping[FieldNode, frozenset[FieldNode]]:
    """Map each node to those whose values can change with its field: itself, the nodes around it, and
    the nodes whose presence or kind depends on it, with the nodes around these.
    """
    around: dict[FieldNode, tuple[FieldNode, ...]] = {}
    asking: dict[FieldNode, tuple[str, ...]] = {}
    plain: dict[FieldNode, str] = {}

    def enter(node: FieldNode, outer: tuple[FieldNode, ...], inside: str) -> None:
        around[node] = (*outer, node)
        plain[node] = _plain(node.path)
        asked = tuple(map(_plain, _asked_by(node, inside, event.payload_path)))
        if asked:
            asking[node] = asked
        for (path, _), members in node.objects.items():
            for member in members:
                enter(member, around[node], path)

    enter(field_tree(event), (), "")
    rebuilt = {}
    for node in around:
        changing = [node]
        for changed in changing:
            changing += (
                each
                for each, asked in asking.items()
                if each not in changing and any(_is_related(path, plain[changed]) for path in asked)
            )
        rebuilt[node] = frozenset(each for changed in changing for each in around[changed])
    return rebuilt


def _plain(path: str) -> str:
    """Return *path* so that it begins with the path of each field around it, as written by this."""
    return f"{path.replace('[]', '')}."


def _is_related(path: str, other: str) -> bool:
    """Whether the field at one of the plain paths is that at the other one, or inside it."""
    return path.startswith(other) or other.startswith(path)


def _asked(node: FieldNode, inside: str, root: str) -> Iterator[str]:
    """Yield the full paths that the conditions of *node* and of the nodes below it refer to."""
    yield from _asked_by(node, inside, root)
    for (path, _), members in node.objects.items():
        for member in members:
            yield from _asked(member, path, root)


def _asked_by(node: FieldNode, inside: str, root: str) -> Iterator[str]:
    """Yield the full paths that the conditions of *node* refer to, without the nodes below it."""
    if node.field.when is not None:
        yield from (absolute(part.path, inside, root) for part in node.field.when.parts())
    for _, kind in kinds_within(node.kind):
        if isinstance(kind, Cases | CountOf):
            yield absolute(kind.path, inside, root)
    if node.field.quoted:
        yield absolute(f".{node.field.quoted}", inside, root)
