"""A finding: one observation that breaks a rule, with the smallest delivery that shows it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum

from telnyx_mock.errors import ReceiverFailure
from telnyx_mock.schema.json_values import Json
from telnyx_mock.severity import Severity

__all__ = ["Cause", "Finding", "FindingFailure"]

READABLE = 400
"""Characters of a command; a longer one is shown only where there is no shorter one."""


class Cause(Enum):
    """What a finding means for the run as a whole, where that is more than its rule."""

    DROPPED = "dropped"
    """The receiver acknowledged a forgery without any effect: it verifies after it answers."""

    SECOND_EFFECT = "second-effect"
    """A duplicate had a second effect."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One observation that breaks a rule.

    *message* says in one sentence what the receiver did wrong; *expected* and *observed* are its
    two halves. *why* is the reason of the rule, *source* the provider's page that has it, *fix* what
    to change. *fields* make the difference to the documented sample: *decided* says how, *implied*
    what follows from that. Three commands reproduce it; a command that would not is empty:
    *reproduce* sends the like, *replay* the same delivery from the journal, *curl* the same bytes.
    *status* is that of the answer, None where there was none; *answer* is how its body begins.
    *delivery* is the id of the delivery in the journal.
    """

    rule: str
    severity: Severity
    event: str
    message: str
    expected: str
    observed: str
    why: str
    source: str
    fix: str
    curl: str = ""
    reproduce: str = ""
    replay: str = ""
    decided: tuple[str, ...] = ()
    implied: tuple[str, ...] = ()
    fields: tuple[str, ...] = ()
    traceback: str = ""
    answer: str = ""
    delivery: str = ""
    status: int | None = None
    cause: Cause | None = None

    @property
    def sent(self) -> str:
        """How the webhook differs from the documented sample; empty where it does not."""
        implied = f"; so {', '.join(self.implied)}" if self.implied else ""
        return ", ".join(self.decided) + implied

    @property
    def command(self) -> str:
        """The most readable command that reproduces the finding; empty where there is none."""
        if len(self.reproduce) > READABLE and self.replay:
            return self.replay
        return self.reproduce or self.replay or self.curl

    def to_json(self) -> dict[str, Json]:
        """The finding as a row of the JSON report."""
        return {
            "check": self.rule,
            "severity": self.severity.value,
            "event": self.event,
            "message": self.message,
            "expected": self.expected,
            "observed": self.observed,
            "why": self.why,
            "source": self.source,
            "fix": self.fix,
            "curl": self.curl,
            "repeat": self.reproduce,
            "replay": self.replay,
            "sent": self.sent,
            "decided": list(self.decided),
            "implied": list(self.implied),
            "sites": list(self.fields),
            "traceback": self.traceback,
            "answer": self.answer,
            "delivery": self.delivery,
            "status": self.status,
            "cause": None if self.cause is None else self.cause.value,
        }

    @classmethod
    def from_json(cls, row: Mapping[str, Json]) -> Finding:
        """The finding that :meth:`to_json` made *row* of."""
        values = {name: value for name, value in row.items() if name not in _OTHER_NAMES}
        return cls(
            **{
                **values,
                "rule": row["check"],
                "reproduce": row["repeat"],
                "severity": Severity(row["severity"]),
                "fields": tuple(row["sites"]),
                "decided": tuple(row.get("decided", ())),
                "implied": tuple(row.get("implied", ())),
                "cause": Cause(row["cause"]) if row.get("cause") else None,
            }
        )

    def __str__(self) -> str:
        lines = [
            self.message,
            f"  expected  {self.expected}",
            f"  observed  {self.observed}",
            *([f"  sent      {self.sent}"] if self.sent else []),
            f"  why       {self.why}",
            f"  fix       {self.fix}",
            f"  source    {self.source}",
            *([f"  reproduce {self.command}"] if self.command else []),
        ]
        return "\n".join(lines)


_OTHER_NAMES = frozenset({"check", "repeat", "sent", "sites"})
"""Members of a row in the JSON report that are called otherwise here, or derived."""


class FindingFailure(ReceiverFailure):
    """A failed check: an assertion that carries its findings."""

    def __init__(self, findings: tuple[Finding, ...]) -> None:
        super().__init__("\n\n".join(str(finding) for finding in findings))
        self.findings = findings
