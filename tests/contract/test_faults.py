"""Each rule of the contract finds its faults, and no rule finds another fault."""

from __future__ import annotations

from collections.abc import Iterable
from fnmatch import fnmatchcase

import pytest

from telnyx_mock import contract
from telnyx_mock.contract.engine.result import Outcome
from telnyx_mock.contract.report import Report
from telnyx_mock.contract.rules.registry import CONTRACT
from telnyx_mock.diagnosis.diagnose import diagnose
from telnyx_mock.diagnosis.kinds import KINDS
from telnyx_mock.severity import Severity
from tests.receivers.faults import BAD, FAULTS, Fault
from tests.receivers.planted import MISNAMED, PLANTED
from tests.receivers.table import PAGE, page

EVERY_FAULT = pytest.mark.parametrize("fault", FAULTS.values(), ids=str)

ADVISED = ("answers-before-slow-services", "answers-bursts-in-time")
"""The rules about services that the receiver calls: many call the API before they answer, and block."""

BLOCKING = {"serves-something", "accepts-sample", "accepts-each-time"}
"""Rules without which others cannot be decided."""


def report(fault: Fault, rules: Iterable[str] = ()) -> Report:
    """What the contract, or some rules of it, find in the receiver."""
    return contract.run(
        fault.receiver, events=fault.events, only=tuple(rules), seed=3, **fault.setup()
    )


def severities(found: Report) -> dict[str, Severity]:
    """The worst severity of the findings of each rule that finds something."""
    order = (Severity.ADVICE, Severity.WARNING, Severity.ERROR)
    findings = [finding for result in found.results for finding in result.findings]
    findings.sort(key=lambda finding: order.index(finding.severity))
    return {finding.rule: finding.severity for finding in findings}


def test_each_rule_has_a_receiver_that_breaks_it() -> None:
    assert set(BAD) == set(CONTRACT)


def test_nearly_every_fault_is_named() -> None:
    assert {kind for kinds in PLANTED.values() for kind in kinds} <= set(KINDS)
    assert PLANTED.keys() | MISNAMED.keys() <= FAULTS.keys()
    assert len(MISNAMED) <= 0.05 * len(PLANTED)
    assert all(MISNAMED.values()), "give the reason"


def test_the_page_shows_the_corpus() -> None:
    assert PAGE.read_text() == page(), "run: make mutants"


@pytest.mark.parametrize(
    "fault",
    [
        pytest.param(each, id=f"{' '.join(each.rules)}: {each}")
        for each in FAULTS.values()
        if each.rules
    ],
)
def test_a_fault_is_found_by_its_rules(fault: Fault) -> None:
    assert severities(report(fault, fault.rules)).keys() == set(fault.rules)


@pytest.mark.slow
@EVERY_FAULT
def test_a_fault_is_found_by_no_other_rule(fault: Fault) -> None:
    whole = report(fault)
    found = severities(whole)
    advised = {rule for rule in ADVISED if found.get(rule) is not Severity.ERROR}
    others = found.keys() - set(fault.rules) - advised
    assert {
        rule for rule in others if not any(fnmatchcase(rule, each) for each in fault.also)
    } == set()
    assert {
        each for each in fault.also if not any(fnmatchcase(rule, each) for rule in others)
    } == set()
    assert set(found.values()) <= {fault.severity, Severity.ADVICE, Severity.WARNING}
    assert (fault.severity in found.values()) == bool(fault.rules)
    named = [
        each.kind.id for each in diagnose(whole.results) if each.severity is not Severity.ADVICE
    ]
    is_named = named == PLANTED.get(fault.name, [])
    assert is_named == (fault.name not in MISNAMED), named
    for result in whole.results:
        errors = [each for each in result.findings if each.severity is Severity.ERROR]
        assert (result.outcome is Outcome.FAILED) == bool(errors)
        assert result.outcome is not Outcome.INCONCLUSIVE or BLOCKING & found.keys()
