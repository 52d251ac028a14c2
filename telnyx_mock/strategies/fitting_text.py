"""Finds the simplest text that fits a regular expression."""

from __future__ import annotations

import re
import warnings

from hypothesis import HealthCheck, Phase, find, settings
from hypothesis.errors import HypothesisException
from hypothesis.strategies import characters, from_regex


def fitting_text(pattern: str) -> str | None:
    """Return the simplest text in printable ASCII that fits *pattern* as a whole; None if none is found."""
    printable = characters(min_codepoint=32, max_codepoint=126)
    calm = settings(
        database=None,
        deadline=None,
        derandomize=True,
        max_examples=20,
        phases=(Phase.generate, Phase.shrink),
        suppress_health_check=list(HealthCheck),
    )
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about a text that only looks like a pattern
            strategy = from_regex(pattern, fullmatch=True, alphabet=printable)
            return find(strategy, lambda text: True, settings=calm)
    except (re.error, HypothesisException):
        return None
