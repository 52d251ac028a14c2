"""Simulated people find the faults of receivers, and let correct receivers pass."""

from __future__ import annotations

import threading
from queue import SimpleQueue
from typing import Any

import pytest

from telnyx_mock.contract import run_calls
from telnyx_mock.contract.calls.invariants import INVARIANTS
from telnyx_mock.contract.calls.play import DID_NOTHING
from telnyx_mock.errors import UsageError
from tests.calls import offices, receivers
from tests.calls.faults import FAULTY, OTHERS
from tests.calls.receivers import Ivr

CORRECT = (*receivers.CORRECT, *offices.CORRECT)

CONSEQUENCES = {"leaves-nobody-in-silence"}
"""What other faults can lead to: the one who gets no answer waits in vain."""


def found(receiver: type[Ivr], seed: int, examples: int) -> list[str]:
    app = receiver()
    report = run_calls(app, seed=seed, examples=examples, dial=getattr(app, "remind", ""))
    for timer in getattr(app, "timers", ()):
        timer.cancel()
        timer.join()
    assert report.unsure == ()
    return [each.invariant.id for each in report.violations]


@pytest.mark.parametrize("receiver", CORRECT)
def test_a_correct_receiver_passes(receiver: type[Ivr]) -> None:
    assert found(receiver, seed=0, examples=15) == []


@pytest.mark.long
@pytest.mark.parametrize("seed", range(1, 21))
@pytest.mark.parametrize("receiver", CORRECT)
def test_a_correct_receiver_passes_with_any_seed(receiver: type[Ivr], seed: int) -> None:
    assert found(receiver, seed, examples=200) == []


def test_each_invariant_has_a_receiver_that_breaks_it() -> None:
    assert FAULTY.keys() == INVARIANTS.keys()


@pytest.mark.long
@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("invariant", FAULTY)
def test_a_fault_is_found_and_no_other(invariant: str, seed: int) -> None:
    first, *others = found(FAULTY[invariant], seed, examples=200)
    assert first == invariant
    assert set(others) <= CONSEQUENCES


@pytest.mark.long
@pytest.mark.parametrize("receiver", OTHERS)
def test_another_form_of_a_fault_is_found(receiver: type[Ivr]) -> None:
    first, *others = found(receiver, 1, examples=200)
    assert first == OTHERS[receiver]
    assert set(others) <= CONSEQUENCES


@pytest.mark.parametrize("invariant", ["acts-once-on-a-webhook", "keeps-calls-of-people-apart"])
def test_a_common_fault_is_found_soon(invariant: str) -> None:
    assert invariant in found(FAULTY[invariant], seed=1, examples=60)


def test_an_app_that_does_nothing_is_no_pass() -> None:
    class Idle(Ivr):
        def handle(self, event: str, payload: dict[str, Any], event_id: str) -> list[int]:
            return []

    report = run_calls(Idle(), seed=1, examples=10)
    assert (report.violations, report.unsure) == ((), (DID_NOTHING,))


def test_what_was_not_tried_is_said() -> None:
    class Working(Ivr):
        """Works in a thread that stays."""

        def __init__(self) -> None:
            super().__init__()
            self.work: SimpleQueue[tuple[Any, ...] | None] = SimpleQueue()
            self.worker = threading.Thread(target=self.run)
            self.worker.start()

        def run(self) -> None:
            while (work := self.work.get()) is not None:
                self.handle(*work)

        def receive(self, event: str, payload: dict[str, Any], event_id: str) -> int:
            if event.startswith("call."):
                self.work.put((event, payload, event_id))
            return 200

    app = Working()
    report = run_calls(app, seed=1, examples=5)
    app.work.put(None)
    app.worker.join()
    assert [sentence.split()[0] for sentence in report.skipped] == ["The", "Threads"]
    assert run_calls(FAULTY["answers-people-not-itself"](), seed=1, examples=5).skipped == ()


def test_an_address_is_refused() -> None:
    with pytest.raises(UsageError, match="an app in this process"):
        run_calls("http://localhost:8000/")
