"""A webhook is delivered again as the policy of its product says."""

from __future__ import annotations

import json
from typing import Any

import httpx
import pytest

from telnyx_mock.catalogue.registry import family, find
from telnyx_mock.clock import SetClock
from telnyx_mock.delivery import POLICIES, Delivery, Policy, policy_for
from telnyx_mock.emulator import Emulator
from telnyx_mock.errors import ReceiverFailure, UsageError
from telnyx_mock.patience import Patience
from telnyx_mock.payload.request import SIGNATURE_HEADER, TIMESTAMP_HEADER
from telnyx_mock.payload.webhook import sample
from telnyx_mock.signing.keys import KeyPair
from telnyx_mock.signing.verification import verify
from telnyx_mock.transports.app_kind import open_app
from telnyx_mock.transports.http import HttpReceiver
from telnyx_mock.transports.receiver import NoAnswerReason, Response
from telnyx_mock.transports.wsgi import WsgiReceiver

KEY = KeyPair.generate()
NOWHERE = "http://127.0.0.1:9/"
AT_ONCE = Patience(connect_retries=())


CLOCK = SetClock(1_700_000_000)


class Answers:
    """A WSGI app that answers with these statuses in turn, and repeats the last; None is too late."""

    def __init__(self, *statuses: int | None) -> None:
        self.statuses = list(statuses)
        self.received = 0

    def __call__(self, environ: dict[str, Any], start_response: Any) -> list[bytes]:
        self.received += 1
        status = self.statuses.pop(0) if len(self.statuses) > 1 else self.statuses[0]
        if status is None:
            CLOCK.advance(3)
        start_response(f"{status or 200} answered", [])
        return [b""]


def deliver(app: Any, what: Any = "message.received", **options: Any) -> Delivery:
    emulator = Emulator(WsgiReceiver(app, "/primary", clock=CLOCK), key=KEY, clock=CLOCK)
    try:
        return emulator.deliver(what, **options)
    finally:
        emulator.unbind()


def statuses(delivery: Delivery) -> list[int | None]:
    return [attempt.response and attempt.response.status for attempt in delivery.attempts]


def body(attempt: Any) -> dict[str, Any]:
    decoded: dict[str, Any] = json.loads(attempt.request.body)
    return decoded


# How often, and when


def test_a_2xx_ends_the_delivery() -> None:
    app = Answers(204)
    assert statuses(deliver(app)) == [204]
    assert app.received == 1


def test_messages_are_tried_three_times_after_any_failure() -> None:
    assert statuses(deliver(Answers(500, 404, 301))) == [500, 404, 301]


def test_the_first_success_ends_the_delivery() -> None:
    delivery = deliver(Answers(503, 200))
    assert statuses(delivery) == [503, 200]
    assert delivery.accepted


def test_voice_does_not_try_again_after_an_ordinary_4xx() -> None:
    assert statuses(deliver(Answers(404), "call.initiated")) == [404]
    assert statuses(deliver(Answers(429), "call.initiated")) == [429, 429]
    assert statuses(deliver(Answers(500), "call.initiated")) == [500, 500]


def test_10dlc_is_tried_five_times_every_30_s_without_waiting() -> None:
    started = CLOCK.now()
    delivery = deliver(Answers(500), family("10dlc")[0].name)
    assert [attempt.delay for attempt in delivery.attempts] == [0, 30, 30, 30, 30]
    assert CLOCK.now() == started


def test_a_late_answer_counts_as_no_answer() -> None:
    delivery = deliver(Answers(None, 200))
    assert statuses(delivery) == [None, 200]
    assert delivery.attempts[0].no_answer is NoAnswerReason.TIMEOUT


def test_fax_counts_only_200_as_success() -> None:
    assert statuses(deliver(Answers(202, 200), "fax.delivered")) == [202, 200]


# What is sent


def test_each_attempt_has_its_own_date_and_signature() -> None:
    delivery = deliver(Answers(500), "message.received", text="Hello")
    bodies = [body(attempt) for attempt in delivery.attempts]
    assert [each["meta"]["attempt"] for each in bodies] == [1, 2, 3]
    assert {each["meta"]["delivered_to"] for each in bodies} == {"https://localhost/primary"}
    assert len({each["data"]["id"] for each in bodies}) == 1
    assert {each["data"]["payload"]["text"] for each in bodies} == {"Hello"}
    stamps = [int(attempt.request.header(TIMESTAMP_HEADER) or 0) for attempt in delivery.attempts]
    now = int(CLOCK.now())
    assert stamps == [now - 2, now - 1, now]
    signatures = {attempt.request.header(SIGNATURE_HEADER) for attempt in delivery.attempts}
    assert len(signatures) == 3
    for attempt in delivery.attempts:
        assert verify(KEY.public_key, attempt.request, now=now).ok


