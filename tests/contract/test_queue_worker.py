"""A correct receiver with a real queue worker passes, and the results do not change by chance."""

from __future__ import annotations

import pytest

from telnyx_mock.contract.engine.result import Outcome
from tests.contract.queue_runs import check


@pytest.mark.slow
def test_a_queue_worker_gives_the_same_results_again() -> None:
    only = ("idempotent-when-redelivered",)
    first = check(probed=False, only=only)
    assert [outcome for _, _, outcome, _ in first] == [Outcome.PASSED.value]
    assert check(probed=False, only=only) == first
