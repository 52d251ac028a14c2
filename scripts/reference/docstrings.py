"""Turns signatures and docstrings into Markdown."""

from __future__ import annotations

import dataclasses
import enum
import inspect
import re
import textwrap
from collections.abc import Iterator
from typing import Any

_ROLE = re.compile(r":\w+:`~?(?:[a-z_]\w*\.)*((?:[A-Z]\w*\.)?\w+)`")
"""A reference; of a member of a class, the class is shown, because others have members of that name."""

MOST_MEMBERS = 20
"""The most members of an Enum that the page lists; more of them are sentences of ours."""

LONGEST = 60
"""The most characters of the value that a parameter has if it is not given."""


class _Bare:
    """A text that shows itself without quotes."""

    def __init__(self, text: str) -> None:
        self._text = text

    def __repr__(self) -> str:
        return self._text


def docstring(value: Any) -> Iterator[str]:
    """Yield the docstring of *value* as Markdown; its examples become blocks of code."""
    code: list[str] = []
    for paragraph in re.split(r"\n\s*\n", inspect.getdoc(value) or ""):
        if paragraph.startswith("    "):  # after a paragraph that ends with two colons
            code.append(textwrap.dedent(paragraph))
            continue
        yield from _code(code)
        code = []
        if paragraph.startswith(">>> "):
            yield f"```pycon\n{paragraph}\n```\n"
        elif paragraph.startswith("- "):
            yield "\n".join(map(inline, re.split(r"\n(?=- )", paragraph))) + "\n"
        elif paragraph.strip():
            text = inline(paragraph)
            yield f"{text.removesuffix(':') if text.endswith('::') else text}\n"
    yield from _code(code)


def _code(paragraphs: list[str]) -> Iterator[str]:
    if paragraphs:
        text = "\n\n".join(paragraphs).replace("\n\ndef ", "\n\n\ndef ")  # as ruff formats it
        yield f"```python\n{text}\n```\n"


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
    if value is inspect.Parameter.empty or ("<" not in repr(value) and len(repr(value)) <= LONGEST):
        return value
    return _Bare("...")


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
