"""When a runner cannot tell, when it leaves out, and what it must not be fooled by."""

from __future__ import annotations

import asyncio
import json
import threading
import time
import urllib.request
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import httpx
import pytest

from telnyx_mock.contract.engine.result import Result
from telnyx_mock.contract.engine.runner import Runner
from telnyx_mock.contract.rules.registry import CONTRACT
from telnyx_mock.patience import PATIENCE, Patience
from telnyx_mock.severity import Outcome, Severity
from telnyx_mock.transports import asgi
from tests.receivers.bad import FailsAtHangup, NeedsPartyType, NeedsText, OtherKey, Slow
from tests.receivers.correct import API, Event, Headers, Receiver, WsgiReceiver, kind, payload

MakeRunner = Callable[..., Runner]


def run(made: Runner, check: str, subject: str = "call.initiated") -> Result:
    return made.run(CONTRACT[check], subject)


# Whether it can be told


def test_a_refusal_proves_nothing_while_the_genuine_twin_is_refused(runner: MakeRunner) -> None:
    result = run(runner(OtherKey, named=True), "refuses-signature-missing", "voice")
    assert result.outcome is Outcome.INCONCLUSIVE
    assert result.note == (
        "the genuine twin of call.initiated was not accepted either (401 Unauthorized), so "
        "refusing the forgery proves nothing"
    )
    assert result.findings == ()


class Busy(Receiver):
    """Answers 429 to the first so many genuine webhooks."""

    busy = 99

    def act(self, event: Event) -> int:
        self.busy -= 1
        return 429 if self.busy >= 0 else 200


def test_429_twice_and_then_200_is_fine(runner: MakeRunner) -> None:
    class BusyTwice(Busy):
        busy = 2

    result = run(runner(BusyTwice, "call.initiated"), "accepts-sample")
    assert result.outcome is Outcome.PASSED
    assert result.findings == ()
    assert result.deliveries == 3


def test_429_each_time_tells_nothing(runner: MakeRunner) -> None:
    result = run(runner(Busy, "call.initiated"), "accepts-sample")
    assert result.outcome is Outcome.INCONCLUSIVE
    assert result.note == (
        "call.initiated was answered 429 each time it was sent; send less in a second (--rate)"
    )
    assert result.deliveries == 4


def test_a_receiver_that_stays_busy_is_waited_for_once(runner: MakeRunner) -> None:
    made = runner(Busy)
    assert run(made, "accepts-sample").deliveries == 4
    result = run(made, "accepts-sample", "call.hangup")
    assert (result.outcome, result.deliveries) == (Outcome.INCONCLUSIVE, 1)


def test_a_call_that_had_to_be_kept_in_makes_it_inconclusive(runner: MakeRunner) -> None:
    class CallsByUrllib(Receiver):
        def act(self, event: Event) -> int:
            with suppress(OSError):
                urllib.request.urlopen(f"{API}/calls", data=b"{}")
            return 500

    result = run(runner(CallsByUrllib), "accepts-sample")
    assert result.outcome is Outcome.INCONCLUSIVE
    assert result.note.startswith(
        "the receiver could not do its work for call.initiated. A call by urllib.request to "
        "api.telnyx.com was not let out: the fake API catches httpx"
    )


class CallsFromOne(Receiver):
    """Does work that cannot be done here for one event, refuses another, accepts all else."""

    met = 0

    def act(self, event: Event) -> int:
        if kind(event) == "call.initiated":
            type(self).met += 1
            with suppress(OSError):
                urllib.request.urlopen(f"{API}/calls", data=b"{}")
        return 404 if kind(event) == "call.hangup" else 200


ONE_OF_MANY = ("call.initiated", "call.answered", "message.received", "message.sent")


def test_a_sample_that_tells_nothing_leaves_the_rest_to_be_judged(runner: MakeRunner) -> None:
    made = runner(CallsFromOne, *ONE_OF_MANY)
    for check, subject in (
        ("serves-something", ""),
        ("answers-first-in-time", ""),
        ("answers-without-traces", ""),
        ("accepts-sample", "call.answered"),
        ("accepts-sample", "message.sent"),
        ("refuses-signature-missing", "voice"),
        ("answers-in-time", "messaging"),
    ):
        assert run(made, check, subject).outcome is Outcome.PASSED, check
    assert run(made, "accepts-sample").outcome is Outcome.INCONCLUSIVE


