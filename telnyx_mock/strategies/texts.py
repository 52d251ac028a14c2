"""What strings a field may hold besides its sample, by what they mean.

Simplest first, since shrinking moves towards the front. Every number is from a range kept for
fiction, every host is ``example.com`` or an address kept for documentation. A meaning that is
not listed keeps its sample. No NUL and no lone surrogate: what a receiver does with those is
advice, never part of valid. Knows nothing of Hypothesis.
"""

from __future__ import annotations

import base64
import json
import string
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from telnyx_mock.schema.kinds import Text

__all__ = ["Free", "fitted", "free_text", "texts"]


@dataclass(frozen=True, slots=True)
class Free:
    """Stands for a text that Hypothesis is to make up, to be stretched to *length* if given."""

    length: int | None = None


NUMBERS = (
    "+12125550100",
    "+14155550199",
    "+18005550123",
    "+442079460000",
    "+442079460958",
    "+61491570006",
    "+61491570156",
)
"""E.164 numbers of three lengths, for fiction: NANPA 555-01xx, Ofcom's and ACMA's drama numbers."""

_LENGTHS = (50, 51, 64, 65, 160, 161, 255, 256, 1600)
"""Around the sizes that columns and message segments tend to have."""

_WORDS = (
    "x",
    "",
    "👋",
    "👩‍👩‍👧‍👦 🇦🇺",
    "José Ñandú, Zoë",
    "cafe\u0301",  # the accent as a character of its own
    "שלום مرحبا",
    "你好世界",
    "İıßẞ",  # their length or letters change with their case
    'O\'Brien "Bob" \\ Söhne',
    "first line\nsecond line\r\n\tthird",
    "  <b>a+b=c&d=%20;e</b>  ",
    "\u202e{0} %s\u202c\u2028\ufeff\u200b",
    "null",
)
"""Fifteen with the sample in front: a word takes four bits."""

_AS_IT_IS = 16 - len(_LENGTHS)


def free_text(kind: Text, how: int, always_long: bool = False) -> str | Free:
    """What free text is for *how* (1 to 255): the low half tells the word, the high its length.

    So a long text shrinks to the word that it repeats, and a word that is not to blame to the
    sample, repeated.
    """
    length_code, word_code = divmod(how, 16)
    length = None if length_code < _AS_IT_IS else _LENGTHS[length_code - _AS_IT_IS]
    if always_long:
        length = _LENGTHS[-1]
    if word_code > len(_WORDS):
        return Free(length)
    word = _WORDS[word_code - 1] if word_code else kind.sample
    return fitted(kind, word, length)


def fitted(kind: Text, word: str, length: int | None) -> str:
    """*word*, repeated up to *length* if given, within what *kind* allows."""
    if length is not None:
        word = ((word or " ") * length)[:length]
    word = word[: kind.max_length]
    return word if kind.problem(word) is None else kind.sample


def _same_shape(sample: str) -> tuple[str, ...]:
    """Tokens are opaque to receivers, yet keep their form: digits stay digits, letters letters."""
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


def _sip_addresses(sample: str) -> tuple[str, ...]:
    return (
        "user@example.com",
        "sip:user@example.com",
        f"sip:{NUMBERS[0]}@sip.example.com;user=phone",
        "sip:alice.o'hara+work@sip.example.com:5061;transport=tls",
        "sips:user@[2001:db8::1]:5061",
        f"{NUMBERS[3]}@198.51.100.7:5060",
    )


def _parties(sample: str) -> tuple[str, ...]:
    return ("anonymous", "Anonymous", "sip:user@example.com", "user@sip.example.com", *NUMBERS)


def _senders(sample: str) -> tuple[str, ...]:
    return ("12345", "555123", "ACME", "Acme Ltd 24", *NUMBERS)


def _client_states(sample: str) -> tuple[str, ...]:
    states = (
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
    return tuple(base64.b64encode(state).decode("ascii") for state in states)


def _urls(sample: str) -> tuple[str, ...]:
    scheme = sample.partition("://")[0]
    rests = (
        "example.com",
        "example.com/",
        "example.com/a?b=1&c=%20#d",
        "www.example.com:8443/a+b/%C3%A9.wav",
        "xn--nxasmq6b.example.com/",
        f"example.com/{'x' * 2000}?X-Signature={'0' * 64}",
    )
    return ("", *(f"{scheme}://{rest}" for rest in rests))


_BY_MEANING: Mapping[str, Callable[[str], tuple[str, ...]]] = {
    "token": _same_shape,
    "phone number": lambda sample: NUMBERS,
    "party": _parties,
    "sender": _senders,
    "SIP URI": _sip_addresses,
    "base64": _client_states,
    "URL": _urls,
    "decimal": lambda sample: ("0", "0.0", "1", "0.00001", "12.50", "123456.789"),
    "digits": lambda sample: ("0", "1", "10", "65536", "2147483647"),
    "telephone keys": lambda sample: ("", "0", "#", "*", "12#", "0123456789*#ABCD", "1" * 64),
    "SIP status": lambda sample: ("unspecified", "200", "404", "480", "486", "487", "503", "603"),
    "MMYY": lambda sample: ("0130", "1299"),
}


def texts(kind: Text) -> tuple[str, ...]:
    """What a string of *kind* may be besides its sample; none where nothing is known of it.

    Free text is not among them: see :func:`free_text`.
    """
    known = _BY_MEANING.get(kind.meaning)
    if known is None:
        return ()
    return tuple(
        value
        for value in known(kind.sample)
        if value != kind.sample and kind.problem(value) is None
    )