def test_a_form_without_meta_is_signed_anew() -> None:
    delivery = deliver(Answers(500), "texml.http-request")
    assert len({attempt.request.body for attempt in delivery.attempts}) == 1
    signatures = {attempt.request.header(SIGNATURE_HEADER) for attempt in delivery.attempts}
    assert len(signatures) == len(delivery.attempts) == 3


def test_a_webhook_that_was_sent_keeps_its_id() -> None:
    emulator = Emulator(open_app(Answers(200)), key=KEY)
    made = emulator.webhook("call.initiated")
    sent = emulator.send(made)
    delivered = emulator.deliver(made)
    emulator.unbind()
    assert body(sent.attempts[0])["data"]["id"] == body(delivered.attempts[0])["data"]["id"]


# The failover address


def test_attempts_at_the_failover_address_count_on() -> None:
    second = open_app(Answers(500, 200), "/failover")
    delivery = deliver(Answers(500), failover=second)
    assert statuses(delivery) == [500, 500, 500, 500, 200]
    assert [body(attempt)["meta"]["attempt"] for attempt in delivery.attempts] == [1, 2, 3, 4, 5]
    assert [attempt.url for attempt in delivery.attempts[-2:]] == ["https://localhost/failover"] * 2
    assert body(delivery.attempts[-1])["meta"]["delivered_to"] == "https://localhost/failover"
    assert delivery.attempts[3].delay == 0
    second.send(delivery.request, timeout=1)  # still open: it was not opened here


def test_the_failover_address_may_be_an_app() -> None:
    second = Answers(200)
    assert statuses(deliver(Answers(404), "call.initiated", failover=second)) == [404, 200]