@pytest.mark.parametrize(
    ("check", "subject"),
    [
        ("answers-in-time", "voice"),
        ("finishes-background-work", "voice"),
        ("accepts-any-order", "voice"),
        ("answers-bursts-in-time", ""),
        ("idempotent-when-redelivered", ""),
    ],
)
def test_nothing_is_called_missing_for_a_sample_that_tells_nothing(
    check: str, subject: str, runner: MakeRunner
) -> None:
    made = runner(CallsFromOne, "call.initiated", "call.hangup", named=True)
    result = run(made, check, subject)
    assert result.outcome is Outcome.INCONCLUSIVE
    assert result.note.startswith("the receiver could not do its work for call.initiated.")


def test_who_was_busy_is_judged_when_it_is_free(runner: MakeRunner) -> None:
    class BusyAtFirst(Busy):
        busy = 5

    made = runner(BusyAtFirst)
    assert run(made, "accepts-sample").outcome is Outcome.INCONCLUSIVE
    assert run(made, "accepts-sample").outcome is Outcome.INCONCLUSIVE
    assert run(made, "accepts-sample").outcome is Outcome.PASSED


def test_a_sample_that_tells_nothing_is_sent_once(runner: MakeRunner) -> None:
    CallsFromOne.met = 0
    made = runner(CallsFromOne, *ONE_OF_MANY)
    results = [
        run(made, check) for check in ("accepts-sample", "accepts-null", "accepts-each-choice")
    ]
    assert {result.outcome for result in results} == {Outcome.INCONCLUSIVE}
    assert {result.note for result in results} == {results[0].note}
    assert CallsFromOne.met == 1


def test_whether_a_family_is_served_may_hang_on_a_sample_that_tells_nothing(
    runner: MakeRunner,
) -> None:
    made = runner(CallsFromOne, "call.initiated", "call.hangup", "message.sent")
    result = run(made, "accepts-sample", "call.hangup")
    assert result.outcome is Outcome.INCONCLUSIVE
    assert result.note.startswith("the receiver could not do its work for call.initiated.")
    assert run(made, "accepts-sample", "message.sent").outcome is Outcome.PASSED


def test_that_nothing_is_served_may_hang_on_a_sample_that_tells_nothing(
    runner: MakeRunner,
) -> None:
    made = runner(CallsFromOne, "call.initiated", "call.hangup")
    assert run(made, "serves-something", "").outcome is Outcome.INCONCLUSIVE


def is_odd(text: str | None) -> bool:
    """Whether it is a text of a length that only chance hits on."""
    return text is not None and len(text) > 20 and len(text) % 3 == 2


class FailsOnce(Receiver):
    """Fails at the first webhook that is meant, and never again."""

    failed = False

    def act(self, event: Event) -> int:
        if self.is_meant(event) and not self.failed:
            self.failed = True
            return 500
        return 200

    def is_meant(self, event: Event) -> bool:
        return "calling_party_type" not in payload(event)


def test_a_failure_that_does_not_repeat_is_inconclusive(runner: MakeRunner) -> None:
    result = run(runner(FailsOnce, "call.initiated"), "accepts-absent")
    assert result.outcome is Outcome.INCONCLUSIVE
    assert result.note == (
        "call.initiated with every such field absent was not accepted once, and was when it was "
        "repeated"
    )


def test_a_generated_failure_that_does_not_repeat_is_inconclusive(runner: MakeRunner) -> None:
    class FailsOnceAtName(FailsOnce):
        def is_meant(self, event: Event) -> bool:
            return is_odd(payload(event).get("caller_id_name"))

    result = run(runner(FailsOnceAtName, "call.initiated", examples=100), "accepts-generated")
    assert result.outcome is Outcome.INCONCLUSIVE
    assert result.note == (
        "a generated call.initiated was not accepted once, and was when it was repeated"
    )


# What is left out


class VoiceOnly(Receiver):
    """Knows calls, and nothing of messages."""

    def act(self, event: Event) -> int:
        return 200 if kind(event).startswith("call.") else 404


