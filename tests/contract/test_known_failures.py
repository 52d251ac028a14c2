"""A receiver that often fails in the same way is done with soon, and no check of it passes."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from telnyx_mock import contract
from telnyx_mock.contract.engine.known_failures import OFTEN
from telnyx_mock.contract.engine.reason import Why
from telnyx_mock.contract.engine.result import Outcome
from tests.receivers.correct import Receiver

MUTATED = ("accepts-absent", "accepts-null", "accepts-each-choice", "accepts-generated")


class RefusesLargeBodies(Receiver):
    """Has a limit of 1.2 kB for a body."""

    def handle(self, headers: Mapping[str, str], body: bytes) -> int:
        return 413 if len(body) > 1200 else super().handle(headers, body)


def test_a_failure_that_was_found_often_is_not_looked_for_again() -> None:
    report = contract.run(RefusesLargeBodies, events=["call.*"], only=MUTATED, seed=1)
    skipped = [each for each in report.results if each.why is Why.SAME_FAILURE]
    assert len(skipped) > 5
    assert all(each.outcome is Outcome.SKIPPED for each in skipped)
    assert "as accepts-" in skipped[0].note
    assert "413" in skipped[0].note
    found = [each for each in report.findings if each.status == 413]
    assert OFTEN <= len(found) < 3 * OFTEN
    assert sum(each.deliveries for each in report.results) < 1200


@pytest.mark.slow
def test_a_thorough_run_looks_for_each_cause() -> None:
    events = ["call.machine.*", "call.recording.*"]
    report = contract.run(RefusesLargeBodies, events=events, only=MUTATED, seed=1, thorough=True)
    assert Why.SAME_FAILURE not in {each.why for each in report.results}
