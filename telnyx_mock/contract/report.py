"""The report of a run: every result, and facts about the run as a whole."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from telnyx_mock.contract.app_facts import NOTHING_KNOWN, AppFacts
from telnyx_mock.contract.engine.finding import Finding
from telnyx_mock.contract.engine.reason import Why
from telnyx_mock.contract.engine.result import Outcome, Result
from telnyx_mock.contract.known_fault import KnownFault
from telnyx_mock.contract.rules.refuses import PLAIN_FORGERIES
from telnyx_mock.settings import Settings
from telnyx_mock.severity import failing

PLAIN_RULES = frozenset(f"refuses-{name}" for name in PLAIN_FORGERIES)
"""The rules about simple forgeries. A receiver that breaks all of them verifies no signature."""


class Verdict(Enum):
    """What a run says of the receiver, in one word. Every report and the exit code agree with it."""

    FAILED = "failed"
    STOPPED = "stopped"
    """The run stopped early, so it says nothing of the rest, whatever it found before."""
    NOT_JUDGED = "not-judged"
    """Nothing was tried, or the plainest forgeries were not sent, so no fault is no good news."""
    INCONCLUSIVE = "inconclusive"
    PASSED = "passed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What a run of the contract against *target* found.

    *results* are in the order of the contract. *seed* generates the same webhooks again, except for
    ids and times. *ended* is in Unix seconds. *problem* says why the run ended early; it is empty
    if the run did not. *interrupted* says whether the user ended it. *journal_problem* says why the
    journal lacks a part of the run; it is empty if nothing is missing. *app* is what is known of the
    receiver's code. *known* are the known faults, whose findings the *results* do not have, and *notes*
    are sentences about known faults that need care. *known_from* is the file of known faults, if any. *command* is what ran: ``check`` or ``calls``,
    and *words* are those of its options on the command line that are no settings.
    """

    run_id: str
    target: str
    settings: Settings
    seed: int
    results: tuple[Result, ...]
    ended: float
    problem: str = ""
    interrupted: bool = False
    journal_problem: str = ""
    app: AppFacts = NOTHING_KNOWN
    known: tuple[KnownFault, ...] = ()
    notes: tuple[str, ...] = ()
    known_from: str = ""
    command: str = "check"
    words: tuple[str, ...] = ()

    @property
    def complete(self) -> bool:
        """Whether the run tried all that it planned to try; *problem* says why it did not."""
        return not self.problem

    @property
    def findings(self) -> tuple[Finding, ...]:
        """All findings, errors first."""
        found = [finding for result in self.results for finding in result.findings]
        return tuple(sorted(found, key=lambda finding: finding.severity.rank))

    @property
    def errors(self) -> tuple[Finding, ...]:
        """The findings that fail the run: errors, and warnings if the settings are strict."""
        fails = failing(strict=self.settings.strict)
        return tuple(finding for finding in self.findings if finding.severity in fails)

    @property
    def inconclusive(self) -> tuple[Result, ...]:
        """The checks that were tried but decided nothing."""
        return tuple(each for each in self.results if each.outcome is Outcome.INCONCLUSIVE)

    @property
    def judged(self) -> bool:
        """Whether any check was tried."""
        return any(each.outcome is not Outcome.SKIPPED for each in self.results)

    @property
    def decided(self) -> bool:
        """Whether any check passed or failed, if only by known faults."""
        decided = (Outcome.PASSED, Outcome.FAILED, Outcome.KNOWN)
        return any(each.outcome in decided for each in self.results)

    @property
    def forgeries_judged(self) -> bool:
        """Whether the plainest forgeries were sent wherever the run planned to send them."""
        return not any(
            each.rule in PLAIN_RULES and each.why is Why.BUDGET_SPENT for each in self.results
        )

    @property
    def verdict(self) -> Verdict:
        """What the run says of the receiver."""
        if not self.complete:
            return Verdict.STOPPED
        if self.errors:
            return Verdict.FAILED
        if not self.decided or not self.forgeries_judged:
            return Verdict.NOT_JUDGED
        return Verdict.INCONCLUSIVE if self.inconclusive else Verdict.PASSED

    @property
    def unjudged_because(self) -> str:
        """Why there is no verdict, in a few words; empty if there is one."""
        if self.verdict is Verdict.STOPPED:
            return "the run stopped early"
        if self.verdict is not Verdict.NOT_JUDGED:
            return ""
        if not self.judged:
            return "every check was skipped"
        if not self.decided:
            return "no check could be decided"
        return "the plainest forgeries were not sent"
