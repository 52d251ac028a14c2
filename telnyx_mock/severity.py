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


class Outcome(Enum):
    """How a check ended."""

    PASSED = "passed"
    FAILED = "failed"
    INCONCLUSIVE = "inconclusive"
    """Tried, but it could not be told."""
    SKIPPED = "skipped"
    """Not tried: nobody asked, or what it needs was not given. Changes no verdict."""
