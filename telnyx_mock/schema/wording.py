"""Puts kinds of value into words: few and fixed for tools, more telling for people.

The command line and the reference pages say the same because both take it from here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import TypeAlias

from telnyx_mock.schema.kinds import (
    Base64Json,
    Cases,
    Choice,
    Either,
    Identifier,
    Integer,
    Json,
    JsonText,
    Kind,
    ListOf,
    MapOf,
    Number,
    Object,
    Text,
    Timestamp,
)
from telnyx_mock.schema.model import Is
from telnyx_mock.schema.placeholders import Style

__all__ = ["branches", "json_types", "known_values", "type_words", "value_words"]

Quote: TypeAlias = Callable[[str], str]
"""How a value is set off from the words around it; ``str`` leaves it as it is."""

_JSON_TYPES = {bool: "boolean", int: "integer", float: "number", str: "string", type(None): "null"}


def json_types(kind: Kind) -> list[str]:
    """The JSON types that a value of *kind* can have."""
    match kind:
        case Choice():
            words = [_JSON_TYPES[type(value)] for value in kind.values]
        case Either():
            words = [word for inner in kind.kinds for word in json_types(inner)]
        case Cases():
            words = [word for _, inner in branches(kind) for word in json_types(inner)]
        case _:
            words = [kind.schema()["type"]]
    return list(dict.fromkeys(words))


def type_words(kind: Kind) -> list[str]:
    """The same, with what each means where that says more."""
    match kind:
        case Either():
            words = [word for inner in kind.kinds for word in type_words(inner)]
        case Cases():
            words = [word for _, inner in branches(kind) for word in type_words(inner)]
        case ListOf():
            words = [f"array of {' or '.join(type_words(kind.item))}"]
        case _:
            remark = _remark(kind)
            words = [f"{word} ({remark})" if remark else word for word in json_types(kind)]
    return list(dict.fromkeys(words))


def value_words(kind: Kind, quote: Quote = str) -> str:
    """Which values a field of *kind* takes, where its type alone does not say it; else empty."""
    match kind:
        case Choice(values=(only,), extensible=False):
            return f"always {quote(_written(only))}"
        case Choice():
            known = ", ".join(quote(_written(value)) for value in kind.values)
            return f"such as {known}" if kind.extensible else f"one of {known}"
        case ListOf(max_items=0):
            return "empty"
        case ListOf(item=Choice()):
            return f"each {value_words(kind.item, quote)}"
        case Either() if any(isinstance(inner, Choice) for inner in kind.kinds):
            return ", or ".join(_words(inner, quote) for inner in kind.kinds)
        case Cases():
            return _case_words(kind, quote)
        case MapOf():
            return "members of any name"
        case Object() if kind.extra is not None:
            return "may have more members, of any name"
        case _:
            return ""


def known_values(kind: Kind) -> Iterator[Json]:
    """The values that are known, where *kind* has a set of them; some may come twice."""
    match kind:
        case Choice():
            yield from kind.values
        case ListOf():
            yield from known_values(kind.item)
        case Either():
            yield from (value for inner in kind.kinds for value in known_values(inner))
        case Cases():
            yield from (value for _, inner in branches(kind) for value in known_values(inner))
        case _:
            return


def branches(kind: Cases) -> list[tuple[Is, Kind]]:
    """The kinds that *kind* comes down to, each with its condition; what no case names is first."""
    named = [(Is(kind.path, (value,)), inner) for value, inner in kind.kinds.items()]
    return [(replace(Is(kind.path, tuple(kind.kinds)), negated=True), kind.otherwise), *named]


def _case_words(kind: Cases, quote: Quote) -> str:
    (_, usual), *named = branches(kind)
    words: dict[str, tuple[Json, ...]] = {}
    for condition, inner in named:
        said = _words(inner, quote)
        words[said] = (*words.get(said, ()), *condition.values)
    words.pop(_words(usual, quote), None)
    if not words:
        return value_words(usual, quote)
    others = (f"{said} while {Is(kind.path, values)}" for said, values in words.items())
    return "; ".join((_words(usual, quote), *others))


def _words(kind: Kind, quote: Quote) -> str:
    """The values of *kind*, or else its type."""
    return value_words(kind, quote) or " or ".join(type_words(kind))


def _remark(kind: Kind) -> str:
    match kind:
        case Text():
            limit = f"at most {kind.max_length} characters" if kind.max_length else ""
            remark = kind.format.name if kind.format.remark is None else kind.format.remark
            return ", ".join(filter(None, (remark, limit)))
        case Identifier():
            return "id"
        case Timestamp():
            return "date" if kind.style is Style.DATE else "time"
        case JsonText():
            return "JSON"
        case Base64Json():
            return "base64 of JSON"
        case Integer() | Number():
            if kind.maximum is None:
                return f"{kind.minimum} or more" if kind.minimum else ""
            return (
                f"at most {kind.maximum}"
                if kind.minimum is None
                else f"{kind.minimum} to {kind.maximum}"
            )
        case _:
            return ""


def _written(value: Json) -> str:
    if value == "":
        return '""'
    return str(value).lower() if isinstance(value, bool) else str(value)
