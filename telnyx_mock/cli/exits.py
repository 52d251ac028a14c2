"""The exit codes, derived from how the checks ended."""

from __future__ import annotations

from collections.abc import Iterable
from enum import IntEnum

from telnyx_mock.contract.engine.result import Result
from telnyx_mock.severity import Outcome, Severity

__all__ = ["Exit", "exit_for"]


class Exit(IntEnum):
    """What the process ends with."""

    CLEAN = 0
    """Judged, and no error found."""
    ERRORS = 1
    """Errors found."""
    NOT_RUN = 2
    """Nothing was judged: usage, configuration, a guard rail, nothing to try."""
    INCONCLUSIVE = 3
    """Something could not be told, and no error was found."""


def exit_for(results: Iterable[Result], *, strict: bool) -> Exit:
    """The exit code for *results*; with *strict*, warnings count as errors."""
    seen = list(results)
    tried = [result for result in seen if result.outcome is not Outcome.SKIPPED]
    if not tried:
        return Exit.NOT_RUN
    bad = {Severity.ERROR, Severity.WARNING} if strict else {Severity.ERROR}
    if any(finding.severity in bad for result in tried for finding in result.findings):
        return Exit.ERRORS
    if any(result.outcome is Outcome.INCONCLUSIVE for result in tried):
        return Exit.INCONCLUSIVE
    return Exit.CLEAN
