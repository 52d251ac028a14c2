"""Conditions on the presence of a field, and look-ups by the paths that conditions use.

A path starts at the payload (``"direction"``, ``"from.phone_number"``). A path with a leading dot
starts at the object that holds the field (``".status"``). Inside the items of a list, only a path
with a leading dot can name a sibling field. A path through a list (``"to[].status"``) means any of
its items.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TypeAlias

from telnyx_mock.schema.json_values import ABSENT, Json


@dataclass(frozen=True, slots=True)
class Is:
    """True if the value at *path* is one of *values*. With *negated*, true otherwise."""

    path: str
    values: tuple[Json, ...]
    negated: bool = False

    def holds(self, payload: Json, siblings: Json) -> bool:
        """Return whether the condition holds for a field beside *siblings* in *payload*."""
        found = values_at(self.path, payload, siblings)
        return any(value in self.values for value in found) is not self.negated

    def parts(self) -> tuple[Is | Has, ...]:
        """Return the single conditions, each about one path, that must all hold."""
        return (self,)

    def __str__(self) -> str:
        values = " or ".join(str(value) for value in self.values)
        return f"{self.path.lstrip('.')} is {'not ' if self.negated else ''}{values}"


@dataclass(frozen=True, slots=True)
class Has:
    """True if the field at *path* is present and not null. With *negated*, true otherwise."""

    path: str
    negated: bool = False

    def holds(self, payload: Json, siblings: Json) -> bool:
        """Return whether the condition holds for a field beside *siblings* in *payload*."""
        found = values_at(self.path, payload, siblings)
        return any(value is not None for value in found) is not self.negated

    def parts(self) -> tuple[Is | Has, ...]:
        """Return the single conditions, each about one path, that must all hold."""
        return (self,)

    def __str__(self) -> str:
        return f"{self.path.lstrip('.')} is {'missing' if self.negated else 'present'}"


@dataclass(frozen=True, slots=True)
class Both:
    """True if both conditions are true."""

    first: Condition
    second: Condition

    def holds(self, payload: Json, siblings: Json) -> bool:
        """Return whether both conditions hold for a field beside *siblings* in *payload*."""
        return self.first.holds(payload, siblings) and self.second.holds(payload, siblings)

    def parts(self) -> tuple[Is | Has, ...]:
        """Return the single conditions, each about one path, that must all hold."""
        return (*self.first.parts(), *self.second.parts())

    def __str__(self) -> str:
        return f"{self.first} and {self.second}"


Condition: TypeAlias = Is | Has | Both


def look_up(path: str, payload: Json, siblings: Json) -> Json:
    """Return the first value at *path* (written as in a condition), or :data:`ABSENT` without one."""
    return next(iter(values_at(path, payload, siblings)), ABSENT)


def values_at(path: str, payload: Json, siblings: Json) -> list[Json]:
    """Return the values at *path* (written as in a condition): several if it leads through a list."""
    values = [siblings if path.startswith(".") else payload]
    for member, has_items in _steps(path):
        values = [value[member] for value in values if isinstance(value, dict) and member in value]
        if has_items:
            values = [item for value in values if isinstance(value, list) for item in value]
    return values


@cache
def _steps(path: str) -> tuple[tuple[str, bool], ...]:
    """Return the names of the members on *path*, and whether the path goes on into their items."""
    names = path.lstrip(".").split(".")
    return tuple((name.removesuffix("[]"), name.endswith("[]")) for name in names)


def absolute(path: str, inside: str, root: str) -> str:
    """Return *path*, which a condition uses, as a full path from the top of the body.

    The condition belongs to a field of the object at *inside*. *root* is the path of the payload.
    """
    start = inside if path.startswith(".") else root
    return f"{start}.{path.lstrip('.')}" if start else path.lstrip(".")
