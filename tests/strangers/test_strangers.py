"""The contract finds the faults that strangers made, and blames them for nothing else.

Each receiver is a process of its own, and all of them take some minutes: ``make strangers``.
"""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from telnyx_mock.severity import Severity
from tests.strangers.runs import all_runs, make_all
from tests.strangers.score import Receiver, corpus, lines, scored, totals

PRECISION = 0.97
"""The least share of error blocks that are true."""
RECALL_OF_ERRORS = 0.94
"""The least share of the listed faults that are found, of those that are errors."""
RECALL_OF_WARNINGS = 0.70
"""The same of those that are warnings."""

CORRECT = [name for name, receiver in corpus().items() if receiver.is_correct]
OTHERS = [name for name, receiver in corpus().items() if not receiver.is_webhook]

runs = pytest.mark.strangers
long = pytest.mark.timeout(7200)  # the first of these tests waits for all runs

Receivers = Mapping[str, Receiver]


@pytest.fixture(scope="module")
def receivers(tmp_path_factory: pytest.TempPathFactory) -> Receivers:
    folder = tmp_path_factory.mktemp("strangers")
    make_all(folder)
    receivers = scored(folder)
    print(*lines(receivers), sep="\n")  # pytest shows it if a test fails
    return receivers


def test_every_run_is_of_a_receiver_and_every_receiver_has_one() -> None:
    assert {f"{run.file.parent.name}/{run.file.name}" for run in all_runs()} == set(corpus())


def test_every_judgement_is_of_a_receiver_and_every_fault_has_one() -> None:
    flaws = [flaw for receiver in corpus().values() for flaw in receiver.flaws]
    assert all(flaw.patterns or flaw.unobservable for flaw in flaws)


@runs
@long
@pytest.mark.parametrize("name", CORRECT)
def test_nothing_is_found_in_a_correct_receiver(receivers: Receivers, name: str) -> None:
    assert [str(block) for block in receivers[name].blocks] == []


@runs
@long
@pytest.mark.parametrize("name", OTHERS)
def test_a_route_that_is_no_webhook_is_not_judged(receivers: Receivers, name: str) -> None:
    assert receivers[name].exits == [2]
    assert [str(block) for block in receivers[name].blocks] == []


@runs
@long
def test_errors_are_true(receivers: Receivers) -> None:
    false = [b for each in receivers.values() for b in each.of(Severity.ERROR, true=False)]
    assert totals(receivers).precision >= PRECISION, "\n".join(map(str, false))


@runs
@long
def test_faults_are_found(receivers: Receivers) -> None:
    total = totals(receivers)
    assert total.recall("error") >= RECALL_OF_ERRORS
    assert total.recall("warning") >= RECALL_OF_WARNINGS
