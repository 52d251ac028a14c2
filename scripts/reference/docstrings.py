"""Turns signatures and docstrings into Markdown."""

from __future__ import annotations

import dataclasses
import enum
import inspect
import re
from collections.abc import Iterator
from typing import Any

_ROLE = re.compile(r":\w+:`~?(?:[\w.]+\.)?(\w+)`")

MOST_MEMBERS = 20
"""The most members of an Enum that the page lists; more of them are sentences of ours."""


class _Bare:
    """A text that shows itself without quotes."""

    def __init__(self, text: str) -> None:
        self._text = text

    def __repr__(self) -> str:
        return self._text


def docstring(value: Any, level: str = "") -> Iterator[str]:
    """Yield the docstring of *value* as Markdown; its examples become blocks of code."""
    text = inspect.getdoc(value) or ""
    for paragraph in re.split(r"\n\s*\n", text):
        if paragraph.lstrip().startswith(">>> "):
            yield f"```pycon\n{paragraph}\n```\n"
        elif paragraph.strip():
            yield f"{inline(paragraph)}\n"


def inline(text: str) -> str:
    """Return a paragraph of reStructuredText as a paragraph of Markdown."""
    text = _ROLE.sub(r"``\1``", " ".join(text.split()))
    return re.sub(r"``(.*?)``", r"`\1`", text).replace("<", r"\<")


def signature(name: str, value: Any) -> str:
    """Return the call of a function or a class, as Python writes it, on several lines if it is long."""
    try:
        found = inspect.signature(value)
    except (TypeError, ValueError):
        return name
    shown = [
        each.replace(annotation=_bare(each.annotation), default=_default(each.default))
        for each in found.parameters.values()
        if each.name not in ("self", "cls") and not each.name.startswith("_")
    ]
    returned = found.empty if inspect.isclass(value) else _bare(found.return_annotation)
    text = f"{name}{found.replace(parameters=shown, return_annotation=returned)}"
    if len(text) <= 100:
        return text
    start, _, rest = text.partition("(")
    inner, close, after = rest.rpartition(")")
    return f"{start}(\n    {_lines(inner)},\n){after}" if close else text


def _bare(annotation: Any) -> Any:
    return _Bare(annotation) if isinstance(annotation, str) else annotation


def _default(value: Any) -> Any:
    """Return what shows the *value* of a parameter that is not given."""
    if isinstance(value, enum.Enum):
        return _Bare(str(value))
    has_own_repr = "<" not in repr(value) or value is inspect.Parameter.empty
    return value if has_own_repr else _Bare("...")


def _lines(parameters: str) -> str:
    """Return *parameters*, with each one on its own line."""
    depth, text = 0, ""
    for character in parameters:
        depth += (character in "[({") - (character in "])}")
        text += ",\n   " if character == "," and not depth else character
    return text.replace(" \n", "\n")


def members(value: type) -> Iterator[tuple[str, str, Any]]:
    """Yield the name, the kind and the value of each public member of a class, in order of definition."""
    for base in reversed(value.__mro__):
        if not base.__module__.startswith(("telnyx_mock", "pytest_telnyx_mock")):
            continue
        for name, member in vars(base).items():
            if name.startswith("_") or (isinstance(member, enum.Enum)):
                continue
            if isinstance(member, property):
                yield name, "property", member.fget
            elif isinstance(member, classmethod | staticmethod):
                yield name, "class method", member.__func__
            elif inspect.isfunction(member):
                yield name, "method", member


def values(value: type) -> Iterator[tuple[str, str]]:
    """Yield the attributes of a dataclass with their types, or the members of an Enum with their values."""
    if issubclass(value, enum.Enum):
        if len(value) <= MOST_MEMBERS:
            yield from ((each.name, repr(each.value)) for each in value)
    elif dataclasses.is_dataclass(value):
        for field in dataclasses.fields(value):
            if not field.name.startswith("_"):
                yield field.name, str(field.type)
