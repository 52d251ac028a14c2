"""What a run as a whole shows, beyond its single findings: to be read before them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from telnyx_mock.contract.engine.finding import Cause
from telnyx_mock.contract.engine.reason import Why
from telnyx_mock.contract.engine.result import Result
from telnyx_mock.contract.rules.refuses import PLAIN_FORGERIES

__all__ = ["run_warnings"]

TOLD = {f"refuses-{name}" for name in PLAIN_FORGERIES}
"""The checks that tell whether anything is verified."""

SHOWN = 5
"""How many events are named."""


def run_warnings(results: Sequence[Result]) -> Iterator[str]:
    """Sentences about the run that *results* are of."""
    yield from _nothing_verified(results)
    yield from _not_judged(results)


def _nothing_verified(results: Sequence[Result]) -> Iterator[str]:
    lies = [result for result in results if result.rule in TOLD]
    answers = {finding.observed for result in lies for finding in result.findings}
    is_each_told = {result.rule for result in lies if result.findings} == TOLD
    if not is_each_told or not all(result.findings for result in lies) or len(answers) > 1:
        return
    [answer] = answers
    findings = [finding for result in lies for finding in result.findings]
    if any(finding.cause is Cause.DROPPED for finding in findings):
        yield (
            f"Forgeries were answered {answer}, as what is genuine is, and had no effect where one "
            "would show: they seem to be verified after the answer, or dropped without a word. "
            "Answer 401 or 403 to them, so that a wrong key shows in Telnyx's log, and not as "
            "events that never come."
        )
    elif answer.startswith("2"):
        yield (
            f"Nothing is verified: forgeries of every kind were answered {answer}, as what is "
            "genuine is. Verify the signature before anything else, and run this again; until "
            "then, what is said of single forgeries says the same."
        )


def _not_judged(results: Sequence[Result]) -> Iterator[str]:
    unjudged = [
        result
        for result in results
        if result.rule == "accepts-sample"
        and result.reason is not None
        and result.reason.why is Why.BUDGET_SPENT
    ]
    names = [result.event for result in unjudged]
    if names:
        more = f" and {len(names) - SHOWN} more" if len(names) > SHOWN else ""
        yield f"Not judged: {', '.join(names[:SHOWN])}{more}. {unjudged[0].note}"
