"""Formats of text fields: the pattern of each, examples, and boundary values.

Every telephone number here is from a range reserved for fiction. Every host is ``example.com`` or
an address reserved for documentation. This module imports nothing of the package.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
import string
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

LONGEST_MESSAGE = 1600
"""The length, in characters, of the longest message that can be sent."""


@dataclass(frozen=True, slots=True)
class BoundaryValue:
    """A value at which receivers often fail: an empty text, zero, the longest text.

    *matches* tells whether a given value is at the same boundary as *example*.
    """

    name: str
    example: Any
    matches: Callable[[Any], bool]


def _no_examples(sample: str) -> tuple[str, ...]:
    return ()


@dataclass(frozen=True, slots=True, eq=False)
class TextFormat:
    """The format of the texts of a field.

    Error messages use *name*. Descriptions of a field use *remark*, or the name if there is no
    remark. An empty remark means that a description need not mention the format. *pattern* must
    match the whole text. *examples* takes the sample of a field and returns other texts of the
    format, the simplest first. With *is_free*, a person writes the text, so it can be any text that
    the pattern allows.
    """

    name: str
    remark: str | None = None
    pattern: str | None = None
    min_length: int = 0
    examples: Callable[[str], tuple[str, ...]] = _no_examples
    boundary_values: tuple[BoundaryValue, ...] = ()
    is_free: bool = False


def _fixed(*examples: str) -> Callable[[str], tuple[str, ...]]:
    """Return a function that gives the same examples for every sample."""
    return lambda sample: examples


def _same_shape(sample: str) -> tuple[str, ...]:
    """Return *sample* with other digits and letters, because receivers may rely on a token's form."""
    return tuple(
        sample.translate(
            {
                **dict.fromkeys(map(ord, string.digits), digit),
                **dict.fromkeys(map(ord, string.ascii_lowercase), letter),
                **dict.fromkeys(map(ord, string.ascii_uppercase), letter.upper()),
            }
        )
        for digit, letter in (("1", "a"), ("9", "f"))
    )


def _masked(sample: str) -> tuple[str, ...]:
    """Return *sample* with other digits, and with more and fewer masked characters."""
    others = (re.sub("[0-9]", digit, sample) for digit in "19")
    return (*others, sample[0] + sample, sample[1:])


def _urls(sample: str) -> tuple[str, ...]:
    """Return addresses with the scheme of *sample*."""
    scheme = sample.partition("://")[0]
    rests = (
        "example.com",
        "example.com/",
        "example.com/a?b=1&c=%20#d",
        "www.example.com:8443/a+b/%C3%A9.wav",
        "xn--nxasmq6b.example.com/",
        f"example.com/{'x' * 2000}?X-Signature={'0' * 64}",
    )
    return tuple(f"{scheme}://{rest}" for rest in rests)


def _decodes_to_no_text(value: str) -> bool:
    try:
        base64.b64decode(value, validate=True).decode()
    except UnicodeDecodeError:
        return True
    except binascii.Error:
        pass
    return False


_NUMBERS = (
    "+12125550100",
    "+14155550199",
    "+18005550123",
    "+442079460000",
    "+442079460958",
    "+61491570006",
    "+61491570156",
)
"""Numbers of three lengths, reserved for fiction by NANPA (555-01xx), Ofcom and ACMA."""

_CLIENT_STATES = (
    b"",
    b"{}",
    b"x",
    b"state",
    b"null",
    b"[1]",
    json.dumps({"step": 2, "name": "Zoë 👋"}, ensure_ascii=False).encode(),
    b"\xfb\xef\xbe\xff",  # "++++/w==": both characters that the URL-safe alphabet replaces
    b"\x80\xff",  # no UTF-8
    b"x" * 3000,
)

_EMPTY = BoundaryValue("empty", "", lambda value: value == "")
_NOT_ASCII = BoundaryValue("outside ASCII", "👋", lambda value: not value.isascii())
_ZERO = BoundaryValue("zero", "0", lambda value: float(value) == 0)

FREE_TEXT = TextFormat("text", "", boundary_values=(_EMPTY, _NOT_ASCII), is_free=True)
"""Any characters, or none."""

