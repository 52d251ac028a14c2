"""The summary of a run: how many checks had each outcome, and findings grouped into faults."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from telnyx_mock.contract.engine.finding import Finding
from telnyx_mock.contract.engine.reason import Reason
from telnyx_mock.contract.engine.result import Outcome, Result
from telnyx_mock.reports.warnings import RunWarning, run_warnings


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


@dataclass(frozen=True, slots=True)
class Summary:
    """How a run went: how many checks *passed*, *failed* or were *inconclusive*.

    *findings* has every finding, and *faults* has the faults that the findings show; errors come
    first in both. *inconclusive_by_reason* maps each reason, as a sentence, to the rules whose
    checks were inconclusive. *skipped* has the reasons, as sentences, of skipped checks. *warnings*
    concern the run as a whole.
    """

    passed: int
    failed: int
    inconclusive: int
    deliveries: int
    findings: tuple[Finding, ...]
    faults: tuple[Fault, ...]
    inconclusive_by_reason: Mapping[str, tuple[str, ...]]
    skipped: tuple[str, ...]
    warnings: tuple[RunWarning, ...]

    @classmethod
    def of(cls, results: Sequence[Result]) -> Summary:
        """Return the summary of *results*."""
        findings = [finding for result in results for finding in result.findings]
        gathered: dict[tuple[str, ...], list[Finding]] = {}
        for finding in findings:
            gathered.setdefault(_same_fault(finding), []).append(finding)
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
            tuple(run_warnings(results)),
        )


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


def _same_fault(finding: Finding) -> tuple[str, ...]:
    """Return the key that findings of the same fault share.

    Exceptions at the same place in the receiver are one fault. Findings without an exception show
    one fault if they have the same answer and the same fields, or the same rule if they have no
    fields.
    """
    if finding.traceback:
        return (finding.observed,)
    cause = finding.fields or (finding.rule,)
    return (*sorted(cause), finding.observed)
