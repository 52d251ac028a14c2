"""Describes the fields of an event: path, type, presence, condition.

:func:`rows` describes them for tools, :func:`lines` for people. The words for kinds of value are
in :mod:`telnyx_mock.schema.kind_wording`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from telnyx_mock.schema.conditions import Both, Condition, Is
from telnyx_mock.schema.event import Event, Status
from telnyx_mock.schema.field import Field
from telnyx_mock.schema.json_values import Json
from telnyx_mock.schema.kind import Kind, concrete_kinds
from telnyx_mock.schema.kind_wording import (
    is_open,
    json_types,
    known_values,
    origin_words,
    origins,
    type_words,
)
from telnyx_mock.schema.kinds import Object
from telnyx_mock.schema.origin import Origin

STATUSES = {
    Status.CURRENT: "in the official SDK or the OpenAPI document",
    Status.DOCUMENTED: "described in a guide or an older OpenAPI document, but not in today's SDK or OpenAPI document",
    Status.PARTIAL: "only the name or some of the fields are known; sent only if you name the "
    "event",
    Status.RETIRED: "no longer in Telnyx's documents; sent only if you name the event",
}
"""What each status means."""


@dataclass(frozen=True, slots=True)
class Line:
    """A field at its place in an event.

    *path* leads to the field from the top of the body. *depth* is the number of objects around the
    field, without the body. *case* is the condition under which the surrounding object is used, if
    another object can be in its place.
    """

    path: str
    depth: int
    field: Field
    case: Condition | None = None

    @property
    def condition(self) -> Condition | None:
        """The condition under which the field is present."""
        if self.case is None or self.field.when is None:
            return self.case or self.field.when
        return Both(self.case, self.field.when)

    @property
    def type_words(self) -> str:
        """The types of the field, each with its format if it has one: ``string (URL)``."""
        return " or ".join(type_words(self.field.kind))

    @property
    def presence_words(self) -> str:
        """The presence of the field in words, with its condition."""
        words = "optional" if self.field.optional else "always"
        if self.condition is not None:
            words += f" if {self.condition}"
        return words + (", may be null" if self.field.nullable else "")

    @property
    def origin_words(self) -> str:
        """Who decides the value, in words; empty for an object, whose members say it."""
        return origin_words(self.field.kind)


def lines(event: Event) -> Iterator[Line]:
    """Return every field of *event*, envelope included, in the order of declaration."""
    yield from _in_object(event.body, "", 0, None)


def rows(event: Event) -> list[dict[str, Json]]:
    """Return one row for each path of *event*, for tools.

    ``type`` holds the JSON types, joined by "or". ``presence`` is ``always``, or a list of
    ``optional``, ``nullable`` and ``conditional``, joined by commas. ``condition`` says in words
    when a conditional field is there, or is None. ``enum`` holds the known values, or None; ``open``
    says whether that set is known to be incomplete. ``origin`` lists who decides the value:
    ``telnyx``, ``caller``, ``app``; it is empty for an object. If several objects have a field at
    the same path, their fields share one row.
    """
    by_path: dict[str, list[Line]] = {}
    for line in lines(event):
        by_path.setdefault(line.path, []).append(line)
    return [{"path": path, **_row(same)} for path, same in by_path.items()]


def _row(same: list[Line]) -> dict[str, Json]:
    types = dict.fromkeys(word for line in same for word in json_types(line.field.kind))
    values = dict.fromkeys(value for line in same for value in known_values(line.field.kind))
    presence = {
        "optional": any(line.field.optional for line in same),
        "nullable": any(line.field.nullable for line in same),
        "conditional": any(line.condition is not None for line in same),
    }
    conditions = dict.fromkeys(str(line.condition) for line in same if line.condition is not None)
    deciding = {origin for line in same for origin in origins(line.field.kind)}
    return {
        "type": " or ".join(sorted(types, key="null".__eq__)),
        "presence": ", ".join(word for word, holds in presence.items() if holds) or "always",
        "condition": "; or ".join(conditions) or None,
        "enum": list(values) or None,
        "open": any(is_open(line.field.kind) for line in same),
        "origin": [origin.value for origin in Origin if origin in deciding],
    }


def signature(event: Event) -> str:
    """Return how *event* is signed, or an empty string if the account's key signs it."""
    return (
        ""
        if event.signed
        else "signed by the product, not with the account's key; telnyx-mock cannot make this "
        "signature and does not send the event"
    )


def _in_object(kind: Object, path: str, depth: int, case: Condition | None) -> Iterator[Line]:
    for field in kind.fields:
        inside = f"{path}.{field.name}" if path else field.name
        yield Line(inside, depth, field, case)
        objects = {id(found[1]): found for found in _objects(field.kind, inside, None)}
        for place, inner, inner_case in objects.values():
            yield from _in_object(inner, place, depth + 1, inner_case if len(objects) > 1 else None)


def _objects(kind: Kind, path: str, case: Is | None) -> Iterator[tuple[str, Object, Is | None]]:
    """Yield each object that a value of *kind* can be or hold, with its path and its condition."""
    for concrete, own in concrete_kinds(kind, case):
        part = concrete.part()
        if isinstance(concrete, Object):
            yield path, concrete, own
        elif part is not None:
            yield from _objects(part.kind, f"{path}{part.suffix}", own)
