"""Reads the parameters of a command; a value of the wrong type counts as none.

The API refuses such values. Here they must break nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

_DAY = 86_400
"""The longest time in seconds; Telnyx allows half a day at most."""


def text(given: Mapping[str, Any], name: str) -> str:
    """Return the text *name*; empty if there is none."""
    value = given.get(name)
    return value if isinstance(value, str) else ""


def mapping(given: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    """Return the object *name*; empty if there is none."""
    value = given.get(name)
    return value if isinstance(value, Mapping) else {}


def texts(given: Mapping[str, Any], name: str) -> list[str]:
    """Return the texts *name*, of which there may be one or a list."""
    value = given.get(name)
    found = value if isinstance(value, list) else [value]
    return [each for each in found if each and isinstance(each, str)]


def whole(given: Mapping[str, Any], name: str, default: int, most: int = _DAY) -> int:
    """Return the number *name*, at least 1 and at most *most*."""
    value = given.get(name)
    if not isinstance(value, int) or isinstance(value, bool):
        return default
    return max(1, min(value, most))


def seconds(given: Mapping[str, Any], name: str, default: float = 0.0) -> float:
    """Return the duration *name* in seconds; 0 stands for *default*. The name may end in ``_millis``."""
    value = given.get(name)
    if not isinstance(value, int | float) or isinstance(value, bool) or not value > 0:
        return default
    return min(value, _DAY * 1000) / 1000 if name.endswith("_millis") else float(min(value, _DAY))