def test_a_family_whose_samples_are_all_refused_alike_is_left_out(runner: MakeRunner) -> None:
    made = runner(VoiceOnly, "call.initiated", "message.*")
    result = run(made, "accepts-null", "message.received")
    assert result.outcome is Outcome.SKIPPED
    assert result.note == "the family messaging is not served here"
    assert run(made, "accepts-null").outcome is Outcome.PASSED
    assert run(made, "serves-something", "").outcome is Outcome.PASSED


def test_a_family_is_served_once_it_was_asked_for_by_name(runner: MakeRunner) -> None:
    made = runner(VoiceOnly, "call.initiated", "message.received", named=True)
    assert run(made, "accepts-sample", "message.received").outcome is Outcome.FAILED


def test_a_family_that_fails_is_served(runner: MakeRunner) -> None:
    class FailsAtMessages(Receiver):
        def act(self, event: Event) -> int:
            return 200 if kind(event).startswith("call.") else 500

    made = runner(FailsAtMessages, "call.initiated", "message.received")
    assert run(made, "accepts-sample", "message.received").outcome is Outcome.FAILED


def test_a_family_is_left_out_though_one_odd_envelope_makes_the_receiver_fail(
    runner: MakeRunner,
) -> None:
    """conference.floor.changed has no ``data``, which a receiver that serves no conferences met."""

    class FailsAtFloors(Receiver):
        def act(self, event: Event) -> int:
            if kind(event) == "conference.floor.changed":
                return 500
            return 200 if kind(event).startswith("call.") else 422

    made = runner(FailsAtFloors, "call.initiated", "conference.*")
    result = run(made, "accepts-sample", "conference.floor.changed")
    assert result.outcome is Outcome.SKIPPED


def test_a_family_is_stood_for_by_an_event_that_the_check_applies_to(
    runner: MakeRunner,
) -> None:
    # The first of them has no data, and so no type in it.
    made = runner(Receiver, "conference.floor.changed", "conference.created")
    assert made.run(CONTRACT["accepts-unknown-event"], "conference").outcome is Outcome.PASSED


def test_departures_are_left_out_where_the_sample_fails(runner: MakeRunner) -> None:
    made = runner(FailsAtHangup)
    result = run(made, "accepts-absent", "call.hangup")
    assert result.outcome is Outcome.SKIPPED
    assert result.note == "the sample of call.hangup is not accepted to begin with"


# How the answer is judged


class Answering(Receiver):
    status = 200

    def act(self, event: Event) -> int:
        return self.status


def test_another_2xx_than_200_is_one_warning(
    whole_contract: Callable[..., list[Result]],
) -> None:
    class NoContent(Answering):
        status = 204

    results = whole_contract(NoContent, deadline=9)
    assert {result.outcome for result in results} == {Outcome.PASSED, Outcome.SKIPPED}
    findings = [finding for result in results for finding in result.findings]
    assert [(finding.rule, finding.severity) for finding in findings] == [
        ("accepts-sample", Severity.WARNING)
    ] * 2
    assert findings[0].message == (
        "call.initiated was answered 204; some pages of Telnyx count only 200 as success."
    )


def test_a_redirect_is_an_error(runner: MakeRunner) -> None:
    class Moved(Answering):
        status = 308

        def headers(self) -> list[tuple[bytes, bytes]]:
            return [(b"location", b"/webhooks/")]

    result = run(runner(Moved), "accepts-sample")
    assert result.outcome is Outcome.FAILED
    assert result.findings[0].message == (
        "call.initiated was answered with the redirect 308, which Telnyx may not follow."
    )


def test_a_forgery_that_is_redirected_is_a_warning(runner: MakeRunner) -> None:
    class ToTheLogin(Receiver):
        def refuse(self) -> int:
            return 302

    result = run(runner(ToTheLogin), "refuses-signature-missing", "voice")
    assert [finding.severity for finding in result.findings] == [Severity.WARNING]


