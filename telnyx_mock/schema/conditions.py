"""Conditions on the presence of a field, and look-ups by the paths they are written with.

A path starts at the payload (``"direction"``, ``"from.phone_number"``). With a leading dot it
starts at the object that holds the field (``".status"``); inside the items of a list, this is the
only way to name a sibling.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from telnyx_mock.schema.json_values import ABSENT, Json

__all__ = ["Both", "Condition", "Has", "Is", "absolute", "look_up"]


@dataclass(frozen=True, slots=True)
class Is:
    """Holds while the field *path* has one of *values* (with *negated*: any other, or none)."""

    path: str
    values: tuple[Json, ...]
    negated: bool = False

    def holds(self, payload: Json, siblings: Json) -> bool:
        """Whether the condition of a field beside *siblings* in *payload* holds."""
        return (look_up(self.path, payload, siblings) in self.values) is not self.negated

    def parts(self) -> tuple[Is | Has, ...]:
        """The conditions, each about one path, that must all hold."""
        return (self,)

    def __str__(self) -> str:
        values = " or ".join(str(value) for value in self.values)
        return f"{self.path.lstrip('.')} is {'not ' if self.negated else ''}{values}"


@dataclass(frozen=True, slots=True)
class Has:
    """Holds while the field *path* is there and not null (with *negated*: while it is not)."""

    path: str
    negated: bool = False

    def holds(self, payload: Json, siblings: Json) -> bool:
        """Whether the condition of a field beside *siblings* in *payload* holds."""
        found = look_up(self.path, payload, siblings)
        return (found is not ABSENT and found is not None) is not self.negated

    def parts(self) -> tuple[Is | Has, ...]:
        """The conditions, each about one path, that must all hold."""
        return (self,)

    def __str__(self) -> str:
        return f"there is {'no ' if self.negated else ''}{self.path.lstrip('.')}"


@dataclass(frozen=True, slots=True)
class Both:
    """Holds while both conditions hold."""

    first: Condition
    second: Condition

    def holds(self, payload: Json, siblings: Json) -> bool:
        """Whether both conditions of a field beside *siblings* in *payload* hold."""
        return self.first.holds(payload, siblings) and self.second.holds(payload, siblings)

    def parts(self) -> tuple[Is | Has, ...]:
        """The conditions, each about one path, that must all hold."""
        return (*self.first.parts(), *self.second.parts())

    def __str__(self) -> str:
        return f"{self.first} and {self.second}"


Condition: TypeAlias = Is | Has | Both


def look_up(path: str, payload: Json, siblings: Json) -> Json:
    """The value at *path*, written as in a condition; :data:`ABSENT` where there is none."""
    value = siblings if path.startswith(".") else payload
    for name in path.lstrip(".").split("."):
        if not isinstance(value, dict) or name not in value:
            return ABSENT
        value = value[name]
    return value


def absolute(path: str, inside: str, root: str) -> str:
    """The path from the top of the body for *path* in a condition of a field of the object *inside*.

    *root* is the path of the payload.
    """
    start = inside if path.startswith(".") else root
    return f"{start}.{path.lstrip('.')}" if start else path.lstrip(".")
