"""Warnings about a run as a whole, which a reader needs to read before the findings."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum

from telnyx_mock.contract.engine.finding import Cause
from telnyx_mock.contract.engine.reason import Why
from telnyx_mock.contract.engine.result import Outcome, Result
from telnyx_mock.contract.report import PLAIN_RULES
from telnyx_mock.reports.amounts import first_of


class WarningKind(Enum):
    """What a warning is about. The value is the sentence of the warning."""

    NOTHING_VERIFIED = (
        "The receiver does not verify signatures: it answers {answer} to forgeries of every "
        "kind, as it does to genuine webhooks. Verify the signature before anything else, and "
        "then run this again."
    )
    FORGERIES_DROPPED = (
        "The receiver answers {answer} to forgeries of every kind, as it does to genuine "
        "webhooks, but the forgeries have no effect. The receiver seems to verify only after it "
        "answers, or to drop forgeries silently. Answer 401 or 403 to forgeries. Then Telnyx's "
        "log shows refusals if your public key is wrong; now the log would show success, "
        "although your app ignores every event."
    )
    EVENTS_NOT_JUDGED = "Not judged: {events}. {reason}"


NOTHING_VERIFIED = frozenset({WarningKind.NOTHING_VERIFIED, WarningKind.FORGERIES_DROPPED})
"""With one of these warnings, every accepted forgery shows the same fault."""


@dataclass(frozen=True, slots=True)
class RunWarning:
    """One warning: its *kind*, and the *details* that fill the gaps of the sentence."""

    kind: WarningKind
    details: dict[str, str]

    def __str__(self) -> str:
        return self.kind.value.format(**self.details)


def run_warnings(results: Sequence[Result]) -> Iterator[RunWarning]:
    """Return the warnings about the run that produced *results*."""
    yield from _nothing_verified([each for each in results if each.rule in PLAIN_RULES])
    yield from _events_not_judged(results)


def _nothing_verified(results: Sequence[Result]) -> Iterator[RunWarning]:
    """Return a warning if the receiver accepts every simple forgery with the same answer.

    Families that it does not serve say nothing.
    """
    results = [each for each in results if each.outcome in (Outcome.PASSED, Outcome.FAILED)]
    findings = [finding for result in results for finding in result.findings]
    answers = {finding.observed for finding in findings}
    is_each_broken = {finding.rule for finding in findings} == PLAIN_RULES
    if not is_each_broken or not all(result.findings for result in results) or len(answers) > 1:
        return
    [answer] = answers
    if any(finding.cause is Cause.DROPPED for finding in findings):
        yield RunWarning(WarningKind.FORGERIES_DROPPED, {"answer": answer})
    elif all(200 <= (finding.status or 0) < 300 for finding in findings):
        yield RunWarning(WarningKind.NOTHING_VERIFIED, {"answer": answer})


def _events_not_judged(results: Sequence[Result]) -> Iterator[RunWarning]:
    """Return a warning that names the events which were not sent because the budget was used up."""
    unjudged = [
        result
        for result in results
        if result.rule == "accepts-sample" and result.why is Why.BUDGET_SPENT
    ]
    if unjudged:
        events = first_of([result.event for result in unjudged])
        details = {"events": events, "reason": unjudged[0].note}
        yield RunWarning(WarningKind.EVENTS_NOT_JUDGED, details)
