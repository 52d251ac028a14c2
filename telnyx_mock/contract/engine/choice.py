"""Chooses what a run tries by the patterns of the user, such as ``refuses-*``."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from fnmatch import fnmatchcase
from typing import TypeVar

from telnyx_mock.errors import UsageError, unknown

T = TypeVar("T")


def choice(
    what: str,
    known: Mapping[str, T],
    only: Sequence[str],
    exclude: Sequence[str],
    named: Sequence[str],
) -> dict[str, T]:
    """Return those of the *known* whose ids match *only*, but not *exclude*. Without *only*, all match.

    Patterns are ids or globs. *what* is the word for one of the known. Raises UsageError if a pattern matches
    none, also one that is only *named*, or if none is left.
    """
    for pattern in (*only, *exclude, *named):
        if not _matches(known, pattern):
            raise unknown(what, pattern, known)
    included = {name for pattern in only or ("*",) for name in _matches(known, pattern)}
    excluded = {name for pattern in exclude for name in _matches(known, pattern)}
    left = {name: known[name] for name in known if name in included - excluded}
    if not left:
        raise UsageError(f"No {what} is left to try: every chosen {what} is excluded.")
    return left


def _matches(names: Iterable[str], pattern: str) -> list[str]:
    return [name for name in names if fnmatchcase(name, pattern)]
