"""Effects are seen in commands and through a probe; what is late, repeated by id, or read-only."""

from __future__ import annotations

import asyncio
import itertools
import threading
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import httpx
import pytest

from telnyx_mock.catalogue.registry import find
from telnyx_mock.contract.engine.acting import related
from telnyx_mock.contract.engine.probe import open_probe, snapshot
from telnyx_mock.contract.engine.result import Result
from telnyx_mock.contract.engine.runner import Runner
from telnyx_mock.contract.rules.registry import CONTRACT
from telnyx_mock.errors import UsageError
from telnyx_mock.severity import Outcome, Severity
from telnyx_mock.transports.http import HttpReceiver
from telnyx_mock.transports.throttle import Budget, Throttled
from tests.receivers.bad_effects import LetsItTimeOut, NoWayBack, OncePerAttempt
from tests.receivers.correct import API, Acting, Event, Receiver, WsgiReceiver, kind, payload

MakeRunner = Callable[..., Runner]

ONCE = ("idempotent-when-redelivered", "idempotent-when-replayed", "idempotent-when-concurrent")
CALLS = ("call.initiated", "call.answered", "call.hangup")


def run(made: Runner, check: str, subject: str = "") -> Result:
    return made.run(CONTRACT[check], subject)


class Booking(Receiver):
    """Books each call in ``rows``, as often as it hears of it, and sends no command."""

    rows: list[str] = []
    delay = 0.0

    def act(self, event: Event) -> int:
        if kind(event) == "call.initiated":
            self.book(event)
        return 200

    def book(self, event: Event) -> None:
        self.rows.append(event["data"]["id"])


class BookingOnce(Booking):
    """Books each call once."""

    def book(self, event: Event) -> None:
        if event["data"]["id"] not in self.rows:
            super().book(event)


class BookingInThreads(WsgiReceiver):
    """Books each call, as often as it hears of it, a little after its answer."""

    def make_steps(self) -> Receiver:
        class Late(Booking):
            def book(self, event: Event) -> None:
                threading.Timer(0.05, super().book, (event,)).start()

        return Late()


@pytest.fixture(autouse=True)
def no_rows() -> None:
    Booking.rows.clear()


def rows() -> list[str]:
    return Booking.rows


# The probe


def test_without_commands_and_without_a_probe_nothing_is_judged(runner: MakeRunner) -> None:
    made = runner(Booking)
    for check in ONCE:
        result = run(made, check)
        assert result.outcome is Outcome.SKIPPED
        assert result.note.startswith(
            "what webhooks lead to: no effect of any can be seen. Give a probe"
        )


@pytest.mark.parametrize("faulty", [Booking, BookingInThreads])
def test_a_probe_shows_a_second_effect(runner: MakeRunner, faulty: type[Any]) -> None:
    made = runner(faulty)
    made.equip(rows, made.app_with_keys, made.failover)
    result = run(made, "idempotent-when-redelivered")
    assert result.outcome is Outcome.FAILED
    assert result.findings[0].message == (
        "call.initiated delivered again, as attempt 2, had a second effect: what the probe reads "
        "changed."
    )


def test_a_probe_shows_what_a_race_does(runner: MakeRunner) -> None:
    class LooksThenBooks(WsgiReceiver):
        def make_steps(self) -> Receiver:
            class Slow(Booking):
                def book(self, event: Event) -> None:
                    known = event["data"]["id"] in self.rows
                    time.sleep(0.02)
                    if not known:
                        super().book(event)

            return Slow()

    made = runner(LooksThenBooks)
    made.equip(rows, made.app_with_keys, made.failover)
    assert run(made, "idempotent-when-concurrent").outcome is Outcome.FAILED


def test_what_acts_on_any_repeat_is_found_once(runner: MakeRunner) -> None:
    made = runner(Booking)
    made.equip(rows, made.app_with_keys, made.failover)
    results = [run(made, check) for check in ONCE]
    assert [len(result.findings) for result in results] == [1, 0, 0]
    assert results[1].note == "every event that is delivered again has a second effect anyway"


