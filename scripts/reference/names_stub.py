"""Writes telnyx_mock/names.pyi: the names of events, forgeries, malformed requests and rules as types."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator

from telnyx_mock.attacks.forgeries import OURS
from telnyx_mock.attacks.malformed import MALFORMED
from telnyx_mock.catalogue.registry import all_events
from telnyx_mock.contract.rules.registry import CONTRACT


def names_stub() -> str:
    """Return the text of the stub."""
    types = {
        "EventName": (event.name for event in all_events()),
        "ForgeryName": OURS,
        "MalformedName": MALFORMED,
        "RuleName": CONTRACT,
    }
    lines = [
        '"""The names that users write, as types. Generated: python -m scripts.reference."""\n',
        "from typing import Literal, TypeAlias\n",
    ]
    for name, values in types.items():
        lines += _literal(name, dict.fromkeys(values))
    return "\n".join(lines) + "\n"


def _literal(name: str, values: Iterable[str]) -> Iterator[str]:
    yield f"{name}: TypeAlias = Literal["
    yield from (f"    {json.dumps(value)}," for value in values)
    yield "]"
