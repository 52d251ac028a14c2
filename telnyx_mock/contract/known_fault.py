"""A known fault: findings that the user has set aside, why, and until which day."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from telnyx_mock.contract.engine.finding import Finding
from telnyx_mock.schema.json_values import Json


@dataclass(frozen=True, slots=True)
class KnownFault:
    """The *findings* of one run that a known fault explains. From the day *until* on, they count again.

    *id* names the kind of the fault or its rule, and *reason* says why the fault may stay until then.
    """

    id: str
    reason: str
    until: dt.date
    findings: tuple[Finding, ...]

    def __str__(self) -> str:
        return f"{self.id}, until {self.until}: {self.reason}"

    def to_json(self) -> dict[str, Json]:
        """The known fault as a row of the JSON report."""
        return {
            "id": self.id,
            "reason": self.reason,
            "until": self.until.isoformat(),
            "findings": [finding.to_json() for finding in self.findings],
        }

    @classmethod
    def from_json(cls, row: Mapping[str, Json]) -> KnownFault:
        """Return the known fault from a *row* of :meth:`to_json`."""
        findings = tuple(map(Finding.from_json, row["findings"]))
        return cls(row["id"], row["reason"], dt.date.fromisoformat(row["until"]), findings)