def test_a_probe_that_shows_one_effect_passes(runner: MakeRunner) -> None:
    made = runner(BookingOnce)
    made.equip(rows, made.app_with_keys, made.failover)
    assert {run(made, check).outcome for check in ONCE} == {Outcome.PASSED}


def test_a_probe_that_nothing_changes_selects_nothing(runner: MakeRunner) -> None:
    made = runner(Receiver)
    made.equip(rows, made.app_with_keys, made.failover)
    result = run(made, "idempotent-when-replayed")
    assert result.note == "what webhooks lead to: none of them changed what the probe reads"


def test_a_probe_that_always_changes_is_refused(runner: MakeRunner) -> None:
    made = runner(Booking)
    made.equip(itertools.count().__next__, made.app_with_keys, made.failover)
    with pytest.raises(UsageError, match="another snapshot each time"):
        run(made, "idempotent-when-replayed")


def test_a_probe_that_fails_is_the_users_mistake(runner: MakeRunner) -> None:
    made = runner(Booking)
    made.equip(lambda: {}["rows"], made.app_with_keys, made.failover)
    with pytest.raises(UsageError, match="The probe failed: KeyError: 'rows'"):
        run(made, "idempotent-when-replayed")


def test_a_probe_is_named_by_module_and_function() -> None:
    assert open_probe("tests.contract.test_effects:rows", HttpReceiver) is rows
    assert open_probe("", HttpReceiver) is None
    assert open_probe(None, HttpReceiver) is None
    with pytest.raises(UsageError, match=r"The probe \[\] is no function"):
        open_probe([], HttpReceiver)


def test_an_address_is_read_back() -> None:
    class State(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200 if self.path == "/rows" else 404)
            self.end_headers()
            self.wfile.write(b"3 rows")

        def log_message(self, *_: object) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), State) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        address = f"http://127.0.0.1:{server.server_port}"
        probe = open_probe(f"{address}/rows", HttpReceiver)
        lost = open_probe(f"{address}/nothing", HttpReceiver)
        assert probe is not None
        assert lost is not None
        assert probe() == b"3 rows"
        with pytest.raises(UsageError, match="was answered 404"):
            lost()
        server.shutdown()
        thread.join()
    with pytest.raises(UsageError, match="allow"):
        open_probe("http://staging.example/rows", HttpReceiver)


class Pool:
    """What belongs to the event loop that it was first used on, as pools of connections do."""

    loop: asyncio.AbstractEventLoop | None = None

    async def read(self) -> list[str]:
        loop = asyncio.get_running_loop()
        if self.loop is None:
            self.loop = loop
        if self.loop is not loop:
            raise RuntimeError("the pool is attached to a different loop")
        await asyncio.sleep(0)
        return rows()


def pooled(receiver: type[Receiver], pool: Pool) -> type[Receiver]:
    """*receiver*, which reads from the *pool* in each request."""

    class Pooled(receiver):  # type: ignore[misc, valid-type]
        async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
            await pool.read()
            await super().__call__(scope, receive, send)

    return Pooled


def test_a_probe_that_is_awaited_shares_the_loop_of_the_app(runner: MakeRunner) -> None:
    pool = Pool()
    made = runner(pooled(Booking, pool))
    made.equip(pool.read, made.app_with_keys, made.failover)
    result = run(made, "idempotent-when-redelivered")
    assert result.outcome is Outcome.FAILED
    made = runner(pooled(BookingOnce, pool))
    made.equip(lambda: pool.read(), made.app_with_keys, made.failover)
    assert {run(made, check).outcome for check in ONCE} == {Outcome.PASSED}


