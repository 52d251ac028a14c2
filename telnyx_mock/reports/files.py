"""Writes reports to files: beside each file first, and then into its place, so none is left half."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from telnyx_mock.errors import UsageError


def prepare(path: Path, report: bytes) -> None:
    """Write a first *report* to *path*, which says that the run has not ended.

    So no old report is left if the run fails. Raises UsageError if the file cannot be written, also
    for lack of its folder: a misspelt one must not come into being. A pipe or a device is left alone, because it would show both reports.
    """
    with _written(path):
        if _is_ordinary(path):
            _replace(path, report)


def write(path: Path, report: bytes) -> None:
    """Write *report* to *path*. Raises UsageError if the file cannot be written."""
    with _written(path):
        if _is_ordinary(path):
            _replace(path, report)
        else:
            path.write_bytes(report)


def _is_ordinary(path: Path) -> bool:
    return path.is_file() or not path.exists()


def _replace(path: Path, report: bytes) -> None:
    place = path.resolve()  # a link stays a link
    beside = place.with_name(f".{place.name}.{secrets.token_hex(4)}")
    try:
        beside.write_bytes(report)
        if place.exists():
            beside.chmod(place.stat().st_mode & 0o777)
        beside.replace(place)
    except OSError:
        beside.unlink(missing_ok=True)
        raise


@contextmanager
def _written(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if not path.parent.exists():
            raise UsageError(
                f"The report {path} cannot be written: there is no folder {path.parent}."
            ) from None
        raise UsageError(f"The report {path} cannot be written: {error.strerror}.") from None
