"""The kinds of value a field can hold, typed by what they mean and not only by their JSON type.

A kind knows which values it allows (``problem``), how it reads in JSON Schema (``schema``) and, if
it holds no other kinds, a documented ``sample``. How values are *chosen* is the business of
whoever walks the declaration. No I/O, no Hypothesis, no keys.

Numbers in samples come from ranges that regulators keep for fiction, so no test can ring a
person: +1 NPA 555 01xx, +44 20 7946 0xxx, +61 491 570 xxx.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, TypeAlias

from telnyx_mock.events.identity import Moment, Style, Symbol

if TYPE_CHECKING:
    from telnyx_mock.events.model import Field

Json: TypeAlias = Any
"""A value that JSON can carry: None, bool, int, float, str, list or dict."""

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


def _is_text(value: Json) -> bool:
    return isinstance(value, str)


def _is_integer(value: Json) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _shown(value: Json) -> str:
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:57]}..."


@dataclass(frozen=True, slots=True)
class Text:
    """A string. *meaning* names what it stands for, which decides what is drawn for it."""

    sample: str
    meaning: str = "text"
    pattern: str | None = None
    min_length: int = 0
    max_length: int | None = None

    def problem(self, value: Json) -> str | None:
        if not _is_text(value):
            return f"takes a string ({self.meaning}), not {_shown(value)}"
        if len(value) < self.min_length:
            return f"takes at least {self.min_length} characters, not {len(value)}"
        if self.max_length is not None and len(value) > self.max_length:
            return f"takes at most {self.max_length} characters, not {len(value)}"
        if self.pattern is not None and re.fullmatch(self.pattern, value) is None:
            return f"takes a {self.meaning} such as {self.sample!r}, not {_shown(value)}"
        return None

    def schema(self) -> dict[str, Json]:
        schema: dict[str, Json] = {"type": "string"}
        if self.min_length:
            schema["minLength"] = self.min_length
        if self.max_length is not None:
            schema["maxLength"] = self.max_length
        if self.pattern is not None:
            schema["pattern"] = f"^(?:{self.pattern})$"
        return schema


@dataclass(frozen=True, slots=True)
class Identifier:
    """An id that Telnyx makes anew for every event, call, message and so on.

    *role* says whose id it is and *number* which of them inside one webhook: two fields with the
    same role and number carry the same id. *template* is how a fresh one is written; see
    :class:`telnyx_mock.events.identity.Symbol`.
    """

    role: str
    text: str
    template: str = "{uuid}"
    number: int = 1

    @property
    def sample(self) -> Symbol:
        return Symbol(self.text, self.role, self.template, self.number)

    def problem(self, value: Json) -> str | None:
        if not _is_text(value) or not value:
            return f"takes a non-empty string ({self.role}), not {_shown(value)}"
        return None

    def schema(self) -> dict[str, Json]:
        return {"type": "string", "minLength": 1}


@dataclass(frozen=True, slots=True)
class Timestamp:
    """An ISO 8601 time, *offset* seconds away from when the event occurred (before: negative)."""

    text: str
    style: Style = Style.MICROSECONDS
    offset: float = 0.0

    @property
    def sample(self) -> Moment:
        return Moment(self.text, self.style, self.offset)

    def problem(self, value: Json) -> str | None:
        if not _is_text(value) or self._pattern().fullmatch(value) is None:
            return f"takes an ISO 8601 time such as {self.text!r}, not {_shown(value)}"
        return None

    def schema(self) -> dict[str, Json]:
        return {"type": "string", "pattern": f"^(?:{self._pattern().pattern})$"}

    def _pattern(self) -> re.Pattern[str]:
        return _DATE if self.style is Style.DATE else _TIMESTAMP


_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_TIMESTAMP = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]{1,9})?"
    r"(?:Z|[+-][0-9]{2}:?[0-9]{2})?"
)


@dataclass(frozen=True, slots=True)
class Choice:
    """One of a set of values. *extensible* sets are known to be incomplete: others are allowed."""

    values: tuple[Json, ...]
    example: Json = None
    extensible: bool = False

    @property
    def sample(self) -> Json:
        return self.values[0] if self.example is None else self.example

    def problem(self, value: Json) -> str | None:
        if any(value == known and type(value) is type(known) for known in self.values):
            return None
        if self.extensible and type(value) in {type(known) for known in self.values}:
            return None
        known = ", ".join(repr(known) for known in self.values)
        if len(self.values) == 1:
            return f"is always {known}, not {_shown(value)}"
        return f"takes one of {known}, not {_shown(value)}"

    def schema(self) -> dict[str, Json]:
        if self.extensible:
            return {"type": _json_type(self.values[0]), "examples": list(self.values)}
        if len(self.values) == 1:
            return {"const": self.values[0]}
        return {"enum": list(self.values)}


@dataclass(frozen=True, slots=True)
class Integer:
    """A whole number."""

    sample: int
    minimum: int | None = 0
    maximum: int | None = None

    def problem(self, value: Json) -> str | None:
        if not _is_integer(value):
            return f"takes a whole number, not {_shown(value)}"
        return _range_problem(value, self.minimum, self.maximum)

    def schema(self) -> dict[str, Json]:
        return _range_schema("integer", self.minimum, self.maximum)


@dataclass(frozen=True, slots=True)
class Number:
    """A number that may have a fraction."""

    sample: float
    minimum: float | None = None
    maximum: float | None = None

    def problem(self, value: Json) -> str | None:
        if isinstance(value, bool) or not isinstance(value, int | float):
            return f"takes a number, not {_shown(value)}"
        return _range_problem(value, self.minimum, self.maximum)

    def schema(self) -> dict[str, Json]:
        return _range_schema("number", self.minimum, self.maximum)


@dataclass(frozen=True, slots=True)
class Boolean:
    """True or false."""

    sample: bool

    def problem(self, value: Json) -> str | None:
        return None if isinstance(value, bool) else f"takes true or false, not {_shown(value)}"

    def schema(self) -> dict[str, Json]:
        return {"type": "boolean"}


@dataclass(frozen=True, slots=True)
class Null:
    """Always null, although the schemas give it a type."""

    sample: None = None

    def problem(self, value: Json) -> str | None:
        return None if value is None else f"is always null here, not {_shown(value)}"

    def schema(self) -> dict[str, Json]:
        return {"type": "null"}


@dataclass(frozen=True, slots=True)
class ListOf:
    """A list. The sample has *shown* items."""

    item: Kind
    shown: int = 1
    min_items: int = 0
    max_items: int | None = None

    def problem(self, value: Json) -> str | None:
        if not isinstance(value, list):
            return f"takes a list, not {_shown(value)}"
        if len(value) < self.min_items:
            return f"takes at least {self.min_items} items, not {len(value)}"
        if self.max_items is not None and len(value) > self.max_items:
            return f"takes at most {self.max_items} items, not {len(value)}"
        return None

    def schema(self) -> dict[str, Json]:
        schema: dict[str, Json] = {"type": "array"}
        if self.min_items:
            schema["minItems"] = self.min_items
        if self.max_items is not None:
            schema["maxItems"] = self.max_items
        return schema


@dataclass(frozen=True, slots=True)
class Object:
    """An object with these fields. With *extra*, members of any other name may come too."""

    fields: tuple[Field, ...]
    extra: Kind | None = None

    def problem(self, value: Json) -> str | None:
        return None if isinstance(value, dict) else f"takes an object, not {_shown(value)}"

    def schema(self) -> dict[str, Json]:
        return {"type": "object"}


@dataclass(frozen=True, slots=True)
class MapOf:
    """An object whose member names are not fixed; each value is of *value*'s kind if given."""

    value: Kind | None = None
    example: Mapping[str, Json] = field(default_factory=dict)

    @property
    def sample(self) -> dict[str, Json]:
        return dict(self.example)

    def problem(self, value: Json) -> str | None:
        if not isinstance(value, dict):
            return f"takes an object, not {_shown(value)}"
        if self.value is not None:
            for name, member in value.items():
                problem = self.value.problem(member)
                if problem is not None:
                    return f"has a member {name!r} that {problem}"
        return None

    def schema(self) -> dict[str, Json]:
        if self.value is None:
            return {"type": "object"}
        return {"type": "object", "additionalProperties": self.value.schema()}


