"""Reads JSON out of what somebody else wrote, no more deeply nested than can be walked."""

from __future__ import annotations

import json

from telnyx_mock.schema.json_values import Json

__all__ = ["DEEPEST", "read_json"]

DEEPEST = 100
"""Levels of lists and objects inside each other; no webhook has more than a few."""


def read_json(text: str | bytes) -> Json:
    """The value in *text*. Raises ValueError for no JSON, and for more than DEEPEST levels."""
    try:
        value = json.loads(text)
    except RecursionError:
        raise ValueError("nested too deeply") from None
    level = [value]
    for _ in range(DEEPEST):
        level = [inner for outer in level for inner in _members(outer)]
        if not level:
            return value
    raise ValueError("nested too deeply")


def _members(value: Json) -> list[Json]:
    if isinstance(value, dict):
        return list(value.values())
    return value if isinstance(value, list) else []
