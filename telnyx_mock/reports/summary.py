"""The summary of a run: how many checks had each outcome, and the faults that it found."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from telnyx_mock.contract.engine.finding import Finding
from telnyx_mock.contract.engine.reason import Reason, Why
from telnyx_mock.contract.engine.result import Outcome, Result
from telnyx_mock.diagnosis.diagnose import diagnose
from telnyx_mock.diagnosis.fault import Fault
from telnyx_mock.reports.warnings import RunWarning, run_warnings
from telnyx_mock.severity import Severity

ABOUT_RECEIVER = frozenset(
    {
        Why.NOTHING_SERVED,
        Why.FAMILY_NOT_SERVED,
        Why.NO_SAMPLE_ACCEPTED,
        Why.FORGERIES_ONLY,
        Why.NO_VISIBLE_EFFECT,
        Why.EFFECTS_UNSEEN,
        Why.API_NOT_CALLED,
        Why.PROBE_UNCHANGED,
        Why.NEVER_IDLE,
        Why.OF_CALLS,
    }
)
"""Reasons that a reader needs to know. The other reasons are much the same for each receiver."""


@dataclass(frozen=True, slots=True)
class Summary:
    """How a run went: how many checks *passed*, *failed*, were *inconclusive*, or failed only
    by *known* faults.

    *findings* has every finding, and *faults* has the faults that the findings show; errors come
    first in both. *inconclusive_by_reason* maps each reason, as a sentence, to the rules whose
    checks were inconclusive. *skipped* has the reasons, as sentences, of the checks that were
    *left_out*; *skipped_for_receiver* has those reasons that say something about the receiver.
    *warnings* concern the run as a whole.
    """

    passed: int
    failed: int
    inconclusive: int
    known: int
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
        outcomes = [result.outcome for result in results]
        return cls(
            outcomes.count(Outcome.PASSED),
            outcomes.count(Outcome.FAILED),
            outcomes.count(Outcome.INCONCLUSIVE),
            outcomes.count(Outcome.KNOWN),
            sum(result.deliveries for result in results),
            tuple(sorted(findings, key=_rank)),
            diagnose(results),
            _by_reason(results, Outcome.INCONCLUSIVE),
            tuple(_by_reason(results, Outcome.SKIPPED)),
            tuple(
                _by_reason(
                    [each for each in results if each.why in ABOUT_RECEIVER], Outcome.SKIPPED
                )
            ),
            outcomes.count(Outcome.SKIPPED),
            tuple(run_warnings(results)),
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
        return sum(fault.severity is severity for fault in self.faults)

    @property
    def checks(self) -> int:
        """How many checks were tried."""
        return self.passed + self.failed + self.inconclusive + self.known

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
            "known": self.known,
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
