"""The kinds of value that a field can hold, by what they mean and not only by their JSON type.

The families of the catalogue name them by the words of :mod:`telnyx_mock.catalogue.kind_vocabulary`.
"""

from telnyx_mock.schema.kinds.ids_and_times import Identifier, Timestamp
from telnyx_mock.schema.kinds.nested import (
    Base64Json,
    Cases,
    Either,
    JsonText,
    ListOf,
    MapOf,
    Object,
)
from telnyx_mock.schema.kinds.plain import Boolean, Choice, Integer, Null, Number, Text

__all__ = [
    "Base64Json",
    "Boolean",
    "Cases",
    "Choice",
    "Either",
    "Identifier",
    "Integer",
    "JsonText",
    "ListOf",
    "MapOf",
    "Null",
    "Number",
    "Object",
    "Text",
    "Timestamp",
]
