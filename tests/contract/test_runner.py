"""Which checks the runner skips, which stay inconclusive, and how it treats a receiver that is busy."""

from __future__ import annotations

import json
import urllib.request
from contextlib import suppress
from typing import Any

import httpx
import pytest

from telnyx_mock.clock import Clock
from telnyx_mock.contract.engine.reason import Reason, Skipped, Why
from telnyx_mock.contract.engine.result import Outcome
from telnyx_mock.payload.webhook import sample
from tests.contract.conftest import MakeRunner, run
from tests.contract.virtual_clock import VirtualClock
from tests.receivers.correct import API, TLS, Event, Headers, Notifying, Receiver, kind, payload
from tests.receivers.faults.events import FailsAtHangup
from tests.receivers.faults.keys import OtherKey

FAILED, PASSED = Outcome.FAILED, Outcome.PASSED
INCONCLUSIVE, SKIPPED = Outcome.INCONCLUSIVE, Outcome.SKIPPED


@pytest.fixture
def clock() -> Clock:
    return VirtualClock()


def test_a_refused_forgery_proves_nothing_while_the_genuine_sample_is_refused(
    runner: MakeRunner,
) -> None:
    result = run(runner(OtherKey, named=True), "refuses-signature-missing", "voice")
    assert result.outcome is INCONCLUSIVE
    assert result.reason == Reason(
        Why.BASELINE_NOT_ACCEPTED, "call.initiated", {"answer": "401 Unauthorized"}
    )
    assert result.findings == ()


# A receiver that is busy


class Busy(Receiver):
    """Answers 429 to the first so many genuine webhooks."""

    busy = 99

    def act(self, event: Event) -> int:
        self.busy -= 1
        return 429 if self.busy >= 0 else 200


def test_a_receiver_that_answers_429_twice_and_then_200_passes(runner: MakeRunner) -> None:
    class BusyTwice(Busy):
        busy = 2

    result = run(runner(BusyTwice, "call.initiated"), "accepts-sample")
    assert (result.outcome, result.findings, result.deliveries) == (PASSED, (), 3)


def test_a_receiver_that_always_answers_429_is_inconclusive(runner: MakeRunner) -> None:
    result = run(runner(Busy, "call.initiated"), "accepts-sample")
    assert result.outcome is INCONCLUSIVE
    assert result.reason == Reason(Why.BUSY, "call.initiated")
    assert result.deliveries == 4


def test_a_receiver_that_stays_busy_is_waited_for_once(runner: MakeRunner) -> None:
    made = runner(Busy)
    assert run(made, "accepts-sample").deliveries == 4
    result = run(made, "accepts-sample", "call.hangup")
    assert (result.outcome, result.deliveries) == (INCONCLUSIVE, 1)


def test_a_receiver_that_was_busy_is_judged_when_it_is_free(runner: MakeRunner) -> None:
    class BusyAtFirst(Busy):
        busy = 5

    made = runner(BusyAtFirst)
    outcomes = [run(made, "accepts-sample").outcome for _ in range(3)]
    assert outcomes == [INCONCLUSIVE, INCONCLUSIVE, PASSED]


def limited(clock: Clock, receiver: type[Receiver] = Receiver) -> type[Receiver]:
    """A receiver that takes one request in a second, and says so in Retry-After."""

    class Limited(receiver):  # type: ignore[misc, valid-type]
        free = 0.0

        def handle(self, headers: Headers, body: bytes) -> int:
            if clock.monotonic() < self.free:
                return 429
            self.free = clock.monotonic() + 1
            return super().handle(headers, body)  # type: ignore[no-any-return]

        def headers(self) -> list[tuple[bytes, bytes]]:
            return [(b"Retry-After", b"1")]

    return Limited


def test_a_busy_receiver_is_given_the_time_that_it_asks_for(
    runner: MakeRunner, clock: Clock
) -> None:
    made = runner(limited(clock), "call.initiated")
    assert run(made, "accepts-sample").outcome is PASSED
    assert run(made, "accepts-unknown-fields").outcome is PASSED


def test_a_forgery_that_met_a_busy_receiver_is_sent_again(runner: MakeRunner, clock: Clock) -> None:
    class VerifiesNothing(Receiver):
        def verify(self, headers: Headers, body: bytes) -> None: ...

    made = runner(limited(clock, VerifiesNothing), "call.initiated")
    run(made, "accepts-sample")
    run(made, "accepts-unknown-fields")
    assert run(made, "refuses-signature-missing", "voice").outcome is FAILED