@dataclass(frozen=True, slots=True)
class Either:
    """A value of one of several kinds; nothing else in the webhook tells which."""

    kinds: tuple[Kind, ...]

    def problem(self, value: Json) -> str | None:
        problems = [kind.problem(value) for kind in self.kinds]
        if any(problem is None for problem in problems):
            return None
        return " or ".join(str(problem) for problem in problems)

    def schema(self) -> dict[str, Json]:
        return {"anyOf": [kind.schema() for kind in self.kinds]}


@dataclass(frozen=True, slots=True)
class Cases:
    """A value whose kind depends on another field: *kinds* by the value of the field *path*.

    Paths are written as in :mod:`telnyx_mock.events.model`. Where no case fits (or the field is
    absent) the kind is *otherwise*.
    """

    path: str
    kinds: Mapping[Json, Kind]
    otherwise: Kind

    def kind_for(self, value: Json) -> Kind:
        """The kind that holds while the field *path* has this value."""
        try:
            return self.kinds.get(value, self.otherwise)
        except TypeError:  # an unhashable value, which no case can name
            return self.otherwise

    def problem(self, value: Json) -> str | None:
        return Either((self.otherwise, *self.kinds.values())).problem(value)

    def schema(self) -> dict[str, Json]:
        return Either((self.otherwise, *self.kinds.values())).schema()


