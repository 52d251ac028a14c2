"""JSON values, and the marker for a field that is left out."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final, TypeAlias

Json: TypeAlias = Any
"""A value that JSON can represent: None, bool, int, float, str, list or dict."""

JSON_TYPES = {bool: "boolean", int: "integer", float: "number", str: "string", type(None): "null"}
"""The JSON type name of each scalar type in Python."""


class _Absent:
    """The type of :data:`ABSENT`."""

    def __repr__(self) -> str:
        return "ABSENT"


ABSENT: Final = _Absent()
"""In an override: leave the field out. As the result of a look-up: the field is missing."""


def shown(value: Json) -> str:
    """Return *value* for use in a sentence: its repr, cut after 57 characters."""
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:57]}..."


def copied(value: Json) -> Json:
    """Return *value* with new dicts and lists, and the same texts, numbers and so on."""
    if isinstance(value, dict):
        return {name: copied(member) for name, member in value.items()}
    return [copied(item) for item in value] if isinstance(value, list) else value


def texts_in(value: Json) -> Iterator[str]:
    """Yield every text in *value*, without the names of members."""
    values = [value]
    for each in values:  # which grows meanwhile
        if isinstance(each, str):
            yield each
        elif isinstance(each, dict):
            values.extend(each.values())
        elif isinstance(each, list):
            values.extend(each)