def test_a_forgery_that_a_fresh_receiver_answers_with_429_is_sent_again_only_after_a_busy_time(
    runner: MakeRunner,
) -> None:
    class Refuses429(Receiver):
        def refuse(self) -> int:
            return 429

    made = runner(Refuses429, "call.initiated")
    with made.sender.fresh() as send:
        assert send(sample("call.initiated"), forge="signature-missing").status == 429
    assert made.sender.other_deliveries == 1


def test_answers_are_counted_and_what_was_accepted_need_not_come_again(
    runner: MakeRunner,
) -> None:
    made = runner(Receiver, "call.initiated")
    [event] = made.events

    def goals_left() -> int:
        return len(made.sender.reached.left(event, lambda _: True))

    before = goals_left()
    made.sender.send(sample(event.name), forge="body-query-added")
    assert goals_left() == before
    first = made.sender.first
    assert first is not None
    assert first.request.forgery == "body-query-added"
    made.sender.send(sample(event.name))
    assert made.sender.first is first
    assert goals_left() < before
    made.sender.send(sample(event.name), forge="signature-missing")
    assert made.sender.answers[401] == 1
    assert sum(made.sender.answers.values()) == len(made.sender.latencies) == 3


def test_requests_at_once_are_genuine_unless_only_forgeries_may_be_sent(
    runner: MakeRunner,
) -> None:
    made, forging = runner(Receiver), runner(Receiver, forgeries_only=True)
    genuine = made.emulator.request("call.initiated")
    forged = forging.emulator.request("call.initiated", forge="signature-missing")
    assert [each.status for each in made.sender.send_at_once([genuine] * 3)] == [200] * 3
    assert [each.status for each in forging.sender.send_at_once([forged] * 2)] == [401] * 2
    with pytest.raises(Skipped):
        forging.sender.send_at_once([forged, genuine])


def test_a_receiver_may_refuse_forgeries_with_429(runner: MakeRunner) -> None:
    class TooManyBadSignatures(Receiver):
        def refuse(self) -> int:
            return 429

    assert run(runner(TooManyBadSignatures), "refuses-signature-missing", "voice").outcome is PASSED


# A receiver that needs a host which it cannot reach here


class CallsFromOne(Receiver):
    """Calls Telnyx with a library that is not caught for one event, refuses another, accepts the rest."""

    met = 0

    def act(self, event: Event) -> int:
        if kind(event) == "call.initiated":
            type(self).met += 1
            with suppress(OSError):
                urllib.request.urlopen(f"{API}/calls", data=b"{}")
        return 404 if kind(event) == "call.hangup" else 200


ONE_OF_MANY = ("call.initiated", "call.answered", "message.received", "message.sent")


def test_a_blocked_call_of_the_receiver_makes_a_check_inconclusive(runner: MakeRunner) -> None:
    result = run(runner(CallsFromOne), "accepts-sample")
    assert result.outcome is INCONCLUSIVE
    assert result.why is Why.CALLS_BLOCKED
    assert "call.initiated" in result.note
    assert result.reason.details["calls"].startswith("A call by urllib.request to api.telnyx.com")


def test_events_beside_a_blocked_one_are_judged(runner: MakeRunner) -> None:
    made = runner(CallsFromOne, *ONE_OF_MANY)
    for rule, subject in (
        ("serves-something", ""),
        ("answers-first-in-time", ""),
        ("answers-without-traces", ""),
        ("accepts-sample", "call.answered"),
        ("accepts-sample", "message.sent"),
        ("refuses-signature-missing", "voice"),
        ("answers-in-time", "messaging"),
    ):
        assert run(made, rule, subject).outcome is PASSED, rule
    assert run(made, "accepts-sample").outcome is INCONCLUSIVE


