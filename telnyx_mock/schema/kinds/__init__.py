"""The kinds of value that a field can have. A kind knows its meaning, not only its JSON type.

The families of the catalogue make kinds with the functions in
:mod:`telnyx_mock.catalogue.kind_vocabulary`.
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
from telnyx_mock.schema.kinds.plain import Boolean, Choice, CountOf, Integer, Null, Number, Text

__all__ = [
    "Base64Json",
    "Boolean",
    "Cases",
    "Choice",
    "CountOf",
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
