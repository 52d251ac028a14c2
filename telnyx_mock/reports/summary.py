"""The summary of a run: how many checks had each outcome, and findings grouped into faults."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from telnyx_mock.contract.engine.finding import Finding
from telnyx_mock.contract.engine.reason import Reason, Why
from telnyx_mock.contract.engine.result import Outcome, Result
from telnyx_mock.reports.same_fault import Key, same_fault
from telnyx_mock.reports.warnings import NOTHING_VERIFIED, RunWarning, run_warnings
from telnyx_mock.severity import Severity

ABOUT_RECEIVER = frozenset(
    {
        Why.NOTHING_SERVED,
        Why.FAMILY_NOT_SERVED,
        Why.NO_SAMPLE_ACCEPTED,
        Why.FORGERIES_ONLY,
        Why.NO_VISIBLE_EFFECT,
        Why.PROBE_UNCHANGED,
        Why.NEVER_IDLE,
    }
)
"""Reasons that a reader needs to know. The other reasons are much the same for each receiver."""


@dataclass(frozen=True, slots=True)
class Fault:
    """A defect of the receiver, and the *findings* that show it, with the worst first."""

    findings: tuple[Finding, ...]

    @property
    def finding(self) -> Finding:
        """The worst finding of this fault."""
        return self.findings[0]

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


@dataclass(frozen=True, slots=True)
class Summary:
    """How a run went: how many checks *passed*, *failed* or were *inconclusive*.

    *findings* has every finding, and *faults* has the faults that the findings show; errors come
    first in both. *inconclusive_by_reason* maps each reason, as a sentence, to the rules whose
    checks were inconclusive. *skipped* has the reasons, as sentences, of the checks that were
    *left_out*; *skipped_for_receiver* has those reasons that say something about the receiver.
    *warnings* concern the run as a whole.
    """

    passed: int
    failed: int
    inconclusive: int
    deliveries: int
    findings: tuple[Finding, ...]
    faults: tuple[Fault, ...]
    inconclusive_by_reason: Mapping[str, tuple[str, ...]]
    skipped: tuple[str, ...]
    skipped_for_receiver: tuple[str, ...]
    left_out: int
    warnings: tuple[RunWarning, ...]

    @classmethod
    def of(cls, results: Sequence[Result]) -> Summary:
        """Return the summary of *results*."""
        findings = [finding for result in results for finding in result.findings]
        warnings = tuple(run_warnings(results))
        verifies_nothing = any(each.kind in NOTHING_VERIFIED for each in warnings)
        gathered: dict[Key, list[Finding]] = {}
        for finding in findings:
            key = same_fault(finding, verifies_nothing=verifies_nothing)
            gathered.setdefault(key, []).append(finding)
        faults = [Fault(tuple(sorted(alike, key=_rank))) for alike in gathered.values()]
        outcomes = [result.outcome for result in results]
        return cls(
            outcomes.count(Outcome.PASSED),
            outcomes.count(Outcome.FAILED),
            outcomes.count(Outcome.INCONCLUSIVE),
            sum(result.deliveries for result in results),
            tuple(sorted(findings, key=_rank)),
            tuple(sorted(faults, key=lambda fault: _rank(fault.finding))),
            _by_reason(results, Outcome.INCONCLUSIVE),
            tuple(_by_reason(results, Outcome.SKIPPED)),
            tuple(
                _by_reason(
                    [each for each in results if each.why in ABOUT_RECEIVER], Outcome.SKIPPED
                )
            ),
            outcomes.count(Outcome.SKIPPED),
            warnings,
        )

    def reasons(self, *, verbose: bool) -> tuple[tuple[str, ...], int]:
        """The reasons of skipped checks to show, and the number of those that are left.

        Unless the report is *verbose*, it shows the reasons that say something about the receiver,
        or a single other reason.
        """
        others = len(self.skipped) - len(self.skipped_for_receiver)
        if verbose or others < 2:
            return self.skipped, 0
        return self.skipped_for_receiver, others

    def number(self, severity: Severity) -> int:
        """How many faults have this *severity*."""
        return sum(fault.finding.severity is severity for fault in self.faults)

    @property
    def checks(self) -> int:
        """How many checks were tried."""
        return self.passed + self.failed + self.inconclusive

    def counts(self) -> dict[str, int]:
        """The numbers that every report shows, by name. A fault has the severity of its worst finding."""
        return {
            "errors": self.number(Severity.ERROR),
            "warnings": self.number(Severity.WARNING),
            "advice": self.number(Severity.ADVICE),
            "checks": self.checks,
            "passed": self.passed,
            "failed": self.failed,
            "inconclusive": self.inconclusive,
            "skipped": self.left_out,
            "deliveries": self.deliveries,
        }


def _by_reason(results: Sequence[Result], outcome: Outcome) -> dict[str, tuple[str, ...]]:
    """Return the rules whose checks ended with *outcome*, by the reason in words.

    Reasons that differ only in their event or family are joined into one sentence.
    """
    grouped: dict[tuple[object, ...], list[tuple[Reason, str]]] = {}
    for result in results:
        if result.outcome is outcome and result.reason is not None:
            reason = result.reason
            key = (reason.why, *sorted(reason.details.items()))
            grouped.setdefault(key, []).append((reason, result.rule))
    sentences = {}
    for cases in grouped.values():
        names = list(dict.fromkeys(reason.about for reason, _ in cases))
        sentences[cases[0][0].sentence(names)] = tuple(dict.fromkeys(rule for _, rule in cases))
    return sentences


def _rank(finding: Finding) -> int:
    return finding.severity.rank
