"""Finds what a person could write so that a receiver acts: its keywords, and what fits its patterns."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator

MOST_KEYWORDS = 12
MOST_PATTERNS = 3
_LONGEST = 20
"""The most characters of a keyword: what is longer is an address, or prose."""

_KEYWORD = re.compile(r"\w[\w'-]*(?: [\w'-]+)?")
_IS_PATTERN = re.compile(r"\\[bdsw]|\[[^]]+\]")


def keywords(texts: Collection[str], others: Iterable[str]) -> Iterator[str]:
    """Yield a few texts that code with these *texts* may look for.

    *others* are words that the code uses for something else, such as the names of members. The first text
    has all keywords, because many apps look for a word anywhere in a text.
    """
    known = {each.lower() for each in others}
    words = [
        each
        for each in sorted(set(texts), key=lambda text: (not text.isupper(), len(text), text))
        if len(each) <= _LONGEST and _KEYWORD.fullmatch(each) and each.lower() not in known
    ]
    patterns = sorted(each for each in texts if _IS_PATTERN.search(each))[:MOST_PATTERNS]
    fitting = [text for pattern in patterns if (text := _fitting(pattern)) is not None]
    if words or fitting:
        yield " ".join([*words[:MOST_KEYWORDS], *fitting])
    yield from fitting
    yield from words[:MOST_KEYWORDS]


def _fitting(pattern: str) -> str | None:
    from telnyx_mock.strategies.fitting_text import fitting_text  # which loads Hypothesis

    return fitting_text(pattern)
