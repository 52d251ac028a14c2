"""A run that has sent as much as it may: its findings count, and it says what it did not try."""

from __future__ import annotations

import pytest

from telnyx_mock.contract.engine.reason import Why
from telnyx_mock.contract.engine.result import Outcome, Result
from telnyx_mock.contract.engine.rule_runner import Runner
from telnyx_mock.contract.rules.accepts import FIND_FIELDS
from telnyx_mock.transports.throttle import Budget, Throttled
from tests.contract.conftest import MakeRunner, run, run_all
from tests.receivers.correct import Receiver
from tests.receivers.faults.fields import OneCountry


def bounded(made: Runner, budget: int) -> Runner:
    made.emulator.bind(Throttled(made.emulator.receiver, Budget(max_requests=budget)))
    return made


def names_budget(result: Result, budget: int) -> bool:
    """Whether the check ended because the budget is spent, and says how much that was."""
    return result.why is Why.BUDGET_SPENT and f" {budget} " in result.note


@pytest.mark.parametrize("budget", [0, 40])
def test_one_check_is_inconclusive_and_the_rest_is_skipped(budget: int, runner: MakeRunner) -> None:
    """So the command ends with 3, and not with 0, after an incomplete run."""
    results = run_all(bounded(runner(Receiver), budget))
    [cut] = [result for result in results if result.outcome is Outcome.INCONCLUSIVE]
    after = results[results.index(cut) + 1 :]
    assert names_budget(cut, budget)
    assert sum(result.deliveries for result in results) == budget
    assert len(after) > 10
    assert {result.outcome for result in after} <= {Outcome.SKIPPED, Outcome.PASSED}
    assert [
        result for result in after if result.outcome is Outcome.PASSED and result.deliveries
    ] == []


@pytest.mark.slow
def test_a_finding_before_the_end_of_the_budget_is_an_error(runner: MakeRunner) -> None:
    """The budget may end at any step of the search for a smaller webhook."""
    found = 0
    for budget in range(2, 60, 9):
        made = runner(OneCountry, "call.initiated", examples=100)
        assert made.culprits(made.events[0], *FIND_FIELDS, "accepts-each-choice") == set()
        bounded(made, budget)
        result = run(made, "accepts-generated")
        if result.findings:
            found += 1
            assert result.outcome is Outcome.FAILED
            assert "payload.from = '+" in result.findings[0].message
        else:
            assert result.outcome is Outcome.INCONCLUSIVE
            assert names_budget(result, budget)
    assert found