LINE = TextFormat(
    "text on one line",
    "",
    pattern=r"[^\x00-\x1f\x7f]*",
    boundary_values=(_EMPTY, _NOT_ASCII),
    is_free=True,
)
"""Any characters but control characters, or none: a name or value from a SIP header."""

_LONG_WORDS = "This could not be done, and the reason is long. " * 6

WORDS = TextFormat(
    "words",
    "",
    min_length=1,
    examples=_fixed(
        "No",
        'It isn\'t "available" (code 5), so try <again> later; 100% of a+b & c=d failed\\.',
        _LONG_WORDS,
    ),
    boundary_values=(BoundaryValue("long", _LONG_WORDS, lambda value: len(value) > 255),),
)
"""What Telnyx or its partners say in English: a description, the detail of an error."""

NAME = TextFormat(
    "name",
    "",
    examples=_fixed("", "AT&T", "Orange", "Telefónica Móviles", 'O\'Neill "Mobile", Inc.'),
    boundary_values=(_EMPTY, BoundaryValue("outside ASCII", "Telefónica", _NOT_ASCII.matches)),
)
"""The name of a company."""

MIME_TYPE = TextFormat(
    "MIME type",
    pattern=r"[!-.0-~]+/[!-.0-~]+(?:; ?[ -~]+)?",
    examples=_fixed("image/png", "video/3gpp", "audio/amr", "text/x-vcard", "application/pdf"),
)
"""The type of a file."""

CODECS = TextFormat(
    "codecs", "", min_length=1, examples=_fixed("PCMU", "G722,PCMU,PCMA,OPUS,AMR-WB")
)
"""Names of codecs, joined by commas."""

RESOLUTION = TextFormat(
    "resolution", "", pattern="[0-9]+x[0-9]+", examples=_fixed("640x480", "1920x1080")
)
"""Width and height in pixels."""

TOKEN = TextFormat("token", "", min_length=1, examples=_same_shape)
"""A machine-readable word whose values no source lists: a codec, a country code."""

PHONE_NUMBER = TextFormat("phone number", pattern=r"\+[1-9][0-9]{4,14}", examples=_fixed(*_NUMBERS))
"""A telephone number in E.164 form."""

_A_SIP_ADDRESS = BoundaryValue("a SIP address", "sip:user@example.com", lambda value: "@" in value)
_SIP_ADDRESSES = ("sip:user@example.com", "user@sip.example.com")

PARTY = TextFormat(
    "party",
    "number or SIP address",
    min_length=1,
    examples=_fixed("anonymous", "Anonymous", *_SIP_ADDRESSES, *_NUMBERS),
    boundary_values=(
        BoundaryValue("anonymous", "anonymous", lambda value: value.lower() == "anonymous"),
        _A_SIP_ADDRESS,
    ),
)
"""The calling side of a call: an E.164 number, a SIP address, or ``anonymous``."""

CALLED = TextFormat(
    "party",
    "number or SIP address",
    min_length=1,
    examples=_fixed(*_SIP_ADDRESSES, *_NUMBERS),
    boundary_values=(_A_SIP_ADDRESS,),
)
"""The called side of a call: an E.164 number or a SIP address."""

SENDER = TextFormat(
    "sender",
    "number, short code or name",
    min_length=1,
    examples=_fixed("12345", "555123", "ACME", "Acme Ltd 24", *_NUMBERS),
    boundary_values=(
        BoundaryValue("a short code", "12345", lambda value: value.isdecimal() and len(value) < 9),
        BoundaryValue("a name", "ACME", lambda value: any(map(str.isalpha, value))),
    ),
)
"""One side of a message: an E.164 number, a short code, or an alphanumeric sender id."""

SIP_URI = TextFormat(
    "SIP URI",
    min_length=1,
    examples=_fixed(
        "user@example.com",
        "sip:user@example.com",
        f"sip:{_NUMBERS[0]}@sip.example.com;user=phone",
        "sip:alice.o'hara+work@sip.example.com:5061;transport=tls",
        "sips:user@[2001:db8::1]:5061",
        f"{_NUMBERS[3]}@198.51.100.7:5060",
    ),
)
"""A SIP address; voice webhooks write it without the ``sip:`` scheme."""

