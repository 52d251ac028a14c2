"""Plain kinds of value: texts, numbers, booleans, null, one of a set."""

from __future__ import annotations

import re
from dataclasses import dataclass

from telnyx_mock.schema.json_values import JSON_TYPES, Json, shown
from telnyx_mock.schema.kind import Leaf
from telnyx_mock.schema.text_formats import FREE_TEXT, TextFormat


@dataclass(frozen=True, slots=True)
class Text(Leaf):
    """A string in some *format*, of at most *max_length* characters."""

    sample: str
    format: TextFormat = FREE_TEXT
    max_length: int | None = None

    @property
    def pattern(self) -> str | None:
        return self.format.pattern

    @property
    def min_length(self) -> int:
        return self.format.min_length

    def problem(self, value: Json) -> str | None:
        name = self.format.name
        if not isinstance(value, str):
            return f"must be a string ({name}), not {shown(value)}"
        if len(value) < self.min_length:
            return f"must have at least {self.min_length} characters, not {len(value)}"
        if self.max_length is not None and len(value) > self.max_length:
            return f"must have at most {self.max_length} characters, not {len(value)}"
        if self.pattern is not None and re.fullmatch(self.pattern, value) is None:
            return f"must be a {name} such as {self.sample!r}, not {shown(value)}"
        return None

    def schema(self) -> dict[str, Json]:
        schema: dict[str, Json] = {"type": "string"}
        if self.min_length:
            schema["minLength"] = self.min_length
        if self.max_length is not None:
            schema["maxLength"] = self.max_length
        if self.pattern is not None:
            schema["pattern"] = f"^(?:{self.pattern})$"
        return schema


@dataclass(frozen=True, slots=True)
class Choice(Leaf):
    """One of a set of values. An *extensible* set is incomplete, so other values are allowed too."""

    values: tuple[Json, ...]
    example: Json = None
    extensible: bool = False

    @property
    def sample(self) -> Json:
        return self.values[0] if self.example is None else self.example

    @property
    def unknown(self) -> Json:
        """A value outside the set; Telnyx might add a value like this."""
        first = self.values[0]
        if isinstance(first, str):
            return "ANNOUNCED_TOMORROW" if first.isupper() else "announced_tomorrow"
        return max(self.values) + 1

    def problem(self, value: Json) -> str | None:
        if any(value == known and type(value) is type(known) for known in self.values):
            return None
        if self.extensible and type(value) in {type(known) for known in self.values}:
            return None
        known = ", ".join(repr(known) for known in self.values)
        if len(self.values) == 1:
            return f"must be {known}, not {shown(value)}"
        return f"must be one of {known}, not {shown(value)}"

    def schema(self) -> dict[str, Json]:
        if self.extensible:
            return {"type": JSON_TYPES[type(self.values[0])], "examples": list(self.values)}
        if len(self.values) == 1:
            return {"const": self.values[0]}
        return {"enum": list(self.values)}


@dataclass(frozen=True, slots=True)
class Integer(Leaf):
    """A whole number."""

    sample: int
    minimum: int | None = 0
    maximum: int | None = None

    def problem(self, value: Json) -> str | None:
        if not isinstance(value, int) or isinstance(value, bool):
            return f"must be a whole number, not {shown(value)}"
        return _range_problem(value, self.minimum, self.maximum)

    def schema(self) -> dict[str, Json]:
        return _range_schema("integer", self.minimum, self.maximum)


@dataclass(frozen=True, slots=True)
class CountOf(Leaf):
    """The number of items in the list, or of characters in the text, at *path*, written as in a condition.

    A builder counts them. Any whole number is valid, so that an override may be wrong.
    """

    path: str
    sample: int = 1

    def problem(self, value: Json) -> str | None:
        return Integer(self.sample).problem(value)

    def schema(self) -> dict[str, Json]:
        return Integer(self.sample).schema()


@dataclass(frozen=True, slots=True)
class Number(Leaf):
    """A number that may have a fraction."""

    sample: float
    minimum: float | None = None
    maximum: float | None = None

    def problem(self, value: Json) -> str | None:
        if isinstance(value, bool) or not isinstance(value, int | float):
            return f"must be a number, not {shown(value)}"
        return _range_problem(value, self.minimum, self.maximum)

    def schema(self) -> dict[str, Json]:
        return _range_schema("number", self.minimum, self.maximum)


@dataclass(frozen=True, slots=True)
class Boolean(Leaf):
    """True or false."""

    sample: bool

    def problem(self, value: Json) -> str | None:
        return None if isinstance(value, bool) else f"must be true or false, not {shown(value)}"

    def schema(self) -> dict[str, Json]:
        return {"type": "boolean"}


@dataclass(frozen=True, slots=True)
class Null(Leaf):
    """Always null, although Telnyx's schemas declare another type."""

    sample: None = None

    def problem(self, value: Json) -> str | None:
        return None if value is None else f"must be null here, not {shown(value)}"

    def schema(self) -> dict[str, Json]:
        return {"type": "null"}


def _range_problem(value: float, minimum: float | None, maximum: float | None) -> str | None:
    if minimum is not None and value < minimum:
        return f"must be at least {minimum}, not {value}"
    if maximum is not None and value > maximum:
        return f"must be at most {maximum}, not {value}"
    return None


def _range_schema(json_type: str, minimum: float | None, maximum: float | None) -> dict[str, Json]:
    schema: dict[str, Json] = {"type": json_type}
    if minimum is not None:
        schema["minimum"] = minimum
    if maximum is not None:
        schema["maximum"] = maximum
    return schema
