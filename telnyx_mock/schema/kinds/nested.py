"""Kinds whose values hold other values, and kinds that offer a choice of several kinds."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from telnyx_mock.schema.conditions import Is, values_at
from telnyx_mock.schema.field import Field
from telnyx_mock.schema.json_values import Json, shown
from telnyx_mock.schema.kind import Alternative, Kind, Leaf, Part
from telnyx_mock.schema.origin import Origin


@dataclass(frozen=True, slots=True)
class ListOf(Kind):
    """A list. The sample has *shown* items."""

    item: Kind
    shown: int = 1
    min_items: int = 0
    max_items: int | None = None

    def problem(self, value: Json) -> str | None:
        if not isinstance(value, list):
            return f"must be a list, not {shown(value)}"
        if len(value) < self.min_items:
            return f"must have at least {_items(self.min_items)}, not {len(value)}"
        if self.max_items is not None and len(value) > self.max_items:
            return f"must have at most {_items(self.max_items)}, not {len(value)}"
        return None

    def schema(self) -> dict[str, Json]:
        schema: dict[str, Json] = {"type": "array"}
        if self.min_items:
            schema["minItems"] = self.min_items
        if self.max_items is not None:
            schema["maxItems"] = self.max_items
        return schema

    def part(self) -> Part | None:
        return None if self.max_items == 0 else Part(self.item, "[]")

    def unpack(self, value: Json) -> list[Json]:
        return value  # type: ignore[no-any-return]

    def with_leaves(self, change: Callable[[Leaf], Kind]) -> Kind:
        return replace(self, item=self.item.with_leaves(change))


def _items(count: int) -> str:
    return f"{count} item{'' if count == 1 else 's'}"


@dataclass(frozen=True, slots=True)
class Object(Kind):
    """An object with these fields. With *extra*, it may have members with other names too."""

    fields: tuple[Field, ...]
    extra: Kind | None = None

    def problem(self, value: Json) -> str | None:
        return None if isinstance(value, dict) else f"must be an object, not {shown(value)}"

    def schema(self) -> dict[str, Json]:
        return {"type": "object"}

    def origins(self) -> frozenset[Origin]:
        extra = () if self.extra is None else (self.extra,)
        inner = (*(member.kind for member in self.fields), *extra)
        return frozenset[Origin]().union(*(kind.origins() for kind in inner))

    def with_leaves(self, change: Callable[[Leaf], Kind]) -> Kind:
        fields = tuple(member.with_leaves(change) for member in self.fields)
        extra = None if self.extra is None else self.extra.with_leaves(change)
        return replace(self, fields=fields, extra=extra)


@dataclass(frozen=True, slots=True)
class MapOf(Leaf):
    """An object whose members may have any names; if *value* is given, each member is of that kind."""

    value: Kind | None = None
    example: Mapping[str, Json] = field(default_factory=dict)

    @property
    def sample(self) -> dict[str, Json]:
        return dict(self.example)

    def problem(self, value: Json) -> str | None:
        if not isinstance(value, dict):
            return f"must be an object, not {shown(value)}"
        if self.value is not None:
            for name, member in value.items():
                problem = self.value.problem(member)
                if problem is not None:
                    return f"has a member {name!r} that {problem}"
        return None

    def schema(self) -> dict[str, Json]:
        if self.value is None:
            return {"type": "object"}
        return {"type": "object", "additionalProperties": self.value.schema()}


@dataclass(frozen=True, slots=True)
class Either(Kind):
    """A value of one of several kinds. No other field decides which kind it is."""

    kinds: tuple[Kind, ...]

    def problem(self, value: Json) -> str | None:
        problems = [kind.problem(value) for kind in self.kinds]
        if any(problem is None for problem in problems):
            return None
        return " or ".join(str(problem) for problem in problems)

    def schema(self) -> dict[str, Json]:
        return {"anyOf": [kind.schema() for kind in self.kinds]}

    def alternatives(self) -> tuple[Alternative, ...]:
        return tuple(map(Alternative, self.kinds))

    def with_leaves(self, change: Callable[[Leaf], Kind]) -> Kind:
        return replace(self, kinds=tuple(kind.with_leaves(change) for kind in self.kinds))


@dataclass(frozen=True, slots=True)
class Cases(Kind):
    """A value whose kind depends on the value of another field. *path* leads to that field.

    *kinds* maps values of that field to kinds. The path is written as in a condition. For any other
    value, and if the field is absent, the kind is *otherwise*.
    """

    path: str
    kinds: Mapping[Json, Kind]
    otherwise: Kind

    def kind_in(self, payload: Json, siblings: Json) -> Kind:
        """Return the kind for a field beside *siblings* in *payload*.

        If the path leads through a list, the first case that fits any of its items counts.
        """
        found = values_at(self.path, payload, siblings)
        for value, kind in self.kinds.items():
            if value in found:
                return kind
        return self.otherwise

    def problem(self, value: Json) -> str | None:
        return Either((self.otherwise, *self.kinds.values())).problem(value)

    def schema(self) -> dict[str, Json]:
        return Either((self.otherwise, *self.kinds.values())).schema()

    def alternatives(self) -> tuple[Alternative, ...]:
        """Return the kinds with their conditions; the first is *otherwise*."""
        none = Is(self.path, tuple(self.kinds), negated=True)
        named = (Alternative(kind, Is(self.path, (value,))) for value, kind in self.kinds.items())
        return (Alternative(self.otherwise, none), *named)

    def with_leaves(self, change: Callable[[Leaf], Kind]) -> Kind:
        changed = {id(kind): kind.with_leaves(change) for kind in self.kinds.values()}
        kinds = {value: changed[id(kind)] for value, kind in self.kinds.items()}  # some share one
        return replace(self, kinds=kinds, otherwise=self.otherwise.with_leaves(change))

    @property
    def has_unlike_values(self) -> bool:
        """Whether the values depend on the other field, and not only who decides them."""
        kinds = (kind.decided_by(Origin.TELNYX) for kind in self.kinds.values())
        usual = self.otherwise.decided_by(Origin.TELNYX)
        return any(kind != usual for kind in kinds)


@dataclass(frozen=True, slots=True)
class JsonText(Kind):
    """JSON inside a string; form-encoded webhooks carry structured values in this way."""

    content: Kind

    def encode(self, value: Json) -> str:
        """Return *value* as the text for the field."""
        return json.dumps(value, separators=(",", ":"))

    def decode(self, text: str) -> Json:
        """Return the value in *text*. Raises ValueError or RecursionError if *text* is not JSON."""
        return json.loads(text)

    def problem(self, value: Json) -> str | None:
        form = "base64 of JSON" if isinstance(self, Base64Json) else "JSON text"
        wrong = f"must be {form}, not {shown(value)}"
        if not isinstance(value, str):
            return wrong
        try:
            content = self.decode(value)
        except (ValueError, RecursionError):
            return wrong
        return self.content.problem(content)

    def schema(self) -> dict[str, Json]:
        content = self.content.schema()
        return {"type": "string", "contentMediaType": "application/json", "contentSchema": content}

    def part(self) -> Part:
        return Part(self.content)

    def unpack(self, value: Json) -> tuple[Json]:
        return (self.decode(value),)

    def with_leaves(self, change: Callable[[Leaf], Kind]) -> Kind:
        return replace(self, content=self.content.with_leaves(change))


class Base64Json(JsonText):
    """Base64 of JSON inside a string."""

    __slots__ = ()

    def encode(self, value: Json) -> str:
        return base64.b64encode(json.dumps(value, ensure_ascii=False).encode()).decode("ascii")

    def decode(self, text: str) -> Json:
        return json.loads(base64.b64decode(text, validate=True))

    def schema(self) -> dict[str, Json]:
        return {"type": "string", "contentEncoding": "base64"} | JsonText.schema(self)
