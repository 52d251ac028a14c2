"""What the user says of a known fault, and which findings it covers."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase

from telnyx_mock.contract.engine.finding import Finding
from telnyx_mock.contract.engine.result import Outcome, Result
from telnyx_mock.diagnosis.excerpt import crash_line
from telnyx_mock.diagnosis.observation import Answer
from telnyx_mock.errors import UsageError, unknown
from telnyx_mock.severity import Severity


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One known fault. It is set aside until the day *until*; on that day it counts again.

    *id* names the fault, *reason* says why it may stay, and *where* is where the user wrote this. The
    rest tells the fault apart from others: *rules* and *events* as patterns (all events if there
    are none), and with *answers*, also how the receiver answers, at which *crashes* it fails, and which
    *fields* it takes. No *severity* above this is covered.
    """

    id: str
    reason: str
    until: dt.date
    where: str
    severity: Severity = Severity.ERROR
    rules: tuple[str, ...] = ()
    events: tuple[str, ...] = ()
    answers: tuple[str, ...] = ()
    crashes: tuple[str, ...] = ()
    fields: tuple[str, ...] = ()

    def covers(self, finding: Finding) -> bool:
        """Return whether *finding* shows this fault and no other."""
        if finding.severity.rank < self.severity.rank:
            return False
        if not self.answers:
            return self._is_rule(finding.rule) and self._is_event(finding.event)
        if crash := crash_line(finding.traceback):
            return crash in self.crashes  # whichever rule met it
        if Answer.of(finding).value not in self.answers:
            return False
        if finding.fields:
            return set(finding.fields) <= set(self.fields)
        return self._is_rule(finding.rule) and self._is_event(finding.event)

    def misnamed(self, rules: Collection[str]) -> UsageError | None:
        """Return what is wrong with a name that none of *rules* has; None if each has one."""
        for pattern in self.rules or (self.id,):
            if not any(fnmatchcase(rule, pattern) for rule in rules):
                return unknown("rule", pattern, rules, where=f"for {self.where}")
        return None

    def _is_rule(self, rule: str) -> bool:
        return any(fnmatchcase(rule, pattern) for pattern in self.rules or (self.id,))

    def _is_event(self, event: str) -> bool:
        return not self.events or any(fnmatchcase(event, pattern) for pattern in self.events)

    def has_ended(self, today: dt.date) -> bool:
        """Return whether the fault counts again *today*."""
        return today >= self.until

    def was_sought(self, results: Sequence[Result]) -> bool:
        """Return whether *results* would show the fault if it were still there."""
        tried = [each for each in results if each.outcome in _JUDGED]
        rules = self.rules or (self.id,)
        return all(any(fnmatchcase(each.rule, rule) for each in tried) for rule in rules) and all(
            any(fnmatchcase(each.event, event) for each in tried) for event in self.events
        )

    @property
    def again(self) -> str:
        """Why the fault counts again, as a sentence."""
        return (
            f"The known fault {self.id} counts again since {self.until} ({self.reason}): mend it, or "
            f"set a later day in {self.where}."
        )

    @property
    def gone(self) -> str:
        """What to do about a fault that is not there any more, as a sentence."""
        return f"The known fault {self.id} is not there any more: remove it from {self.where}."


_JUDGED = (Outcome.PASSED, Outcome.FAILED, Outcome.KNOWN)
