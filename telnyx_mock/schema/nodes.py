"""Every place in an event at which something is decided, worked out once per event.

A :class:`FieldNode` is a field with its full path and its children, in the order of deciding: the
fields that conditions ask about come before the fields that ask. The walk, the checks of a
payload, the JSON Schema and the coverage all go over the same sites.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from telnyx_mock.schema.kinds import Base64Json, Cases, Either, JsonText, Kind, ListOf, Object
from telnyx_mock.schema.model import Both, Condition, Event, Field

__all__ = ["FieldNode", "absolute", "descendants", "field_tree", "kinds_in", "objects_in"]


@dataclass(frozen=True, slots=True, eq=False)
class FieldNode:
    """A field of an event.

    *path* leads to it from the top of the body (``data.payload.to[].phone_number``). *objects*
    holds the children by the path and identity of the object kind that they belong to, since
    the kind of a field may be one of several.
    """

    path: str
    field: Field
    objects: dict[tuple[str, int], tuple[FieldNode, ...]]

    @property
    def kind(self) -> Kind:
        return self.field.kind

    def members(self, path: str, kind: Object) -> tuple[FieldNode, ...]:
        """The sites of *kind*'s fields, where it stands at *path*, in the order of deciding."""
        return self.objects[path, id(kind)]


@cache
def field_tree(event: Event) -> FieldNode:
    """The site of the whole body of *event*, whose path is empty."""
    whole = Field("", event.body)
    return _site("", whole, ".".join(event.root))


def descendants(node: FieldNode) -> Iterator[FieldNode]:
    """*node*'s descendants, in declaration order of the objects, each exactly once."""
    for members in node.objects.values():
        for member in members:
            yield member
            yield from descendants(member)


def kinds_in(kind: Kind) -> Iterator[tuple[str, Kind]]:
    """The kinds directly inside *kind*, each with what it adds to the path; objects have sites."""
    match kind:
        case ListOf():
            yield "[]", kind.item
        case Either():
            yield from (("", alternative) for alternative in kind.kinds)
        case Cases():
            yield from (("", alternative) for alternative in (kind.otherwise, *kind.kinds.values()))
        case JsonText() | Base64Json():
            yield "", kind.content
        case _:
            return


def objects_in(kind: Kind) -> Iterator[tuple[str, Object]]:
    """The object kinds that a value of *kind* can be, with what they add to the path."""
    if isinstance(kind, Object):
        yield "", kind
    for suffix, inner in kinds_in(kind):
        for further, found in objects_in(inner):
            yield f"{suffix}{further}", found


def _site(path: str, field: Field, root: str) -> FieldNode:
    objects: dict[tuple[str, int], tuple[FieldNode, ...]] = {}
    for suffix, kind in objects_in(field.kind):
        inside = f"{path}{suffix}"
        prefix = f"{inside}." if inside else ""
        members = [_site(f"{prefix}{member.name}", member, root) for member in kind.fields]
        objects[inside, id(kind)] = tuple(_ordered(members, inside, root))
    return FieldNode(path, field, objects)


def _ordered(members: list[FieldNode], inside: str, root: str) -> list[FieldNode]:
    """*members* so that each comes after those of its siblings that it asks about."""
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
                sibling = asked.removeprefix(prefix).partition(".")[0]
                if sibling in names and sibling != name:
                    add(names[sibling], (*waiting, name))
        ordered[name] = member

    for member in members:
        add(member, ())
    return list(ordered.values())


def _asked(node: FieldNode, inside: str, root: str) -> Iterator[str]:
    """The full paths that *node* or anything in it asks about."""
    if node.field.when is not None:
        for path in condition_paths(node.field.when):
            yield absolute(path, inside, root)
    for path in _case_paths(node.kind):
        yield absolute(path, inside, root)
    if "{" in node.field.name:
        yield absolute("." + node.field.name.partition("{")[2].partition("}")[0], inside, root)
    for suffix, kind in objects_in(node.kind):
        for member in node.members(f"{node.path}{suffix}", kind):
            yield from _asked(member, f"{node.path}{suffix}", root)


def condition_paths(condition: Condition) -> Iterator[str]:
    """The paths that *condition* asks about, as they are written in it."""
    if isinstance(condition, Both):
        yield from condition_paths(condition.first)
        yield from condition_paths(condition.second)
    else:
        yield condition.path


def absolute(path: str, inside: str, root: str) -> str:
    """*path*, as written in a condition of a field of the object *inside*, from the top."""
    start = inside if path.startswith(".") else root
    return f"{start}.{path.lstrip('.')}" if start else path.lstrip(".")


def _case_paths(kind: Kind) -> Iterator[str]:
    match kind:
        case Cases():
            yield kind.path
        case ListOf():
            yield from _case_paths(kind.item)
        case Either():
            for alternative in kind.kinds:
                yield from _case_paths(alternative)
        case _:
            return
