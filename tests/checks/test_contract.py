"""Each check of the contract finds its fault, and nothing is found in a correct receiver."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from telnyx_mock.checks.contract import CONTRACT
from telnyx_mock.checks.finding import Result
from telnyx_mock.events.catalog import select
from telnyx_mock.severity import Outcome, Severity
from tests.receivers import correct, frameworks
from tests.receivers.bad import ALSO, BAD, SLOW, Slow, SlowAtFirst
from tests.receivers.correct import Receiver

WholeContract = Callable[..., list[Result]]

BOTH_KINDS = ("call.initiated", "call.hangup", "message.received", "texml.http-request")


def found(results: list[Result]) -> set[str]:
    return {finding.check for result in results for finding in result.findings}


def test_each_check_has_a_receiver_that_fails_it() -> None:
    assert set(BAD) == set(CONTRACT)


@pytest.mark.parametrize("faulty", dict.fromkeys(BAD.values()), ids=lambda one: one.__name__)
def test_a_fault_is_found_by_its_own_checks_and_no_other(
    faulty: type[Receiver], whole_contract: WholeContract
) -> None:
    is_slow = issubclass(faulty, Slow | SlowAtFirst)
    settings = {"deadline": SLOW / 2, "examples": 5} if is_slow else {}
    results = whole_contract(f"tests.receivers.bad:{faulty.__name__}()", **settings)
    own = {check for check, receiver in BAD.items() if receiver is faulty}
    assert found(results) == own | ALSO.get(faulty, frozenset())
    for result in results:
        severities = {finding.severity for finding in result.findings}
        assert (result.outcome is Outcome.FAILED) == (Severity.ERROR in severities)
        assert result.outcome is not Outcome.INCONCLUSIVE


@pytest.mark.parametrize(
    "make", [*correct.RECEIVERS, *frameworks.RECEIVERS], ids=lambda one: one.__name__
)
def test_nothing_is_found_in_a_correct_receiver(make: Any, whole_contract: WholeContract) -> None:
    results = whole_contract(make, *BOTH_KINDS)
    assert found(results) == set()
    assert {result.outcome for result in results} <= {Outcome.PASSED, Outcome.NOT_SELECTED}
    passed = {result.check for result in results if result.outcome is Outcome.PASSED}
    assert passed == set(CONTRACT)
