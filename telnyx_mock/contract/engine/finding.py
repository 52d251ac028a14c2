"""What a check found: a broken rule, with the smallest delivery that shows it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from telnyx_mock.errors import ReceiverFailure
from telnyx_mock.schema.json_values import Json
from telnyx_mock.severity import Outcome, Severity

__all__ = ["Finding", "FindingFailure", "Result"]

READABLE = 400
"""Characters of a command beyond which another one is preferred."""


@dataclass(frozen=True, slots=True)
class Finding:
    """A broken rule.

    *message* says what the receiver did wrong in one sentence; *expected* and *observed* are its
    two halves. *why* is the rule, *source* the provider's page that has it, *fix* what to change.
    *fields* are the fields that make the difference; *sent* is how the webhook differs from the
    documented sample. Three commands show it again, and each is empty where it would not: *repeat*
    sends the like, *replay* the same delivery from the journal, *curl* the same bytes.
    *answer* is how the body begins that came back, *delivery* what the journal calls the delivery.
    """

    check: str
    severity: Severity
    event: str
    message: str
    expected: str
    observed: str
    why: str
    source: str
    fix: str
    curl: str
    repeat: str = ""
    replay: str = ""
    sent: str = ""
    fields: tuple[str, ...] = ()
    traceback: str = ""
    answer: str = ""
    delivery: str = ""

    def to_json(self) -> dict[str, Json]:
        """The finding as a row of the JSON report."""
        return {
            "check": self.check,
            "severity": self.severity.value,
            "event": self.event,
            "message": self.message,
            "expected": self.expected,
            "observed": self.observed,
            "why": self.why,
            "source": self.source,
            "fix": self.fix,
            "curl": self.curl,
            "repeat": self.repeat,
            "replay": self.replay,
            "sent": self.sent,
            "sites": list(self.fields),
            "traceback": self.traceback,
            "answer": self.answer,
            "delivery": self.delivery,
        }

    @classmethod
    def from_json(cls, row: Mapping[str, Json]) -> Finding:
        """The finding that a row of the JSON report holds."""
        values = {name: value for name, value in row.items() if name != "sites"}
        fields = tuple(row["sites"])
        return cls(**{**values, "severity": Severity(row["severity"]), "fields": fields})

    @property
    def again(self) -> str:
        """The plainest of the commands that show it again; empty where there is none.

        One that nobody would read, for it holds a long text, goes after the shorter one.
        """
        if len(self.repeat) > READABLE and self.replay:
            return self.replay
        return self.repeat or self.replay or self.curl

    def __str__(self) -> str:
        lines = [
            self.message,
            f"  expected  {self.expected}",
            f"  observed  {self.observed}",
            *([f"  sent      {self.sent}"] if self.sent else []),
            f"  why       {self.why}",
            f"  fix       {self.fix}",
            f"  source    {self.source}",
            *([f"  repeat    {self.again}"] if self.again else []),
        ]
        return "\n".join(lines)


class FindingFailure(ReceiverFailure):
    """A failed check: an assertion that carries its findings."""

    def __init__(self, findings: tuple[Finding, ...]) -> None:
        super().__init__("\n\n".join(str(finding) for finding in findings))
        self.findings = findings


@dataclass(frozen=True, slots=True)
class Result:
    """How one check ended for one event; *note* says why where it did not simply pass.

    It *started* so many seconds after the epoch and took so many *seconds*; *latencies* are those
    of its deliveries, in milliseconds, in the order they were made. *apart* is how many went to
    receivers that were made for it: their times say nothing of the one that is judged.
    """

    check: str
    severity: Severity
    event: str
    outcome: Outcome
    findings: tuple[Finding, ...] = ()
    note: str = ""
    latencies: tuple[float, ...] = ()
    started: float = 0.0
    seconds: float = 0.0
    apart: int = 0

    @property
    def deliveries(self) -> int:
        """How many deliveries the check made."""
        return len(self.latencies) + self.apart

    def to_json(self) -> dict[str, Json]:
        """The result as JSON, findings included."""
        return {
            "id": self.check,
            "severity": self.severity.value,
            "event": self.event,
            "outcome": self.outcome.value,
            "note": self.note,
            "latencies": list(self.latencies),
            "started": self.started,
            "seconds": self.seconds,
            "apart": self.apart,
            "findings": [finding.to_json() for finding in self.findings],
        }

    @classmethod
    def from_json(cls, row: Mapping[str, Json]) -> Result:
        """The result that :meth:`to_json` made *row* of."""
        return cls(
            row["id"],
            Severity(row["severity"]),
            row["event"],
            Outcome(row["outcome"]),
            tuple(Finding.from_json(finding) for finding in row["findings"]),
            row["note"],
            tuple(row["latencies"]),
            row["started"],
            row["seconds"],
            row.get("apart", 0),  # which rows of older runs do not have
        )