@dataclass(frozen=True, slots=True)
class JsonText:
    """JSON inside a string, as form-encoded webhooks carry structured values."""

    content: Kind

    def encode(self, value: Json) -> str:
        """*value* as the text that goes into the field."""
        return json.dumps(value, separators=(",", ":"))

    def problem(self, value: Json) -> str | None:
        if not _is_text(value):
            return f"takes JSON text, not {_shown(value)}"
        try:
            content = json.loads(value)
        except ValueError:
            return f"takes JSON text, not {_shown(value)}"
        return self.content.problem(content)

    def schema(self) -> dict[str, Json]:
        return {
            "type": "string",
            "contentMediaType": "application/json",
            "contentSchema": self.content.schema(),
        }


@dataclass(frozen=True, slots=True)
class Base64Json:
    """Base64 of JSON inside a string."""

    content: Kind

    def encode(self, value: Json) -> str:
        """*value* as the text that goes into the field."""
        return base64.b64encode(json.dumps(value).encode()).decode("ascii")

    def problem(self, value: Json) -> str | None:
        if not _is_text(value):
            return f"takes base64 of JSON, not {_shown(value)}"
        try:
            content = json.loads(base64.b64decode(value, validate=True))
        except (ValueError, binascii.Error):
            return f"takes base64 of JSON, not {_shown(value)}"
        return self.content.problem(content)

    def schema(self) -> dict[str, Json]:
        return {
            "type": "string",
            "contentEncoding": "base64",
            "contentMediaType": "application/json",
            "contentSchema": self.content.schema(),
        }


Leaf: TypeAlias = Text | Identifier | Timestamp | Choice | Integer | Number | Boolean | Null | MapOf
"""A kind whose values hold no others; it has a ``sample``."""

Kind: TypeAlias = Leaf | ListOf | Object | Either | Cases | JsonText | Base64Json


def _json_type(value: Json) -> str:
    names = {bool: "boolean", int: "integer", float: "number", str: "string"}
    return names[type(value)]


def _range_problem(value: float, minimum: float | None, maximum: float | None) -> str | None:
    if minimum is not None and value < minimum:
        return f"takes at least {minimum}, not {value}"
    if maximum is not None and value > maximum:
        return f"takes at most {maximum}, not {value}"
    return None


def _range_schema(json_type: str, minimum: float | None, maximum: float | None) -> dict[str, Json]:
    schema: dict[str, Json] = {"type": json_type}
    if minimum is not None:
        schema["minimum"] = minimum
    if maximum is not None:
        schema["maximum"] = maximum
    return schema


# The vocabulary that the families are written in.


def text(sample: str, *, max_length: int | None = None) -> Text:
    """Free text; may be empty, may hold any character."""
    return Text(sample, max_length=max_length)


def token(sample: str) -> Text:
    """A machine-readable word that is not enumerated anywhere (a codec, a country code)."""
    return Text(sample, "token", min_length=1)


def phone(sample: str = "+13125550142") -> Text:
    """A phone number in E.164 form."""
    return Text(sample, "phone number", pattern=r"\+[1-9][0-9]{4,14}")


