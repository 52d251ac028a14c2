"""A failure is put down to a change of the sample only if it occurs again, and not without it."""

from __future__ import annotations

import pytest

from telnyx_mock.contract.engine.reason import Why
from telnyx_mock.contract.engine.result import Outcome
from telnyx_mock.severity import Severity
from tests.contract.conftest import MakeRunner, run
from tests.receivers.correct import Event, Receiver, payload

RULES = ("accepts-unknown-fields", "accepts-unknown-event", "accepts-layouts")


class FailsAtChoice(Receiver):
    """Fails at the requests of these numbers, from zero. The first is the plain sample."""

    numbers: frozenset[int] = frozenset()
    handled = -1

    def act(self, event: Event) -> int:
        self.handled += 1
        return 500 if self.handled in self.numbers else 200


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize(
    ("numbers", "why"),
    [
        ({1}, Why.NOT_REPRODUCED),
        ({1, 2, 3}, Why.FAILS_WITHOUT_IT),
        ({1, 2, 3, 4}, Why.FAILS_WITHOUT_IT),
    ],
)
def test_a_failure_that_the_change_does_not_explain_is_inconclusive(
    numbers: set[int], why: Why, rule: str, runner: MakeRunner
) -> None:
    class Chosen(FailsAtChoice):
        pass

    Chosen.numbers = frozenset(numbers)
    made = runner(Chosen, "call.initiated")
    result = run(made, rule)
    assert (result.outcome, result.why) == (Outcome.INCONCLUSIVE, why)
    assert made.baseline.unsteady
    [finding] = run(made, "accepts-each-time").findings
    assert finding.event == "call.initiated"


def test_a_sample_that_fails_once_is_sent_again(runner: MakeRunner) -> None:
    class FailsFirst(FailsAtChoice):
        numbers = frozenset({0})

    made = runner(FailsFirst, "call.initiated")
    assert run(made, "accepts-sample").outcome is Outcome.PASSED
    [finding] = run(made, "accepts-each-time").findings
    assert finding.severity is Severity.ERROR


def test_a_failure_that_occurs_again_is_found(runner: MakeRunner) -> None:
    class NeedsNoFuture(Receiver):
        def act(self, event: Event) -> int:
            return 500 if "future_field" in payload(event) else 200

    made = runner(NeedsNoFuture, "call.initiated")
    assert run(made, "accepts-unknown-fields").outcome is Outcome.FAILED
    assert not run(made, "accepts-each-time").findings


def test_a_receiver_that_fails_by_chance_must_fail_more_often(runner: MakeRunner) -> None:
    class Unlucky(FailsAtChoice):
        # 0: sample; 1: the change; 2: control; 3: the change again; 4: control; 5: the change.
        numbers = frozenset({1, 3})

    made = runner(Unlucky, "call.initiated")
    made.baseline.accepts(made.events[0])
    made.baseline.unsteady.append(made.baseline.sample_of(made.events[0]))
    result = run(made, "accepts-unknown-event")
    assert (result.outcome, result.why) == (Outcome.INCONCLUSIVE, Why.NOT_REPRODUCED)


def test_an_order_that_fails_once_is_inconclusive(runner: MakeRunner) -> None:
    class FailsInOrder(FailsAtChoice):
        numbers = frozenset({2})

    result = run(runner(FailsInOrder, "call.initiated", "call.hangup"), "accepts-any-order")
    assert (result.outcome, result.why) == (Outcome.INCONCLUSIVE, Why.NOT_REPRODUCED)
