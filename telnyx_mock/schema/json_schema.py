"""Writes an event as JSON Schema 2020-12, conditions included.

Every condition becomes an ``if`` with ``then`` and ``else``. The ``if`` stands in the innermost
object that holds both the field and the field that the condition refers to.
:mod:`telnyx_mock.schema.validate` checks the same rules in Python; a test checks that the two
agree.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import TypeAlias

from telnyx_mock.schema.conditions import Both, Condition, Has, Is, absolute
from telnyx_mock.schema.event import Event
from telnyx_mock.schema.field import Field
from telnyx_mock.schema.json_values import Json
from telnyx_mock.schema.kind import Kind
from telnyx_mock.schema.kinds import Cases, Either, JsonText, ListOf, Object

Schema: TypeAlias = dict[str, Json]


def json_schema(event: Event) -> Schema:
    """Return the JSON Schema of the whole body of *event*, envelope included.

    For a form, the schema describes an object whose fields have the types of the catalogue: a
    number is a number, although the form carries it as text. The schema of JSON inside a string
    (``contentSchema``) is an annotation; validators do not check it.
    """
    schema, _ = _Writer(event.payload_path).object(event.body, "")
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": event.name,
        **({"description": event.trigger} if event.trigger else {}),
        **schema,
    }


@dataclass(frozen=True, slots=True)
class _Rule:
    """Applies ``then`` if ``test`` holds, and ``otherwise`` if not; each is a schema of one object.

    The writer passes a rule outwards, from the object of its field to the object at *scope*, which
    holds the field that the test refers to. On this way, other objects may have to make further
    tests; *waiting* lists the path of each of these objects with its test.
    """

    scope: str
    test: Schema
    then: Schema
    otherwise: Schema | None = None
    waiting: tuple[tuple[str, Schema], ...] = ()

    def inside(self, wrap: Callable[[Schema], Schema]) -> _Rule:
        """Return the rule for the surrounding object; *wrap* converts a schema of the inner object."""
        otherwise = None if self.otherwise is None else wrap(self.otherwise)
        return replace(self, then=wrap(self.then), otherwise=otherwise)

    def only_while(self, scope: str, test: Schema) -> _Rule:
        """Return the rule, which now applies only if *test* holds in the object at *scope*."""
        return replace(self, waiting=(*self.waiting, (scope, test)))

    def arrived_at(self, scope: str) -> _Rule:
        """Return the rule in the object at *scope*, with the tests that this object has to make."""
        here = [test for where, test in self.waiting if where == scope]
        rule = replace(self, waiting=tuple(pair for pair in self.waiting if pair[0] != scope))
        for test in here:
            rule = rule.inside(lambda then, test=test: {"if": test, "then": then})  # type: ignore[misc]
        return rule

    def schema(self) -> Schema:
        schema = {"if": self.test, "then": self.then, "else": self.otherwise}
        return {keyword: part for keyword, part in schema.items() if part}


class _Writer:
    """Writes kinds as JSON Schema. *root* is the path of the payload, where conditions start."""

    def __init__(self, root: str) -> None:
        self.root = root

    def kind(self, kind: Kind, path: str, inside: str) -> tuple[Schema, list[_Rule]]:
        """Return the schema of *kind* at *path* in the object *inside*, and its rules."""
        match kind:
            case Object():
                return self.object(kind, path)
            case ListOf():
                item, rules = self.kind(kind.item, f"{path}[]", inside)
                return {**kind.schema(), "items": item}, [
                    rule.inside(lambda then: {"items": then}) for rule in rules
                ]
            case Either():
                parts = [self.kind(alternative, path, inside) for alternative in kind.kinds]
                return {"anyOf": [schema for schema, _ in parts]}, [
                    rule for _, rules in parts for rule in rules
                ]
            case Cases() if not kind.has_unlike_values:
                return self.kind(kind.otherwise, path, inside)
            case Cases():
                return {}, self.cases(kind, path, inside)
            case JsonText():
                content, _ = self.kind(kind.content, path, inside)
                return {**kind.schema(), "contentSchema": content}, []
            case _:
                return kind.schema(), []

    def cases(self, kind: Cases, path: str, inside: str) -> list[_Rule]:
        """Return one rule for each case, and one rule for all other values."""
        scope = self.scope(kind.path, inside)
        otherwise, *named = kind.alternatives()
        rules: list[_Rule] = []
        earlier: list[Schema] = []
        for branch, condition in (*named, otherwise):
            assert condition is not None
            schema, inner = self.kind(branch, path, inside)
            test = own = self.test(condition, scope, inside)
            if earlier and "[]" in kind.path:  # items may fit several cases, and the first counts
                test = {"allOf": [own, *({"not": other} for other in earlier)]}
            earlier.append(own)
            rules.append(_Rule(scope, test, schema))
            rules.extend(rule.only_while(scope, test) for rule in inner)
        return rules

    def object(self, kind: Object, path: str) -> tuple[Schema, list[_Rule]]:
        schema: Schema = kind.schema()
        schema["properties"] = {}
        required: list[str] = []
        demands: list[Schema] = []
        rules: list[_Rule] = []
        for field in kind.fields:
            inner, beneath = self.kind(field.kind, f"{path}.{field.name}".lstrip("."), path)
            within, named = _place(field)
            place = schema.setdefault(within, {})
            place[named] = _described(field, _nullable(inner) if field.nullable else inner)
            nullable = field.nullable and isinstance(field.kind, Cases | Either)
            rules.extend(
                rule.inside(
                    lambda then, within=within, named=named, nullable=nullable: {  # type: ignore[misc]
                        within: {named: _nullable(then) if nullable else then}
                    }
                )
                for rule in beneath
            )
            if field.when is not None:
                rules.append(self.presence(field, field.when, path))
            elif not field.optional and within == "properties":
                required.append(field.name)
            elif not field.optional:
                demands.append(_there(field))
        if required:
            schema["required"] = required
        schema["additionalProperties"] = kind.extra.schema() if kind.extra else False
        arrived = [rule.arrived_at(path) for rule in rules]
        demands.extend(rule.schema() for rule in arrived if rule.scope == path)
        if demands:
            schema["allOf"] = demands
        return schema, [rule for rule in arrived if rule.scope != path]

    def presence(self, field: Field, when: Condition, path: str) -> _Rule:
        """Return the rule that *field* of the object *path* is present only if *when* holds."""
        there: Schema = {} if field.optional else _there(field)
        absent = _absent(field)
        here: list[Is | Has] = []
        above: list[Is | Has] = []
        for part in when.parts():
            (here if self.scope(part.path, path) == path else above).append(part)
        local = _Rule(path, self.tests(here, path, path), there, absent)
        if not above:
            return local
        scope = self.scope(above[0].path, path)
        then = local.schema() if here else there
        return _Rule(scope, self.tests(above, scope, path), then, absent)

    def scope(self, path: str, inside: str) -> str:
        """Return the object where *path* starts, which a condition in the object *inside* uses."""
        if path.startswith("."):
            return inside
        in_payload = f"{inside}.".startswith(f"{self.root}.") or not self.root
        return self.root if in_payload or inside.startswith(f"{self.root}[") else ""

    def tests(self, conditions: Iterable[Condition], scope: str, inside: str) -> Schema:
        tests = [self.test(condition, scope, inside) for condition in conditions]
        return tests[0] if len(tests) == 1 else {"allOf": tests}

    def test(self, condition: Condition, scope: str, inside: str) -> Schema:
        """Return a schema of the object *scope* that accepts it exactly if *condition* holds."""
        match condition:
            case Both(first, second):
                return {"allOf": [self.test(part, scope, inside) for part in (first, second)]}
            case Is(path, values, negated):
                leaf: Schema = {"const": values[0]} if len(values) == 1 else {"enum": list(values)}
            case Has(path, negated):
                leaf = {"not": {"type": "null"}}
        full = absolute(path, inside, self.root)
        *parents, last = (full.removeprefix(f"{scope}.") if scope else full).split(".")
        test: Schema = {"properties": {last: leaf}, "required": [last]}
        for name in reversed(parents):
            test = {"type": "object", **test}
            member = name.removesuffix("[]")
            inner = test if member == name else {"type": "array", "contains": test}
            test = {"properties": {member: inner}, "required": [member]}
        return {"not": test} if negated else test


def _place(field: Field) -> tuple[str, str]:
    """Return the keyword that declares *field*, and the key below it: a name, or a pattern."""
    if "{" not in field.name:
        return "properties", field.name
    before, _, rest = field.name.partition("{")
    return "patternProperties", f"^{re.escape(before)}.*{re.escape(rest.partition('}')[2])}$"


def _there(field: Field) -> Schema:
    within, named = _place(field)
    if within == "properties":
        return {"required": [named]}
    return {"not": {"propertyNames": {"not": {"pattern": named}}}}


def _absent(field: Field) -> Schema:
    within, named = _place(field)
    return {within: {named: False}}


def _nullable(schema: Schema) -> Schema:
    return {"anyOf": [schema, {"type": "null"}]} if schema else schema


def _described(field: Field, schema: Schema) -> Schema:
    return {"description": field.meaning, **schema} if field.meaning else schema