def party(sample: str = "+13125550142") -> Text:
    """One side of a call: usually an E.164 number, but also a SIP address or ``anonymous``."""
    return Text(sample, "party", min_length=1)


def sender(sample: str = "+13125550142") -> Text:
    """One side of a message: an E.164 number, a short code, or an alphanumeric sender id."""
    return Text(sample, "sender", min_length=1)


def sip_uri(sample: str = "+13125550142@203.0.113.10:5060") -> Text:
    """A SIP address; voice webhooks write it without the ``sip:`` scheme."""
    return Text(sample, "SIP URI", min_length=1)


def client_state(sample: str = "aGF2ZSBhIG5pY2UgZGF5ID1d") -> Text:
    """Base64 text the receiver itself attached to the call with an earlier command."""
    return Text(sample, "base64", pattern=r"(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?")


def url(sample: str = "https://example.com/webhooks") -> Text:
    """An absolute address."""
    return Text(sample, "URL", min_length=1)


def decimal(sample: str) -> Text:
    """A decimal number written as a string, as money and quality figures are."""
    return Text(sample, "decimal", pattern=r"-?[0-9]+(?:\.[0-9]+)?")


def digits(sample: str) -> Text:
    """A whole number written as a string."""
    return Text(sample, "digits", pattern=r"[0-9]+")


def keys(sample: str) -> Text:
    """Keys pressed on a telephone: digits, ``*``, ``#``, and the letters A to D."""
    return Text(sample, "telephone keys", pattern=r"[0-9A-Da-d*#]*")


def sip_status(sample: str) -> Text:
    """A SIP response code as a string, or ``unspecified`` where none is known."""
    return Text(sample, "SIP status", pattern=r"[1-6][0-9]{2}|unspecified")


def one_of(*values: Json, sample: Json = None, extensible: bool = False) -> Choice:
    """One of *values*; the sample shows the first unless *sample* names another."""
    return Choice(values, sample, extensible)


def always(value: Json) -> Choice:
    """Exactly this value."""
    return Choice((value,))


def identifier(role: str, sample: str, template: str = "{uuid}", *, number: int = 1) -> Identifier:
    """An id; see :class:`Identifier`."""
    return Identifier(role, sample, template, number)


def integer(sample: int, minimum: int | None = 0, maximum: int | None = None) -> Integer:
    """A whole number, not negative unless *minimum* says so."""
    return Integer(sample, minimum, maximum)


def number(sample: float, minimum: float | None = None, maximum: float | None = None) -> Number:
    """A number that may have a fraction."""
    return Number(sample, minimum, maximum)


def boolean(sample: bool) -> Boolean:
    """True or false."""
    return Boolean(sample)


def null() -> Null:
    """Always null."""
    return Null()


def timestamp(sample: str = "2018-02-02T22:25:27.521992Z", *, offset: float = 0.0) -> Timestamp:
    """A time; its style (fraction, zone) is read off the sample."""
    return Timestamp(sample, Style.of(sample), offset)


def list_of(item: Kind, *, shown: int = 1, min_items: int = 0, max_items: int | None = None) -> ListOf:
    """A list of *item*; the sample has *shown* of them."""
    return ListOf(item, shown, min_items, max_items)


def struct(*fields: Field, extra: Kind | None = None) -> Object:
    """An object with these *fields*."""
    return Object(fields, extra)


def map_of(value: Kind | None = None, sample: Mapping[str, Json] | None = None) -> MapOf:
    """An object with member names of someone's choice."""
    return MapOf(value, sample or {})


def either(*kinds: Kind) -> Either:
    """A value of any of *kinds*."""
    return Either(kinds)


def anything() -> Either:
    """Any JSON value, for members that no source describes."""
    return Either((Text("value"), Number(1), Boolean(True), Null(), MapOf(), ListOf(MapOf(), 0)))


def cases(path: str, kinds: Mapping[Json, Kind], otherwise: Kind) -> Cases:
    """A value whose kind depends on the field *path*."""
    return Cases(path, kinds, otherwise)


def json_text(content: Kind) -> JsonText:
    """JSON inside a string."""
    return JsonText(content)


def base64_json(content: Kind) -> Base64Json:
    """Base64 of JSON inside a string."""
    return Base64Json(content)


def like(kind: Text, sample: str) -> Text:
    """The same kind of text with another sample."""
    return replace(kind, sample=sample)
