"""How one check ended: its outcome, what it found, and what it sent."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum

from telnyx_mock.contract.engine.finding import Finding
from telnyx_mock.contract.engine.reason import Reason, Why
from telnyx_mock.hidden import json_without_secrets
from telnyx_mock.reading.read import EventReads
from telnyx_mock.schema.json_values import Json
from telnyx_mock.severity import Severity


class Outcome(Enum):
    """How a check ended."""

    PASSED = "passed"
    FAILED = "failed"
    INCONCLUSIVE = "inconclusive"
    """The check was tried, but did not decide anything."""
    KNOWN = "known"
    """The check failed, but only by known faults, which the user has set aside."""
    SKIPPED = "skipped"
    """Not asked for, or something that the check needs was not given. Changes no verdict."""


@dataclass(frozen=True, slots=True)
class Result:
    """How one check ended. *rule* was tried for *event*; a check of the whole run has no event.

    *severity* is the rule's. *reason* says why the check was skipped or is inconclusive. The check
    *started* at a Unix time and took *seconds*. *latencies* has the milliseconds of each delivery
    to the receiver, in order. *other_deliveries* counts the deliveries to receivers that were made
    for the check, and those that record what the app reads. *reads* is what the check recorded.
    """

    rule: str
    severity: Severity
    event: str
    outcome: Outcome
    findings: tuple[Finding, ...] = ()
    reason: Reason | None = None
    latencies: tuple[float, ...] = ()
    started: float = 0.0
    seconds: float = 0.0
    other_deliveries: int = 0
    reads: tuple[EventReads, ...] = ()

    @property
    def deliveries(self) -> int:
        """How many deliveries the check made."""
        return len(self.latencies) + self.other_deliveries

    @property
    def why(self) -> Why | None:
        """The code of the reason; None if there is no reason."""
        return None if self.reason is None else self.reason.why

    @property
    def note(self) -> str:
        """The reason as a sentence; empty if there is no reason."""
        return "" if self.reason is None else str(self.reason)

    def to_json(self) -> dict[str, Json]:
        """The result as JSON, with its findings, without secrets."""
        row: dict[str, Json] = {
            "id": self.rule,
            "severity": self.severity.value,
            "event": self.event,
            "outcome": self.outcome.value,
            "note": self.note,
            "reason": None if self.reason is None else self.reason.to_json(),
            "latencies": list(self.latencies),
            "started": self.started,
            "seconds": self.seconds,
            "other_deliveries": self.other_deliveries,
            "reads": [each.to_json() for each in self.reads],
            "findings": [finding.to_json() for finding in self.findings],
        }
        shown: dict[str, Json] = json_without_secrets(row)
        return shown

    @classmethod
    def from_json(cls, row: Mapping[str, Json]) -> Result:
        """Return the result from a *row* of :meth:`to_json`. Older rows lack some members."""
        return cls(
            row["id"],
            Severity(row["severity"]),
            row["event"],
            Outcome(row["outcome"]),
            tuple(Finding.from_json(finding) for finding in row["findings"]),
            Reason.from_json(row["reason"]) if row.get("reason") else None,
            tuple(row["latencies"]),
            row["started"],
            row["seconds"],
            row.get("other_deliveries", 0),
            tuple(map(EventReads.from_json, row.get("reads", ()))),
        )
