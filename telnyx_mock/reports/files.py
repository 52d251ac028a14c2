"""Writes reports to files, and finds out before a run whether they can be written."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from telnyx_mock.errors import UsageError
from telnyx_mock.schema.json_values import Json


def prepare(path: Path) -> None:
    """Make *path* an empty file, so that no old report is left if the run fails.

    Missing folders are made. Raises UsageError if the file cannot be written.
    """
    with _written(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"")


def write(path: Path, report: dict[str, Json] | bytes) -> None:
    """Write *report* to *path*: bytes as they are, anything else as JSON.

    Raises UsageError if the file cannot be written.
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
