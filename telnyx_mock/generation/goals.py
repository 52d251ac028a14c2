"""Every turn that an event can take, and the turns that one body took.

A turn is one way for one field to be: absent, null, one of its values, a list with no items. The
sweep takes each of them, and the coverage counts them. There is no end to texts, numbers and times:
of theirs, the forms of :mod:`telnyx_mock.generation.boundary_values` are turns.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

from telnyx_mock.generation.boundary_values import boundary_values, boundary_values_of
from telnyx_mock.schema.conditions import look_up
from telnyx_mock.schema.event import Event
from telnyx_mock.schema.field import Field
from telnyx_mock.schema.field_tree import FieldNode, field_tree
from telnyx_mock.schema.json_values import Json
from telnyx_mock.schema.kind import Kind
from telnyx_mock.schema.kinds import (
    Boolean,
    Cases,
    Choice,
    Either,
    Encoded,
    ListOf,
    Object,
)

__all__ = ["CoverageGoal", "case_of", "cases_of", "coverage_goals", "reached_goals"]


class CoverageGoal(NamedTuple):
    """One way for the field at *path* (from the top of the body) to be.

    *what* is ``present``, ``absent`` or ``null``; ``empty`` or ``several`` for a list; ``value``
    for one of a set; ``form`` for a form of text, number or time, by its name; ``kind`` where any
    of several kinds may be, by its index; ``case`` where another field decides the kind, by its
    value, or None for all other values.
    """

    path: str
    what: str
    value: Json = None

    def __str__(self) -> str:
        match self.what:
            case "value":
                return repr(self.value)
            case "form":
                return str(self.value)
            case "several":
                return "a list of several"
            case "kind":
                return f"of its kind {self.value + 1}"
            case "case":
                return "as usual" if self.value is None else f"as for {self.value}"
            case _:
                return self.what


@cache
def coverage_goals(event: Event) -> tuple[CoverageGoal, ...]:
    """Every turn that *event* declares, in the order of declaration."""
    return tuple(dict.fromkeys(_of_kind(field_tree(event), "", event.body)))


def reached_goals(event: Event, body: Json) -> Iterator[CoverageGoal]:
    """The turns that *body* took; what is no body of *event* took none, as far as it is not."""
    payload = event.payload_in(body)
    return _in_value(field_tree(event), "", event.body, body, payload, {})


def case_of(kind: Cases, asked: Json) -> Json:
    """The case that holds for the value *asked* about: its first value, None for the others."""
    chosen = kind.kind_for(asked)
    return next((value for value, inner in kind.kinds.items() if inner is chosen), None)


def cases_of(kind: Cases) -> Iterator[tuple[Json, Kind]]:
    """The cases of *kind*, each once: None first, then the first of the values that share one."""
    yield None, kind.otherwise
    for value, inner in kind.kinds.items():
        if case_of(kind, value) == value:
            yield value, inner


def _of_field(field: Field, path: str) -> Iterator[CoverageGoal]:
    if field.optional or field.nullable or field.when is not None:
        yield CoverageGoal(path, "present")
    if field.optional or field.when is not None:
        yield CoverageGoal(path, "absent")
    if field.nullable:
        yield CoverageGoal(path, "null")


def _of_kind(node: FieldNode, path: str, kind: Kind) -> Iterator[CoverageGoal]:
    match kind:
        case Object():
            for member in node.members(path, kind):
                yield from _of_field(member.field, member.path)
                yield from _of_kind(member, member.path, member.kind)
        case ListOf():
            if kind.min_items == 0:
                yield CoverageGoal(path, "empty")
            if kind.max_items is None or kind.max_items > 1:
                yield CoverageGoal(path, "several")
            yield from _of_kind(node, f"{path}[]", kind.item)
        case Either():
            for index, inner in enumerate(kind.kinds):
                yield CoverageGoal(path, "kind", index)
                yield from _of_kind(node, path, inner)
        case Cases():
            for value, inner in cases_of(kind):
                yield CoverageGoal(path, "case", value)
                yield from _of_kind(node, path, inner)
        case Encoded():
            yield from _of_kind(node, path, kind.content)
        case Choice():
            if len(kind.values) > 1:
                yield from (CoverageGoal(path, "value", value) for value in kind.values)
        case Boolean():
            yield from (CoverageGoal(path, "value", value) for value in (True, False))
        case _:
            yield from (CoverageGoal(path, "form", name) for name in boundary_values(kind))


def _in_value(
    node: FieldNode, path: str, kind: Kind, value: Json, payload: Json, siblings: Json
) -> Iterator[CoverageGoal]:
    match kind:
        case Object() if isinstance(value, dict):
            for member in node.members(path, kind):
                yield from _in_member(member, value, payload)
        case ListOf() if isinstance(value, list):
            if len(value) != 1:
                yield CoverageGoal(path, "several" if value else "empty")
            for item in value:
                yield from _in_value(node, f"{path}[]", kind.item, item, payload, siblings)
        case Either():
            for index, inner in enumerate(kind.kinds):
                if inner.problem(value) is None:
                    yield CoverageGoal(path, "kind", index)
                    yield from _in_value(node, path, inner, value, payload, siblings)
                    return
        case Cases():
            asked = look_up(kind.path, payload, siblings)
            chosen = kind.kind_for(asked)
            if chosen.problem(value) is None:
                yield CoverageGoal(path, "case", case_of(kind, asked))
            yield from _in_value(node, path, chosen, value, payload, siblings)
        case Encoded() if kind.problem(value) is None:
            content = kind.decode(value)
            yield from _in_value(node, path, kind.content, content, payload, siblings)
        case Choice(values=(_, _, *_)) | Boolean() if kind.problem(value) is None:
            yield CoverageGoal(path, "value", value)
        case _ if kind.problem(value) is None:
            yield from (
                CoverageGoal(path, "form", name) for name in boundary_values_of(kind, value)
            )
        case _:
            return


def _in_member(node: FieldNode, siblings: dict[str, Json], payload: Json) -> Iterator[CoverageGoal]:
    field, name = node.field, node.field.key(siblings)
    is_there = name in siblings
    if field.optional or field.nullable or field.when is not None:
        is_null = is_there and field.nullable and siblings[name] is None
        yield CoverageGoal(node.path, "null" if is_null else "present" if is_there else "absent")
    if is_there:
        yield from _in_value(node, node.path, node.kind, siblings[name], payload, siblings)
