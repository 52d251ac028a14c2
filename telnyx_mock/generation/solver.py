"""Finds the choices that make a webhook reach a coverage goal, conditions of fields included."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import TypeAlias

from telnyx_mock.generation.goals import Branch, CoverageGoal, branches, options
from telnyx_mock.schema.build import SampleChooser
from telnyx_mock.schema.conditions import Condition, Has, Is, absolute
from telnyx_mock.schema.event import Event
from telnyx_mock.schema.field import Presence
from telnyx_mock.schema.field_tree import (
    FieldNode,
    descendants,
    field_tree,
    nodes_by_path,
    objects_in,
)
from telnyx_mock.schema.json_values import Json
from telnyx_mock.schema.kind import Kind, Leaf
from telnyx_mock.schema.kinds import Boolean, Choice, Either, ListOf, Object

Assignment: TypeAlias = Mapping[tuple[str, str], Json]
"""Choices that together reach a coverage goal.

A key is a path and the name of a method of the chooser. The value is what this method returns for
this path. All other choices are those of the sample.
"""


class AssignedChooser(SampleChooser):
    """Chooses what the *assignment* says, and otherwise what the sample shows."""

    def __init__(self, assignment: Assignment) -> None:
        self.assignment = assignment

    def presence(self, node: FieldNode) -> Presence:
        return self._of(node.path, "presence", super().presence(node))  # type: ignore[no-any-return]

    def value(self, path: str, kind: Leaf) -> Json:
        decided = self._of(path, "value", kind.sample)
        return decided if kind.problem(decided) is None else kind.sample

    def count(self, path: str, kind: ListOf) -> int:
        count: int = self._of(path, "count", kind.shown)
        most = count if kind.max_items is None else kind.max_items
        return max(kind.min_items, min(count, most))

    def alternative(self, path: str, kind: Either) -> int:
        index: int = self._of(path, "alternative", 0)
        return min(index, len(kind.kinds) - 1)

    def _of(self, path: str, question: str, otherwise: Json) -> Json:
        return self.assignment.get((path, question), otherwise)


def joined(one: Assignment, other: Assignment) -> Assignment | None:
    """Return both assignments in one; None if they contradict each other."""
    for key, value in other.items():  # a million times in a run, so this has no inner function
        if one.get(key, value) != value:
            return None
    return {**one, **other}


def _combined(*sets: Iterable[Assignment]) -> Iterator[Assignment]:
    """Join one assignment from each of the *sets*. Yield every such join without contradictions."""
    first_set, *others = sets or ([{}],)
    together = [*first_set]
    for assignments in others:
        following = [*assignments]
        together = [
            both
            for first in together
            for second in following
            if (both := joined(first, second)) is not None
        ]
    yield from together


class Solver:
    """Finds the assignments that reach the coverage goals of one event."""

    def __init__(self, event: Event) -> None:
        self.root = event.payload_path
        self.whole = field_tree(event)
        self.nodes = nodes_by_path(event)
        self.holders: dict[FieldNode, tuple[FieldNode, str, Object]] = {}
        for node in (self.whole, *descendants(self.whole)):
            kinds = {id(kind): kind for _, kind in objects_in(node.kind)}
            for (path, identity), members in node.objects.items():
                for member in members:
                    self.holders[member] = (node, path, kinds[identity])
        self._presences: dict[tuple[FieldNode, str], tuple[Assignment, ...]] = {}

    def assignments(self, goal: CoverageGoal) -> Iterator[Assignment]:
        """Yield the assignments that reach *goal*, those with the fewest conditions first."""
        if goal.what in ("present", "absent", "null"):
            for node in self.nodes[goal.path]:
                if node.field.optional or node.field.nullable or node.field.when is not None:
                    yield from self._presence(node, goal.what)
            return
        for node in self.nodes.get(goal.path.removesuffix("[]"), ()):
            for assignment in self._within(node, node.kind, node.path, goal):
                yield from _combined(self._presence(node, "present"), [assignment])

    def _presence(self, node: FieldNode, what: str) -> tuple[Assignment, ...]:
        """Return the assignments that give the field of *node* the presence *what*.

        The object that holds the field is present.
        """
        if (node, what) not in self._presences:
            self._presences[node, what] = tuple(self._find_presence(node, what))
        return self._presences[node, what]

    def _find_presence(self, node: FieldNode, what: str) -> Iterator[Assignment]:
        if node is self.whole:
            yield {}
            return
        outer, inside, kind = self.holders[node]
        to_object = self._to_object(outer, outer.kind, outer.path, inside, kind)
        holder = list(_combined(self._presence(outer, "present"), to_object))
        field = node.field
        if what != "absent":
            presence = Presence.PRESENT if what == "present" else Presence.NULL
            is_asked = field.optional or field.nullable
            own: Assignment = {(node.path, "presence"): presence} if is_asked else {}
            yield from _combined(holder, self._holding(field.when, inside), [own])
            return
        if field.optional:
            own = {(node.path, "presence"): Presence.ABSENT}
            yield from _combined(holder, self._holding(field.when, inside), [own])
        if field.when is not None:
            yield from _combined(holder, self._failing(field.when, inside))

    def _to_object(
        self, node: FieldNode, kind: Kind, path: str, inside: str, wanted: Object
    ) -> Iterator[Assignment]:
        """Yield assignments that make a value of *kind* be or hold the object *wanted* at *inside*."""
        if kind is wanted and path == inside:
            yield {}
        for assignment, inner, inner_path in self._inside(node, kind, path):
            found = self._to_object(node, inner, inner_path, inside, wanted)
            yield from _combined([assignment], found)

    def _inside(
        self, node: FieldNode, kind: Kind, path: str
    ) -> Iterator[tuple[Assignment, Kind, str]]:
        """Yield the kinds directly inside *kind*, each with an assignment that leads there."""
        for branch in branches(kind):
            for assignment in self._branch(node, path, branch):
                yield assignment, branch.kind, path
        part = kind.part()
        if isinstance(kind, ListOf):
            if kind.max_items != 0:
                for count in dict.fromkeys((max(1, kind.shown), 2)):
                    yield {(path, "count"): count}, kind.item, f"{path}[]"
        elif part is not None:
            yield {}, part.kind, f"{path}{part.suffix}"

    def _within(
        self, node: FieldNode, kind: Kind, path: str, goal: CoverageGoal
    ) -> Iterator[Assignment]:
        """Yield assignments that make a value of *kind*, or a value inside it, reach *goal*."""
        if path == goal.path:
            for option in options(kind):
                if (option.what, option.value) == goal[1:]:
                    yield {(path, option.question): option.answer}
            for branch in branches(kind):
                if (branch.what, branch.value) == goal[1:]:
                    yield from self._branch(node, path, branch)
        for assignment, inner, inner_path in self._inside(node, kind, path):
            yield from _combined([assignment], self._within(node, inner, inner_path, goal))

    def _branch(self, node: FieldNode, path: str, branch: Branch) -> Iterator[Assignment]:
        """Yield assignments that give the value at *path* the kind of *branch*."""
        if branch.condition is None:
            yield {(path, "alternative"): branch.value}
        else:
            yield from self._holding(branch.condition, self.holders[node][1])

    def _holding(self, condition: Condition | None, inside: str) -> Iterator[Assignment]:
        """Yield assignments that make *condition* hold for the fields of the object at *inside*."""
        parts = () if condition is None else condition.parts()
        yield from _combined(*(self._part(part, inside) for part in parts))

    def _failing(self, condition: Condition, inside: str) -> Iterator[Assignment]:
        """Yield assignments that make *condition* fail for the fields of the object at *inside*."""
        for part in condition.parts():
            yield from self._part(replace(part, negated=not part.negated), inside)

    def _part(self, part: Is | Has, inside: str) -> Iterator[Assignment]:
        path = absolute(part.path, inside, self.root)
        match part:
            case Is(values=values, negated=True):
                yield from self._other_value(path, values)
            case Is(values=values):
                for value in values:
                    yield from self._value(path, value)
            case Has(negated=True):
                yield from self._no_value(path)
            case Has():
                for node in self.nodes.get(path, ()):
                    yield from self._presence(node, "present")

    def _value(self, path: str, value: Json) -> Iterator[Assignment]:
        """Yield assignments that make the value at *path* equal *value*."""
        for node in self.nodes.get(path, ()):
            if value is None and node.field.nullable:
                yield from self._presence(node, "null")
            for assignment, kind in self._leaves(node, node.kind, path):
                # What the app decides can only be as in the sample.
                if kind.problem(value) is None and (value == kind.sample or not kind.is_of_app):
                    present = self._presence(node, "present")
                    yield from _combined(present, [assignment], [{(path, "value"): value}])

    def _other_value(self, path: str, values: tuple[Json, ...]) -> Iterator[Assignment]:
        """Yield assignments that give the field at *path* a value outside *values*."""
        for node in self.nodes.get(path, ()):
            for _, kind in self._leaves(node, node.kind, path):
                known = kind.values if isinstance(kind, Choice) else (True, False)
                possible = known if isinstance(kind, Choice | Boolean) else (kind.sample,)
                for value in sorted(possible, key=lambda value: value != kind.sample):
                    if value not in values:
                        yield from self._value(path, value)
        yield from self._no_value(path)

    def _no_value(self, path: str) -> Iterator[Assignment]:
        """Yield assignments that make the field at *path*, or an object around it, absent or null."""
        for node in self.nodes.get(path, ()):
            yield from self._presence(node, "absent")
            if node.field.nullable:
                yield from self._presence(node, "null")
            outer = self.holders[node][0]
            if outer is not self.whole:
                yield from self._no_value(outer.path)

    def _leaves(self, node: FieldNode, kind: Kind, path: str) -> Iterator[tuple[Assignment, Leaf]]:
        """Yield the leaf kinds that a value of *kind* at *path* can have."""
        if isinstance(kind, Leaf):
            yield {}, kind
        for assignment, inner, inner_path in self._inside(node, kind, path):
            if inner_path == path:
                for further, leaf in self._leaves(node, inner, path):
                    both = joined(assignment, further)
                    if both is not None:
                        yield both, leaf
