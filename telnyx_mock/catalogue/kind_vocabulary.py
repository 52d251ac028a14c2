"""Functions that make kinds of value, named after what a value means: ``phone``, ``url``, ``keys``.

Telephone numbers in samples come from ranges that regulators reserve for fiction, so a test never calls a person: +1 NPA 555 01xx, +44 20
7946 0xxx, +61 491 570 xxx.

Telnyx decides a value unless its kind says otherwise: ``by_caller(text())``, ``by_app(url())``. Parties of
calls and messages, SIP addresses and keys are the caller's; a client state, a ``phone`` and a ``setting`` are
the app's.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import TypeVar

from telnyx_mock.schema import text_formats
from telnyx_mock.schema.field import Field
from telnyx_mock.schema.json_values import Json
from telnyx_mock.schema.kind import Kind
from telnyx_mock.schema.kinds import (
    Base64Json,
    Boolean,
    Cases,
    Choice,
    CountOf,
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
from telnyx_mock.schema.origin import Origin
from telnyx_mock.schema.placeholders import TimeStyle

Decided = TypeVar("Decided", Kind, Field)


def by_caller(what: Decided) -> Decided:
    """Return the kind or field with values that the caller or sender decides."""
    return what.decided_by(Origin.CALLER)


def by_app(what: Decided) -> Decided:
    """Return the kind or field with values that the customer's app decides."""
    return what.decided_by(Origin.APP)


def by_app_while(field: Field, path: str, value: Json) -> Field:
    """Return *field* with values that the app decides while the field *path* has this *value*."""
    return field.with_leaves(lambda leaf: Cases(path, {value: by_app(leaf)}, leaf))


# Kinds whose own arguments are those that a family gives.
base64_json = Base64Json
boolean = Boolean
cases = Cases
count_of = CountOf
identifier = Identifier
integer = Integer
json_text = JsonText
list_of = ListOf
null = Null
number = Number

# Texts in a format; see the constants in text_formats.
decimal = partial(Text, format=text_formats.DECIMAL)
digits = partial(Text, format=text_formats.DIGITS)
key = partial(Text, format=text_formats.TELEPHONE_KEY, origin=Origin.CALLER)
pressed_keys = partial(Text, format=text_formats.PRESSED_KEYS, origin=Origin.CALLER)
keys = partial(Text, format=text_formats.TELEPHONE_KEYS, origin=Origin.CALLER)
month_and_year = partial(Text, format=text_formats.MONTH_AND_YEAR, origin=Origin.CALLER)
sip_status = partial(Text, format=text_formats.SIP_STATUS)
failed_sip_status = partial(Text, format=text_formats.FAILED_SIP_STATUS)
text = partial(Text, format=text_formats.FREE_TEXT)
line_of_text = partial(Text, format=text_formats.LINE)
words = partial(Text, format=text_formats.WORDS)
company = partial(Text, format=text_formats.NAME)
mime_type = partial(Text, format=text_formats.MIME_TYPE)
codecs = partial(Text, format=text_formats.CODECS, origin=Origin.CALLER)
resolution = partial(Text, format=text_formats.RESOLUTION)
token = partial(Text, format=text_formats.TOKEN)

masked = partial(Text, format=text_formats.MASKED, origin=Origin.CALLER)
masked_code = partial(Text, format=text_formats.MASKED_CODE, origin=Origin.CALLER)
typed_postal_code = partial(Text, format=text_formats.POSTAL_CODE, origin=Origin.CALLER)
routing_number = partial(Text, format=text_formats.ROUTING_NUMBER, origin=Origin.CALLER)
setting = partial(Text, format=text_formats.TOKEN, origin=Origin.APP)
"""A word that the customer sets: an application's id, a profile, a queue, a language model."""


def phone(sample: str = "+13125550142") -> Text:
    """A telephone number in E.164 form that is the app's, or that the app has named."""
    return Text(sample, text_formats.PHONE_NUMBER, origin=Origin.APP)


def party(sample: str = "+13125550142") -> Text:
    """One side of a call: an E.164 number, a SIP address, or ``anonymous``."""
    return Text(sample, text_formats.PARTY, origin=Origin.CALLER)


def called(sample: str = "+13125550199") -> Text:
    """The called side of a call: an E.164 number or a SIP address."""
    return Text(sample, text_formats.CALLED, origin=Origin.CALLER)


def sender(sample: str = "+13125550142") -> Text:
    """One side of a message: an E.164 number, a short code, or an alphanumeric sender id."""
    return Text(sample, text_formats.SENDER, origin=Origin.CALLER)


def sip_uri(sample: str = "+13125550142@203.0.113.10:5060") -> Text:
    """A SIP address; voice webhooks write it without the ``sip:`` scheme."""
    return Text(sample, text_formats.SIP_URI, origin=Origin.CALLER)


def client_state(sample: str = "aGF2ZSBhIG5pY2UgZGF5ID1d") -> Text:
    """Base64 text that the receiver attached to the call with an earlier command."""
    return Text(sample, text_formats.BASE64, origin=Origin.APP)


def url(sample: str = "https://example.com/webhooks") -> Text:
    """An absolute address."""
    return Text(sample, text_formats.URL)


def sha256() -> Text:
    """The SHA-256 digest of a file."""
    return Text("ab1c2d3e4f5a6b7c8d9e0f1a2b3c4d5eab1c2d3e4f5a6b7c8d9e0f1a2b3c4d5e", text_formats.DIGEST)


def wamid() -> Text:
    """Meta's id of a WhatsApp message."""
    return token("wamid.HBgLMTMxMjU1NTAxNDIVAgASGBQzRUIwQzQzRDk4OUYxOTZBMzQ4OAA=")


def one_of(*values: Json, sample: Json = None, extensible: bool = False) -> Choice:
    """One of *values*; the sample shows the first unless *sample* names another."""
    return Choice(values, sample, extensible)


def another(path: str, former: tuple[Json, ...], *values: Json) -> Cases:
    """One of *values*, but not that of the field *path*, which is one of *former*: it has changed."""
    kinds = {each: one_of(*(value for value in values if value != each)) for each in former if each in values}
    rest = kinds.pop(former[-1]) if len(kinds) == len(former) else one_of(*values)
    return Cases(path, kinds, rest)


def always(value: Json) -> Choice:
    """A choice whose only value is *value*."""
    return Choice((value,))


def timestamp(sample: str = "2018-02-02T22:25:27.521992Z", *, offset: float = 0.0) -> Timestamp:
    """A time in the style (fraction, zone) of the sample, *offset* seconds after the event."""
    return Timestamp(sample, TimeStyle.of(sample), offset)


def unix_time(sample: str, *, offset: float = 0.0) -> Timestamp:
    """A time in seconds since 1970, as a string, *offset* seconds after the event."""
    return Timestamp(sample, TimeStyle.UNIX, offset)


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
