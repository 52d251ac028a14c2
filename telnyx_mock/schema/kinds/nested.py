"""Kinds of value that hold others, or are one of others: lists, objects, JSON in a string."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from telnyx_mock.schema.kinds.plain import Json, shown

if TYPE_CHECKING:
    from telnyx_mock.schema.kinds import Kind
    from telnyx_mock.schema.model import Field

__all__ = ["Base64Json", "Cases", "Either", "JsonText", "ListOf", "MapOf", "Object"]


@dataclass(frozen=True, slots=True)
class ListOf:
    """A list. The sample has *shown* items."""

    item: Kind
    shown: int = 1
    min_items: int = 0
    max_items: int | None = None

    def problem(self, value: Json) -> str | None:
        if not isinstance(value, list):
            return f"takes a list, not {shown(value)}"
        if len(value) < self.min_items:
            return f"takes at least {self.min_items} items, not {len(value)}"
        if self.max_items is not None and len(value) > self.max_items:
            return f"takes at most {self.max_items} items, not {len(value)}"
        return None

    def schema(self) -> dict[str, Json]:
        schema: dict[str, Json] = {"type": "array"}
        if self.min_items:
            schema["minItems"] = self.min_items
        if self.max_items is not None:
            schema["maxItems"] = self.max_items
        return schema


@dataclass(frozen=True, slots=True)
class Object:
    """An object with these fields. With *extra*, members of any other name may come too."""

    fields: tuple[Field, ...]
    extra: Kind | None = None

    def problem(self, value: Json) -> str | None:
        return None if isinstance(value, dict) else f"takes an object, not {shown(value)}"

    def schema(self) -> dict[str, Json]:
        return {"type": "object"}


@dataclass(frozen=True, slots=True)
class MapOf:
    """An object whose member names are not fixed; each value is of *value*'s kind if given."""

    value: Kind | None = None
    example: Mapping[str, Json] = field(default_factory=dict)

    @property
    def sample(self) -> dict[str, Json]:
        return dict(self.example)

    def problem(self, value: Json) -> str | None:
        if not isinstance(value, dict):
            return f"takes an object, not {shown(value)}"
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
class Either:
    """A value of one of several kinds; nothing else in the webhook tells which."""

    kinds: tuple[Kind, ...]

    def problem(self, value: Json) -> str | None:
        problems = [kind.problem(value) for kind in self.kinds]
        if any(problem is None for problem in problems):
            return None
        return " or ".join(str(problem) for problem in problems)

    def schema(self) -> dict[str, Json]:
        return {"anyOf": [kind.schema() for kind in self.kinds]}


@dataclass(frozen=True, slots=True)
class Cases:
    """A value whose kind depends on another field: *kinds* by the value of the field *path*.

    Paths are written as in :mod:`telnyx_mock.schema.model`. Where no case fits (or the field is
    absent) the kind is *otherwise*.
    """

    path: str
    kinds: Mapping[Json, Kind]
    otherwise: Kind

    def kind_for(self, value: Json) -> Kind:
        """The kind that holds while the field *path* has this value."""
        try:
            return self.kinds.get(value, self.otherwise)
        except TypeError:  # an unhashable value, which no case can name
            return self.otherwise

    def problem(self, value: Json) -> str | None:
        return Either((self.otherwise, *self.kinds.values())).problem(value)

    def schema(self) -> dict[str, Json]:
        return Either((self.otherwise, *self.kinds.values())).schema()


@dataclass(frozen=True, slots=True)
class JsonText:
    """JSON inside a string, as form-encoded webhooks carry structured values."""

    content: Kind

    def encode(self, value: Json) -> str:
        """*value* as the text that goes into the field."""
        return json.dumps(value, separators=(",", ":"))

    def problem(self, value: Json) -> str | None:
        if not isinstance(value, str):
            return f"takes JSON text, not {shown(value)}"
        try:
            content = json.loads(value)
        except (ValueError, RecursionError):
            return f"takes JSON text, not {shown(value)}"
        return self.content.problem(content)

    def schema(self) -> dict[str, Json]:
        return {
            "type": "string",
            "contentMediaType": "application/json",
            "contentSchema": self.content.schema(),
        }


@dataclass(frozen=True, slots=True)
class Base64Json:
    """Base64 of JSON inside a string."""

    content: Kind

    def encode(self, value: Json) -> str:
        """*value* as the text that goes into the field."""
        return base64.b64encode(json.dumps(value).encode()).decode("ascii")

    def problem(self, value: Json) -> str | None:
        if not isinstance(value, str):
            return f"takes base64 of JSON, not {shown(value)}"
        try:
            content = json.loads(base64.b64decode(value, validate=True))
        except (ValueError, RecursionError):
            return f"takes base64 of JSON, not {shown(value)}"
        return self.content.problem(content)

    def schema(self) -> dict[str, Json]:
        return {
            "type": "string",
            "contentEncoding": "base64",
            "contentMediaType": "application/json",
            "contentSchema": self.content.schema(),
        }
