"""What simulated people found, as the results of a contract run: each invariant is a check."""

from __future__ import annotations

import shlex
import time
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from telnyx_mock.contract.calls.calls_report import CallsReport
from telnyx_mock.contract.calls.invariants import Invariant, Violation
from telnyx_mock.contract.engine.finding import Finding
from telnyx_mock.contract.engine.reason import Reason, Why
from telnyx_mock.contract.engine.result import Outcome, Result
from telnyx_mock.settings import Settings
from telnyx_mock.severity import Severity

WHOLE_RUN = "calls"
"""The name of the checks that are about the run as a whole."""


def results(
    found: CallsReport, invariants: Mapping[str, Invariant], command: str, seconds: float
) -> Iterator[Result]:
    """Yield a result for each of the *invariants*, and one for each sentence about the whole run.

    *command* plays the same calls again; all together took *seconds*.
    """
    broken = {each.invariant.id: each for each in found.violations}
    # What was found first comes first: its story is often the shortest.
    found_first = dict.fromkeys([*broken, *invariants])
    for number, invariant in enumerate(invariants[each] for each in found_first):
        violation = broken.get(invariant.id)
        result = _result(invariant, violation, command, found.unjudged.get(invariant.id))
        if number == 0:  # what all simulations took counts once
            began = round(time.time() - seconds, 3)
            result = replace(
                result, other_deliveries=found.deliveries, seconds=seconds, started=began
            )
        yield result
    about = [(Outcome.INCONCLUSIVE, each) for each in found.unsure]
    about += [(Outcome.SKIPPED, each) for each in found.limits]
    for outcome, sentence in about:
        reason = Reason(Why.OF_CALLS, details={"sentence": sentence})
        yield Result(WHOLE_RUN, Severity.ERROR, "", outcome, reason=reason)


def again(target: Any, settings: Settings, dial: Any) -> str:
    """Return the command that plays the same calls again; empty if it could not name *target* or *dial*."""
    if not (isinstance(target, str) and isinstance(dial, str)):
        return ""
    words = ["telnyx-mock", "calls", target, *settings.words(), *(["--dial", dial] if dial else [])]
    return shlex.join(words)


def broken(violation: Violation, command: str) -> Result:
    """Return the result of the invariant that *violation* breaks."""
    return _result(violation.invariant, violation, command)


def _result(
    invariant: Invariant, violation: Violation | None, command: str, reason: Reason | None = None
) -> Result:
    findings = () if violation is None else (_finding(violation, command),)
    outcome = Outcome.PASSED if reason is None else Outcome.SKIPPED
    if findings and invariant.severity is Severity.ERROR:
        outcome = Outcome.FAILED
    return Result(
        invariant.id,
        invariant.severity,
        "",
        outcome,
        findings,
        reason,
        started=round(time.time(), 3),
    )


def _finding(violation: Violation, command: str) -> Finding:
    invariant = violation.invariant
    return Finding(
        rule=invariant.id,
        severity=invariant.severity,
        event="",
        message=violation.message,
        expected=f"The receiver {invariant.title}.",
        observed="what the story tells",
        why=invariant.why,
        source="",
        fix=invariant.fix,
        reproduce=command,
        delivery=violation.delivery,
        story=tuple(violation.story.splitlines()),
    )
