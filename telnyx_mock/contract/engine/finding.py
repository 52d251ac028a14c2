"""A finding: one observation that breaks a rule, with the smallest delivery that shows it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum

from telnyx_mock.errors import ReceiverFailure
from telnyx_mock.schema.json_values import Json
from telnyx_mock.severity import Severity

READABLE = 400
"""The longest command that is readable, in characters; longer ones are a last resort."""


class Cause(Enum):
    """What a finding means for the whole run, if it means more than a broken rule."""

    DROPPED = "dropped"
    """The receiver acknowledged a forgery without any effect: it verifies after it answers."""

    NEEDS_BEGINNING = "needs-beginning"
    """The receiver accepts a genuine webhook only after earlier events of its call or message."""

    KNOWN_CALL = "known-call"
    """The receiver accepts a genuine webhook alone, and not after what comes before it in its call."""

    SECOND_EFFECT = "second-effect"
    """A duplicate had a second effect."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One observation that breaks a rule.

    *message* says in one sentence what the receiver did wrong. *expected* and *observed* say what
    it should have answered, and what it answered. *why* is the reason of the rule, *source* is the
    provider's page for this reason, and *fix* says what to change. The *fields* differ from the
    documented sample: *decided* holds what was chosen, and *implied* what follows from that choice. Three
    commands reproduce the finding: *reproduce* sends a request with the same content, *replay*
    sends the same delivery from the journal, and *curl* sends the same bytes. A command that would
    not reproduce the finding is empty. *status* is the status of the answer, or None if no answer
    came; *answer* is the beginning of its body. *who* says who can make Telnyx send the values that the
    failure takes; it is empty if Telnyx itself decides them. *delivery* is the id of the delivery in the
    journal. *story* is the transcript of the simulated call that shows the finding, line by line.
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
    who: str = ""
    story: tuple[str, ...] = ()

    @property
    def sent(self) -> str:
        """How the webhook differs from the documented sample; empty if it does not differ."""
        implied = f"; so {', '.join(self.implied)}" if self.implied else ""
        return ", ".join(self.decided) + implied

    @property
    def command(self) -> str:
        """The most readable command that reproduces the finding; empty if no command does."""
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
            "who": self.who,
            "story": list(self.story),
        }

    @classmethod
    def from_json(cls, row: Mapping[str, Json]) -> Finding:
        """Return the finding from a *row* that :meth:`to_json` returned."""
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
                "story": tuple(row.get("story", ())),
                "cause": Cause(row["cause"]) if row.get("cause") else None,
            }
        )

    def __str__(self) -> str:
        lines = [
            self.message,
            f"  expected  {self.expected}",
            f"  observed  {self.observed}",
            *(f"  {line}" for line in self.story),
            *([f"  sent      {self.sent}"] if self.sent else []),
            *([f"  who       {self.who}"] if self.who else []),
            f"  why       {self.why}",
            f"  fix       {self.fix}",
            *([f"  source    {self.source}"] if self.source else []),
            *([f"  reproduce {self.command}"] if self.command else []),
        ]
        return "\n".join(lines)


_OTHER_NAMES = frozenset({"check", "repeat", "sent", "sites"})
"""Members of a row in the JSON report that have other names here, or follow from other members."""


class FindingFailure(ReceiverFailure):
    """A failed check: an assertion that carries its findings. *notes* come before them in its text."""

    def __init__(self, findings: tuple[Finding, ...], notes: tuple[str, ...] = ()) -> None:
        super().__init__("\n\n".join((*notes, *map(str, findings))))
        self.findings = findings
