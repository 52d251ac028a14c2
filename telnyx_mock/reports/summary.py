"""The results of a run, counted, with each finding once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from telnyx_mock.checks.finding import Finding, Result
from telnyx_mock.severity import Outcome, Severity

__all__ = ["Summary"]

_ORDER = [Severity.ERROR, Severity.WARNING, Severity.ADVICE]


@dataclass(frozen=True, slots=True)
class Summary:
    """How a run went. *findings* has errors first; *left_out* are the reasons of what was not tried."""

    passed: int
    failed: int
    inconclusive: int
    deliveries: int
    findings: tuple[Finding, ...]
    unclear: tuple[Result, ...]
    left_out: tuple[str, ...]

    @classmethod
    def of(cls, results: Sequence[Result]) -> Summary:
        """The summary of *results*."""
        distinct: dict[tuple[str, ...], Finding] = {}
        for result in results:
            for finding in result.findings:
                distinct.setdefault(_same_fault(finding), finding)
        outcomes = [result.outcome for result in results]
        left_out = (result.note for result in results if result.outcome is Outcome.NOT_SELECTED)
        return cls(
            outcomes.count(Outcome.PASSED),
            outcomes.count(Outcome.FAILED),
            outcomes.count(Outcome.INCONCLUSIVE),
            sum(result.deliveries for result in results),
            tuple(sorted(distinct.values(), key=lambda known: _ORDER.index(known.severity))),
            tuple(result for result in results if result.outcome is Outcome.INCONCLUSIVE),
            tuple(dict.fromkeys(left_out)),
        )


def _same_fault(finding: Finding) -> tuple[str, ...]:
    """What two findings share that show one fault: the same fields, the same answer."""
    if finding.sites:
        return (finding.event, *sorted(finding.sites), finding.observed)
    return (finding.check, finding.event, finding.observed)