def test_a_probe_that_is_awaited_may_be_asked_while_a_loop_runs() -> None:
    pool = Pool()

    async def within_another_loop() -> object:
        return snapshot(pool.read)

    assert snapshot(pool.read) == asyncio.run(within_another_loop()) == []


def test_beside_an_app_without_a_loop_a_probe_has_one_that_stays(runner: MakeRunner) -> None:
    made = runner(BookingInThreads)
    made.equip(Pool().read, made.app_with_keys, made.failover)
    assert run(made, "idempotent-when-redelivered").outcome is Outcome.FAILED


def test_a_probe_that_never_returns_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("telnyx_mock.contract.engine.probe.TIMEOUT", 0.05)
    with pytest.raises(UsageError, match=r"returned nothing within 0\.05 s"):
        snapshot(asyncio.Event().wait)


def test_an_awaited_probe_that_fails_is_the_users_mistake() -> None:
    async def broken() -> object:
        raise LookupError("no table")

    with pytest.raises(UsageError, match="The probe failed: LookupError: no table"):
        snapshot(broken)


def test_a_probe_whose_budget_is_used_up_ends_the_check_as_that_does(
    runner: MakeRunner,
) -> None:
    made = runner(Booking)
    address = Throttled(HttpReceiver("http://127.0.0.1:9/"), Budget(max_requests=0))
    made.equip(
        open_probe("http://127.0.0.1:9/", lambda _: address), made.app_with_keys, made.failover
    )
    result = run(made, "idempotent-when-replayed")
    assert result.outcome is Outcome.INCONCLUSIVE
    assert result.note.startswith("the budget is used up, 0 requests")


# Commands


def test_a_command_with_the_same_id_is_no_second_effect(runner: MakeRunner) -> None:
    class SameCommandId(Receiver):
        def act(self, event: Event) -> int:
            if kind(event) == "call.initiated":
                url = f"{API}/calls/{payload(event).get('call_control_id')}/actions/answer"
                httpx.post(url, json={"command_id": event["data"]["id"]})
            return 200

    made = runner(SameCommandId)
    assert {run(made, check).outcome for check in ONCE} == {Outcome.PASSED}


def test_what_only_reads_is_no_effect(runner: MakeRunner) -> None:
    class LooksUp(Receiver):
        def act(self, event: Event) -> int:
            httpx.get(f"{API}/calls/{payload(event).get('call_control_id')}")
            return 200

    assert run(runner(LooksUp), "idempotent-when-replayed").outcome is Outcome.SKIPPED


def test_a_replay_may_be_refused(runner: MakeRunner) -> None:
    class RefusesReplays(Acting):
        def __init__(self) -> None:
            super().__init__()
            self.signatures: set[str] = set()

        def verify(self, headers: Any, body: bytes) -> None:
            super().verify(headers, body)
            signature = headers["telnyx-signature-ed25519"]
            if signature in self.signatures:
                self.signature({"telnyx-signature-ed25519": "!"})
            self.signatures.add(signature)

    made = runner(RefusesReplays)
    assert {run(made, check).outcome for check in ONCE} == {Outcome.PASSED}


def test_a_second_attempt_may_not_be_refused(runner: MakeRunner) -> None:
    class Conflict(Acting):
        def act(self, event: Event) -> int:
            known = self.note(event) in self.seen
            return 409 if known else super().act(event)

    result = run(runner(Conflict), "idempotent-when-redelivered")
    assert result.outcome is Outcome.FAILED
    assert "was answered 409 Conflict, though attempt 1 was accepted" in result.findings[0].message


def test_an_effect_that_comes_late_is_not_taken_for_a_second_one(runner: MakeRunner) -> None:
    class InThreads(WsgiReceiver):
        def make_steps(self) -> Receiver:
            class Late(Acting):
                def act(self, event: Event) -> int:
                    threading.Timer(0.1, super().act, (event,)).start()
                    return 200

            return Late()

    made = runner(InThreads, *CALLS)
    assert {run(made, check).outcome for check in ONCE} == {Outcome.PASSED}


