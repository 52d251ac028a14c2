"""The results of a run, counted, with each finding once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from telnyx_mock.contract.engine.finding import Finding
from telnyx_mock.contract.engine.reason import Reason
from telnyx_mock.contract.engine.result import Result
from telnyx_mock.reports.warnings import run_warnings
from telnyx_mock.severity import Outcome, Severity

__all__ = ["Fault", "Summary"]

_ORDER = [Severity.ERROR, Severity.WARNING, Severity.ADVICE]


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong with the receiver: the *findings* that show it, the worst first."""

    findings: tuple[Finding, ...]

    @property
    def finding(self) -> Finding:
        """The worst finding."""
        return self.findings[0]

    @property
    def events(self) -> tuple[str, ...]:
        """The events it shows in, that of the worst finding first; some findings have none."""
        return tuple(dict.fromkeys(finding.event for finding in self.findings if finding.event))

    @property
    def checks(self) -> tuple[str, ...]:
        """The checks it shows by, that of the worst finding first."""
        return tuple(dict.fromkeys(finding.rule for finding in self.findings))


@dataclass(frozen=True, slots=True)
class Summary:
    """How a run went.

    *findings* has every finding once, *faults* has them gathered, errors first. *unclear* has
    the checks that were inconclusive by the reason why, *left_out* the reasons of what was not
    tried. *warnings* are sentences about the run as a whole.
    """

    passed: int
    failed: int
    inconclusive: int
    deliveries: int
    findings: tuple[Finding, ...]
    faults: tuple[Fault, ...]
    unclear: Mapping[str, tuple[str, ...]]
    skipped: tuple[str, ...]
    warnings: tuple[str, ...] = ()

    @classmethod
    def of(cls, results: Sequence[Result]) -> Summary:
        """The summary of *results*."""
        findings = [finding for result in results for finding in result.findings]
        gathered: dict[tuple[str, ...], list[Finding]] = {}
        for finding in findings:
            gathered.setdefault(_same_fault(finding), []).append(finding)
        faults = [Fault(tuple(sorted(alike, key=_rank))) for alike in gathered.values()]
        unclear = _by_reason(results, Outcome.INCONCLUSIVE)
        outcomes = [result.outcome for result in results]
        return cls(
            outcomes.count(Outcome.PASSED),
            outcomes.count(Outcome.FAILED),
            outcomes.count(Outcome.INCONCLUSIVE),
            sum(result.deliveries for result in results),
            tuple(sorted(findings, key=_rank)),
            tuple(sorted(faults, key=lambda fault: _rank(fault.finding))),
            unclear,
            tuple(_by_reason(results, Outcome.SKIPPED)),
            tuple(run_warnings(results)),
        )


def _by_reason(results: Sequence[Result], outcome: Outcome) -> dict[str, tuple[str, ...]]:
    """The rules whose checks ended with *outcome*, by the reason in words.

    Reasons that differ only in the event or family they are about become one sentence.
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
    return _ORDER.index(finding.severity)


def _same_fault(finding: Finding) -> tuple[str, ...]:
    """What findings share that show one fault.

    An exception at one place in the receiver is one fault, whatever led there. Otherwise the same
    fields, or else the same check, with the same answer.
    """
    if finding.traceback:
        return (finding.observed,)
    cause = finding.fields or (finding.rule,)
    return (*sorted(cause), finding.observed)
