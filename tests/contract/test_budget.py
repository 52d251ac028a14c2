"""When a run has sent as much as it may: what was found counts, and what was not tried is said."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from telnyx_mock.contract.engine.result import Result
from telnyx_mock.contract.engine.runner import Runner
from telnyx_mock.contract.rules.accepts import FIND_FIELDS
from telnyx_mock.contract.rules.registry import CONTRACT, subjects
from telnyx_mock.severity import Outcome
from telnyx_mock.transports.throttle import Budget, Throttled
from tests.receivers.bad import OneCountry
from tests.receivers.correct import Receiver

MakeRunner = Callable[..., Runner]
NOTE = (
    "the budget is used up, {} requests; raise it with --max-requests, or ask for fewer "
    "--events or --examples"
)


def bounded(made: Runner, budget: int) -> Runner:
    made.emulator.bind(Throttled(made.emulator.receiver, Budget(max_requests=budget)))
    return made


def run_all(made: Runner) -> list[Result]:
    return [
        made.run(check, subject)
        for check in CONTRACT.values()
        for subject in subjects(check, made.events)
    ]


@pytest.mark.parametrize("budget", [0, 40])
def test_one_check_could_not_be_told_and_the_rest_was_not_tried(
    budget: int, runner: MakeRunner
) -> None:
    """So a run that was cut short ends with 3, and never as if all were well."""
    results = run_all(bounded(runner(Receiver), budget))
    [cut] = [result for result in results if result.outcome is Outcome.INCONCLUSIVE]
    after = results[results.index(cut) + 1 :]
    assert cut.note == NOTE.format(budget)
    assert sum(result.deliveries for result in results) == budget
    assert len(after) > 10
    assert {result.outcome for result in after} <= {Outcome.SKIPPED, Outcome.PASSED}
    assert [
        result for result in after if result.outcome is Outcome.PASSED and result.deliveries
    ] == []


def test_what_was_found_by_then_is_an_error(runner: MakeRunner) -> None:
    """However far the search for a smaller webhook had come."""
    found = 0
    for budget in range(2, 60, 9):
        made = runner(OneCountry, "call.initiated", examples=100)
        assert made.culprits(made.events[0], *FIND_FIELDS, "accepts-each-choice") == set()
        bounded(made, budget)
        result = made.run(CONTRACT["accepts-generated"], "call.initiated")
        if result.findings:
            found += 1
            assert result.outcome is Outcome.FAILED
            assert "payload.from = '+" in result.findings[0].message
        else:
            assert (result.outcome, result.note) == (Outcome.INCONCLUSIVE, NOTE.format(budget))
    assert found
