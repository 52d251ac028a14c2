"""Says what is wrong with a body: unknown members, wrong kinds, missing fields, broken conditions.

The declaration is the only judge; the JSON Schema says the same in another language, and a test
holds the two together.
"""

from __future__ import annotations

from collections.abc import Iterator

from telnyx_mock.errors import unknown
from telnyx_mock.schema.conditions import look_up
from telnyx_mock.schema.event import Event
from telnyx_mock.schema.field_tree import FieldNode, field_tree
from telnyx_mock.schema.json_values import Json
from telnyx_mock.schema.kind import Kind
from telnyx_mock.schema.kinds import Cases, Either, Object

__all__ = ["problems"]


def problems(event: Event, body: Json) -> Iterator[str]:
    """What is wrong with *body* as a body of *event*, a sentence each; nothing if all is well."""
    payload = event.payload_in(body)
    return _in_value(event, field_tree(event), "", event.body, body, payload, {})


def _in_value(
    event: Event, node: FieldNode, path: str, kind: Kind, value: Json, payload: Json, siblings: Json
) -> Iterator[str]:
    match kind:
        case Cases():
            chosen = kind.kind_for(look_up(kind.path, payload, siblings))
            yield from _in_value(event, node, path, chosen, value, payload, siblings)
            return
        case Either():
            found = [
                list(_in_value(event, node, path, inner, value, payload, siblings))
                for inner in kind.kinds
            ]
            if all(found):
                yield from min(found, key=len)
            return
        case _:
            problem = kind.problem(value)
    if problem is not None:
        yield f"{path or 'the body'} {problem}"
        return
    part = kind.part()
    if isinstance(kind, Object):
        yield from _in_object(event, node, path, kind, value, payload)
    elif part is not None:
        for inner in kind.unpack(value):
            yield from _in_value(
                event, node, f"{path}{part.suffix}", part.kind, inner, payload, siblings
            )


def _in_object(
    event: Event, node: FieldNode, path: str, kind: Object, value: Json, payload: Json
) -> Iterator[str]:
    known = {member.field.key(value): member for member in node.members(path, kind)}
    for name, member in value.items():
        if name not in known and kind.extra is None:
            where = f"in {path} of {event.name}" if path else f"in {event.name}"
            yield str(unknown("field", name, known, where=where))
        elif name not in known and kind.extra is not None:
            problem = kind.extra.problem(member)
            if problem is not None:
                yield f"{path}.{name}".lstrip(".") + f" {problem}"
    for name, inner in known.items():
        field = inner.field
        expected = field.when is None or field.when.holds(payload, value)
        if name not in value:
            if expected and not field.optional:
                yield f"{inner.path} is missing" + (
                    f": it is there whenever {field.when}" if field.when else ": it is always there"
                )
        elif not expected:
            yield f"{inner.path} is there only while {field.when}"
        elif value[name] is None and field.nullable:
            continue
        else:
            yield from _in_value(event, inner, inner.path, field.kind, value[name], payload, value)
