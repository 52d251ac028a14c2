"""A call to Telnyx that came after the test that caused it, and so counts for no test."""

from __future__ import annotations

from dataclasses import dataclass

from telnyx_mock.fake_api.periods import Period


@dataclass(frozen=True, slots=True)
class LateCall:
    """*what* came late, after *period*. ``str()`` names both."""

    what: str
    period: Period

    def __str__(self) -> str:
        where = "in" if self.period.is_between else "of"
        return f"{self.what}, {where} {self.period.about}" if self.period.about else self.what