def test_the_failover_address_may_be_another_path_of_the_app() -> None:
    started, paths = [], []

    async def app(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "lifespan":
            await receive()
            started.append(scope["type"])
            scope["state"]["pool"] = 7
            await send({"type": "lifespan.startup.complete"})
            await receive()
            await send({"type": "lifespan.shutdown.complete"})
            return
        paths.append((scope["path"], scope["state"]["pool"]))
        status = 200 if scope["path"] == "/failover" else 404
        await send({"type": "http.response.start", "status": status, "headers": []})
        await send({"type": "http.response.body"})

    receiver = open_app(app, "/primary")
    emulator = Emulator(receiver, key=KEY)
    delivery = emulator.deliver("call.initiated", failover="/failover")
    assert statuses(delivery) == [404, 200]
    assert delivery.attempts[1].url == "https://localhost/failover"
    assert body(delivery.attempts[1])["meta"]["delivered_to"] == "https://localhost/failover"
    assert emulator.send("call.initiated").status == 404, "it is still open"
    assert paths == [("/primary", 7), ("/failover", 7), ("/primary", 7)]
    assert len(started) == 1
    emulator.unbind()
    receiver.close()


def test_calls_of_an_app_are_caught_while_it_starts() -> None:
    async def app(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "lifespan":
            await receive()
            async with httpx.AsyncClient() as api:
                await api.get("https://api.telnyx.com/v2/whoami")
            await send({"type": "lifespan.startup.complete"})
            return
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body"})

    receiver = open_app(app)
    emulator = Emulator(receiver, key=KEY)
    assert emulator.deliver("call.initiated", failover="/failover").accepted
    assert [command.path for command in emulator.api.commands] == ["/v2/whoami"]
    emulator.unbind()
    receiver.close()


def test_a_receiver_without_other_paths_cannot_fail_over_to_one() -> None:
    class Own:
        url, in_process = "http://localhost/", False

        def send(self, request: Any, *, timeout: float) -> Response:
            return Response(200, (), b"", 0.0)

        def wait_until_idle(self, timeout: float) -> bool:
            return True

        def close(self) -> None: ...

    with pytest.raises(UsageError, match="'/failover' is a path, but the receiver at"):
        Emulator(Own(), key=KEY).deliver("call.initiated", failover="/failover")


def test_after_a_success_the_failover_address_gets_nothing() -> None:
    second = Answers(200)
    deliver(Answers(200), failover=second)
    assert second.received == 0


def test_an_unreachable_address_fails() -> None:
    emulator = Emulator(HttpReceiver(NOWHERE, patience=AT_ONCE), key=KEY)
    second = Answers(200)
    delivery = emulator.deliver("call.hangup", policy=Policy(attempts=1), failover=second)
    emulator.unbind()
    assert statuses(delivery) == [None, 200]
    assert delivery.attempts[0].no_answer is NoAnswerReason.UNREACHABLE
    assert "(http://127.0.0.1:9/ could not be reached" in delivery.attempts[0].answer()


def test_over_http_delays_pass_on_the_clock() -> None:
    clock = SetClock(1_000_000_000)
    emulator = Emulator(HttpReceiver(NOWHERE, patience=AT_ONCE), key=KEY, clock=clock)
    delivery = emulator.deliver("call.hangup", policy=Policy(attempts=3, delays=(1.5, 7)))
    assert [attempt.delay for attempt in delivery.attempts] == [0, 1.5, 7]
    assert clock.now() == 1_000_000_008.5


# Policies


def test_every_policy_names_its_source() -> None:
    for policy in POLICIES.values():
        assert policy.source.startswith("https://")
        assert policy.succeeds(200)
        assert policy.retries(500)
        assert policy.retries(None)
        assert not policy.retries(200)


ATTEMPTS = {"10dlc": 5, "voice": 2, "messaging-v1": 2}
ONLY_200 = {"messaging-v1", "fax", "number_order", "texml"}


@pytest.mark.parametrize("name", POLICIES)
def test_each_policy_in_numbers(name: str) -> None:
    policy, statuses = POLICIES[name], range(99, 601)
    success = {200} if name in ONLY_200 else {*range(200, 300)}
    assert {each for each in statuses if policy.succeeds(each)} == success
    retried = {408, 429, *range(500, 600)} if name == "voice" else {*range(100, 600)} - success
    assert {each for each in statuses if policy.retries(each)} == retried
    assert not policy.succeeds(None)
    assert policy.attempts == ATTEMPTS.get(name, 3)
    assert policy.deadline == (5 if name == "messaging-v1" else 2)


def test_the_last_delay_repeats() -> None:
    assert [*Policy(attempts=6).schedule()] == [0, 1, 2, 4, 4, 4]
    assert [*Policy(attempts=1, deadline=0.1, delays=(0,)).schedule()] == [0]


def test_a_product_without_a_policy_has_the_general_one() -> None:
    assert policy_for(find("call.initiated")) is POLICIES["voice"]
    assert policy_for(find("conference.created")) is POLICIES["voice"]
    assert policy_for(find("porting_order.status_changed")) is POLICIES["general"]


@pytest.mark.parametrize(
    "numbers", [{"attempts": 0}, {"deadline": 0}, {"delays": ()}, {"delays": (-1.0,)}]
)
def test_impossible_numbers_are_a_usage_error(numbers: dict[str, Any]) -> None:
    with pytest.raises(UsageError, match="at least one attempt"):
        Policy(**numbers)


def test_an_unknown_policy_gets_the_nearest_name() -> None:
    with pytest.raises(UsageError, match="Did you mean 'messaging'"):
        deliver(Answers(200), policy="mesaging")


def test_an_event_occurs_at_the_time_of_the_clock() -> None:
    emulator = Emulator(open_app(Answers(200)), key=KEY, clock=SetClock(1_000_000_000))
    delivery = emulator.deliver("call.hangup")
    assert body(delivery)["data"]["occurred_at"].startswith("2001-09-09T01:46:")
    emulator.unbind()


def test_a_webhook_that_is_built_takes_no_overrides() -> None:
    with pytest.raises(UsageError, match="is built already"):
        deliver(Answers(200), sample("call.hangup"), direction="outgoing")


def test_a_failed_assertion_shows_every_attempt() -> None:
    with pytest.raises(ReceiverFailure) as failure:
        deliver(Answers(503, 404), "call.initiated").assert_accepted()
    assert "earlier   503 Service Unavailable at https://localhost/primary" in str(failure.value)
    assert "answer    404 Not Found" in str(failure.value)
