"""How a body comes to take a turn: the decisions that lead there, conditions included.

A way is a set of decisions; two ways can be gone at once unless they decide the same thing
differently. What a way leaves open is as in the sample.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TypeAlias

from telnyx_mock.generation.boundary_values import boundary_values
from telnyx_mock.generation.goals import CoverageGoal, case_of, cases_of
from telnyx_mock.schema.build import SampleChooser
from telnyx_mock.schema.conditions import Both, Condition, Has, Is, absolute
from telnyx_mock.schema.event import Event
from telnyx_mock.schema.field import Presence
from telnyx_mock.schema.field_tree import FieldNode, descendants, field_tree, objects_in
from telnyx_mock.schema.json_values import Json
from telnyx_mock.schema.kind import Kind, Leaf
from telnyx_mock.schema.kinds import (
    Base64Json,
    Boolean,
    Cases,
    Choice,
    Either,
    JsonText,
    ListOf,
    Object,
)

__all__ = ["AssignedChooser", "Assignment", "Solver", "joined"]

Assignment: TypeAlias = Mapping[tuple[str, str], Json]
"""What is decided, by path and by which of the chooser's questions it answers."""


class AssignedChooser(SampleChooser):
    """Decides as *way* says, and for the rest as in the sample."""

    def __init__(self, way: Assignment) -> None:
        self.way = way

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
        return self.way.get((path, question), otherwise)


def joined(*ways: Assignment) -> Assignment | None:
    """All *ways* in one, or None where they disagree."""
    together: dict[tuple[str, str], Json] = {}
    for way in ways:
        for key, value in way.items():
            if together.setdefault(key, value) != value:
                return None
    return together


