"""A fault of the receiver: its kind, and the findings that it explains."""

from __future__ import annotations

from dataclasses import dataclass

from telnyx_mock.contract.engine.finding import Finding
from telnyx_mock.diagnosis.kind import FaultKind
from telnyx_mock.diagnosis.observation import failed_where
from telnyx_mock.severity import Severity


@dataclass(frozen=True, slots=True)
class Fault:
    """A defect of the receiver: its *kind*, and the *findings* that show it, the worst first."""

    kind: FaultKind
    findings: tuple[Finding, ...]

    @property
    def finding(self) -> Finding:
        """The worst finding of this fault."""
        return self.findings[0]

    @property
    def severity(self) -> Severity:
        """The severity of the worst finding."""
        return self.finding.severity

    @property
    def title(self) -> str:
        """What is wrong, in one sentence."""
        return self.kind.title if self.kind.single else self.finding.message

    @property
    def places(self) -> tuple[str, ...]:
        """Where in the app exceptions show the fault: ``path:line``, that of the worst finding first."""
        crashes = (failed_where(finding) for finding in self.findings)
        return tuple(dict.fromkeys(where[-1].rpartition(" at ")[2] for where in crashes if where))

    @property
    def harm(self) -> str:
        """What can happen, and who can make it happen unless that follows."""
        return " ".join(filter(None, (self.kind.harm, self.finding.who)))

    @property
    def who(self) -> str:
        """Who can make it happen."""
        return self.finding.who or self.kind.who.value

    @property
    def fix(self) -> str:
        """What to change."""
        return self.kind.fix or self.finding.fix

    @property
    def events(self) -> tuple[str, ...]:
        """The events that show the fault; the event of the worst finding is first."""
        return tuple(dict.fromkeys(finding.event for finding in self.findings if finding.event))

    @property
    def rules(self) -> tuple[str, ...]:
        """The rules that the fault breaks; the rule of the worst finding is first."""
        return tuple(dict.fromkeys(finding.rule for finding in self.findings))

    @property
    def other_changes(self) -> tuple[str, ...]:
        """The changes of the sample that show the fault, except for that of the worst finding."""
        changes = dict.fromkeys(
            " and ".join(each.decided) for each in self.findings if each.fields and each.decided
        )
        changes.pop(" and ".join(self.finding.decided), None)
        return tuple(changes)
