"""What changed between two runs: which findings appeared, which were mended, what else differs."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from telnyx_mock.contract.engine.finding import Finding
from telnyx_mock.contract.engine.result import Result
from telnyx_mock.severity import Outcome

__all__ = ["Comparison", "compare"]

_TOLD = (Outcome.PASSED, Outcome.FAILED)
"""Outcomes that tell whether a rule is kept."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """The second run beside the first.

    A finding is the same in both if check, event and sites are. Those that are gone were *mended*
    if their check was tried again for the same event, and else *untried*. *changed* are other
    differences in outcome: check, event, before and after.
    """

    appeared: tuple[Finding, ...]
    mended: tuple[Finding, ...]
    untried: tuple[Finding, ...]
    same: tuple[Finding, ...]
    changed: tuple[tuple[str, str, Outcome, Outcome], ...]


def compare(before: Iterable[Result], after: Sequence[Result]) -> Comparison:
    """Compare the results of two runs."""
    new = {_key(finding): finding for result in after for finding in result.findings}
    outcomes = {(result.rule, result.event): result.outcome for result in after}
    mended: list[Finding] = []
    untried: list[Finding] = []
    same: list[Finding] = []
    changed = []
    known = set()
    for result in before:
        now = outcomes.get((result.rule, result.event))
        for finding in result.findings:
            known.add(_key(finding))
            gone = mended if now in _TOLD else untried
            (same if _key(finding) in new else gone).append(finding)
        if now not in (None, result.outcome) and not (now in _TOLD and result.outcome in _TOLD):
            changed.append((result.rule, result.event, result.outcome, now))
    appeared = [finding for key, finding in new.items() if key not in known]
    return Comparison(tuple(appeared), tuple(mended), tuple(untried), tuple(same), tuple(changed))


def _key(finding: Finding) -> tuple[str, str, tuple[str, ...]]:
    return finding.rule, finding.event, finding.fields
