"""Finds what is wrong with a body: unknown or missing fields, wrong values, broken conditions.

The JSON Schema of an event expresses the same rules; a test checks that the two agree.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Literal

from telnyx_mock.errors import unknown
from telnyx_mock.schema.event import Event
from telnyx_mock.schema.field_tree import FieldNode, field_tree
from telnyx_mock.schema.json_values import Json
from telnyx_mock.schema.kind import Kind
from telnyx_mock.schema.kinds import Cases, Either, Object


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong with a body.

    *path* leads to the problem from the top of the body, with ``[]`` for every index; it is empty
    for the body itself. *words* completes a sentence that starts with the path; if *code* is
    ``unknown``, *words* is a whole sentence.
    """

    path: str
    code: Literal["unknown", "value", "missing", "unexpected"]
    words: str

    def __str__(self) -> str:
        if self.code == "unknown":
            return self.words
        return f"{self.path or 'the body'} {self.words}"


def problems(event: Event, body: Json) -> Iterator[Problem]:
    """Yield each problem of *body* as a body of *event*. If there is none, it is valid."""
    validator = _Validator(event, event.payload_in(body))
    return validator.value(field_tree(event), "", event.body, body, {})


@dataclass(frozen=True, slots=True)
class _Validator:
    event: Event
    payload: Json

    def value(
        self, node: FieldNode, path: str, kind: Kind, value: Json, siblings: Json
    ) -> Iterator[Problem]:
        if isinstance(kind, Cases):
            chosen = kind.kind_in(self.payload, siblings)
            when = next(each.condition for each in kind.alternatives() if each.kind is chosen)
            for problem in self.value(node, path, chosen, value, siblings):
                if problem.path == path and problem.code == "value" and kind.has_unlike_values:
                    problem = replace(problem, words=f"{problem.words}, while {when}")
                yield problem
            return
        if isinstance(kind, Either):
            found = [list(self.value(node, path, each, value, siblings)) for each in kind.kinds]
            if all(found):
                yield from min(found, key=len)
            return
        words = kind.problem(value)
        part = kind.part()
        if words is not None:
            yield Problem(path, "value", words)
        elif isinstance(kind, Object):
            yield from self.object(node, path, kind, value)
        elif part is not None:
            for inner in kind.unpack(value):
                yield from self.value(node, f"{path}{part.suffix}", part.kind, inner, siblings)

    def object(self, node: FieldNode, path: str, kind: Object, value: Json) -> Iterator[Problem]:
        known = {member.field.key(value): member for member in node.members(path, kind)}
        for name, member in value.items():
            if name in known:
                continue
            inside = f"{path}.{name}" if path else name
            if kind.extra is None:
                where = f"in {path} of {self.event.name}" if path else f"in {self.event.name}"
                yield Problem(inside, "unknown", str(unknown("field", name, known, where=where)))
            elif (words := kind.extra.problem(member)) is not None:
                yield Problem(inside, "value", words)
        for name, inner in known.items():
            yield from self.member(inner, name, value)

    def member(self, node: FieldNode, name: str, siblings: Json) -> Iterator[Problem]:
        field = node.field
        expected = field.when is None or field.when.holds(self.payload, siblings)
        if name not in siblings:
            if expected and not field.optional:
                always = "always there" if field.when is None else f"there whenever {field.when}"
                yield Problem(node.path, "missing", f"is missing: it is {always}")
        elif not expected:
            yield Problem(node.path, "unexpected", f"is present only if {field.when}")
        elif siblings[name] is not None or not field.nullable:
            yield from self.value(node, node.path, field.kind, siblings[name], siblings)
