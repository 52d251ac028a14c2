"""How much a broken rule matters. This module imports nothing of the package."""

from __future__ import annotations

from enum import Enum


class Severity(Enum):
    """How much a broken rule matters.

    The severity depends on who can send the request that the receiver handles wrongly. *Error*:
    anyone can send it without a key, or Telnyx sends it. *Warning*: the sources do not say which
    answer is right. *Advice*: only the holder of the private key could send it.
    """

    ERROR = "error"
    WARNING = "warning"
    ADVICE = "advice"

    @property
    def rank(self) -> int:
        """The position in order of importance. An error has 0."""
        return list(Severity).index(self)


def failing(*, strict: bool) -> frozenset[Severity]:
    """Return the severities that fail a run: errors, and warnings if it is *strict*."""
    return frozenset([Severity.ERROR, *([Severity.WARNING] if strict else [])])
