"""Puts amounts into words: numbers with their nouns, durations, and as much of a long text as fits."""

from __future__ import annotations

import re
from collections.abc import Sequence

from telnyx_mock.severity import Severity

NOUNS = {
    Severity.ERROR: ("error", "errors"),
    Severity.WARNING: ("warning", "warnings"),
    Severity.ADVICE: ("piece of advice", "pieces of advice"),
}
"""The noun for one fault and for several, by severity. The worst severity comes first."""

_SENTENCE = re.compile(r"(?<=[.!?]) (?=[A-Z])")
"""The space between two sentences."""

NAMED = 5
"""The largest number of names that a list shows."""


def count(number: int, one: str, many: str = "") -> str:
    """Return *number* with its noun. The plural is *many*, or else the noun with an *s*."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def duration(milliseconds: float) -> str:
    """Return *milliseconds* in the unit that is easiest to read."""
    if milliseconds >= 60_000:
        minutes, seconds = divmod(round(milliseconds / 1000), 60)
        return f"{minutes} min {seconds} s"
    if milliseconds >= 1000:
        return f"{milliseconds / 1000:.3g} s"
    return f"{milliseconds:.3g} ms"


def first_of(names: Sequence[str], limit: int = NAMED) -> str:
    """Return the first *limit* of *names*, and the number of the other names."""
    more = f" and {len(names) - limit} more" if len(names) > limit else ""
    return ", ".join(names[:limit]) + more


def first_sentence(text: str) -> str:
    """Return the first sentence of *text*."""
    return _SENTENCE.split(text, maxsplit=1)[0]
