"""How answers to forgeries are judged, and which effects count against a receiver that refuses."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterable
from dataclasses import replace
from itertools import count, pairwise

import httpx
import pytest

from telnyx_mock.contract.engine.finding import Cause
from telnyx_mock.contract.engine.fixes import RAW_BYTES
from telnyx_mock.contract.engine.reason import Why
from telnyx_mock.contract.engine.result import Outcome
from telnyx_mock.contract.rules.refuses import CHECK_TIME, VERIFY
from telnyx_mock.contract.rules.registry import CONTRACT
from telnyx_mock.patience import PATIENCE
from telnyx_mock.severity import Severity
from tests.contract.conftest import Elsewhere, MakeRunner, run, run_all
from tests.contract.virtual_clock import VirtualClock
from tests.receivers.correct import (
    API,
    Acting,
    Event,
    Headers,
    Receiver,
    WsgiReceiver,
    kind,
    payload,
)
from tests.receivers.faults.keys import OtherKey
from tests.receivers.faults.signature import HandlesFirst, HmacAlone, VerifiesSome
from tests.receivers.faults.timestamp import HalfAnHour

CALLS = ("call.initiated", "call.answered", "call.hangup")


def test_a_forgery_that_is_redirected_is_a_warning(runner: MakeRunner) -> None:
    class ToTheLogin(Receiver):
        def refuse(self) -> int:
            return 302

    [finding] = run(runner(ToTheLogin), "refuses-signature-missing", "voice").findings
    assert finding.severity is Severity.WARNING


def test_a_tolerance_of_half_an_hour_is_a_warning(runner: MakeRunner) -> None:
    made = runner(HalfAnHour)
    result = run(made, "refuses-timestamp-expired-10m", "voice")
    assert result.outcome is Outcome.PASSED
    assert [finding.severity for finding in result.findings] == [Severity.WARNING]
    for strict in ("refuses-timestamp-expired-1h", "refuses-timestamp-future-1h"):
        assert run(made, strict, "voice").findings == ()


def test_blanks_around_a_timestamp_may_be_stripped_as_servers_do(runner: MakeRunner) -> None:
    class Strips(Receiver):
        def read(self, headers: Iterable[tuple[bytes, bytes]]) -> Headers:
            return {name: value.strip() for name, value in super().read(headers).items()}

    made = runner(Strips)
    assert run(made, "survives-timestamp-blank").findings == ()
    assert run(made, "refuses-signature-blank").findings == ()


def test_a_forgery_that_http_cannot_carry_is_tried_in_process_only(runner: MakeRunner) -> None:
    made = runner(Elsewhere(200), "call.initiated")
    assert run(made, "survives-signature-with-newline").why is Why.HTTP_CANNOT_CARRY
    assert run(made, "survives-signature-with-tail").why is not Why.HTTP_CANNOT_CARRY
    made = runner(Receiver, "call.initiated")
    assert run(made, "survives-signature-with-newline").outcome is Outcome.PASSED


def test_a_failure_at_a_forgery_that_does_not_occur_again_is_inconclusive(
    runner: MakeRunner,
) -> None:
    class FailsOnce(Receiver):
        refused = 0

        def refuse(self) -> int:
            self.refused += 1
            return 500 if self.refused == 1 else 401

    result = run(runner(FailsOnce, "call.initiated"), "refuses-signature-missing", "voice")
    assert (result.outcome, result.why) == (Outcome.INCONCLUSIVE, Why.NOT_REPRODUCED)


def test_a_failure_at_a_forgery_is_shown_again_by_one_request_but_for_a_replay(
    runner: MakeRunner,
) -> None:
    class Fails(Receiver):
        def refuse(self) -> int:
            return 500

    [finding] = run(runner(Fails, "call.initiated"), "refuses-signature-missing", "voice").findings
    assert "made the receiver fail with 500" in finding.message
    assert finding.curl.startswith("curl ")

    class FailsAtKnown(Receiver):
        def handle(self, headers: Headers, body: bytes) -> int:
            known, self.last = getattr(self, "last", b"") == body, body
            return 500 if known else super().handle(headers, body)

    [finding] = run(runner(FailsAtKnown, "call.initiated"), "refuses-replay-expired").findings
    assert finding.curl == ""


@pytest.mark.parametrize(
    ("status", "acts", "cause"),
    [
        (200, False, Cause.DROPPED),
        (299, False, Cause.DROPPED),
        (200, True, None),
        (300, False, None),
    ],
)
def test_a_forgery_that_is_acknowledged_without_the_usual_effect_is_dropped(
    runner: MakeRunner, status: int, acts: bool, cause: Cause | None
) -> None:
    class Acknowledges(Acting):
        def refuse(self) -> int:
            return status

    class AcceptsAll(Acting):
        def verify(self, headers: Headers, body: bytes) -> None: ...

    made = runner(AcceptsAll if acts else Acknowledges, "call.initiated")
    [finding] = run(made, "refuses-headers-missing", "voice").findings
    assert (finding.status, finding.cause) == (status, cause)


def test_the_fix_speaks_of_what_the_forgery_alters() -> None:
    fixes = {name.partition("-")[2]: rule.fix for name, rule in CONTRACT.items()}
    about_bytes = {name for name, fix in fixes.items() if RAW_BYTES in fix and VERIFY in fix}
    assert about_bytes >= {"body-changed", "signature-over-body-only"}
    assert about_bytes.isdisjoint({"signature-missing", "headers-missing", "timestamp-missing"})
    assert CHECK_TIME in fixes["timestamp-expired-1h"]
    assert CHECK_TIME not in fixes["signature-missing"]


# Each event of a family


@pytest.mark.parametrize("forgery", ["headers-missing", "signature-by-another-key"])
def test_an_event_that_is_not_verified_is_found_among_those_that_are(
    forgery: str, runner: MakeRunner
) -> None:
    made = runner(VerifiesSome, *CALLS, thorough=True)
    [finding] = run(made, f"refuses-{forgery}", "voice").findings
    assert (finding.event, finding.status) == ("call.hangup", 200)
    assert "this forgery of" not in finding.message


def test_events_that_accept_the_same_forgery_are_one_finding(runner: MakeRunner) -> None:
    class VerifiesCallsThatBegin(VerifiesSome):
        unverified = ("call.answered", "call.hangup", "call.bridged", "call.dtmf", "call.speak")

    made = runner(VerifiesCallsThatBegin, "call.*")
    [finding] = run(made, "refuses-headers-missing", "voice").findings
    assert finding.event == "call.answered"
    assert "this forgery of call.bridged, call.hangup, " in finding.message
    others = finding.message.split("this forgery of ")[1]
    named, more = others.split(" and ")
    assert (len(named.split(", ")), more) == (3, "2 more either.")


def test_a_forged_event_whose_genuine_sample_is_not_accepted_is_not_tried(
    runner: MakeRunner,
) -> None:
    class FailsAtItToo(VerifiesSome):
        def act(self, event: Event) -> int:
            return 500 if kind(event) == "call.hangup" else 200

    assert not run(runner(FailsAtItToo, *CALLS), "refuses-headers-missing", "voice").findings


def test_an_effect_of_each_event_that_is_refused_is_found(runner: MakeRunner) -> None:
    [finding] = run(runner(HandlesFirst, *CALLS), "refuses-headers-missing", "voice").findings
    assert (finding.event, finding.status) == ("call.initiated", 401)
    assert "this forgery of call.answered " in finding.message


# Effects of what is refused


class CallsFirst(Receiver):
    """Answers the call, then verifies, and refuses: with 401, but too late."""

    def handle(self, headers: Headers, body: bytes) -> int:
        httpx.post(f"{API}/calls/v3:1/actions/answer")
        return super().handle(headers, body)


def test_only_commands_are_effects_of_a_forgery(runner: MakeRunner) -> None:
    """The probe may count requests, or read what changes by itself."""
    requests = []

    class Logs(Receiver):
        def handle(self, headers: Headers, body: bytes) -> int:
            requests.append(body)
            return super().handle(headers, body)

    made = runner(Logs, "call.initiated", probe=lambda: len(requests))
    assert run(made, "refuses-signature-missing", "voice").findings == ()
    made = runner(CallsFirst, "call.initiated", probe=count().__next__)
    assert run(made, "refuses-signature-missing", "voice").outcome is Outcome.FAILED


class CallsAfterwards(Receiver):
    """Refuses, and answers the call in the background all the same."""

    async def afterwards(self) -> None:
        await asyncio.sleep(0.01)
        async with httpx.AsyncClient() as api:
            await api.post(f"{API}/calls/v3:1/actions/answer")


class Worker(Receiver):
    """Its thread gets round to one call of a genuine webhook with each request."""

    def __init__(self) -> None:
        super().__init__()
        self.calls: list[str] = []

    def handle(self, headers: Headers, body: bytes) -> int:
        if self.calls:
            url = f"{API}/calls/{self.calls.pop()}/actions/answer"
            thread = threading.Thread(target=httpx.post, args=(url,))
            thread.start()
            thread.join()
        return super().handle(headers, body)

    def act(self, event: Event) -> int:
        self.calls.append(payload(event)["call_control_id"])
        return 200


@pytest.mark.parametrize("faulty", [CallsFirst, CallsAfterwards])
def test_a_refused_forgery_that_has_an_effect_is_found(
    runner: MakeRunner, faulty: type[Receiver]
) -> None:
    result = run(runner(faulty), "refuses-timestamp-future-1h", "voice")
    assert result.outcome is Outcome.FAILED, "an effect is an error, where accepting is a warning"
    assert "the command answer" in result.findings[0].message
    assert result.findings[0].status == 401


def test_a_command_for_a_genuine_webhook_does_not_count_against_the_next_forgery(
    runner: MakeRunner,
) -> None:
    class WsgiWorker(WsgiReceiver):
        def make_steps(self) -> Receiver:
            return Worker()

    made = runner(WsgiWorker, "call.initiated")
    result = run(made, "refuses-signature-missing", "voice")
    assert [command.name for command in made.emulator.api.commands] == ["answer"]
    assert (result.outcome, result.findings) == (Outcome.PASSED, ())


def test_commands_for_genuine_webhooks_never_count_against_a_forgery(runner: MakeRunner) -> None:
    class Backlog(Worker):
        """It has calls to get round to, also when the forgery is sent again."""

        def act(self, event: Event) -> int:
            self.calls += 5 * [payload(event)["call_control_id"]]
            return 200

    class InThreads(WsgiReceiver):
        def make_steps(self) -> Receiver:
            return Backlog()

    result = run(runner(InThreads, "call.initiated"), "refuses-signature-missing", "voice")
    assert (result.outcome, result.findings) == (Outcome.PASSED, ())


def test_commands_of_a_receiver_that_never_becomes_idle_do_not_count_against_a_forgery(
    runner: MakeRunner, clock: VirtualClock
) -> None:
    class TextsAllTheTime(Receiver):
        """Its thread sends a text with each request, and ten in a second besides."""

        is_started = False

        def handle(self, headers: Headers, body: bytes) -> int:
            thread = threading.Thread(target=self.text)
            thread.start()
            thread.join()
            if not self.is_started:
                self.is_started = True
                self.text_again()
            return super().handle(headers, body)

        def text(self) -> None:
            httpx.post(f"{API}/messages", json={"from": "+1", "to": "+2", "text": "Hello"})

        def text_again(self) -> None:
            self.text()
            clock.start_timer(0.1, self.text_again)

    class InThreads(WsgiReceiver):
        def make_steps(self) -> Receiver:
            return TextsAllTheTime()

    made = runner(InThreads, "call.initiated", patience=replace(PATIENCE, until_idle=0.5))
    result = run(made, "refuses-signature-missing", "voice")
    assert (result.outcome, result.findings) == (Outcome.PASSED, ())


# Replays


@pytest.mark.parametrize(
    "rule", ["survives-replay-exact", "refuses-replay-expired", "refuses-body-swapped"]
)
def test_a_replay_comes_right_after_the_genuine_request(runner: MakeRunner, rule: str) -> None:
    requests: list[tuple[Headers, bytes, int]] = []

    class Recording(Receiver):
        def handle(self, headers: Headers, body: bytes) -> int:
            status = super().handle(headers, body)
            requests.append((headers, body, status))
            return status

    assert run(runner(Recording, "call.initiated"), rule).outcome is Outcome.PASSED
    if rule.startswith("refuses"):
        assert requests.pop()[-1] == 200, "a control shows that the refusal was no ban"
    signature = "telnyx-signature-ed25519"
    same = [
        (first_body == body, genuine[signature] == replay[signature])
        for (genuine, first_body, status), (replay, body, _) in pairwise(requests)
        if status == 200
    ]
    expected = (rule != "refuses-body-swapped", rule != "refuses-replay-expired")
    assert same.count(expected) == 1


# A receiver that refuses every genuine webhook


def of_refused(
    runner: MakeRunner, receiver: type[Receiver], *events: str
) -> tuple[set[str], set[Why | None]]:
    """What is found in the receiver, and why the other rules about forgeries decided nothing."""
    results = [
        result
        for result in run_all(runner(receiver, *events))
        if CONTRACT[result.rule].judges_refused
    ]
    found = {finding.rule for result in results for finding in result.findings}
    return found, {result.why for result in results if not result.findings}


def test_a_forgery_that_is_accepted_although_the_genuine_webhook_is_not_is_an_error(
    runner: MakeRunner,
) -> None:
    made = runner(HmacAlone)
    result = run(made, "refuses-signature-hmac-of-public-key")
    [finding] = result.findings
    assert result.outcome is Outcome.FAILED
    assert finding.message.endswith(
        "was accepted with 200. The receiver refuses the genuine webhook (401 Unauthorized)."
    )


@pytest.mark.parametrize("events", [(), ("call.*", "message.*", "texml.gather")])
def test_a_forgery_that_makes_a_receiver_fail_is_an_error_whatever_it_accepts(
    runner: MakeRunner, events: tuple[str, ...]
) -> None:
    class OtherKeyAndLength(OtherKey):
        def is_signed(self, message: bytes, signature: bytes) -> bool:
            assert len(signature) == 64, "an Ed25519 signature"
            return super().is_signed(message, signature)

    found, whys = of_refused(runner, OtherKeyAndLength, *events)
    assert "refuses-signature-truncated" in found
    assert found.isdisjoint({"refuses-signature-random", "survives-junk"})
    assert whys >= {Why.BASELINE_NOT_ACCEPTED, Why.SIMPLER_FORGERY_ACCEPTED}


def test_junk_that_makes_a_receiver_fail_is_an_error_whatever_it_accepts(
    runner: MakeRunner,
) -> None:
    class OtherKeyAndLog(OtherKey):
        def handle(self, headers: Headers, body: bytes) -> int:
            headers.get("user-agent", "").encode("ascii")
            return super().handle(headers, body)

    found, _ = of_refused(runner, OtherKeyAndLog)
    assert found == {"survives-junk"}


@pytest.mark.parametrize("status", [400, 401, 402, 403, 404])
def test_only_some_statuses_say_that_a_signature_is_refused(
    runner: MakeRunner, status: int
) -> None:
    class RefusesAll(OtherKey):
        def refuse(self) -> int:
            return status

    made = runner(RefusesAll, "call.initiated")
    stands = made.baseline.stands_for_refused(made.events[0])
    assert stands is (status in (400, 401, 403))


@pytest.mark.parametrize("events", [(), ("call.*", "message.*", "texml.gather")])
def test_a_refusal_of_everything_decides_nothing_else(
    runner: MakeRunner, events: tuple[str, ...]
) -> None:
    found, whys = of_refused(runner, OtherKey, *events)
    assert found == set()
    assert Why.BASELINE_NOT_ACCEPTED in whys
    assert whys <= {
        Why.BASELINE_NOT_ACCEPTED,
        Why.FAMILY_NOT_SERVED,
        Why.PRODUCT_NOT_SELECTED,
    }