class Solver:
    """The ways to the turns of one event."""

    def __init__(self, event: Event) -> None:
        self.root = ".".join(event.root)
        self.whole = field_tree(event)
        self.at: dict[str, list[FieldNode]] = {}
        self.around: dict[FieldNode, tuple[FieldNode, str, Object]] = {}
        for node in (self.whole, *descendants(self.whole)):
            self.at.setdefault(node.path, []).append(node)
            kinds = {id(kind): kind for _, kind in objects_in(node.kind)}
            for (inside, identity), members in node.objects.items():
                for member in members:
                    self.around[member] = (node, inside, kinds[identity])

    def to(self, turn: CoverageGoal) -> Iterator[Assignment]:
        """The ways to *turn*, the plainest first."""
        if turn.what in ("present", "absent", "null"):
            for node in self.at[turn.path]:
                if node.field.optional or node.field.nullable or node.field.when is not None:
                    yield from self._standing(node, turn.what)
            return
        for node in self.at.get(turn.path.removesuffix("[]"), ()):
            for way in self._within(node, node.kind, node.path, turn):
                yield from _both(self._standing(node, "present"), [way])

    def _standing(self, node: FieldNode, what: str) -> Iterator[Assignment]:
        """The ways for *node*, the object around it being there, to be present, null or absent."""
        if node is self.whole:
            yield {}
            return
        outer, inside, kind = self.around[node]
        to_object = self._to_kind(outer, outer.kind, outer.path, inside, kind)
        around = list(_both(self._standing(outer, "present"), to_object))
        field = node.field
        when = list(self._holding(field.when, inside))
        if what != "absent":
            presence = Presence.PRESENT if what == "present" else Presence.NULL
            asked = field.optional or field.nullable
            stand: Assignment = {(node.path, "presence"): presence} if asked else {}
            yield from _both(around, when, [stand])
            return
        if field.optional:
            yield from _both(around, when, [{(node.path, "presence"): Presence.ABSENT}])
        if field.when is not None:
            yield from _both(around, self._failing(field.when, inside))

    def _to_kind(
        self, node: FieldNode, kind: Kind, path: str, inside: str, wanted: Kind
    ) -> Iterator[Assignment]:
        """The ways for a value of *kind*, at *path*, to hold *wanted* at the path *inside*."""
        if kind is wanted and path == inside:
            yield {}
        for way, inner, inner_path in self._inside(node, kind, path):
            yield from _both([way], self._to_kind(node, inner, inner_path, inside, wanted))

    def _inside(
        self, node: FieldNode, kind: Kind, path: str
    ) -> Iterator[tuple[Assignment, Kind, str]]:
        """The kinds directly inside *kind*, with what must be decided for each."""
        match kind:
            case ListOf():
                if kind.max_items != 0:
                    for count in dict.fromkeys((max(1, kind.shown), 2)):
                        yield {(path, "count"): count}, kind.item, f"{path}[]"
            case Either():
                for index, inner in enumerate(kind.kinds):
                    yield {(path, "alternative"): index}, inner, path
            case Cases():
                for value, inner in cases_of(kind):
                    for way in self._case(node, kind, value):
                        yield way, inner, path
            case JsonText() | Base64Json():
                yield {}, kind.content, path

    def _within(
        self, node: FieldNode, kind: Kind, path: str, turn: CoverageGoal
    ) -> Iterator[Assignment]:
        """The ways for a value of *kind*, at *path*, to take *turn*."""
        if path == turn.path:
            match kind, turn.what:
                case ListOf(min_items=0), "empty":
                    yield {(path, "count"): 0}
                case ListOf(max_items=most), "several" if most is None or most > 1:
                    yield {(path, "count"): max(2, kind.shown)}
                case Either(), "kind":
                    yield {(path, "alternative"): turn.value}
                case Cases(), "case":
                    yield from self._case(node, kind, turn.value)
                case ((Choice() | Boolean()), "value") if kind.problem(turn.value) is None:
                    yield {(path, "value"): turn.value}
                case _, "form" if turn.value in (known := boundary_values(kind)):
                    yield {(path, "value"): known[turn.value]}
        for way, inner, inner_path in self._inside(node, kind, path):
            yield from _both([way], self._within(node, inner, inner_path, turn))

    def _case(self, node: FieldNode, kind: Cases, case: Json) -> Iterator[Assignment]:
        """The ways for the field that *kind* asks about to decide on *case*."""
        path = absolute(kind.path, self.around[node][1], self.root)
        if case is not None:
            for value in kind.kinds:
                if case_of(kind, value) == case:
                    yield from self._value(path, value)
            return
        yield from self._other(path, tuple(kind.kinds))

    def _holding(self, condition: Condition | None, inside: str) -> Iterator[Assignment]:
        """The ways for *condition*, of a field of the object *inside*, to hold."""
        match condition:
            case None:
                yield {}
            case Both(first, second):
                yield from _both(self._holding(first, inside), self._holding(second, inside))
            case Is(path, values, negated):
                path = absolute(path, inside, self.root)
                if negated:
                    yield from self._other(path, values)
                else:
                    for value in values:
                        yield from self._value(path, value)
            case Has(path, negated):
                path = absolute(path, inside, self.root)
                yield from self._without(path) if negated else self._with(path)

    def _failing(self, condition: Condition, inside: str) -> Iterator[Assignment]:
        """The ways for *condition* not to hold."""
        match condition:
            case Both(first, second):
                yield from self._failing(first, inside)
                yield from self._failing(second, inside)
            case Is(path, values, negated):
                yield from self._holding(Is(path, values, not negated), inside)
            case Has(path, negated):
                yield from self._holding(Has(path, not negated), inside)

    def _with(self, path: str) -> Iterator[Assignment]:
        for node in self.at.get(path, ()):
            yield from self._standing(node, "present")

    def _without(self, path: str) -> Iterator[Assignment]:
        """The ways for what *path* leads to not to be there, or to be null."""
        for node in self.at.get(path, ()):
            yield from self._standing(node, "absent")
            if node.field.nullable:
                yield from self._standing(node, "null")
            outer = self.around[node][0]
            if outer is not self.whole:
                yield from self._without(outer.path)

    def _value(self, path: str, value: Json) -> Iterator[Assignment]:
        """The ways for *path* to have *value*."""
        for node in self.at.get(path, ()):
            if value is None and node.field.nullable:
                yield from self._standing(node, "null")
            for way, kind in self._leaves(node, node.kind, path):
                if kind.problem(value) is None:
                    yield from _both(
                        self._standing(node, "present"), [way], [{(path, "value"): value}]
                    )

    def _other(self, path: str, values: tuple[Json, ...]) -> Iterator[Assignment]:
        """The ways for *path* to have none of *values*."""
        for node in self.at.get(path, ()):
            for _, kind in self._leaves(node, node.kind, path):
                known = kind.values if isinstance(kind, Choice) else (True, False)
                possible = known if isinstance(kind, Choice | Boolean) else (kind.sample,)
                for value in sorted(possible, key=lambda value: value != kind.sample):
                    if value not in values:
                        yield from self._value(path, value)
        yield from self._without(path)

    def _leaves(self, node: FieldNode, kind: Kind, path: str) -> Iterator[tuple[Assignment, Leaf]]:
        if isinstance(kind, Leaf):
            yield {}, kind
        for way, inner, inner_path in self._inside(node, kind, path):
            if inner_path == path:
                for further, leaf in self._leaves(node, inner, path):
                    for both in _both([way], [further]):
                        yield both, leaf


def _both(*sets: Iterable[Assignment]) -> Iterator[Assignment]:
    """Every way that is one of each of the *sets*, where they agree."""
    together: list[Assignment] = [{}]
    for ways in sets:
        following = [*ways]
        together = [
            way
            for first in together
            for second in following
            if (way := joined(first, second)) is not None
        ]
    yield from together
