"""Texts that a mutation can put into a field: words at which receivers fail, and text lengths.

The simplest come first, because shrinking moves towards the front. No text contains NUL or half of
a surrogate pair: :mod:`telnyx_mock.attacks.malformed` sends those.
"""

from __future__ import annotations

from dataclasses import dataclass

from telnyx_mock.schema.kinds import Text
from telnyx_mock.schema.text_formats import LONGEST_MESSAGE


@dataclass(frozen=True, slots=True)
class RandomText:
    """Requests a text from Hypothesis; if *length* is given, the text is repeated to fill it."""

    length: int | None = None


_LENGTHS = (50, 51, 64, 65, 160, 161, 255, 256, LONGEST_MESSAGE)
"""Lengths close to the sizes of database columns and message segments."""

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
"""The sample, these 14 words and random text: 16 choices, so four bits choose one."""

_CODES_OF_NO_LENGTH = 16 - len(_LENGTHS)


def free_text(kind: Text, byte: int, always_long: bool = False) -> str | RandomText:
    """Return the free text for *byte*: the low half chooses the word, the high half the length.

    So a long text shrinks to a repeated word, and a word that does not matter shrinks to the
    sample, repeated.
    """
    length_code, word_code = divmod(byte, 16)
    length = None
    if always_long:
        length = LONGEST_MESSAGE
    elif length_code >= _CODES_OF_NO_LENGTH:
        length = _LENGTHS[length_code - _CODES_OF_NO_LENGTH]
    if word_code > len(_WORDS):
        return RandomText(length)
    word = _WORDS[word_code - 1] if word_code else kind.sample
    return fitted(kind, word, length)


def fitted(kind: Text, word: str, length: int | None) -> str:
    """Return *word*, repeated up to *length* (if given), and cut to what *kind* allows."""
    if length is not None:
        word = ((word or " ") * length)[:length]
    word = word[: kind.max_length]
    return word if kind.problem(word) is None else kind.sample


def formatted_texts(kind: Text) -> tuple[str, ...]:
    """Return the texts of a format besides the sample; an empty tuple for free text."""
    return tuple(
        value
        for value in kind.format.examples(kind.sample)
        if value != kind.sample and kind.problem(value) is None
    )
