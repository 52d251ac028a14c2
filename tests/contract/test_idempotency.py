"""A duplicate that has a second effect is found, by a command or by the probe, and nothing else is."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from telnyx_mock.contract.effects.probe import Probe, open_probe
from telnyx_mock.contract.engine.finding import Cause
from telnyx_mock.contract.engine.reason import Why
from telnyx_mock.contract.engine.result import Outcome
from telnyx_mock.contract.engine.rule_runner import Runner
from telnyx_mock.errors import UsageError
from telnyx_mock.payload.request import Request
from telnyx_mock.transports.http import HttpReceiver
from telnyx_mock.transports.receiver import Response
from telnyx_mock.transports.throttle import Budget, Throttled
from tests.contract.conftest import Elsewhere, MakeRunner, run
from tests.contract.test_probe import Pool
from tests.contract.virtual_clock import VirtualClock
from tests.receivers.correct import (
    API,
    TLS,
    Acting,
    Event,
    Headers,
    Receiver,
    WsgiReceiver,
    kind,
    payload,
)
from tests.receivers.faults import BAD

ONCE = ("idempotent-when-redelivered", "idempotent-when-replayed", "idempotent-when-concurrent")
CALLS = ("call.initiated", "call.answered", "call.hangup")


def outcomes(made: Runner) -> set[Outcome]:
    return {run(made, rule).outcome for rule in ONCE}


class Booking(Receiver):
    """Books each call in ``rows``, as often as it hears of it, and sends no command."""

    rows: list[str] = []

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


@pytest.fixture
def booking_later(clock: VirtualClock) -> Callable[[], WsgiReceiver]:
    """Make a receiver that books each call, as often as it hears of it, a little after its answer."""

    class Later(Booking):
        def book(self, event: Event) -> None:
            clock.start_timer(0.05, lambda: self.rows.append(event["data"]["id"]))

    class InThreads(WsgiReceiver):
        def make_steps(self) -> Receiver:
            return Later()

    return InThreads


@pytest.fixture(autouse=True)
def _no_rows() -> None:
    Booking.rows.clear()


def rows() -> list[str]:
    return Booking.rows


# What the probe shows


def test_without_commands_and_without_a_probe_nothing_is_judged(runner: MakeRunner) -> None:
    made = runner(Booking)
    for rule in ONCE:
        result = run(made, rule)
        assert result.outcome is Outcome.SKIPPED
        assert result.why is Why.NO_VISIBLE_EFFECT


def assert_second_effect_is_found(made: Runner) -> None:
    result = run(made, "idempotent-when-redelivered")
    assert result.outcome is Outcome.FAILED
    [finding] = result.findings
    assert (finding.event, finding.cause) == ("call.initiated", Cause.SECOND_EFFECT)


def test_a_probe_shows_a_second_effect(
    runner: MakeRunner, booking_later: Callable[[], WsgiReceiver]
) -> None:
    assert_second_effect_is_found(runner(Booking, probe=rows))
    assert_second_effect_is_found(runner(booking_later, probe=rows))


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

    made = runner(LooksThenBooks, probe=rows)
    assert run(made, "idempotent-when-concurrent").outcome is Outcome.FAILED


def test_what_acts_on_any_duplicate_is_found_once(runner: MakeRunner) -> None:
    made = runner(Booking, probe=rows)
    results = [run(made, rule) for rule in ONCE]
    assert [len(result.findings) for result in results] == [1, 0, 0]
    assert results[1].why is Why.ACTS_ON_EVERY_DUPLICATE


def test_a_probe_that_shows_one_effect_passes(runner: MakeRunner) -> None:
    assert outcomes(runner(BookingOnce, probe=rows)) == {Outcome.PASSED}


def test_where_nothing_changes_what_the_probe_reads_nothing_is_judged(runner: MakeRunner) -> None:
    result = run(runner(Receiver, probe=rows), "idempotent-when-replayed")
    assert result.outcome is Outcome.SKIPPED
    assert result.why is Why.PROBE_UNCHANGED


def test_a_probe_that_fails_ends_the_run(runner: MakeRunner) -> None:
    with pytest.raises(UsageError, match="KeyError: 'rows'"):
        run(runner(Booking, probe=lambda: {}["rows"]), "idempotent-when-replayed")


def pooled(receiver: type[Receiver], pool: Pool) -> type[Receiver]:
    """*receiver*, which reads from the *pool* in each request."""

    class Pooled(receiver):  # type: ignore[misc, valid-type]
        async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
            await pool.read()
            await super().__call__(scope, receive, send)

    return Pooled


class RowPool(Pool):
    async def read(self) -> list[str]:
        await super().read()
        return rows()


def test_a_probe_that_is_awaited_shares_the_loop_of_the_app(runner: MakeRunner) -> None:
    pool = RowPool()
    assert_second_effect_is_found(runner(pooled(Booking, pool), probe=pool.read))
    made = runner(pooled(BookingOnce, pool), probe=lambda: pool.read())
    assert outcomes(made) == {Outcome.PASSED}


def test_beside_an_app_without_a_loop_a_probe_has_one_that_stays(
    runner: MakeRunner, booking_later: Callable[[], WsgiReceiver]
) -> None:
    assert_second_effect_is_found(runner(booking_later, probe=RowPool().read))


def test_a_probe_whose_budget_is_spent_makes_the_check_inconclusive(runner: MakeRunner) -> None:
    address = Throttled(HttpReceiver("http://127.0.0.1:9/"), Budget(max_requests=0))
    probe: Probe | None = open_probe("http://127.0.0.1:9/", lambda _: address, 1)
    result = run(runner(Booking, probe=probe), "idempotent-when-replayed")
    assert result.outcome is Outcome.INCONCLUSIVE
    assert result.why is Why.BUDGET_SPENT


# What commands show


def test_a_command_with_the_same_id_is_no_second_effect(runner: MakeRunner) -> None:
    class SameCommandId(Receiver):
        def act(self, event: Event) -> int:
            if kind(event) == "call.initiated":
                url = f"{API}/calls/{payload(event).get('call_control_id')}/actions/answer"
                httpx.post(url, json={"command_id": event["data"]["id"]}, verify=TLS)
            return 200

    assert outcomes(runner(SameCommandId)) == {Outcome.PASSED}


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

    assert outcomes(runner(RefusesReplays)) == {Outcome.PASSED}


def test_a_second_effect_of_a_replay_alone_is_found(runner: MakeRunner) -> None:
    made = runner(BAD["idempotent-when-replayed"].receiver, *CALLS)
    assert run(made, "idempotent-when-redelivered").findings == ()
    result = run(made, "idempotent-when-replayed")
    [finding] = result.findings
    assert (result.outcome, finding.cause) == (Outcome.FAILED, Cause.SECOND_EFFECT)
    assert (finding.event, finding.status) == ("call.answered", 200)


@pytest.mark.parametrize("fails", ["with 500", "without an answer"])
def test_a_failure_at_a_replay_is_found_although_it_has_no_effect(
    runner: MakeRunner, fails: str
) -> None:
    class UniqueSignature(Acting):
        def __init__(self) -> None:
            super().__init__()
            self.signatures: set[str] = set()

        def handle(self, headers: Headers, body: bytes) -> int:
            signature = headers.get("telnyx-signature-ed25519", "")
            if signature in self.signatures:
                assert fails == "with 500"
                return 500
            self.signatures.add(signature)
            return super().handle(headers, body)

    made = runner(UniqueSignature)
    assert run(made, "idempotent-when-redelivered").findings == ()
    [finding] = run(made, "idempotent-when-replayed").findings
    assert (finding.event, finding.cause) == ("call.initiated", None)
    assert finding.message.startswith("call.initiated sent again, byte for byte, made the receiver")


def test_a_second_attempt_may_not_be_refused(runner: MakeRunner) -> None:
    class Conflict(Acting):
        def act(self, event: Event) -> int:
            known = self.note(event) in self.seen
            return 409 if known else super().act(event)

    result = run(runner(Conflict), "idempotent-when-redelivered")
    assert result.outcome is Outcome.FAILED
    assert {(finding.status, finding.cause) for finding in result.findings} == {(409, None)}
    assert {finding.curl for finding in result.findings} == {""}, "one request alone shows nothing"


def test_an_effect_of_the_duplicate_alone_is_no_second_effect(runner: MakeRunner) -> None:
    class FallsBehind(Booking):
        """It acts on one duplicate; from then on, it gets round to an event only at the second."""

        def __init__(self) -> None:
            super().__init__()
            self.known: set[str] = set()
            self.is_behind = False

        def book(self, event: Event) -> None:
            if event["data"]["id"] in self.known:
                self.is_behind = True
                super().book(event)
            elif not self.is_behind:
                super().book(event)
            self.known.add(event["data"]["id"])

    made = runner(FallsBehind, "call.initiated", probe=rows)
    assert run(made, "idempotent-when-redelivered").findings == ()


@pytest.mark.parametrize("resent", [False, True])
def test_an_effect_of_a_request_that_went_out_twice_is_no_second_effect(
    runner: MakeRunner, resent: bool
) -> None:
    """The server closed the connection; it may have handled the request all the same."""

    class BooksEachTime(Elsewhere):
        def send(self, request: Request, *, timeout: float) -> Response:
            if request.event == "call.initiated":
                rows().append("a row")
            return Response(200, (), b"", 0.0, resent=resent)

    made = runner(BooksEachTime(200), "call.initiated", probe=rows)
    assert bool(run(made, "idempotent-when-redelivered").findings) is not resent


@pytest.mark.parametrize("rule", ONCE)
def test_a_receiver_that_never_becomes_idle_is_not_accused(
    rule: str, runner: MakeRunner, clock: VirtualClock
) -> None:
    class BooksAllTheTime(BookingOnce):
        """From the first duplicate on, it books ten times in a second, whatever arrives."""

        is_started = False

        def book(self, event: Event) -> None:
            is_duplicate = event["data"]["id"] in self.rows
            super().book(event)
            if is_duplicate and not self.is_started:
                self.is_started = True
                self.book_something()

        def book_something(self) -> None:
            self.rows.append("something")
            clock.start_timer(0.1, self.book_something)

    class InThreads(WsgiReceiver):
        def make_steps(self) -> Receiver:
            return BooksAllTheTime()

    assert run(runner(InThreads, "call.initiated", probe=rows), rule).findings == ()


def test_a_late_effect_is_not_taken_for_a_second_one(
    runner: MakeRunner, clock: VirtualClock
) -> None:
    class Later(Acting):
        def act(self, event: Event) -> int:
            clock.start_timer(0.1, lambda: super(Later, self).act(event))
            return 200

    class InThreads(WsgiReceiver):
        def make_steps(self) -> Receiver:
            return Later()

    assert outcomes(runner(InThreads, *CALLS)) == {Outcome.PASSED}
