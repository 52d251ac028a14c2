"""What strings a field may hold besides its sample, by their format.

Simplest first, since shrinking moves towards the front. A format without examples keeps the
sample. No NUL and no lone surrogate: what a receiver does with those is
advice, never part of valid. Knows nothing of Hypothesis.
"""

from __future__ import annotations

from dataclasses import dataclass

from telnyx_mock.schema.kinds import Text

__all__ = ["Free", "fitted", "free_text", "texts"]


@dataclass(frozen=True, slots=True)
class Free:
    """Stands for a text that Hypothesis is to make up, to be stretched to *length* if given."""

    length: int | None = None


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


def texts(kind: Text) -> tuple[str, ...]:
    """What a string of *kind* may be besides its sample; none where nothing is known of it.

    Free text is not among them: see :func:`free_text`.
    """
    return tuple(
        value
        for value in kind.format.examples(kind.sample)
        if value != kind.sample and kind.problem(value) is None
    )
