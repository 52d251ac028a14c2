"""Functions that make kinds of value, named after what a value means: ``phone``, ``url``, ``keys``.

Telephone numbers in samples come from ranges that regulators keep for fiction, so no test can
call a person: +1 NPA 555 01xx, +44 20 7946 0xxx, +61 491 570 xxx.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from telnyx_mock.schema import text_formats
from telnyx_mock.schema.field import Field
from telnyx_mock.schema.json_values import Json
from telnyx_mock.schema.kind import Kind
from telnyx_mock.schema.kinds import (
    Base64Json,
    Boolean,
    Cases,
    Choice,
    Either,
    Identifier,
    Integer,
    JsonText,
    ListOf,
    MapOf,
    Null,
    Number,
    Object,
    Text,
    Timestamp,
)
from telnyx_mock.schema.placeholders import TimeStyle


def text(sample: str, *, max_length: int | None = None) -> Text:
    """Free text, which may be empty and may hold any character."""
    return Text(sample, max_length=max_length)


def token(sample: str) -> Text:
    """A machine-readable word that is not enumerated anywhere (a codec, a country code)."""
    return Text(sample, text_formats.TOKEN)


def phone(sample: str = "+13125550142") -> Text:
    """A phone number in E.164 form."""
    return Text(sample, text_formats.PHONE_NUMBER)


def party(sample: str = "+13125550142") -> Text:
    """One side of a call: usually an E.164 number, but also a SIP address or ``anonymous``."""
    return Text(sample, text_formats.PARTY)


def sender(sample: str = "+13125550142") -> Text:
    """One side of a message: an E.164 number, a short code, or an alphanumeric sender id."""
    return Text(sample, text_formats.SENDER)


def sip_uri(sample: str = "+13125550142@203.0.113.10:5060") -> Text:
    """A SIP address; voice webhooks write it without the ``sip:`` scheme."""
    return Text(sample, text_formats.SIP_URI)


def client_state(sample: str = "aGF2ZSBhIG5pY2UgZGF5ID1d") -> Text:
    """Base64 text that the receiver attached to the call with an earlier command."""
    return Text(sample, text_formats.BASE64)


def url(sample: str = "https://example.com/webhooks") -> Text:
    """An absolute address."""
    return Text(sample, text_formats.URL)


def url_or_empty(sample: str) -> Text:
    """An absolute address, or the empty text that some webhooks have in its place."""
    return Text(sample, text_formats.URL_OR_EMPTY)


def decimal(sample: str) -> Text:
    """A decimal number written as a string, as money and quality figures are."""
    return Text(sample, text_formats.DECIMAL)


def digits(sample: str) -> Text:
    """A whole number written as a string."""
    return Text(sample, text_formats.DIGITS)


def keys(sample: str) -> Text:
    """Keys pressed on a telephone: digits, ``*``, ``#``, and the letters A to D."""
    return Text(sample, text_formats.TELEPHONE_KEYS)


def key(sample: str) -> Text:
    """One key pressed on a telephone."""
    return Text(sample, text_formats.TELEPHONE_KEY)


def month_and_year(sample: str) -> Text:
    """The month and year in which a card expires, as MMYY."""
    return Text(sample, text_formats.MONTH_AND_YEAR)


def sip_status(sample: str) -> Text:
    """A SIP response code as a string, or ``unspecified`` where none is known."""
    return Text(sample, text_formats.SIP_STATUS)


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
    """A time in the style (fraction, zone) of the sample."""
    return Timestamp(sample, TimeStyle.of(sample), offset)


def list_of(item: Kind, *, shown: int = 1, min_items: int = 0, max_items: int | None = None) -> ListOf:
    """A list of *item*; the sample has *shown* of them."""
    return ListOf(item, shown, min_items, max_items)


def struct(*fields: Field, extra: Kind | None = None) -> Object:
    """An object with these *fields*."""
    return Object(fields, extra)


def map_of(value: Kind | None = None, sample: Mapping[str, Json] | None = None) -> MapOf:
    """An object with any names of members."""
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
