"""How late answers are judged, and how long a run waits for them."""

from __future__ import annotations

import asyncio
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest

from telnyx_mock.clock import SYSTEM_CLOCK
from telnyx_mock.contract.engine import machine_load
from telnyx_mock.contract.engine.reason import Why
from telnyx_mock.contract.engine.result import Outcome
from telnyx_mock.patience import PATIENCE
from telnyx_mock.payload.request import Request
from telnyx_mock.severity import Severity
from telnyx_mock.transports.asgi import AsgiReceiver
from telnyx_mock.transports.receiver import Response
from tests.contract.conftest import MakeRunner, run
from tests.receivers.correct import Acting, Event, Queueing, Receiver, WsgiReceiver
from tests.receivers.faults.keys import OtherKey
from tests.receivers.faults.timing import Slow

DEADLINE = 2.0


class Timed:
    """A correct app whose answer to each webhook, counted from 0, takes as long as a test says."""

    url = "https://localhost/"
    in_process = True

    def __init__(self, seconds: Callable[[int], float]) -> None:
        self.app = Receiver()
        self.seconds = seconds
        self.count = -1

    def send(self, request: Request, *, timeout: float) -> Response:
        self.count += 1
        status = self.app.handle(self.app.read(request.headers), request.body)
        return Response(status, (), b"", self.seconds(self.count))

    def wait_until_idle(self, timeout: float) -> bool:
        return True

    def close(self) -> None: ...


def late_at(*numbers: int) -> Callable[[], Timed]:
    """A receiver that answers the webhooks with these numbers after the deadline."""
    return lambda: Timed(lambda count: DEADLINE + 1 if count in numbers else 0.1)


@pytest.mark.parametrize(
    ("late", "outcome", "deliveries"),
    [
        ((), Outcome.PASSED, 2),
        ((1,), Outcome.PASSED, 4),
        ((1, 2), Outcome.FAILED, 3),
        ((1, 3), Outcome.FAILED, 4),
        ((0,), Outcome.PASSED, 4),
        ((0, 1), Outcome.PASSED, 6),
        ((0, 2, 3), Outcome.FAILED, 4),
    ],
)
def test_two_of_three_late_answers_to_any_event_are_an_error_but_for_the_first_of_all(
    runner: MakeRunner, late: tuple[int, ...], outcome: Outcome, deliveries: int
) -> None:
    made = runner(late_at(*late), deadline=DEADLINE)
    result = run(made, "answers-in-time", "voice")
    assert result.outcome is outcome
    assert result.deliveries == deliveries, "the samples, and no more than is needed to decide"
    event = "call.initiated" if 0 in late else "call.hangup"
    assert {finding.event for finding in result.findings} <= {event}


def test_the_first_answer_is_judged_apart_and_is_only_advice(runner: MakeRunner) -> None:
    made = runner(late_at(0), "call.initiated", deadline=DEADLINE)
    assert run(made, "answers-in-time", "voice").findings == ()
    result = run(made, "answers-first-in-time", "")
    assert result.outcome is Outcome.PASSED
    [finding] = result.findings
    assert (finding.severity, finding.event) == (Severity.ADVICE, "call.initiated")


def test_late_answers_of_another_family_do_not_count(runner: MakeRunner) -> None:
    made = runner(late_at(1, 2, 3), "call.initiated", "message.received", deadline=DEADLINE)
    result = run(made, "answers-in-time", "voice")
    assert (result.outcome, result.deliveries) == (Outcome.PASSED, 1)


def test_both_late_answers_are_told(runner: MakeRunner) -> None:
    made = runner(lambda: Timed(lambda count: 3.0 + count), "call.initiated", deadline=DEADLINE)
    [finding] = run(made, "answers-in-time", "voice").findings
    assert "was answered after 4.0 s, and again after 5.0 s" in finding.message
    assert finding.expected == "an answer within 2 s"


