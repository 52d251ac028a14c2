"""Coverage goals: what the webhooks of an event must show together, field by field.

A field may be absent, null, each of its values, an empty list, and so on. Texts, numbers and times
have too many values to show all of them, so their goals are the boundary values
(:mod:`telnyx_mock.generation.boundary_values`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import cache, partial
from operator import eq
from typing import NamedTuple

from telnyx_mock.generation.boundary_values import boundary_values
from telnyx_mock.schema.conditions import Is
from telnyx_mock.schema.event import Event
from telnyx_mock.schema.field import Field
from telnyx_mock.schema.field_tree import FieldNode, descendants, field_tree
from telnyx_mock.schema.json_values import Json
from telnyx_mock.schema.kind import Kind, Leaf, kinds_within
from telnyx_mock.schema.kinds import Boolean, Cases, Choice, Either, ListOf, Object


class CoverageGoal(NamedTuple):
    """Something that a webhook must show in the field at *path* (from the top of the body).

    *what* is ``present``, ``absent`` or ``null``; ``empty`` or ``several`` for a list; ``value``
    for one of a set of values; ``boundary`` for a boundary value, identified by its name; ``kind``
    for one of several kinds, identified by its index; ``case`` for a kind that another field
    decides, identified by the first value of that field, or by None for all other values.
    """

    path: str
    what: str
    value: Json = None

    def __str__(self) -> str:
        match self.what:
            case "value":
                return repr(self.value)
            case "boundary":
                return str(self.value)
            case "several":
                return "a list of several"
            case "kind":
                return f"of kind {self.value + 1}"
            case "case":
                return "as usual" if self.value is None else f"as for {self.value}"
            case _:
                return self.what


class Option(NamedTuple):
    """A goal for the values of a kind, and the choice that reaches it.

    *matches* tells whether a value of the kind reaches the goal. *question* names a method of the
    chooser, ``count`` or ``value``; the goal is reached if that method returns *answer*.
    """

    what: str
    value: Json
    matches: Callable[[Json], bool]
    question: str
    answer: Json


class Branch(NamedTuple):
    """The goal that a value is of *kind*, one of several kinds; *condition* must hold."""

    what: str
    value: Json
    kind: Kind
    condition: Is | None = None


@cache
def coverage_goals(event: Event) -> tuple[CoverageGoal, ...]:
    """Return the coverage goals of *event*, in the order of declaration.

    A few goals cannot be reached, because the conditions of their fields contradict each other.
    """
    return tuple(dict.fromkeys(_goals(field_tree(event), "", event.body)))


def reached_goals(event: Event, body: Json) -> Iterator[CoverageGoal]:
    """Yield the coverage goals that *body* reaches; ignore parts that *event* does not allow."""
    return _Reader(event, body).reached(field_tree(event), "", event.body, body, {})


def options(kind: Kind) -> Iterator[Option]:
    """Yield the goals for the values of *kind*, without the goals for nested values.

    A value that the app decides has no goals, because Telnyx only sends it back. A list of such
    values may be empty, because the app may have set none.
    """
    match kind:
        case ListOf():
            if kind.min_items == 0:
                yield Option("empty", None, lambda items: not items, "count", 0)
            if kind.is_of_app:
                return
            if kind.max_items is None or kind.max_items > 1:
                several = max(2, kind.shown)
                yield Option("several", None, lambda items: len(items) > 1, "count", several)
        case Leaf() if kind.is_of_app:
            return
        case Choice(values=(_, _, *_)):
            for known in kind.values:
                yield Option("value", known, partial(eq, known), "value", known)
        case Boolean():
            for known in (True, False):
                yield Option("value", known, partial(eq, known), "value", known)
        case _:
            for boundary in boundary_values(kind):
                yield Option("boundary", boundary.name, boundary.matches, "value", boundary.example)


def branches(kind: Kind) -> Iterator[Branch]:
    """Yield a goal for each kind that a value of *kind* can have."""
    match kind:
        case Either():
            for index, inner in enumerate(kind.kinds):
                if not index or not inner.is_of_app:
                    yield Branch("kind", index, inner)
        case Cases():
            others = Is(kind.path, tuple(kind.kinds), negated=True)
            yield Branch("case", None, kind.otherwise, others)
            for inner in {id(inner): inner for inner in kind.kinds.values()}.values():
                values = tuple(value for value, each in kind.kinds.items() if each is inner)
                yield Branch("case", values[0], inner, Is(kind.path, values))


def _goals(node: FieldNode, path: str, kind: Kind) -> Iterator[CoverageGoal]:
    if isinstance(kind, Object):
        for member in node.members(path, kind):
            yield from (CoverageGoal(member.path, what) for what in _presences(member.field))
            yield from _goals(member, member.path, member.kind)
    for option in options(kind):
        yield CoverageGoal(path, option.what, option.value)
    for branch in branches(kind):
        if not isinstance(kind, Cases) or kind.has_unlike_values:
            yield CoverageGoal(path, branch.what, branch.value)
        yield from _goals(node, path, branch.kind)
    part = kind.part()
    if part is not None:
        yield from _goals(node, f"{path}{part.suffix}", part.kind)


def _presences(field: Field) -> Iterator[str]:
    if field.optional or field.nullable or field.when is not None:
        yield "present"
    if (field.optional and not field.in_captures) or field.when is not None:
        yield "absent"
    if field.nullable:
        yield "null"


@cache
def _choices(event: Event) -> Mapping[int, tuple[tuple[Option, ...], tuple[Branch, ...]]]:
    """Map the identity of each kind in *event* to its options and branches."""
    nodes = (field_tree(event), *descendants(field_tree(event)))
    kinds = {id(kind): kind for node in nodes for _, kind in kinds_within(node.kind)}
    return {each: (tuple(options(kind)), tuple(branches(kind))) for each, kind in kinds.items()}


class _Reader:
    """Finds the goals that one body reaches."""

    def __init__(self, event: Event, body: Json) -> None:
        self.choices = _choices(event)
        self.payload = event.payload_in(body)

    def reached(
        self, node: FieldNode, path: str, kind: Kind, value: Json, siblings: Json
    ) -> Iterator[CoverageGoal]:
        """Yield the goals that *value* of *kind*, and the values inside it, reach."""
        if kind.problem(value) is not None:
            return
        if isinstance(kind, Object):
            for member in node.members(path, kind):
                yield from self._reached_by_member(member, value)
        own_options, own_branches = self.choices[id(kind)]
        for option in own_options:
            if option.matches(value):
                yield CoverageGoal(path, option.what, option.value)
        for branch in own_branches:
            decided = branch.condition is None or branch.condition.holds(self.payload, siblings)
            if decided and branch.kind.problem(value) is None:
                yield CoverageGoal(path, branch.what, branch.value)
                yield from self.reached(node, path, branch.kind, value, siblings)
                break
        part = kind.part()
        if part is not None:
            for inner in kind.unpack(value):
                yield from self.reached(node, f"{path}{part.suffix}", part.kind, inner, siblings)

    def _reached_by_member(
        self, node: FieldNode, siblings: dict[str, Json]
    ) -> Iterator[CoverageGoal]:
        field, name = node.field, node.field.key(siblings)
        is_there = name in siblings
        if field.optional or field.nullable or field.when is not None:
            is_null = is_there and field.nullable and siblings[name] is None
            what = "null" if is_null else "present" if is_there else "absent"
            yield CoverageGoal(node.path, what)
        if is_there:
            yield from self.reached(node, node.path, node.kind, siblings[name], siblings)
