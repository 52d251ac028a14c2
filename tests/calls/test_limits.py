"""The limits of a run of calls: the first error, the budget, the rate, the deadline; and the queue of the app."""

from __future__ import annotations

import time
from typing import Any

import pytest

from telnyx_mock.contract import run_calls
from telnyx_mock.contract.calls import suspicions
from telnyx_mock.contract.calls.calls_report import CallsReport
from telnyx_mock.contract.calls.play import DID_NOTHING
from telnyx_mock.contract.engine.reason import Why
from tests.calls.receivers import Rejecting


class TwoFaults(Rejecting):
    """Loses a call when the API fails, an error, and sends a command for the ended call, a warning."""

    def receive(self, event: str, payload: dict[str, Any], event_id: str) -> int:
        if event in ("call.initiated", "call.hangup"):
            call = payload["call_control_id"]
            self.do("reject", call, cause="USER_BUSY", command_id=event_id)
        return 200


def found(report: CallsReport) -> list[str]:
    return [each.invariant.id for each in report.violations]


def reasons(report: CallsReport) -> set[Why]:
    return {each.why for each in report.unjudged.values()}


LOSES = "keeps-a-call-when-the-api-fails"
ONLY = (LOSES, "leaves-ended-calls-alone", "answers-once")


def judged(receiver: Any = TwoFaults, **values: Any) -> CallsReport:
    return run_calls(receiver(), seed=1, examples=15, only=ONLY, **values)


def test_the_run_stops_at_the_first_error_and_shrinks_it() -> None:
    whole, fast = judged(), judged(fail_fast=True)
    assert {*found(whole)} >= {LOSES, "leaves-ended-calls-alone"}
    assert found(fast)[0] == LOSES
    assert fast.examples < whole.examples
    assert reasons(fast) == {Why.STOPPED_AT_ERROR}
    assert {*fast.unjudged} == {*ONLY} - {*found(fast)}
    story = fast.violations[0].story.splitlines()
    assert len(story) == 3, "it is as short as can be"


def test_a_warning_or_a_known_fault_stops_no_run() -> None:
    for more in ({"severity": [f"{LOSES}=warning"]}, {"is_known": lambda _: True}):
        report = judged(fail_fast=True, **more)
        assert {*found(report)} >= {LOSES, "leaves-ended-calls-alone"}
        assert Why.STOPPED_AT_ERROR not in reasons(report)


def test_a_warning_stops_a_strict_run() -> None:
    report = judged(fail_fast=True, strict=True, severity=[f"{LOSES}=warning"])
    assert len(found(report)) == 1


class Counting(Rejecting):
    """Counts its webhooks, and when they came."""

    def __init__(self) -> None:
        self.times: list[float] = []

    def receive(self, event: str, payload: dict[str, Any], event_id: str) -> int:
        self.times.append(time.monotonic())
        return super().receive(event, payload, event_id)


@pytest.mark.parametrize("budget", [1, 2, 30])
def test_nobody_calls_once_the_budget_is_spent(budget: int) -> None:
    app = Counting()
    report = run_calls(app, seed=1, max_requests=budget, only=ONLY)
    assert len(app.times) == budget
    [sentence] = report.unsure
    assert sentence.startswith(f"The budget of {budget} requests was used up in simulation ")
    assert {*report.unjudged} == {*ONLY}
    assert reasons(report) == {Why.BUDGET_SPENT}


def test_what_was_found_before_counts() -> None:
    report = judged(max_requests=60)
    assert LOSES in found(report)
    assert {*report.unjudged} == {*ONLY} - {*found(report)}
    assert "used up" in report.unsure[0]


class Failing(Rejecting):
    """Fails at the end of each call, and counts how often."""

    failures = 0

    def receive(self, event: str, payload: dict[str, Any], event_id: str) -> int:
        if event == "call.hangup":
            self.failures += 1
            return 500
        return super().receive(event, payload, event_id)


def test_a_violation_that_was_seen_once_may_be_an_accident() -> None:
    seen = []
    for budget in range(1, 20):
        app = Failing()
        violations = found(run_calls(app, seed=1, max_requests=budget))
        seen.append(app.failures // 2)  # Telnyx delivers a webhook twice that is not accepted
        assert bool(violations) == (seen[-1] > 1)
    assert {0, 1, 2} <= {*seen}


def test_a_budget_that_suffices_changes_nothing() -> None:
    app = Counting()
    report = run_calls(app, seed=1, examples=5, max_requests=1000)
    assert (report.violations, report.unsure) == ((), ())
    assert 5 < len(app.times) < 1000


def test_the_rate_limits_the_webhooks() -> None:
    app = Counting()
    run_calls(app, seed=1, examples=3, rate=200)
    pauses = [later - one for one, later in zip(app.times, app.times[1:], strict=False)]
    assert len(pauses) > 5
    assert app.times[-1] - app.times[0] >= 0.9 * len(pauses) / 200


class Queueing(TwoFaults):
    """Puts its work into a queue, and answers at once."""

    def __init__(self) -> None:
        self.queue: list[tuple[str, dict[str, Any], str]] = []

    def receive(self, event: str, payload: dict[str, Any], event_id: str) -> int:
        self.queue.append((event, payload, event_id))
        return 200

    def work(self) -> None:
        while self.queue:
            super().receive(*self.queue.pop(0))


def test_the_work_in_a_queue_is_done_if_the_user_says_how() -> None:
    app = Queueing()
    report = run_calls(app, seed=1, examples=20, only=ONLY, drain=app.work)
    assert "leaves-ended-calls-alone" in found(report)
    assert DID_NOTHING not in report.unsure
    assert run_calls(Queueing(), seed=1, examples=2).unsure == (DID_NOTHING,)


class Slow(Rejecting):
    """Takes 30 ms for each answer."""

    def receive(self, event: str, payload: dict[str, Any], event_id: str) -> int:
        time.sleep(0.03)
        return super().receive(event, payload, event_id)


def test_the_user_says_how_long_an_answer_may_take(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(suspicions, "require_free_machine", lambda *_: None)
    late = run_calls(Slow(), seed=1, examples=1, deadline=0.01)
    assert found(late) == ["answers-while-telnyx-waits"]
    assert run_calls(Slow(), seed=1, examples=1).violations == ()
