"""The kinds of value a field can hold, typed by what they mean and not only by their JSON type.

A kind knows which values it allows (``problem``), how it reads in JSON Schema (``schema``) and, if
it holds no other kinds, a documented ``sample``. How values are *chosen* is the business of
whoever walks the declaration. The families are written in the words of
:mod:`telnyx_mock.catalogue.vocabulary`. No I/O, no Hypothesis, no keys.
"""

from __future__ import annotations

from typing import TypeAlias

from telnyx_mock.schema.kinds.generated import Identifier, Timestamp
from telnyx_mock.schema.kinds.nested import (
    Base64Json,
    Cases,
    Either,
    JsonText,
    ListOf,
    MapOf,
    Object,
)
from telnyx_mock.schema.kinds.plain import Boolean, Choice, Integer, Json, Null, Number, Text

__all__ = [
    "Base64Json",
    "Boolean",
    "Cases",
    "Choice",
    "Either",
    "Identifier",
    "Integer",
    "Json",
    "JsonText",
    "Kind",
    "Leaf",
    "ListOf",
    "MapOf",
    "Null",
    "Number",
    "Object",
    "Text",
    "Timestamp",
]

Leaf: TypeAlias = Text | Identifier | Timestamp | Choice | Integer | Number | Boolean | Null | MapOf
"""A kind whose values hold no others; it has a ``sample``."""

Kind: TypeAlias = Leaf | ListOf | Object | Either | Cases | JsonText | Base64Json