PARTIES = (PHONE_NUMBER, PARTY, CALLED, SENDER, SIP_URI)
"""The formats that name one side of a call or message."""

BASE64 = TextFormat(
    "base64",
    pattern=r"(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?",
    examples=_fixed(*(base64.b64encode(state).decode("ascii") for state in _CLIENT_STATES)),
    boundary_values=(
        _EMPTY,
        BoundaryValue("of bytes that are not text", "gP8=", _decodes_to_no_text),
    ),
)
"""Standard base64 of any bytes."""

URL = TextFormat("URL", min_length=1, examples=_urls)
"""An absolute address."""

DECIMAL = TextFormat(
    "decimal",
    pattern=r"-?[0-9]+(?:\.[0-9]+)?",
    examples=_fixed("0", "0.0", "1", "0.00001", "12.50", "123456.789"),
    boundary_values=(_ZERO,),
)
"""A decimal number."""

DIGEST = TextFormat("SHA-256 digest", pattern=r"[0-9a-f]{64}", examples=_same_shape)
"""A SHA-256 digest in hexadecimal digits."""

DIGITS = TextFormat(
    "digits",
    pattern=r"[0-9]+",
    examples=_fixed("0", "1", "10", "65536", "2147483647"),
    boundary_values=(_ZERO,),
)
"""A whole number that is not negative."""

TELEPHONE_KEYS = TextFormat(
    "telephone keys",
    pattern=r"[0-9A-Da-d*#]*",
    examples=_fixed("", "0", "#", "*", "12#", "0123456789*#ABCD", "1" * 64),
    boundary_values=(
        _EMPTY,
        BoundaryValue(
            "without a digit", "#", lambda value: bool(re.fullmatch("[A-Da-d*#]+", value))
        ),
    ),
)
"""The telephone keys that were pressed, if any: digits, ``*``, ``#``, A to D."""

PRESSED_KEYS = TextFormat(
    "telephone keys",
    pattern=r"[0-9A-Da-d*#]+",
    examples=_fixed("0", "#", "*", "12#", "0123456789*#ABCD", "1" * 64),
    boundary_values=TELEPHONE_KEYS.boundary_values[1:],
)
"""Keys that were pressed on a telephone, at least one."""

TELEPHONE_KEY = TextFormat("key", pattern="[0-9*#]")
"""One telephone key that was pressed."""

SIP_STATUS = TextFormat(
    "SIP status",
    pattern=r"[1-6][0-9]{2}|unspecified",
    examples=_fixed("unspecified", "200", "404", "480", "486", "487", "503", "603"),
    boundary_values=(BoundaryValue("unspecified", "unspecified", str.isalpha),),
)
"""A SIP response code, or ``unspecified`` if the code is unknown."""

FAILED_SIP_STATUS = TextFormat(
    "SIP status",
    pattern=r"[3-6][0-9]{2}|unspecified",
    examples=_fixed("unspecified", "404", "480", "486", "487", "503", "603"),
    boundary_values=SIP_STATUS.boundary_values,
)
"""The SIP response code of a call that nobody answered."""

MASKED = TextFormat("masked number", pattern=r"[x*]+[0-9]*", examples=_masked)
"""A number of a card or account, of which the last digits are shown at most."""

MASKED_CODE = TextFormat("masked code", pattern="[x*]{3,4}", examples=_fixed("xxxx", "***", "****"))
"""The security code of a card, masked altogether."""

POSTAL_CODE = TextFormat(
    "postal code", pattern="[0-9]{3,10}", examples=_fixed("00501", "1010", "100181234")
)
"""A postal code that was entered with the keys of a telephone."""

ROUTING_NUMBER = TextFormat(
    "routing number", pattern="[0-9]{9}", examples=_fixed("011000015", "021000021")
)
"""The number of a bank of the United States."""

MONTH_AND_YEAR = TextFormat("MMYY", pattern="[0-9]{4}", examples=_fixed("0130", "1299"))
"""The month and year in which a card expires, two digits each."""