@pytest.mark.parametrize(
    ("bursts", "outcome", "deliveries"),
    [
        ((0.1,), Outcome.PASSED, 12),
        ((0.9, 3.0, 3.0), Outcome.PASSED, 12),
        ((1.0, 3.0, 3.0), Outcome.FAILED, 32),
        ((3.0, 0.1, 0.1), Outcome.PASSED, 32),
        ((3.0, 0.1, 4.0), Outcome.FAILED, 32),
        ((3.0, 4.0), Outcome.FAILED, 22),
    ],
)
def test_two_of_three_late_bursts_are_an_error(
    runner: MakeRunner, bursts: tuple[float, ...], outcome: Outcome, deliveries: int
) -> None:
    """Before the bursts come the sample, and another one alone."""
    made = runner(
        lambda: Timed(lambda count: 0.1 if count < 2 else bursts[(count - 2) // 10]),
        "call.initiated",
        deadline=DEADLINE,
    )
    result = run(made, "answers-bursts-in-time")
    assert (result.outcome, result.deliveries) == (outcome, deliveries)
    for finding in result.findings:
        late = max(bursts)
        assert f"of 10 was answered after {late} s, and alone after 0.1 s" in finding.message
        assert finding.curl == "", "one request shows nothing"


def test_bursts_are_not_judged_where_no_sample_is_accepted_or_each_is_late(
    runner: MakeRunner,
) -> None:
    refusing = run(runner(OtherKey, "call.initiated"), "answers-bursts-in-time")
    assert (refusing.outcome, refusing.why) == (Outcome.SKIPPED, Why.NO_SAMPLE_ACCEPTED)
    made = runner(late_at(0, 1, 2), "call.initiated", deadline=DEADLINE)
    late = run(made, "answers-bursts-in-time")
    assert (late.outcome, late.why) == (Outcome.SKIPPED, Why.ALWAYS_LATE)


def test_a_run_waits_only_so_long_for_late_answers(runner: MakeRunner) -> None:
    patience = replace(PATIENCE, late_answers=4 * DEADLINE)
    made = runner(lambda: Timed(lambda _: 3 * DEADLINE), deadline=DEADLINE, patience=patience)
    run(made, "accepts-sample")
    run(made, "accepts-sample", "call.hangup")
    first, second = run(made, "accepts-unknown-fields"), run(made, "accepts-absent")
    assert (first.outcome, second.outcome) == (Outcome.INCONCLUSIVE, Outcome.SKIPPED)
    assert first.why is Why.BUDGET_SPENT
    assert run(made, "answers-in-time", "voice").outcome is Outcome.FAILED
    assert run(made, "answers-in-time", "voice").outcome is Outcome.SKIPPED


def test_a_run_waits_once_for_work_that_never_ends(runner: MakeRunner) -> None:
    waits: list[bool] = []

    class StartsWorker(Receiver):
        async def afterwards(self) -> None:
            if not hasattr(self, "worker"):
                self.worker = asyncio.create_task(asyncio.sleep(60))

    class Noting(AsgiReceiver):
        def wait_until_idle(self, timeout: float) -> bool:
            waits.append(super().wait_until_idle(timeout))
            return waits[-1]

    patience = replace(PATIENCE, background_work=0.05, resident_work=0.05)
    made = runner(lambda: Noting(StartsWorker(), patience=patience), patience=patience)
    for name in ("missing", "empty", "truncated", "not-base64", "by-another-key"):
        assert run(made, f"refuses-signature-{name}", "voice").outcome is Outcome.PASSED
    assert waits.count(False) == 1


def test_a_run_waits_only_so_long_for_background_work(runner: MakeRunner) -> None:
    class Thorough(Receiver):
        async def afterwards(self) -> None:
            await asyncio.sleep(0.02)

    patience = replace(PATIENCE, background_errors=0.01)
    made = runner(Thorough, patience=patience, clock=SYSTEM_CLOCK)
    result = run(made, "finishes-background-work", "voice")
    assert result.outcome is Outcome.SKIPPED
    assert result.why is Why.BACKGROUND_TOO_LONG
    assert "voice" in result.note
    one = runner(Thorough, "call.initiated", patience=patience)
    last = run(one, "finishes-background-work", "voice")
    assert last.outcome is Outcome.PASSED, "no event is left to be waited for"


SLOW_SERVICES = "answers-before-slow-services"


def test_an_answer_that_waits_too_long_for_the_api_is_late(runner: MakeRunner) -> None:
    made = runner(Acting, "call.initiated", deadline=0.5)
    [finding] = run(made, SLOW_SERVICES, "").findings
    assert finding.severity is Severity.WARNING
    assert "because the app waited for the Telnyx API, which took 1 s" in finding.message


def test_an_app_that_gives_up_in_time_is_not_late(runner: MakeRunner) -> None:
    class GivesUp(Acting):
        def __init__(self) -> None:
            super().__init__()
            self.api.timeout = 0.4

    [finding] = run(runner(GivesUp, "call.initiated", deadline=1), SLOW_SERVICES, "").findings
    assert finding.severity is Severity.ADVICE


def test_the_longest_deadlines_are_not_waited_for(runner: MakeRunner) -> None:
    [finding] = run(runner(Acting, "call.initiated", deadline=30), SLOW_SERVICES, "").findings
    assert finding.severity is Severity.ADVICE
    assert "if the API takes 30.5 s and the app waits for it, the answer is late" in finding.message


def test_a_call_that_holds_up_every_other_webhook_is_a_warning(runner: MakeRunner) -> None:
    """Acting calls with a client that blocks, on the event loop."""
    [finding] = run(runner(Acting, "call.initiated", deadline=1), "answers-bursts-in-time").findings
    assert finding.severity is Severity.WARNING
    assert "while each call of the app to another service took 0.15 s" in finding.message


def test_a_call_that_holds_up_no_other_webhook_is_no_finding(runner: MakeRunner) -> None:
    class Threaded(WsgiReceiver, Acting):
        """Each request has a thread of its own."""

    result = run(runner(Threaded, "call.initiated", deadline=1), "answers-bursts-in-time")
    assert result.outcome is Outcome.PASSED


def test_a_receiver_that_answers_first_waits_for_no_service(runner: MakeRunner) -> None:
    class AsksInAThread(Receiver):
        def act(self, event: Event) -> int:
            threading.Thread(target=self.ask).start()
            return 200

        def ask(self) -> None:
            with suppress(OSError):
                socket.create_connection(("names.example.com", 443), timeout=5).close()

    for receiver in (AsksInAThread, Queueing):
        result = run(runner(receiver, "call.initiated"), SLOW_SERVICES, "")
        assert result.outcome is not Outcome.FAILED
        assert result.findings == ()


@pytest.mark.parametrize("waits", [True, False])
def test_another_service_is_named_before_telnyx_if_the_answer_waits_for_it(
    runner: MakeRunner, waits: bool
) -> None:
    class AsksBoth(Acting):
        def act(self, event: Event) -> int:
            thread = threading.Thread(target=self.ask)
            thread.start()
            if waits:
                thread.join()
            return super().act(event)

        def ask(self) -> None:
            with suppress(OSError):
                socket.create_connection(("names.example.com", 443), timeout=5).close()

    [finding] = run(runner(AsksBoth, "call.initiated", deadline=0.5), SLOW_SERVICES, "").findings
    assert ("names.example.com" in finding.message) is waits
    assert ("the Telnyx API" in finding.message) is not waits


def test_nothing_is_late_while_the_machine_is_busy(runner: MakeRunner) -> None:
    patience = replace(PATIENCE, machine_delay=-1.0)
    made = runner(Slow, "call.initiated", deadline=0.05, patience=patience)
    result = run(made, "answers-in-time", "voice")
    assert (result.outcome, result.why) == (Outcome.INCONCLUSIVE, Why.MACHINE_BUSY)


def test_an_app_that_waits_for_a_processor_is_not_late(
    runner: MakeRunner, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A thread of another process takes the processor; here, the answer of the system is made up."""
    seconds = iter(range(0, 1000, 10))
    monkeypatch.setattr(machine_load, "waited_for_processor", lambda: float(next(seconds)))
    made = runner(Slow, "call.initiated", deadline=0.05)
    result = run(made, "answers-in-time", "voice")
    assert (result.outcome, result.why) == (Outcome.INCONCLUSIVE, Why.MACHINE_BUSY)
    assert "for a processor" in str(result.reason)


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="only Linux tells it")
def test_the_system_tells_how_long_threads_wait_for_a_processor() -> None:
    before = machine_load.waited_for_processor()
    together = os.cpu_count() or 1
    busy = "import time; end = time.monotonic() + 1.5\nwhile time.monotonic() < end: pass"
    others = [subprocess.Popen([sys.executable, "-c", busy]) for _ in range(4 * together)]
    end = time.monotonic() + 1
    while time.monotonic() < end:
        pass
    for other in others:
        other.wait()
    assert machine_load.waited_for_processor() - before > 0.2
