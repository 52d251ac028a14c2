"""Describes kinds of value in words: JSON types for tools; types, values and remarks for people.

The command line and the reference pages both use these words.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TypeAlias

from telnyx_mock.schema.conditions import Is
from telnyx_mock.schema.json_values import JSON_TYPES, Json
from telnyx_mock.schema.kind import Kind, Leaf, concrete_kinds, kinds_within
from telnyx_mock.schema.kinds import (
    Base64Json,
    Cases,
    Choice,
    Either,
    Identifier,
    Integer,
    JsonText,
    ListOf,
    MapOf,
    Number,
    Object,
    Text,
    Timestamp,
)
from telnyx_mock.schema.origin import Origin
from telnyx_mock.schema.placeholders import TimeStyle

Quote: TypeAlias = Callable[[str], str]
"""Marks a value in a sentence, for example with backquotes; ``str`` does not mark it."""


def json_types(kind: Kind) -> list[str]:
    """Return the JSON types that a value of *kind* can have."""
    words: dict[str, None] = {}
    for concrete, _ in concrete_kinds(kind):
        if isinstance(concrete, Choice):
            words |= dict.fromkeys(JSON_TYPES[type(value)] for value in concrete.values)
        else:
            words[concrete.schema()["type"]] = None
    return list(words)


def type_words(kind: Kind) -> list[str]:
    """Return the JSON types, each with its format if it has one: ``string (URL)``."""
    words: dict[str, None] = {}
    for concrete, _ in concrete_kinds(kind):
        if isinstance(concrete, ListOf):
            words[f"array of {' or '.join(type_words(concrete.item))}"] = None
            continue
        remark = _remark(concrete)
        for word in json_types(concrete):
            words[f"{word} ({remark})" if remark else word] = None
    return list(words)


def value_words(kind: Kind, quote: Quote = str) -> str:
    """Return the values that a field of *kind* can have; empty if the type already says it."""
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
            return _case_words(
                kind, lambda inner: value_words(inner, quote), lambda inner: _words(inner, quote)
            )
        case MapOf():
            return "members of any name"
        case Object() if kind.extra is not None:
            return "may have more members, of any name"
        case _:
            return ""


def known_values(kind: Kind) -> Iterator[Json]:
    """Yield the known values of *kind* if it is a set of values; a value may occur twice."""
    for concrete, _ in concrete_kinds(kind):
        if isinstance(concrete, Choice):
            yield from concrete.values
        elif isinstance(concrete, ListOf):
            yield from known_values(concrete.item)


def is_open(kind: Kind) -> bool:
    """Return whether *kind* has a set of values that is known to be incomplete."""
    kinds = (inner for _, inner in kinds_within(kind))
    return any(isinstance(inner, Choice) and inner.extensible for inner in kinds)


def origins(kind: Kind) -> list[Origin]:
    """Return who decides the values of *kind*; nobody for an object, whose members say it."""
    found = {inner.origin for _, inner in kinds_within(kind) if isinstance(inner, Leaf)}
    return [origin for origin in Origin if origin in found]


def origin_words(kind: Kind) -> str:
    """Return who decides the values of *kind*, in words with conditions; empty for an object."""
    if isinstance(kind, Cases):
        return _case_words(kind, origin_words, origin_words)
    return " or ".join(_ORIGIN_WORDS[origin] for origin in origins(kind))


_ORIGIN_WORDS = {Origin.TELNYX: "Telnyx", Origin.CALLER: "the caller", Origin.APP: "the app"}


def _case_words(
    kind: Cases, alone: Callable[[Kind], str], among_others: Callable[[Kind], str]
) -> str:
    """Describe each case of *kind*: by *among_others*, or by *alone* if all cases are the same."""
    cases: dict[str, tuple[Json, ...]] = {}
    for value, inner in kind.kinds.items():
        words = among_others(inner)
        cases[words] = (*cases.get(words, ()), value)
    usual = among_others(kind.otherwise)
    cases.pop(usual, None)
    if not cases:
        return alone(kind.otherwise)
    others = (f"{words} if {Is(kind.path, values)}" for words, values in cases.items() if words)
    return "; ".join(filter(None, (usual, *others)))


def _words(kind: Kind, quote: Quote) -> str:
    """Return the values of *kind* in words, or the type of *kind* if the type says enough."""
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
            return "date" if kind.style is TimeStyle.DATE else "time"
        case Base64Json():
            return "base64 of JSON"
        case JsonText():
            return "JSON"
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
