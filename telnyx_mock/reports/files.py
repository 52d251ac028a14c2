"""Writes reports and other files: beside each file first, then into its place, so none is left half."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from telnyx_mock.errors import UsageError


def try_out(path: Path, what: str = "report") -> None:
    """Raise UsageError if *path* cannot be written, and leave it as it is. *what* it is, says the error."""
    with _written(path, what):
        if _is_ordinary(path):
            beside = _beside(path.resolve())
            beside.touch()
            beside.unlink()


def prepare(path: Path, report: bytes) -> None:
    """Write a first *report* to *path*, which says that the run has not ended.

    So no old report is left if the run fails. Raises UsageError if the file cannot be written, also
    for lack of its folder: a misspelt one must not come into being. A pipe or a device is left alone, because it would show both reports.
    """
    with _written(path, "report"):
        if _is_ordinary(path):
            _replace(path, report)


def write(path: Path, content: bytes, what: str = "report") -> None:
    """Write *content* to *path*. Raises UsageError, which says *what* it is, if this is impossible."""
    with _written(path, what):
        if _is_ordinary(path):
            _replace(path, content)
        else:
            path.write_bytes(content)


def _is_ordinary(path: Path) -> bool:
    return path.is_file() or not path.exists()


def _beside(place: Path) -> Path:
    return place.with_name(f".{place.name}.{secrets.token_hex(4)}")


def _replace(path: Path, content: bytes) -> None:
    place = path.resolve()  # a link stays a link
    beside = _beside(place)
    try:
        beside.write_bytes(content)
        if place.exists():
            beside.chmod(place.stat().st_mode & 0o777)
        beside.replace(place)
    except OSError:
        beside.unlink(missing_ok=True)
        raise


@contextmanager
def _written(path: Path, what: str) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if not path.parent.exists():
            raise UsageError(
                f"The {what} {path} cannot be written: there is no folder {path.parent}."
            ) from None
        raise UsageError(f"The {what} {path} cannot be written: {error.strerror}.") from None
