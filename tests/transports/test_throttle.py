"""Requests keep to a budget and a rate, and get added headers."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from telnyx_mock.clock import SYSTEM_CLOCK, Clock, SetClock
from telnyx_mock.emulator import Emulator
from telnyx_mock.errors import BudgetSpent, UsageError
from telnyx_mock.payload.request import Request
from telnyx_mock.transports.added_headers import added_headers
from telnyx_mock.transports.receiver import Response
from telnyx_mock.transports.throttle import MAX_REQUESTS, RATE, Budget, Throttled, bounds
from telnyx_mock.transports.wsgi import WsgiReceiver


class Recorder:
    """A receiver that records its requests and their times."""

    url = "http://localhost/"
    in_process = False

    def __init__(self, clock: Clock = SYSTEM_CLOCK) -> None:
        self.requests: list[Request] = []
        self.times: list[float] = []
        self.clock = clock

    def send(self, request: Request, *, timeout: float) -> Response:
        self.times.append(self.clock.monotonic())
        self.requests.append(request)
        return Response(200, (), b"", 0.0)

    def wait_until_idle(self, timeout: float) -> bool:
        return True

    def close(self) -> None: ...


REQUEST = Request(((b"a", b"1"),), b"")


def test_another_machine_has_bounds_unless_the_user_asks_for_more() -> None:
    url = "https://staging.example/hook"
    assert bounds(url, None, None) == (MAX_REQUESTS, RATE)
    assert bounds(url, 7, 2.5) == (7, 2.5)
    assert bounds(url, 0, 0) == (None, None)


@pytest.mark.parametrize(
    "url", [None, "http://127.0.0.1:8000/", "http://[::1]/", "http://localhost"]
)
def test_this_machine_has_no_bounds_unless_the_user_asks_for_them(url: str | None) -> None:
    assert bounds(url, None, None) == (None, None)
    assert bounds(url, 7, 2) == (7, 2)


def test_a_budget_that_is_used_up_sends_nothing_more_and_says_how_to_raise_it() -> None:
    receiver = Recorder()
    throttled = Throttled(receiver, Budget(max_requests=2))
    throttled.send(REQUEST, timeout=1)
    throttled.send(REQUEST, timeout=1)
    with pytest.raises(BudgetSpent) as caught:
        throttled.send(REQUEST, timeout=1)
    assert caught.value.requests == 2
    assert str(caught.value) == (
        "the budget of 2 requests is used up; raise it with --max-requests, or ask for fewer "
        "--events or --examples"
    )
    assert len(receiver.requests) == 2


def test_processes_share_a_budget_and_a_rate() -> None:
    receiver, clock = Recorder(), SetClock(0)
    throttled = Throttled(receiver, Budget(max_requests=5, rate=80, shares=2, clock=clock))
    throttled.send(REQUEST, timeout=1)
    throttled.send(REQUEST, timeout=1)
    with pytest.raises(BudgetSpent) as caught:
        throttled.send(REQUEST, timeout=1)
    assert caught.value.requests == 5
    assert clock.monotonic() == 2 / 80


def test_threads_together_keep_to_the_budget() -> None:
    receiver = Recorder()
    throttled = Throttled(receiver, Budget(max_requests=50))

    def send(_: int) -> bool:
        try:
            throttled.send(REQUEST, timeout=1)
        except BudgetSpent:
            return False
        return True

    with ThreadPoolExecutor(8) as threads:
        assert sum(threads.map(send, range(100))) == 50
    assert len(receiver.requests) == 50


def test_a_rate_is_kept_from_the_first_request_on() -> None:
    clock = SetClock(0)
    receiver = Recorder(clock)
    throttled = Throttled(receiver, Budget(rate=50, clock=clock))
    for _ in range(6):
        throttled.send(REQUEST, timeout=1)
    assert receiver.times == pytest.approx([number / 50 for number in range(6)])


def test_a_burst_goes_out_at_once_and_later_requests_wait_for_it() -> None:
    clock = SetClock(0)
    together = threading.Barrier(5)

    class Meeting(Recorder):
        def send(self, request: Request, *, timeout: float) -> Response:
            if len(self.requests) in range(1, 6):
                together.wait(10)
            return super().send(request, timeout=timeout)

    receiver = Meeting(clock)
    throttled = Throttled(receiver, Budget(rate=20, clock=clock))
    throttled.send(REQUEST, timeout=1)
    with ThreadPoolExecutor(5) as threads:
        list(threads.map(lambda _: throttled.send(REQUEST, timeout=1), range(5)))
    clock.seconds = 0
    throttled.send(REQUEST, timeout=1)
    assert clock.monotonic() == pytest.approx(6 / 20)


def test_added_headers_are_sent_and_are_in_no_delivery(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GATEWAY", "sesame\n")
    receiver = Recorder()
    headers = added_headers(["X-Env: staging", "Authorization: env:GATEWAY"])
    delivery = Emulator(Throttled(receiver, Budget(), headers)).send("call.hangup")
    [sent] = receiver.requests
    assert (sent.header(b"x-env"), sent.header(b"authorization")) == (b"staging", b"sesame")
    assert sent.header(b"telnyx-timestamp") is not None
    assert "sesame" not in delivery.curl() + repr(delivery)


MISTAKES = {
    "X-Env": "A header is written as 'Name: value', or 'Name: env:VARIABLE' for a secret.",
    "X Env: a": "A header is written as 'Name: value', or 'Name: env:VARIABLE' for a secret.",
    "Telnyx-Timestamp: 1": "The header Telnyx-Timestamp is part of the test, so it cannot be added.",
    "host: shop": "The header host is part of the test",
    "X-Env: env:NOWHERE": "The environment has no variable NOWHERE to read the header X-Env from.",
    "X-Env: a\r\nX-Two: b": "The value of the header X-Env is not one line of printable ASCII.",
    "X-Env: clé": "The value of the header X-Env is not one line of printable ASCII.",
}


@pytest.mark.parametrize("text", MISTAKES)
def test_a_wrong_header_is_a_usage_error(text: str) -> None:
    with pytest.raises(UsageError) as caught:
        added_headers([text])
    assert MISTAKES[text] in str(caught.value)


def test_a_wrong_secret_is_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GATEWAY", "open\nsesame")
    with pytest.raises(UsageError) as caught:
        added_headers(["X-Env: env:GATEWAY"])
    assert "sesame" not in str(caught.value)


def test_another_path_has_the_same_budget_and_headers() -> None:
    receiver = Throttled(WsgiReceiver(echo, "/primary"), Budget(2), added_headers(["X-Env: a"]))
    other = receiver.at("/failover")
    assert other.send(REQUEST, timeout=1).body == b"/failover a"
    assert receiver.send(REQUEST, timeout=1).body == b"/primary a"
    with pytest.raises(BudgetSpent):
        other.send(REQUEST, timeout=1)


def echo(environ: dict[str, Any], start_response: Any) -> list[bytes]:
    start_response("200 OK", [])
    return [f"{environ['PATH_INFO']} {environ['HTTP_X_ENV']}".encode()]