@pytest.mark.parametrize(
    ("rule", "subject"),
    [
        ("answers-in-time", "voice"),
        ("finishes-background-work", "voice"),
        ("accepts-any-order", "voice"),
        ("answers-bursts-in-time", ""),
        ("idempotent-when-redelivered", ""),
        ("serves-something", ""),
    ],
)
def test_nothing_counts_as_missing_while_a_sample_is_blocked(
    rule: str, subject: str, runner: MakeRunner
) -> None:
    made = runner(CallsFromOne, "call.initiated", "call.hangup", named=True)
    result = run(made, rule, subject)
    assert result.outcome is INCONCLUSIVE
    assert result.why is Why.CALLS_BLOCKED
    assert "call.initiated" in result.note


def test_a_blocked_sample_is_sent_once(runner: MakeRunner) -> None:
    CallsFromOne.met = 0
    made = runner(CallsFromOne, *ONE_OF_MANY)
    results = [
        run(made, rule) for rule in ("accepts-sample", "accepts-null", "accepts-each-choice")
    ]
    assert {result.outcome for result in results} == {INCONCLUSIVE}
    assert [result.reason for result in results] == [results[0].reason] * 3
    assert CallsFromOne.met == 1


def test_a_blocked_sample_may_decide_whether_a_family_is_served(runner: MakeRunner) -> None:
    made = runner(CallsFromOne, "call.initiated", "call.hangup", "message.sent")
    result = run(made, "accepts-sample", "call.hangup")
    assert result.outcome is INCONCLUSIVE
    assert result.why is Why.CALLS_BLOCKED
    assert "call.initiated" in result.note
    assert run(made, "accepts-sample", "message.sent").outcome is PASSED


# A receiver that calls other machines


def test_a_call_to_another_machine_that_the_receiver_can_do_without_does_not_matter(
    runner: MakeRunner,
) -> None:
    made = runner(Notifying)
    for rule in ("accepts-sample", "answers-in-time"):
        assert run(made, rule).outcome is PASSED
    assert [call.host for call in made.emulator.api.blocked][:1] == ["hooks.example.com"]


def test_a_receiver_that_needs_another_machine_is_inconclusive(runner: MakeRunner) -> None:
    class Needs(Receiver):
        def act(self, event: Event) -> int:
            urllib.request.urlopen("https://hooks.example.com/calls", b"{}", timeout=60)
            return 200

    result = run(runner(Needs), "accepts-sample")
    assert (result.outcome, result.why, result.findings) == (INCONCLUSIVE, Why.CALLS_BLOCKED, ())
    assert "--allow-host hooks.example.com" in result.note


class Expects(Receiver):
    """Fails without the true answer of the API."""

    def act(self, event: Event) -> int:
        if kind(event) == "call.initiated":
            with httpx.Client(base_url=API, verify=TLS) as client:
                return self.read_one(client.get("/unheard_of/1").json())
        return 200

    def read_one(self, body: Any) -> int:
        return int(bool(body["data"]["id"])) * 200


def test_a_failure_after_an_answer_that_is_not_modelled_is_inconclusive(
    runner: MakeRunner,
) -> None:
    made = runner(Expects)
    result = run(made, "accepts-sample")
    assert (result.outcome, result.why, result.findings) == (INCONCLUSIVE, Why.NOT_MODELLED, ())
    assert "GET /v2/unheard_of/1" in result.note
    assert run(made, "accepts-sample", "call.hangup").outcome is PASSED


def test_a_failure_in_the_background_after_such_an_answer_is_inconclusive(
    runner: MakeRunner,
) -> None:
    class ExpectsLater(Receiver):
        async def afterwards(self) -> None:
            async with httpx.AsyncClient(base_url=API, verify=TLS) as client:
                (await client.get("/unheard_of/1")).json()["data"]["id"]

    result = run(runner(ExpectsLater), "finishes-background-work", "voice")
    assert (result.outcome, result.why, result.findings) == (INCONCLUSIVE, Why.NOT_MODELLED, ())


def test_a_prepared_answer_is_the_true_one(runner: MakeRunner) -> None:
    made = runner(Expects)
    made.emulator.api.answer_with("GET", "/v2/unheard_of/*", body={"data": {"no": "id"}})
    result = run(made, "accepts-sample")
    assert (result.outcome, result.why) == (FAILED, None)


# Families that the receiver does not serve


class VoiceOnly(Receiver):
    """Knows calls, and nothing of messages."""

    def act(self, event: Event) -> int:
        return 200 if kind(event).startswith("call.") else 404


