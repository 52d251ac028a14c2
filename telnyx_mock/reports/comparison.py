"""Compares two runs: which findings are new, which are fixed, and which outcomes changed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from telnyx_mock.contract.engine.finding import Finding
from telnyx_mock.contract.engine.result import Outcome, Result

_JUDGED = (Outcome.PASSED, Outcome.FAILED)
"""The outcomes that show whether the receiver keeps the rule."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """The findings of two runs, sorted by what became of them.

    A finding is the *same* in both runs if its rule, event and fields are equal. A finding that the
    second run lacks is *fixed* if its rule was judged again for the same event, and *untried*
    otherwise. *changed* lists all other changes of an outcome: rule, event, outcome in the first
    run, outcome in the second run.
    """

    appeared: tuple[Finding, ...]
    fixed: tuple[Finding, ...]
    untried: tuple[Finding, ...]
    same: tuple[Finding, ...]
    changed: tuple[tuple[str, str, Outcome, Outcome], ...]


def compare(before: Iterable[Result], after: Sequence[Result]) -> Comparison:
    """Compare the results of two runs."""
    new = {_key(finding): finding for result in after for finding in result.findings}
    outcomes = {(result.rule, result.event): result.outcome for result in after}
    fixed: list[Finding] = []
    untried: list[Finding] = []
    same: list[Finding] = []
    changed = []
    known = set()
    for result in before:
        now = outcomes.get((result.rule, result.event))
        for finding in result.findings:
            known.add(_key(finding))
            gone = fixed if now in _JUDGED else untried
            (same if _key(finding) in new else gone).append(finding)
        if now not in (None, result.outcome) and not (now in _JUDGED and result.outcome in _JUDGED):
            changed.append((result.rule, result.event, result.outcome, now))
    appeared = [finding for key, finding in new.items() if key not in known]
    return Comparison(tuple(appeared), tuple(fixed), tuple(untried), tuple(same), tuple(changed))


def _key(finding: Finding) -> tuple[str, str, tuple[str, ...]]:
    return finding.rule, finding.event, finding.fields