def test_an_answer_that_never_comes_is_an_error(runner: MakeRunner) -> None:
    class Silent(Receiver):
        async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
            assert scope["type"] == "http"
            await asyncio.sleep(60)

    made = runner(Silent)
    emitter = made.emulator._emitter
    assert emitter is not None
    emitter.patience = Patience(answer=0.05)
    result = run(made, "accepts-sample")
    assert result.outcome is Outcome.FAILED
    assert result.findings[0].message == "call.initiated got no answer."
    assert result.findings[0].observed.startswith("no answer (timeout) after 0.")


def test_a_server_that_minds_the_case_of_header_names_is_found(runner: MakeRunner) -> None:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            names_as_sent = dict(self.headers.items())
            self.send_response(Receiver().handle(names_as_sent, body))
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        try:
            made = runner(f"http://127.0.0.1:{server.server_port}/", "call.initiated")
            headers = run(made, "accepts-headers", "voice")
            generated = run(made, "accepts-generated")
        finally:
            server.shutdown()
            thread.join()
    assert [finding.message for finding in headers.findings] == [
        "call.initiated with header names in title case was refused with 401, although it is "
        "genuine."
    ]
    assert generated.findings == (), "one fault is said once"


def test_a_receiver_that_minds_the_order_of_headers_is_found(runner: MakeRunner) -> None:
    class Positional(Receiver):
        def handle(self, headers: Headers, body: bytes) -> int:
            names = [name for name in headers if name.startswith("telnyx-")]
            in_order = names == ["telnyx-timestamp", "telnyx-signature-ed25519"]
            return super().handle(headers, body) if in_order else 401

    made = runner(Positional, "call.initiated")
    [finding] = run(made, "accepts-headers", "voice").findings
    assert finding.message == (
        "call.initiated with its headers in reverse order was refused with 401, although it is "
        "genuine."
    )
    assert finding.repeat == "telnyx-mock send call.initiated TARGET --reverse-headers"
    assert run(made, "accepts-generated").findings == (), "one fault is said once"


# Time


class SlowAt(Receiver):
    """Slow at the webhooks with these numbers, the first being 0."""

    numbers: frozenset[int] = frozenset()
    count = 0

    def act(self, event: Event) -> int:
        if self.count in self.numbers:
            time.sleep(0.1)
        self.count += 1
        return 200


def slow_at(*slow: int) -> type[SlowAt]:
    class SlowAtThese(SlowAt):
        numbers = frozenset(slow)

    return SlowAtThese


@pytest.mark.parametrize(
    ("slow", "outcome", "deliveries"),
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
    runner: MakeRunner, slow: tuple[int, ...], outcome: Outcome, deliveries: int
) -> None:
    made = runner(slow_at(*slow), "call.initiated", "call.hangup", deadline=0.05)
    result = run(made, "answers-in-time", "voice")
    assert result.outcome is outcome
    assert result.deliveries == deliveries, "the samples, and no more than is needed to tell"
    late = "call.initiated" if 0 in slow else "call.hangup"
    assert {finding.event for finding in result.findings} <= {late}


def test_the_first_answer_is_judged_apart_and_only_warned_of(runner: MakeRunner) -> None:
    made = runner(slow_at(0), "call.initiated", deadline=0.05)
    assert run(made, "answers-in-time", "voice").findings == ()
    result = run(made, "answers-first-in-time", "")
    assert result.outcome is Outcome.PASSED
    assert [finding.severity for finding in result.findings] == [Severity.WARNING]
    assert result.findings[0].message.startswith(
        "call.initiated was the first request of all, and was answered after 0.1 s"
    )


# Effects of what is refused


class CallsFirst(Receiver):
    """Answers the call, then verifies, and refuses: with 401, but too late."""

    def handle(self, headers: Headers, body: bytes) -> int:
        httpx.post(f"{API}/calls/v3:1/actions/answer")
        return super().handle(headers, body)


class CallsAfterwards(Receiver):
    """Refuses, and answers the call in the background all the same."""

    async def afterwards(self) -> None:
        await asyncio.sleep(0.01)
        async with httpx.AsyncClient() as api:
            await api.post(f"{API}/calls/v3:1/actions/answer")


