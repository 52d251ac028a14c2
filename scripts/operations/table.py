"""Makes the table of operations: a JSON object with one line for each operation and each kind."""

from __future__ import annotations

import json
from pathlib import Path

import telnyx

from scripts.operations.kinds import Kinds
from scripts.operations.methods import methods

PLACE = Path(__file__).parents[2] / "telnyx_mock" / "operations" / "operations.json"


def text() -> str:
    """Return the text of the table."""
    kinds = Kinds()
    rows = {
        method.name: [method.http, method.path, method.sends, method.places, method.answer]
        for method in methods(kinds)
    }
    lines = [f'"{name}": {_json(row)}' for name, row in sorted(rows.items())]
    kept = [_json(kind) for kind in kinds.all]
    return (
        f'{{"sdk": "{telnyx.__version__}",\n"operations": {{\n'
        + ",\n".join(lines)
        + '\n},\n"kinds": [\n'
        + ",\n".join(kept)
        + "\n]}\n"
    )


def _json(value: object) -> str:
    return json.dumps(value, separators=(",", ":"))
