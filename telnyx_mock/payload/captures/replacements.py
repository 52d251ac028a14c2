"""Replacements for personal data: masked characters, and telephone numbers reserved for fiction."""

from __future__ import annotations

import re
import unicodedata

_AREAS = ("312", "213", "404", "503", "617", "702", "808", "919")


def fictional(digits: str, count: int) -> str:
    """Return fictional number *count*, if possible in the same country as *digits*."""
    if digits.startswith("44"):
        return f"442079460{count % 1000:03}"
    if digits.startswith("61"):
        return f"61491570{count % 1000:03}"
    return f"1{_AREAS[count // 100 % len(_AREAS)]}55501{count % 100:02}"


def digits_in(value: str) -> int:
    """Return the number of digits in *value*."""
    return len(re.findall("[0-9]", value))


_DIGITS = {1: "0", 2: "\u0660", 3: "\uff10", 4: "\U0001d7ce"}
"""Maps a length in UTF-8, in bytes, to a digit zero of that length."""


def _masked(character: str) -> str:
    """Return a fixed character of the same category with the same number of bytes in UTF-8."""
    if character.isnumeric():
        return _DIGITS[len(character.encode())]
    if not character.isalpha():
        return character
    if character.isascii():
        return "X" if character.isupper() else "x"
    is_latin = unicodedata.name(character, "").startswith("LATIN")
    return "\u00e9" if is_latin else "\u4e2d" if len(character.encode()) == 3 else "\u044f"


def masked(text: str) -> str:
    """Replace each letter and digit of *text* by another with the same number of bytes in UTF-8."""
    return "".join(map(_masked, text))