def test_a_family_whose_samples_are_refused_with_one_status_is_skipped(runner: MakeRunner) -> None:
    made = runner(VoiceOnly, "call.initiated", "message.*")
    result = run(made, "accepts-null", "message.received")
    assert result.outcome is SKIPPED
    assert result.reason == Reason(Why.FAMILY_NOT_SERVED, "messaging")
    assert run(made, "accepts-null").outcome is PASSED
    assert run(made, "serves-something", "").outcome is PASSED


def test_a_family_that_was_asked_for_by_name_is_served(runner: MakeRunner) -> None:
    made = runner(VoiceOnly, "call.initiated", "message.received", named=True)
    assert run(made, "accepts-sample", "message.received").outcome is FAILED


def test_a_family_that_fails_is_served(runner: MakeRunner) -> None:
    class FailsAtMessages(Receiver):
        def act(self, event: Event) -> int:
            return 200 if kind(event).startswith("call.") else 500

    made = runner(FailsAtMessages, "call.initiated", "message.received")
    assert run(made, "accepts-sample", "message.received").outcome is FAILED


def test_a_family_is_skipped_although_the_receiver_fails_at_one_unusual_envelope(
    runner: MakeRunner,
) -> None:
    """conference.floor.changed has no ``data``, so a receiver without conferences may fail there."""

    class FailsAtFloors(Receiver):
        def act(self, event: Event) -> int:
            if kind(event) == "conference.floor.changed":
                return 500
            return 200 if kind(event).startswith("call.") else 422

    made = runner(FailsAtFloors, "call.initiated", "conference.*")
    assert run(made, "accepts-sample", "conference.floor.changed").outcome is SKIPPED


def test_a_family_is_represented_by_an_event_that_the_rule_applies_to(runner: MakeRunner) -> None:
    # The first of them has no data, and so no type in it.
    made = runner(Receiver, "conference.floor.changed", "conference.created")
    assert run(made, "accepts-unknown-event", "conference").outcome is PASSED


def test_mutations_are_skipped_where_the_sample_fails(runner: MakeRunner) -> None:
    result = run(runner(FailsAtHangup), "accepts-absent", "call.hangup")
    assert result.outcome is SKIPPED
    assert result.reason == Reason(Why.SAMPLE_NOT_ACCEPTED, "call.hangup")


# JSON and forms


def test_an_address_for_json_need_not_accept_forms(runner: MakeRunner) -> None:
    class JsonAlone(Receiver):
        def parse(self, headers: Headers, body: bytes) -> Any:
            return json.loads(body)

    made = runner(JsonAlone, "call.initiated", "texml.call.*")
    assert run(made, "serves-something", "").outcome is PASSED
    result = run(made, "accepts-sample", "texml.call.completed")
    assert result.outcome is SKIPPED
    assert result.reason == Reason(Why.FAMILY_NOT_SERVED, "texml")


def test_an_address_for_forms_need_not_accept_json(runner: MakeRunner) -> None:
    class FormsAlone(Receiver):
        def act(self, event: Event) -> int:
            return 400 if kind(event) else 200

    made = runner(FormsAlone, "call.*", "texml.call.*")
    assert run(made, "serves-something", "").outcome is PASSED
    assert run(made, "accepts-sample", "texml.call.completed").outcome is PASSED
    assert run(made, "accepts-sample").reason == Reason(Why.FAMILY_NOT_SERVED, "voice")


def test_another_key_shows_whatever_the_answer_to_forms_is(runner: MakeRunner) -> None:
    class NoForms(OtherKey):
        def handle(self, headers: Headers, body: bytes) -> int:
            return 415 if "form" in headers["content-type"] else super().handle(headers, body)

    made = runner(NoForms, "call.initiated", "texml.call.*")
    assert run(made, "serves-something", "").outcome is FAILED


# Failures that do not occur again


class FailsOnce(Receiver):
    """Fails once, at a call without the type of its caller."""

    failed = False

    def act(self, event: Event) -> int:
        if "calling_party_type" not in payload(event) and not self.failed:
            self.failed = True
            return 500
        return 200


def test_a_failure_that_does_not_occur_again_is_noted(runner: MakeRunner) -> None:
    made = runner(FailsOnce, "call.initiated")
    assert run(made, "accepts-absent").outcome is PASSED
    [failed] = made.baseline.unsteady
    assert failed.request.event == "call.initiated"
