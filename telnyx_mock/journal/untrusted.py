"""Reads files of a journal, which anybody may have written: what is not as it should be is skipped."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, TypeVar

from telnyx_mock.payload.json_reader import read_json
from telnyx_mock.schema.json_values import Json

T = TypeVar("T")

MOST_OF_A_LINE = 32 << 20
"""The most bytes of one line; a longer line is skipped. No row that a journal writes is as long."""

_NEEDED: Any = object()


class Damaged(ValueError):
    """A row is not as a journal of this version writes it."""


def is_file(path: Path) -> bool:
    """Return whether *path* leads to a regular file: no folder, device or pipe, no broken link."""
    try:
        return path.is_file()
    except (OSError, ValueError):
        return False


def lines(path: Path) -> Iterator[bytes]:
    """Yield the complete lines of the file *path*, except those that are too long.

    A file that cannot be read, or no longer, has no more lines.
    """
    try:
        with path.open("rb") as file:
            while line := file.readline(MOST_OF_A_LINE):
                if line.endswith(b"\n"):
                    yield line
                else:
                    while line and not line.endswith(b"\n"):
                        line = file.readline(MOST_OF_A_LINE)
    except OSError:
        return


def row(line: bytes) -> dict[str, Json] | None:
    """Return the JSON object in *line*, or None if *line* is none, or is nested too deeply."""
    try:
        found = read_json(line)
    except ValueError:
        return None
    return found if isinstance(found, dict) else None


def member(row: Mapping[str, Json], name: str, kind: type[T], default: T = _NEEDED) -> T:
    """Return the member *name* of *row*, or *default* if it is missing and may be missing.

    A number is finite, and ``float`` accepts whole numbers, too. Raises Damaged for a value of
    another *kind*.
    """
    value = row.get(name, default)
    if value is default and value is not _NEEDED:
        return default
    if kind is float and isinstance(value, int) and abs(value) < 1 << 53:
        value = float(value)
    if not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool):
        raise Damaged(name)
    if isinstance(value, float) and not math.isfinite(value):
        raise Damaged(name)
    return value


def texts(row: Mapping[str, Json], name: str, default: list[Json] = _NEEDED) -> tuple[str, ...]:
    """Return the list of texts *name* in *row*. Raises Damaged for anything else."""
    found = member(row, name, list, default)
    if not all(isinstance(each, str) for each in found):
        raise Damaged(name)
    return tuple(found)
