"""The report of a run: every result, and facts about the run as a whole."""

from __future__ import annotations

from dataclasses import dataclass

from telnyx_mock.contract.engine.finding import Finding
from telnyx_mock.contract.engine.result import Outcome, Result
from telnyx_mock.settings import Settings
from telnyx_mock.severity import Severity


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What a run of the contract against *target* found.

    *results* are in the order of the contract. *seed* generates the same webhooks again, except for
    ids and times. *ended* is in Unix seconds. *problem* says why the run ended early; it is empty
    if the run did not.
    """

    run_id: str
    target: str
    settings: Settings
    seed: int
    results: tuple[Result, ...]
    ended: float
    problem: str = ""

    @property
    def findings(self) -> tuple[Finding, ...]:
        """All findings, errors first."""
        found = [finding for result in self.results for finding in result.findings]
        return tuple(sorted(found, key=lambda finding: finding.severity.rank))

    @property
    def errors(self) -> tuple[Finding, ...]:
        """The findings that fail the run: errors, and warnings if the settings are strict."""
        failing = {Severity.ERROR, Severity.WARNING} if self.settings.strict else {Severity.ERROR}
        return tuple(finding for finding in self.findings if finding.severity in failing)

    @property
    def inconclusive(self) -> tuple[Result, ...]:
        """The checks that were tried but decided nothing."""
        return tuple(each for each in self.results if each.outcome is Outcome.INCONCLUSIVE)

    @property
    def judged(self) -> bool:
        """Whether any check was tried."""
        return any(each.outcome is not Outcome.SKIPPED for each in self.results)
