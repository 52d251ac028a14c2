"""The contract finds each mutant of a correct receiver; ``make mutants`` runs all of it."""

from __future__ import annotations

import pytest

from telnyx_mock.contract.engine.finding import Finding
from telnyx_mock.contract.engine.rule import Scope
from telnyx_mock.contract.rules.registry import CONTRACT
from telnyx_mock.severity import Outcome, Severity
from tests.mutants.kill import EVENTS, results
from tests.mutants.mutants import GROUPS, MUTANTS, SOURCE, Mutant

NEED_MORE = {"supports-key-rotation"}
"""Checks that are not selected for an app that is given as such, and not as a function of its keys."""


def first_finding(mutant: Mutant) -> Finding | None:
    """The first that its own check has about *mutant*; no other check is tried."""
    check = CONTRACT[mutant.check]
    events = [mutant.event] if check.scope is Scope.EVENT and mutant.event else EVENTS
    found = results(mutant.source, mutant.name, [check], events, mutant.deadline)
    return next((finding for result in found for finding in result.findings), None)


def test_nothing_is_found_in_the_receiver_that_is_mutated() -> None:
    tried = [result for result in results(SOURCE, "receiver") if result.rule not in NEED_MORE]
    odd = [result for result in tried if result.findings or result.outcome is not Outcome.PASSED]
    assert odd == []
    assert {result.rule for result in tried} == set(CONTRACT) - NEED_MORE


def test_each_mutant_has_a_name_and_a_source_of_its_own() -> None:
    assert len(MUTANTS) == sum(len(group) for group in GROUPS.values())
    sources = {compile(mutant.source, "receiver.py", "exec") for mutant in MUTANTS.values()}
    assert len(sources) == len(MUTANTS)


def those(mutants: list[Mutant]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("mutant", mutants, ids=str)


@those([each for each in MUTANTS.values() if each.check and each.judged])
def test_a_mutant_is_found_by_its_own_check(mutant: Mutant) -> None:
    finding = first_finding(mutant)
    assert finding is not None
    assert (finding.severity is Severity.ADVICE) == bool(mutant.reason)


@those([each for each in MUTANTS.values() if not each.judged])
def test_what_cannot_be_judged_is_not_found(mutant: Mutant) -> None:
    """Once it is, it can be: then it belongs to its check, and is no more listed as not judged."""
    assert mutant.reason
    assert first_finding(mutant) is None
