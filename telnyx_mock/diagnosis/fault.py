"""A fault of the receiver: its kind, and the findings that it explains."""

from __future__ import annotations

from dataclasses import dataclass

from telnyx_mock.catalogue.registry import find
from telnyx_mock.contract.app_facts import AppFacts
from telnyx_mock.contract.engine.finding import Finding
from telnyx_mock.diagnosis.excerpt import WIDTH, Excerpt, excerpt_of, excerpt_of_crash
from telnyx_mock.diagnosis.kind import FaultKind
from telnyx_mock.diagnosis.observation import missed_member
from telnyx_mock.diagnosis.remedies import Remedy, code
from telnyx_mock.payload.paths import resolve
from telnyx_mock.schema.event import ContentType
from telnyx_mock.severity import Severity
from telnyx_mock.visible import visible_line


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

    def where(self, app: AppFacts) -> str:
        """Return the place of the fault in the code of *app*, as ``path:line``; empty if unknown."""
        found = self.excerpt(app)
        return "" if found is None else found.place

    def excerpt(self, app: AppFacts, width: int = WIDTH) -> Excerpt | None:
        """Return where the fault is in the code of *app*, at most *width* columns; None if unknown.

        It is where the app failed, or else where it mentions what the fault is about.
        """
        raised = self.finding.observed.partition(" (")[2].rpartition(" at ")[0]
        failed = excerpt_of_crash(self.finding.traceback, visible_line(raised), width)
        if failed is not None:
            return failed
        place = app.first(*self.kind.mentions)
        return None if place is None else excerpt_of(place, width)

    def code(self, app: AppFacts, path: str) -> str:
        """Return the fix as code for a receiver like *app* at *path*; empty if there is none."""
        remedy, member = self.kind.remedy, ""
        if remedy is None or (remedy is Remedy.DEDUPLICATE and self._is_about_form):
            return ""  # a form has no data.id, by which the code tells events apart
        if remedy is Remedy.READ_OPTIONAL:
            path_of_member = missed_member(self.finding) or next(iter(self.finding.fields), "")
            if not (self.finding.event and path_of_member):
                return ""
            member = resolve(find(self.finding.event), path_of_member).path
        return code(remedy, app.framework, app.verifier, path=path, member=member)

    @property
    def _is_about_form(self) -> bool:
        event = self.finding.event
        return bool(event) and find(event).content_type is ContentType.FORM

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
        return self.kind.fix if self.kind.single else self.finding.fix

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
