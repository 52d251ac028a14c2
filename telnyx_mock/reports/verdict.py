"""The verdict on a run: what its results add up to."""

from __future__ import annotations

from collections.abc import Iterable
from enum import Enum

from telnyx_mock.contract.engine.result import Result
from telnyx_mock.severity import Outcome, Severity

__all__ = ["Verdict", "verdict_on"]


class Verdict(Enum):
    """What the results of a run add up to."""

    PASSED = "passed"
    FAILED = "failed"
    INCONCLUSIVE = "inconclusive"
    NOTHING_JUDGED = "nothing judged"


def verdict_on(results: Iterable[Result], *, strict: bool = False) -> Verdict:
    """The verdict on *results*; with *strict*, warnings count as errors."""
    tried = [result for result in results if result.outcome is not Outcome.SKIPPED]
    bad = {Severity.ERROR, Severity.WARNING} if strict else {Severity.ERROR}
    if any(finding.severity in bad for result in tried for finding in result.findings):
        return Verdict.FAILED
    if any(result.outcome is Outcome.INCONCLUSIVE for result in tried):
        return Verdict.INCONCLUSIVE
    return Verdict.PASSED if tried else Verdict.NOTHING_JUDGED
