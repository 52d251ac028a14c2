"""How much a broken rule matters, and how a check can end. This module imports nothing."""

from __future__ import annotations

from enum import Enum

__all__ = ["Outcome", "Severity"]


class Severity(Enum):
    """How much a broken rule matters.

    It follows from who can send such a request. *Error*: anyone can (no key needed), or Telnyx
    does. *Warning*: the sources leave open what is right. *Advice*: only the holder of the key
    could send it.
    """

    ERROR = "error"
    WARNING = "warning"
    ADVICE = "advice"

    @property
    def rank(self) -> int:
        """The place in order of importance: 0 for an error."""
        return list(Severity).index(self)


class Outcome(Enum):
    """How a check ended."""

    PASSED = "passed"
    FAILED = "failed"
    INCONCLUSIVE = "inconclusive"
    """Tried, without a decision."""
    SKIPPED = "skipped"
    """Not tried: it was not asked for, or something it needs was not given. Changes no verdict."""
