"""Simulated people find the faults of receivers, and let correct receivers pass."""

from __future__ import annotations

import threading
from queue import SimpleQueue
from typing import Any

import pytest

from telnyx_mock.contract import run_calls
from telnyx_mock.contract.calls.calls_report import CallsReport
from telnyx_mock.contract.calls.invariants import INVARIANTS, KEEPS_RUNNING
from telnyx_mock.contract.calls.play import DID_NOTHING
from telnyx_mock.contract.rules.registry import CONTRACT
from telnyx_mock.diagnosis.kinds import KINDS
from telnyx_mock.errors import DeliveryError, UsageError
from telnyx_mock.payload.request import Request
from telnyx_mock.signing.keys import KeyPair
from telnyx_mock.transports.receiver import Response
from telnyx_mock.transports.server_process import free_port
from tests.calls import meetings, offices, receivers
from tests.calls.elsewhere import elsewhere
from tests.calls.faults import FAULTY, OTHERS
from tests.calls.receivers import Ivr

CORRECT = (*receivers.CORRECT, *offices.CORRECT, *meetings.CORRECT)

KEY = KeyPair.generate()

CONSEQUENCES = {"leaves-nobody-in-silence", "lets-people-talk-on"}
"""What other faults can lead to: who gets no answer waits in vain, and who hangs up all cuts off a talk."""


class Refusing:
    """A server elsewhere that knows another key."""

    in_process = False
    url = "http://127.0.0.1/"

    def send(self, request: Request, *, timeout: float) -> Response:
        return Response(401, (), b"", 0.001)

    def wait_until_idle(self, timeout: float) -> bool:
        return True

    def close(self) -> None: ...


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
    assert FAULTY.keys() == INVARIANTS.keys() - {KEEPS_RUNNING}, "tests/cli has those that end"


def test_no_invariant_has_the_name_of_a_rule_or_a_fault() -> None:
    assert not {*INVARIANTS} & {*CONTRACT, *KINDS}


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


@pytest.mark.slow
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
    threads, messages = "Threads of the app", "The app did not answer a text message"
    assert any(sentence.startswith(threads) for sentence in report.skipped)
    assert any(sentence.startswith(messages) for sentence in report.skipped)
    bot = run_calls(FAULTY["answers-people-not-itself"](), seed=1, examples=5)
    assert not any(sentence.startswith((threads, messages)) for sentence in bot.skipped)


def judged_elsewhere(
    name: str, *words: str, calls: bool = True, key: Any = KEY, **given: Any
) -> CallsReport:
    """What people find who call the receiver *name* in a process of its own."""
    api = free_port()
    with elsewhere(name, api if calls else free_port(), *words) as address:
        return run_calls(address, api=api, key=key, **{"seed": 1, "examples": 8, **given})


@pytest.mark.long
@pytest.mark.parametrize("words", [(), ("later",)], ids=["at once", "later"])
def test_a_correct_server_passes(words: tuple[str, ...]) -> None:
    report = judged_elsewhere("Retrying", *words)
    assert (report.violations, report.unsure) == ((), ())


@pytest.mark.long
def test_a_server_whose_worker_takes_its_time_is_judged() -> None:
    report = judged_elsewhere("Retrying", "worker", examples=40)
    assert (report.violations, report.unsure) == ((), ())
    assert report.limits[0].startswith("A worker of the app sends commands up to 1.")
    given = {"only": ["acts-once-on-a-webhook"], "examples": 200, "seed": 2, "fail_fast": True}
    [violation] = judged_elsewhere("ActingTwice", "worker", **given).violations
    assert "again for" in violation.story


@pytest.mark.long
def test_the_commands_of_a_server_show_its_fault() -> None:
    [violation] = judged_elsewhere("ActingTwice").violations
    assert violation.invariant.id == "acts-once-on-a-webhook"
    assert "app           answer" in violation.story


@pytest.mark.long
def test_a_server_that_never_calls_the_api_is_no_pass() -> None:
    report = judged_elsewhere("Rejecting", calls=False)
    assert "start it with TELNYX_BASE_URL=http://127.0.0.1:" in report.unsure[-1]


@pytest.mark.slow
def test_a_server_that_cannot_be_reached_is_one_sentence() -> None:
    with pytest.raises(DeliveryError, match="could not be reached"):
        run_calls(f"http://127.0.0.1:{free_port()}/", api=free_port(), key=KEY)


def test_a_server_with_another_key_is_told_so() -> None:
    with pytest.raises(UsageError, match="this run made a new"):
        run_calls(Refusing(), api=free_port())
