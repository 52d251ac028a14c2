"""Where reports go: files, made ready before a long run and not after it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from telnyx_mock.errors import UsageError
from telnyx_mock.schema.json_values import Json

__all__ = ["prepare", "write"]


def prepare(path: Path) -> None:
    """Make sure that a report can be written to *path*, and empty it: what is there is of old.

    Folders on the way are made. Raises UsageError where that is not possible.
    """
    with _written(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"")


def write(path: Path, report: dict[str, Json] | bytes) -> None:
    """Write *report* to *path*: bytes as they are, anything else as JSON.

    Raises UsageError where that is not possible.
    """
    if not isinstance(report, bytes):
        report = (json.dumps(report, indent=2) + "\n").encode()
    with _written(path):
        path.write_bytes(report)


@contextmanager
def _written(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise UsageError(f"The report {path} cannot be written: {error.strerror}.") from None
