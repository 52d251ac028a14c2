"""Reads JSON from recordings and files, and refuses JSON with too many levels of nesting."""

from __future__ import annotations

import json

from telnyx_mock.schema.json_values import Json

DEEPEST = 100
"""The largest allowed number of nested lists and objects; a webhook has only a few."""


def read_json(text: str | bytes) -> Json:
    """Return the value in *text*. Raises ValueError if it is not JSON or exceeds DEEPEST levels."""
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
