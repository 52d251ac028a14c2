"""Finds what is wrong with the parameters of a request: missing, of another kind, or an unknown value.

It is as lenient as Telnyx: numbers and truth values may be texts, null stands for no value, and unknown
parameters are ignored. What it does not understand for certain, it accepts.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from telnyx_mock.operations.table import Kind, Operation, Place, Table


@dataclass(frozen=True, slots=True)
class Problem:
    """One parameter that Telnyx refuses. *where* are the names and positions that lead to it.

    *allowed* are the values that it may have, if its value is unknown.
    """

    what: Literal["missing", "kind", "value"]
    place: Place
    where: tuple[str, ...]
    allowed: tuple[Any, ...] = ()


def problems(
    table: Table, operation: Operation, query: Mapping[str, str], body: Any
) -> Iterator[Problem]:
    """Yield what is wrong with the *query* and the *body* of a request for *operation*.

    *body* is decoded JSON, or None if there is none; the body of a form is not looked at.
    """
    checking = _Checking(table.kinds)
    if (number := operation.places.get("query")) is not None:
        yield from checking.query(number, query)
    if (number := operation.places.get("body")) is not None:
        given = {} if body is None and not _is_list(table.kinds[number]) else body
        for found in checking.value(number, given, ()):
            yield Problem(found.what, "body", found.where, found.allowed)


def fits(table: Table, number: int, value: Any) -> bool:
    """Return whether *value* is of the kind of this *number*."""
    return next(iter(_Checking(table.kinds).value(number, value, ())), None) is None


class _Checking:
    def __init__(self, kinds: Sequence[Kind]) -> None:
        self._kinds = kinds

    def query(self, number: int, given: Mapping[str, str]) -> Iterator[Problem]:
        """Yield what is wrong with a query. An object in it is written ``filter[name]``."""
        kind = self._kinds[number]
        assert isinstance(kind, list)
        if kind[0] != "object":
            return
        _, required, optional = kind
        for name, inner in {**required, **optional}.items():
            if name in given:
                if self._is_plain(inner):
                    for found in self.value(inner, given[name], (name,)):
                        yield Problem(found.what, "query", found.where, found.allowed)
            elif name in required and not any(key.startswith(f"{name}[") for key in given):
                yield Problem("missing", "query", (name,))

    def _is_plain(self, number: int) -> bool:
        kind = self._kinds[number]
        return isinstance(kind, str) or kind[0] == "enum"

    def value(self, number: int, value: Any, where: tuple[str, ...]) -> Iterator[Problem]:
        """Yield what is wrong with *value*, which should be of the kind of this *number*."""
        kind = self._kinds[number]
        if isinstance(kind, str):
            if not _is_word(kind, value):
                yield Problem("kind", "body", where)
            return
        word, *inner = kind
        if word == "enum":
            yield from _enum(inner[0], value, where)
        elif word == "any_of":
            yield from self._any_of(inner[0], value, where)
        elif word == "object":
            yield from self._object(inner[0], inner[1], value, where)
        elif word == "list" and isinstance(value, list):
            for position, item in enumerate(value):
                yield from self.value(inner[0], item, (*where, str(position)))
        elif word == "map" and isinstance(value, dict):
            for name, item in value.items():
                yield from self.value(inner[0], item, (*where, name))
        else:
            yield Problem("kind", "body", where)

    def _any_of(self, numbers: list[int], value: Any, where: tuple[str, ...]) -> Iterator[Problem]:
        """Yield what is wrong with *value* by the kind that comes nearest."""
        found = [list(self.value(number, value, where)) for number in numbers]
        if all(found):
            yield from min(found, key=lambda each: (each[0].where == where, len(each)))

    def _object(
        self,
        required: Mapping[str, int],
        optional: Mapping[str, int],
        value: Any,
        where: tuple[str, ...],
    ) -> Iterator[Problem]:
        if not isinstance(value, dict):
            yield Problem("kind", "body", where)
            return
        for name, number in required.items():
            given = value.get(name)
            empty = given in (None, "") and not self._allows_none(number)
            if name not in value or empty:
                yield Problem("missing", "body", (*where, name))
            else:
                yield from self.value(number, given, (*where, name))
        for name, number in optional.items():
            if value.get(name) is not None:
                yield from self.value(number, value[name], (*where, name))

    def _allows_none(self, number: int) -> bool:
        kind = self._kinds[number]
        if isinstance(kind, list) and kind[0] == "any_of":
            return any(self._allows_none(each) for each in kind[1])
        return kind in ("null", "anything")


def _enum(allowed: list[Any], value: Any, where: tuple[str, ...]) -> Iterator[Problem]:
    if isinstance(value, list | dict):
        yield Problem("kind", "body", where)
    elif value not in allowed and str(value) not in map(str, allowed):
        yield Problem("value", "body", where, tuple(allowed))


def _is_word(word: str, value: Any) -> bool:
    if word == "null":
        return value is None
    if word in ("string", "datetime", "date"):
        return isinstance(value, str)
    text = str(value) if isinstance(value, str | int | float) else ""
    if word == "boolean":
        return isinstance(value, bool) or text.lower() in ("true", "false", "0", "1")
    if word in ("integer", "number"):
        return not isinstance(value, bool) and bool(
            re.fullmatch(
                r"[+-]?\d+(\.0*)?" if word == "integer" else r"[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?",
                text,
                re.IGNORECASE,
            )
        )
    return True  # anything, and files, which a form holds


def _is_list(kind: Kind) -> bool:
    return isinstance(kind, list) and kind[0] == "list"
