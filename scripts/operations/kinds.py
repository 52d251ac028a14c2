"""Turns the types of the official SDK into kinds: small lists that JSON can hold, each stored once.

A kind is a word (``string``, ``integer``, ``number``, ``boolean``, ``datetime``, ``date``, ``file``,
``null``, ``anything``) or a list: ``["list", kind]``, ``["map", kind]``, ``["enum", [values]]``,
``["any_of", [kinds]]``, ``["object", {required members}, {optional members}]``. A kind inside another is
its number in the list of all kinds.
"""

from __future__ import annotations

import collections.abc
import datetime
import functools
import json
import operator
import types
import typing
from typing import Any, ForwardRef, Literal, Union, get_args, get_origin

import typing_extensions
from telnyx._models import BaseModel
from telnyx._utils import PropertyInfo

_WORDS: dict[object, str] = {
    str: "string",
    int: "integer",
    float: "number",
    bool: "boolean",
    object: "anything",
    Any: "anything",
    bytes: "file",
    datetime.datetime: "datetime",
    datetime.date: "date",
    None: "null",
    type(None): "null",
}
_LISTS = (list, collections.abc.Iterable, collections.abc.Sequence)
_PRESENCE = (typing_extensions.Required, typing_extensions.NotRequired)


class Kinds:
    """The kinds that the table uses, each once, in the order in which they were first used."""

    def __init__(self) -> None:
        self.all: list[Any] = []
        self._numbers: dict[str, int] = {}
        self._open: dict[Any, int | None] = {}

    def number(self, kind: Any) -> int:
        """Return the number of *kind*, which is added if it is new."""
        key = json.dumps(kind)
        if key not in self._numbers:
            self._numbers[key] = len(self.all)
            self.all.append(kind)
        return self._numbers[key]

    def of_object(self, required: dict[str, int], optional: dict[str, int]) -> int:
        """Return the number of the object with these members."""
        return self.number(
            ["object", dict(sorted(required.items())), dict(sorted(optional.items()))]
        )

    def of_type(self, asked: Any) -> int:
        """Return the number of the kind of the type *asked*. Raises TypeError for an unknown type."""
        if (alias := getattr(asked, "__value__", None)) is not None:
            return self.of_type(alias)
        origin, args = get_origin(asked), get_args(asked)
        if origin in _PRESENCE:
            return self.of_type(args[0])
        if origin is typing.Annotated:
            return self._annotated(args)
        if asked in _WORDS:
            return self.number(_WORDS[asked])
        if origin is Literal:
            return self.number(["enum", list(args)])
        if origin in (Union, types.UnionType):
            return self._union(args)
        if origin in (dict, collections.abc.Mapping):
            return self.number(["map", self.of_type(args[1])])
        if origin in _LISTS or getattr(origin, "__name__", "") == "SequenceNotStr":
            return self.number(["list", self.of_type(args[0])])
        if isinstance(asked, type) and issubclass(asked, BaseModel):
            return self._once(asked, self._model)
        if typing_extensions.is_typeddict(asked):
            return self._once(asked, self._typed_dict)
        if asked is dict:
            return self.number(["map", self.number("anything")])
        raise TypeError(f"there is no kind for {asked!r}")

    def _annotated(self, args: tuple[Any, ...]) -> int:
        """Return the number of an annotated type: a format tells what a string holds."""
        formats = [
            info.format for info in args[1:] if isinstance(info, PropertyInfo) and info.format
        ]
        if formats and formats[0] == "base64":
            return self.number("string")
        return self.of_type(args[0])

    def _union(self, args: tuple[Any, ...]) -> int:
        left = [arg for arg in args if not _is_omit(arg)]
        if any(_is_file(arg) for arg in left):
            return self.number("file")
        times = [arg for arg in left if arg in (datetime.datetime, datetime.date)]
        if times:  # Union[str, datetime]: the SDK writes either as a string
            left = [arg for arg in left if arg is not str]
        numbers = list(dict.fromkeys(self.of_type(arg) for arg in left))
        return numbers[0] if len(numbers) == 1 else self.number(["any_of", numbers])

    def _once(self, asked: Any, make: Any) -> int:
        """Return the number of a class. A class that is inside itself has a number before its kind."""
        if asked in self._open:
            if self._open[asked] is None:
                self._open[asked] = len(self.all)
                self.all.append(None)
            return typing.cast("int", self._open[asked])
        self._open[asked] = None
        required, optional = make(asked)
        reserved = self._open.pop(asked)
        if reserved is None:
            return self.of_object(required, optional)
        self.all[reserved] = [
            "object",
            dict(sorted(required.items())),
            dict(sorted(optional.items())),
        ]
        return reserved

    def _model(self, model: type[BaseModel]) -> tuple[dict[str, int], dict[str, int]]:
        """Return the members of a model of the SDK. An optional member may be null, too: that goes unsaid."""
        required: dict[str, int] = {}
        optional: dict[str, int] = {}
        model.model_rebuild()
        for name, field in model.model_fields.items():
            member = field.alias or name
            if field.is_required():
                required[member] = self.of_type(field.annotation)
            else:
                optional[member] = self.of_type(without_none(field.annotation))
        return required, optional

    def _typed_dict(self, asked: Any) -> tuple[dict[str, int], dict[str, int]]:
        required: dict[str, int] = {}
        optional: dict[str, int] = {}
        hints = typing_extensions.get_type_hints(asked, include_extras=True)
        for name, hint in hints.items():
            place = required if name in asked.__required_keys__ else optional
            place[_alias(hint) or name] = self.of_type(hint)
        return required, optional


def parameters(asked: Any) -> dict[str, tuple[str, Any, bool]]:
    """Return the parameters of a TypedDict by their names in Python: name in the API, type, required."""
    hints = typing_extensions.get_type_hints(asked, include_extras=True)
    return {
        name: (_alias(hint) or name, hint, name in asked.__required_keys__)
        for name, hint in hints.items()
    }


def _alias(hint: Any) -> str | None:
    while get_origin(hint) in _PRESENCE:
        hint = get_args(hint)[0]
    if get_origin(hint) is typing.Annotated:
        for info in get_args(hint)[1:]:
            if isinstance(info, PropertyInfo) and info.alias:
                return info.alias
    return None


def without_none(hint: Any) -> Any:
    """Return the type *hint*, without None if it is a union."""
    if get_origin(hint) in (Union, types.UnionType):
        left = tuple(arg for arg in get_args(hint) if arg is not type(None))
        return functools.reduce(operator.or_, left)
    return hint


def _is_omit(asked: Any) -> bool:
    return getattr(asked, "__name__", "") in ("Omit", "NotGiven")


def _is_file(asked: Any) -> bool:
    name = (
        asked.__forward_arg__ if isinstance(asked, ForwardRef) else getattr(asked, "__name__", "")
    )
    return "IO" in name or asked is bytes or "PathLike" in str(asked)
