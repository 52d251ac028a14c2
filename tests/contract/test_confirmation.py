"""A failure is put down to a change of the sample only if it occurs again, and not without it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from telnyx_mock.contract.engine.confirmation import confirmed, steady
from telnyx_mock.contract.engine.failure import is_doubtful, is_failure, is_unexpected
from telnyx_mock.contract.engine.reason import Why
from telnyx_mock.contract.engine.result import Outcome
from telnyx_mock.delivery.delivery import Attempt, Delivery
from telnyx_mock.payload.request import Request
from telnyx_mock.payload.webhook import sample
from telnyx_mock.severity import Severity
from telnyx_mock.transports.receiver import NoAnswerReason, Response
from tests.contract.conftest import MakeRunner, run
from tests.receivers.correct import Event, Receiver, payload

RULES = ("accepts-unknown-fields", "accepts-unknown-event", "accepts-layouts")


def answered(status: int | None, **change: Any) -> Delivery:
    response = None if status is None else Response(status, (), b"", 0.0)
    request = Request((), b"", webhook=sample("call.initiated"), **change)
    return Delivery((Attempt(request, "http://localhost/", response, 0.0),))


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
        ({1, 2, 3}, Why.NOT_REPRODUCED),
        ({1, 2, 3, 4, 5}, Why.FAILS_WITHOUT_IT),
    ],
)
def test_a_failure_that_the_change_does_not_explain_is_inconclusive(
    numbers: set[int], why: Why, rule: str, runner: MakeRunner
) -> None:
    class Chosen(FailsAtChoice):
        pass

    Chosen.numbers = frozenset(numbers)
    made = runner(Chosen, "call.initiated", no_reads=True)
    result = run(made, rule)
    assert (result.outcome, result.why) == (Outcome.INCONCLUSIVE, why)
    assert made.baseline.unsteady
    [finding] = run(made, "accepts-each-time").findings
    assert finding.event == "call.initiated"


@pytest.mark.parametrize("times", [1, 2])
def test_a_sample_that_fails_once_or_twice_is_sent_again(times: int, runner: MakeRunner) -> None:
    class FailsFirst(FailsAtChoice):
        numbers = frozenset(range(times))

    made = runner(FailsFirst, "call.initiated")
    assert run(made, "accepts-sample").outcome is Outcome.PASSED
    [finding] = run(made, "accepts-each-time").findings
    assert finding.severity is Severity.WARNING
    counted = f"{times} of {11 + times} deliveries"
    assert finding.message == f"The receiver answers 5xx at random: {counted}."


def test_the_samples_of_a_receiver_that_fails_each_time_are_soon_sent_once(
    runner: MakeRunner,
) -> None:
    class FailsAlways(Receiver):
        sent = 0

        def act(self, event: Event) -> int:
            type(self).sent += 1
            return 500

    made = runner(FailsAlways, "call.*")
    counts = []
    for event in made.events[:7]:
        before = FailsAlways.sent
        made.baseline.sample_of(event)
        counts.append(FailsAlways.sent - before)
    assert counts == [5, 5, 5, 5, 5, 1, 1]


@pytest.mark.parametrize(
    ("status", "fails"),
    [(None, True), (200, False), (404, False), (499, False), (500, True), (501, True)],
)
def test_a_failure_is_no_answer_or_5xx(status: int | None, fails: bool) -> None:
    assert is_failure(answered(status)) is fails


@pytest.mark.parametrize(
    ("status", "change", "unexpected"),
    [
        (200, {}, False),
        (401, {}, True),
        (500, {}, True),
        (None, {}, True),
        (200, {"forgery": "signature-missing"}, False),
        (401, {"forgery": "signature-missing"}, False),
        (500, {"forgery": "signature-missing"}, True),
        (422, {"malformed": "json-null"}, False),
        (500, {"malformed": "json-null"}, True),
    ],
)
def test_only_what_telnyx_would_not_send_may_be_refused(
    status: int | None, change: dict[str, str], unexpected: bool
) -> None:
    assert is_unexpected(answered(status, **change)) is unexpected


def test_the_last_attempt_says_whether_a_failure_is_doubtful() -> None:
    [refused] = answered(503).attempts
    late = replace(refused, response=None, no_answer=NoAnswerReason.TIMEOUT)
    assert is_doubtful(Delivery((refused, late)))
    assert not is_doubtful(Delivery((late, refused)))


@pytest.mark.parametrize(("shown", "times"), [(2, 4), (3, 2)])
def test_a_failure_need_not_occur_often_if_others_had_a_pattern(
    shown: int, times: int, runner: MakeRunner
) -> None:
    made = runner(Receiver, "call.initiated")
    made.sender.failures.shown = shown
    sent: list[Delivery] = []

    def send() -> Delivery:
        sent.append(answered(500))
        return sent[-1]

    confirmed(made, made.events[0], answered(500), send)
    assert len(sent) == times


@pytest.mark.parametrize(
    ("status", "by_chance", "times"),
    [(400, False, 2), (400, True, 4), (500, False, 4), (500, True, 5)],
)
def test_how_often_a_failure_must_occur_again(
    status: int, by_chance: bool, times: int, runner: MakeRunner
) -> None:
    made = runner(Receiver, "call.initiated")
    if by_chance:
        made.baseline.note_unsteady(answered(503))
    sent: list[Delivery] = []

    def send() -> Delivery:
        sent.append(answered(status))
        return sent[-1]

    confirmed(made, made.events[0], answered(status), send)
    assert len(sent) == times


def test_a_control_comes_before_each_failure_but_the_last(runner: MakeRunner) -> None:
    sent: list[str] = []

    class Noting(Receiver):
        def act(self, event: Event) -> int:
            sent.append("control")
            return 200

    def send() -> Delivery:
        sent.append("again")
        return answered(500)

    made = runner(Noting, "call.initiated")
    made.baseline.accepts(made.events[0])
    sent.clear()
    confirmed(made, made.events[0], answered(500), send)
    assert sent == [*["control", "again"] * 3, "again"]


@pytest.mark.parametrize(
    ("statuses", "by_chance"),
    [((200,), 0), ((404,), 0), ((503, 200), 1), ((503, 500, 404), 2), ((500,) * 4, 0)],
)
def test_what_fails_a_few_times_and_then_no_more_fails_by_chance(
    statuses: tuple[int, ...], by_chance: int, runner: MakeRunner
) -> None:
    made, left = runner(Receiver, "call.initiated"), list(statuses)
    delivery = steady(made, lambda: answered(left.pop(0)))
    assert (delivery.status, left) == (statuses[-1], [])
    assert len(made.baseline.unsteady) == by_chance


def test_a_failure_at_a_forgery_needs_no_control_if_nothing_genuine_may_be_sent(
    runner: MakeRunner,
) -> None:
    class FailsAtForgeries(Receiver):
        def refuse(self) -> int:
            return 500

    made = runner(FailsAtForgeries, "call.initiated", forgeries_only=True)
    [finding] = run(made, "refuses-headers-missing", "voice").findings
    assert finding.status == 500


def test_a_failure_that_occurs_again_is_found(runner: MakeRunner) -> None:
    class NeedsNoFuture(Receiver):
        def act(self, event: Event) -> int:
            return 500 if "future_field" in payload(event) else 200

    made = runner(NeedsNoFuture, "call.initiated")
    assert run(made, "accepts-unknown-fields").outcome is Outcome.FAILED
    assert not run(made, "accepts-each-time").findings


@pytest.mark.parametrize("failing", [{1, 3}, {1, 3, 5}])
def test_a_receiver_that_fails_by_chance_must_fail_more_often(
    failing: set[int], runner: MakeRunner
) -> None:
    class Unlucky(FailsAtChoice):
        # 0: sample; 1: the change; 2: control; 3: the change again; 4: control; 5: the change.
        pass

    Unlucky.numbers = frozenset(failing)
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


class Steadily(Receiver):
    """Fails at one webhook of *of*, in turn."""

    of = 1
    handled = 0

    def act(self, event: Event) -> int:
        self.handled += 1
        return 503 if self.handled % self.of == 0 else 200


@pytest.mark.parametrize(
    ("of", "severity"), [(3, Severity.ERROR), (4, Severity.ERROR), (9, Severity.WARNING)]
)
def test_failures_by_chance_are_an_error_if_there_are_many(
    of: int, severity: Severity, runner: MakeRunner
) -> None:
    class Chosen(Steadily):
        pass

    Chosen.of = of
    made = runner(Chosen, "call.initiated", "call.hangup")
    for rule in ("accepts-sample", "accepts-absent", "accepts-null", "accepts-layouts"):
        run(made, rule)
    [finding] = run(made, "accepts-each-time").findings
    assert finding.severity is severity
