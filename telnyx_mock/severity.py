"""How much a broken rule matters. This module imports nothing of the package."""

from __future__ import annotations

from enum import Enum

__all__ = ["Severity"]


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
