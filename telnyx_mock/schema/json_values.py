"""Values that JSON can carry, and the mark for a field that is left out."""

from __future__ import annotations

from typing import Any, Final, TypeAlias

__all__ = ["ABSENT", "JSON_TYPES", "Json", "shown"]

Json: TypeAlias = Any
"""A value that JSON can carry: None, bool, int, float, str, list or dict."""

JSON_TYPES = {bool: "boolean", int: "integer", float: "number", str: "string", type(None): "null"}
"""The names of JSON types by the types of scalars in Python."""


class _Absent:
    """The type of :data:`ABSENT`."""

    def __repr__(self) -> str:
        return "ABSENT"


ABSENT: Final = _Absent()
"""As an override: leave the field out. As the result of a look-up: the field is not there."""


def shown(value: Json) -> str:
    """*value* as a sentence quotes it: its repr, cut after 57 characters."""
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:57]}..."
