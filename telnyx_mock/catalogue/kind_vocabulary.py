"""Functions that make kinds of value, named after what a value means: ``phone``, ``url``, ``keys``.

Telephone numbers in samples come from ranges that regulators reserve for fiction, so a test never calls a person: +1 NPA 555 01xx, +44 20
7946 0xxx, +61 491 570 xxx.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

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

# Kinds whose own arguments are those that a family gives.
base64_json = Base64Json
boolean = Boolean
cases = Cases
identifier = Identifier
integer = Integer
json_text = JsonText
list_of = ListOf
null = Null
number = Number

# Texts in a format; see the constants in text_formats.
decimal = partial(Text, format=text_formats.DECIMAL)
digits = partial(Text, format=text_formats.DIGITS)
key = partial(Text, format=text_formats.TELEPHONE_KEY)
keys = partial(Text, format=text_formats.TELEPHONE_KEYS)
month_and_year = partial(Text, format=text_formats.MONTH_AND_YEAR)
sip_status = partial(Text, format=text_formats.SIP_STATUS)
text = partial(Text, format=text_formats.FREE_TEXT)
token = partial(Text, format=text_formats.TOKEN)
url_or_empty = partial(Text, format=text_formats.URL_OR_EMPTY)


def phone(sample: str = "+13125550142") -> Text:
    """A telephone number in E.164 form."""
    return Text(sample, text_formats.PHONE_NUMBER)


def party(sample: str = "+13125550142") -> Text:
    """One side of a call: an E.164 number, a SIP address, or ``anonymous``."""
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


def one_of(*values: Json, sample: Json = None, extensible: bool = False) -> Choice:
    """One of *values*; the sample shows the first unless *sample* names another."""
    return Choice(values, sample, extensible)


def always(value: Json) -> Choice:
    """A choice whose only value is *value*."""
    return Choice((value,))


def timestamp(sample: str = "2018-02-02T22:25:27.521992Z", *, offset: float = 0.0) -> Timestamp:
    """A time in the style (fraction, zone) of the sample, *offset* seconds after the event."""
    return Timestamp(sample, TimeStyle.of(sample), offset)


def struct(*fields: Field, extra: Kind | None = None) -> Object:
    """An object with these *fields*."""
    return Object(fields, extra)


def map_of(value: Kind | None = None, sample: Mapping[str, Json] | None = None) -> MapOf:
    """An object whose members may have any names."""
    return MapOf(value, sample or {})


def either(*kinds: Kind) -> Either:
    """A value of any of *kinds*."""
    return Either(kinds)


def anything() -> Either:
    """Any JSON value, for members that no source describes."""
    return Either((Text("value"), Number(1), Boolean(True), Null(), MapOf(), ListOf(MapOf(), 0)))