# Order


def test_an_event_may_be_put_off_until_what_it_needs_is_there(runner: MakeRunner) -> None:
    class PutsOff(NoWayBack):
        status = 503

        def act(self, event: Event) -> int:
            call = payload(event).get("call_control_id", "")
            if kind(event) == "call.hangup":
                self.over.add(call)
            elif call in self.over:
                self.over.discard(call)
                return self.status
            return 200

    assert run(runner(PutsOff, *CALLS), "accepts-any-order", "voice").outcome is Outcome.PASSED

    class PutsOffWith429(PutsOff):
        status = 429

    made = runner(PutsOffWith429, *CALLS)
    assert run(made, "accepts-any-order", "voice").outcome is Outcome.PASSED

    class FailsOnce(PutsOff):
        status = 500

    assert run(runner(FailsOnce, *CALLS), "accepts-any-order", "voice").outcome is Outcome.FAILED


def test_events_of_one_call_share_its_ids_and_not_their_own() -> None:
    first, second = related([find("call.initiated"), find("call.hangup")], time.time())
    assert first.payload["call_control_id"] == second.payload["call_control_id"]
    assert first.body["data"]["id"] != second.body["data"]["id"]


# What is not there to be judged


def test_an_api_that_gives_no_answer_makes_what_knows_only_errors_fail(
    runner: MakeRunner,
) -> None:
    made = runner(LetsItTimeOut)
    result = run(made, "survives-api-errors")
    [finding] = result.findings
    assert result.outcome is Outcome.PASSED, "it is a warning"
    assert finding.message == (
        "call.initiated was answered 500 when the API gave its command no answer."
    )
    assert "ReadTimeout" in finding.observed
    assert run(made, "handles-retry-after-failure").findings == (), (
        "it forgot, so the next attempt works"
    )


def test_what_is_lost_because_the_api_gave_no_answer_is_a_warning(
    runner: MakeRunner,
) -> None:
    class Loses(LetsItTimeOut):
        def forget(self, event: Event) -> None:
            if self.is_time_out:
                return
            super().forget(event)

        def failed(self, event: Event, error: httpx.HTTPError) -> int:
            self.is_time_out = isinstance(error, httpx.TimeoutException)
            return super().failed(event, error)

    result = run(runner(Loses), "handles-retry-after-failure")
    [finding] = result.findings
    assert finding.severity is Severity.WARNING
    assert finding.message == (
        "call.initiated was answered 500 when the API gave its command no answer, and its next "
        "attempt is acknowledged and not handled."
    )


class AsksForLater(Acting):
    """Answers 429 while the API fails."""

    def failed(self, event: Event, error: httpx.HTTPError) -> int:
        return 429 if super().failed(event, error) == 503 else 200


def test_429_while_the_api_fails_asks_for_a_later_delivery(runner: MakeRunner) -> None:
    made = runner(AsksForLater)
    result = run(made, "survives-api-errors")
    assert (result.outcome, result.findings) == (Outcome.PASSED, ())
    assert run(made, "handles-retry-after-failure").outcome is Outcome.PASSED


def test_what_was_put_off_with_429_must_be_handled_at_the_next_attempt(
    runner: MakeRunner,
) -> None:
    class ForgetsToForget(AsksForLater):
        def forget(self, event: Event) -> None:
            """It stays noted as done."""

    finding = run(runner(ForgetsToForget), "handles-retry-after-failure").findings[0]
    assert finding.message == (
        "call.initiated was answered 429 when the API answered its command 500, and its next "
        "attempt is acknowledged and not handled."
    )


def test_over_http_the_api_cannot_be_made_to_fail(runner: MakeRunner) -> None:
    made = runner(OncePerAttempt)
    made.emulator.receiver.in_process = False  # type: ignore[misc]
    assert run(made, "handles-retry-after-failure").outcome is Outcome.SKIPPED