@pytest.mark.parametrize("faulty", [CallsFirst, CallsAfterwards])
def test_a_forgery_that_has_an_effect_is_found_though_it_was_refused(
    runner: MakeRunner, faulty: type[Receiver]
) -> None:
    result = run(runner(faulty), "refuses-timestamp-future-1h", "voice")
    assert result.outcome is Outcome.FAILED, "an effect is an error, where accepting is a warning"
    assert result.findings[0].message == (
        "call.initiated forged as timestamp-future-1h had an effect: the receiver sent the "
        "command answer."
    )
    assert result.findings[0].observed == "401 Unauthorized"


def test_what_a_genuine_webhook_led_to_is_not_blamed_on_the_next_forgery(
    runner: MakeRunner,
) -> None:
    class Worker(Receiver):
        """Its thread gets round to a call only while the next request is handled."""

        def __init__(self) -> None:
            super().__init__()
            self.calls: list[str] = []

        def handle(self, headers: Headers, body: bytes) -> int:
            while self.calls:
                url = f"{API}/calls/{self.calls.pop()}/actions/answer"
                thread = threading.Thread(target=httpx.post, args=(url,))
                thread.start()
                thread.join()
            return super().handle(headers, body)

        def act(self, event: Event) -> int:
            self.calls.append(payload(event)["call_control_id"])
            return 200

    class WsgiWorker(WsgiReceiver):
        def make_steps(self) -> Receiver:
            return Worker()

    made = runner(WsgiWorker, "call.initiated")
    result = run(made, "refuses-signature-missing", "voice")
    assert [command.name for command in made.emulator.api.commands] == ["answer"]
    assert result.outcome is Outcome.PASSED
    assert result.findings == ()


