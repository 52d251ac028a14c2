"""Reads the results that a journal has kept. Anybody may have written it: what is damaged is skipped."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping

from telnyx_mock.cli.echo import echo
from telnyx_mock.contract.engine.finding import Finding
from telnyx_mock.contract.engine.result import Result
from telnyx_mock.journal import Run
from telnyx_mock.reports.amounts import count
from telnyx_mock.schema.json_values import Json


def kept_results(run: Run) -> list[Result]:
    """Return the results of *run*. Print one sentence if some cannot be read."""
    rows = run.results()
    found = [result for result in map(_result, rows) if result is not None]
    if len(found) < len(rows):
        skipped = count(len(rows) - len(found), "result")
        echo(
            f"telnyx-mock: {skipped} of run {run.id} cannot be read, because the journal is damaged "
            "or of another version; they are skipped.",
            err=True,
        )
    return found


_KINDS: Mapping[str, tuple[type, ...]] = {
    "str": (str,),
    "int": (int,),
    "float": (int, float),
    "int | None": (int, type(None)),
}


def _result(row: Json) -> Result | None:
    """Return the result in *row*, or None if it is not as this version writes it."""
    try:
        result = Result.from_json(row)
        str(result.reason)  # its details fill the gaps of a sentence
    except (LookupError, TypeError, ValueError, AttributeError, RecursionError):
        return None
    sound = _is_sound(result) and all(_is_sound(finding) for finding in result.findings)
    return result if sound else None


def _is_sound(value: Result | Finding) -> bool:
    """Return whether each text of *value* is a text, and each number a finite number."""
    for field in dataclasses.fields(value):
        found, kind = getattr(value, field.name), str(field.type)
        each = found if kind.startswith("tuple") else (found,)
        inner = kind.removeprefix("tuple[").removesuffix(", ...]")
        if inner in _KINDS and not all(isinstance(one, _KINDS[inner]) for one in each):
            return False
        if any(isinstance(one, float) and not math.isfinite(one) for one in each):
            return False
    return True