def test_a_worker_without_end_is_waited_for_once(
    runner: MakeRunner, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(asgi, "STAYS", 0.2)
    monkeypatch.setattr("telnyx_mock.emulator.SETTLE", 0.2)

    class StartsWorker(Receiver):
        async def afterwards(self) -> None:
            if not hasattr(self, "worker"):
                self.worker = asyncio.create_task(asyncio.sleep(60))

    made = runner(StartsWorker)
    started = time.perf_counter()
    for name in ("missing", "empty", "truncated", "not-base64", "by-another-key"):
        assert run(made, f"refuses-signature-{name}", "voice").outcome is Outcome.PASSED
    assert time.perf_counter() - started < 1


# Two faults at once


def test_an_absent_field_and_a_generated_value_are_both_found(runner: MakeRunner) -> None:
    class Both(NeedsPartyType):
        def act(self, event: Event) -> int:
            return 500 if is_odd(payload(event).get("caller_id_name")) else super().act(event)

    made = runner(Both, examples=100)
    [absent] = run(made, "accepts-absent").findings
    [generated] = run(made, "accepts-generated").findings
    assert absent.fields == ("payload.calling_party_type",)
    assert generated.fields == ("payload.caller_id_name",)


def test_two_generated_values_are_both_found(runner: MakeRunner) -> None:
    class Both(Receiver):
        def act(self, event: Event) -> int:
            known = payload(event)
            return (
                500
                if is_odd(known.get("caller_id_name")) or is_odd(known.get("client_state"))
                else 200
            )

    result = run(runner(Both, examples=200), "accepts-generated")
    assert {finding.fields for finding in result.findings} == {
        ("payload.caller_id_name",),
        ("payload.client_state",),
    }


def test_two_absent_fields_are_both_found(runner: MakeRunner) -> None:
    class Both(Receiver):
        def act(self, event: Event) -> int:
            return len([payload(event)["from_sip_uri"], payload(event)["to_sip_uri"]]) * 100

    result = run(runner(Both), "accepts-absent")
    assert [finding.fields for finding in result.findings] == [
        ("payload.from_sip_uri",),
        ("payload.to_sip_uri",),
    ]


def test_the_same_field_absent_and_null_is_found_in_both_ways(runner: MakeRunner) -> None:
    class Needs(NeedsText):
        def act(self, event: Event) -> int:
            return 200 if payload(event)["client_state"] is not None else 500

    made = runner(Needs)
    assert len(run(made, "accepts-absent").findings) == 1
    assert len(run(made, "accepts-null").findings) == 1


def test_fields_that_only_together_must_not_be_absent_are_named_together(
    runner: MakeRunner,
) -> None:
    class NeedsOneAddress(Receiver):
        def act(self, event: Event) -> int:
            known = payload(event)
            return 200 if {"from_sip_uri", "to_sip_uri"} & known.keys() else 500

    result = run(runner(NeedsOneAddress), "accepts-absent")
    assert [finding.fields for finding in result.findings] == [
        ("payload.from_sip_uri", "payload.to_sip_uri")
    ]
    assert result.findings[0].message.startswith(
        "call.initiated with payload.from_sip_uri and payload.to_sip_uri absent made"
    )


def test_a_guilty_field_does_not_hide_a_guilty_pair(runner: MakeRunner) -> None:
    class NeedsMore(NeedsPartyType):
        def act(self, event: Event) -> int:
            known = payload(event)
            has_address = {"from_sip_uri", "to_sip_uri"} & known.keys()
            return super().act(event) if has_address else 500

    result = run(runner(NeedsMore), "accepts-absent")
    assert [finding.fields for finding in result.findings] == [
        ("payload.calling_party_type",),
        ("payload.from_sip_uri", "payload.to_sip_uri"),
    ]


# A choice of somebody's is no fault


def test_a_tolerance_of_half_an_hour_is_a_warning(runner: MakeRunner) -> None:
    class HalfAnHour(Receiver):
        tolerance = 1800

    made = runner(HalfAnHour)
    result = run(made, "refuses-timestamp-expired-10m", "voice")
    assert result.outcome is Outcome.PASSED
    assert [finding.severity for finding in result.findings] == [Severity.WARNING]
    for strict in ("refuses-timestamp-expired-1h", "refuses-timestamp-future-1h"):
        assert run(made, strict, "voice").findings == ()


def test_what_is_busy_may_refuse_forgeries_with_429(runner: MakeRunner) -> None:
    class TooManyBadSignatures(Receiver):
        def refuse(self) -> int:
            return 429

    result = run(runner(TooManyBadSignatures), "refuses-signature-missing", "voice")
    assert result.outcome is Outcome.PASSED


class Limited(Receiver):
    """Takes one request in a while, and says in Retry-After how long that is."""

    pause = 0
    free = 0.0

    def handle(self, headers: Headers, body: bytes) -> int:
        if time.monotonic() < self.free:
            return 429
        self.free = time.monotonic() + self.pause
        return super().handle(headers, body)

    def headers(self) -> list[tuple[bytes, bytes]]:
        return [(b"Retry-After", str(self.pause).encode())]


def test_a_receiver_that_is_busy_at_times_is_given_the_time_it_asks_for(
    runner: MakeRunner,
) -> None:
    class EachSecond(Limited):
        pause = 1

    made = runner(EachSecond, "call.initiated")
    assert run(made, "accepts-sample").outcome is Outcome.PASSED
    assert run(made, "accepts-unknown-fields").outcome is Outcome.PASSED


def test_a_lie_is_told_again_where_busy_was_no_refusal(runner: MakeRunner) -> None:
    class VerifiesNothing(Limited):
        pause = 1

        def verify(self, headers: Headers, body: bytes) -> None:
            """Anyone is let in."""

    made = runner(VerifiesNothing, "call.initiated")
    run(made, "accepts-sample")
    run(made, "accepts-unknown-fields")
    result = run(made, "refuses-signature-missing", "voice")
    assert result.outcome is Outcome.FAILED


def test_no_run_waits_for_late_answers_without_end(
    runner: MakeRunner, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = runner(Slow, deadline=0.05, patience=replace(PATIENCE, late_answers=0.15))
    run(made, "accepts-sample")
    run(made, "accepts-sample", "call.hangup")
    spent, left = run(made, "accepts-unknown-fields"), run(made, "accepts-absent")
    assert (spent.outcome, left.outcome) == (Outcome.INCONCLUSIVE, Outcome.SKIPPED)
    assert spent.note == (
        "answers that came after the deadline took 0.15 s in all, so the rest was not tried; make "
        "it answer in time, or ask for fewer --events"
    )
    assert run(made, "answers-in-time", "voice").outcome is Outcome.FAILED
    assert run(made, "answers-in-time", "voice").outcome is Outcome.SKIPPED


def test_generation_keeps_away_from_declared_fields_alone(runner: MakeRunner) -> None:
    """A member that the event does not declare may be suspected, too."""

    class DividesByCost(Receiver):
        def act(self, event: Event) -> int:
            return sum(
                200 for name in event if name.startswith("CallCost[") and 1 / float(event[name])
            )

    made = runner(DividesByCost, "texml.call-cost", named=True)
    [swept] = run(made, "accepts-each-choice", "texml.call-cost").findings
    assert swept.fields[0].startswith("CallCost[")
    assert run(made, "accepts-generated", "texml.call-cost").outcome is not Outcome.INCONCLUSIVE


def test_work_after_the_answer_that_takes_long_is_not_waited_for_without_end(
    runner: MakeRunner, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Thorough(Receiver):
        async def afterwards(self) -> None:
            await asyncio.sleep(0.02)

    patience = replace(PATIENCE, background_errors=0.05)
    result = run(runner(Thorough, patience=patience), "finishes-background-work", "voice")
    assert result.outcome is Outcome.SKIPPED
    assert result.note == (
        "what goes on after the answers takes long, so that not all of voice was waited for; ask "
        "for fewer --events"
    )
    one = runner(Thorough, "call.initiated", patience=replace(PATIENCE, background_errors=0.01))
    last = run(one, "finishes-background-work", "voice")
    assert last.outcome is Outcome.PASSED, "no event was left to be waited for"


def test_an_address_for_json_may_do_as_it_likes_with_forms(runner: MakeRunner) -> None:
    class JsonAlone(Receiver):
        def parse(self, headers: Headers, body: bytes) -> Event:
            return json.loads(body)

    made = runner(JsonAlone, "call.initiated", "texml.call.*")
    assert run(made, "serves-something", "").outcome is Outcome.PASSED
    result = run(made, "accepts-sample", "texml.call.completed")
    assert (result.outcome, result.note) == (
        Outcome.SKIPPED,
        "the family texml is not served here",
    )


def test_an_address_for_forms_alone_serves_something(runner: MakeRunner) -> None:
    class FormsAlone(Receiver):
        def act(self, event: Event) -> int:
            return 400 if kind(event) else 200

    made = runner(FormsAlone, "call.*", "texml.call.*")
    assert run(made, "serves-something", "").outcome is Outcome.PASSED
    assert run(made, "accepts-sample", "texml.call.completed").outcome is Outcome.PASSED
    assert run(made, "accepts-sample").note == "the family voice is not served here"


def test_who_verifies_with_another_key_is_told_so_whatever_becomes_of_forms(
    runner: MakeRunner,
) -> None:
    class NoForms(OtherKey):
        def handle(self, headers: Headers, body: bytes) -> int:
            return 415 if "form" in headers["content-type"] else super().handle(headers, body)

    made = runner(NoForms, "call.initiated", "texml.call.*")
    assert run(made, "serves-something", "").outcome is Outcome.FAILED


def test_what_fails_once_after_an_answer_may_be_of_something_older(runner: MakeRunner) -> None:
    class FailsOnce(Receiver):
        failed = False

        async def afterwards(self) -> None:
            if not self.failed:
                self.failed = True
                raise KeyError("older")

    made = runner(FailsOnce)
    assert run(made, "finishes-background-work", "voice").outcome is Outcome.PASSED
    made.emulator.receiver.app.failed = False  # type: ignore[attr-defined]
    assert run(made, "finishes-background-work", "voice").findings == ()


def test_who_parses_after_the_answer_need_not_expect_forms(runner: MakeRunner) -> None:
    class ParsesLater(Receiver):
        later = b""

        def handle(self, headers: Headers, body: bytes) -> int:
            status = super().handle(headers, body)
            self.later = body if status == 200 else b""
            return status

        async def afterwards(self) -> None:
            body, self.later = self.later, b""
            json.loads(body or b"{}")

    made = runner(ParsesLater, "call.initiated", "texml.call.*")
    result = run(made, "finishes-background-work", "texml")
    assert result.note == "the family texml is not served here"
    assert run(made, "finishes-background-work", "voice").outcome is Outcome.PASSED
    named = runner(ParsesLater, "texml.call.*", named=True)
    assert run(named, "finishes-background-work", "texml").outcome is Outcome.FAILED
