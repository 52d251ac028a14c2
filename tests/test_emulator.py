"""The emulator sends webhooks, drafts and requests to the receiver it is bound to."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest

from telnyx_mock.attacks.forgeries import FORGERIES
from telnyx_mock.clock import SetClock
from telnyx_mock.delivery import Delivery
from telnyx_mock.emulator import Emulator
from telnyx_mock.errors import ReceiverFailure, UsageError
from telnyx_mock.payload.draft import Draft
from telnyx_mock.payload.webhook import sample, webhook
from telnyx_mock.provider_urls import API_HOST
from telnyx_mock.signing.keys import KeyPair
from telnyx_mock.signing.verification import verify
from telnyx_mock.transports.app_kind import open_app
from telnyx_mock.transports.environment import receiver_environment
from telnyx_mock.transports.receiver import Receiver as AnyReceiver
from telnyx_mock.transports.receiver import at_path
from tests.receivers.correct import Deduplicating, Queueing, Receiver

KEY = KeyPair.generate()


@pytest.fixture(autouse=True)
def environment() -> Iterator[None]:
    with receiver_environment(KEY.public_key):
        yield


@pytest.fixture
def app() -> Deduplicating:
    return Deduplicating()


@pytest.fixture
def emulator(app: Deduplicating) -> Iterator[Emulator]:
    receiver = open_app(app)
    made = Emulator(receiver, key=KEY)
    yield made
    made.unbind()
    receiver.close()


def ids(body: bytes) -> tuple[str, str]:
    data = json.loads(body)["data"]
    return data["id"], data["payload"]["call_control_id"]


# What can be sent


def test_it_takes_nothing_but_a_receiver() -> None:
    with pytest.raises(UsageError, match="not to a str; telnyx_mock"):
        Emulator("shop:app")  # type: ignore[arg-type]


def test_it_sends_an_event_by_name_with_overrides(emulator: Emulator) -> None:
    delivery = emulator.send("call.initiated", direction="outgoing").assert_accepted()
    assert json.loads(delivery.request.body)["data"]["payload"]["direction"] == "outgoing"
    assert delivery.request.event == "call.initiated"
    assert delivery.elapsed > 0


def test_it_sends_a_webhook(emulator: Emulator) -> None:
    built = webhook("call.hangup", hangup_cause="user_busy")
    delivery = emulator.send(built).assert_accepted()
    assert json.loads(delivery.request.body) == built.addressed_to(emulator.receiver.url).body


def test_a_webhook_names_the_address_to_which_it_goes(emulator: Emulator) -> None:
    """In ``meta``, as Telnyx does; an address that you give stays."""

    def named(delivery: Delivery) -> str:
        address: str = json.loads(delivery.request.body)["meta"]["delivered_to"]
        return address

    assert named(emulator.send("call.hangup")) == emulator.receiver.url
    other = at_path(emulator.receiver, "/other")
    assert named(emulator.send_to(other, webhook("call.hangup"))) == other.url
    given = {"meta.delivered_to": "https://example.com/mine"}
    assert named(emulator.send("call.hangup", **given)) == "https://example.com/mine"
    assert "delivered_to" not in repr(emulator.send("call.hangup").request.webhook)


def test_it_sends_a_draft_in_its_layout(emulator: Emulator) -> None:
    draft = Draft(webhook("call.hangup"), layout="newline", header_case="title", charset=True)
    delivery = emulator.send(draft).assert_accepted()
    assert delivery.request.body.endswith(b"\n")
    names = {name for name, _ in delivery.request.headers}
    assert b"Telnyx-Timestamp" in names
    assert delivery.request.header(b"content-type") == b"application/json; charset=utf-8"


def test_it_sends_a_request_byte_for_byte(emulator: Emulator) -> None:
    request = emulator.request("call.hangup")
    assert emulator.send(request).assert_accepted().request is request


def test_it_sends_a_forgery(emulator: Emulator) -> None:
    delivery = emulator.send("call.hangup", forge="signature-truncated").assert_refused()
    assert delivery.request.forgery == "signature-truncated"


def test_it_sends_a_form(emulator: Emulator) -> None:
    emulator.send("texml.http-request").assert_accepted()


def test_it_signs_with_its_key_at_the_time_of_its_clock() -> None:
    emulator = Emulator(key=KEY, clock=SetClock(1_700_000_000))
    request = emulator.request("call.hangup")
    assert request.header(b"telnyx-timestamp") == b"1700000000"
    assert verify(KEY.public_key, request, now=1_700_000_000).ok
    assert b'"2023-11-14T22:13:' in request.body, "times in the body are around that time, too"


# Ids


def test_a_duplicate_has_the_same_ids_and_acts_once(emulator: Emulator, app: Deduplicating) -> None:
    built = emulator.webhook("call.initiated")
    first, second = emulator.send(built), emulator.send(built)
    assert first.assert_accepted().request.body == second.assert_accepted().request.body
    assert app.acted == 1


def test_a_name_makes_a_new_webhook_each_time(emulator: Emulator, app: Deduplicating) -> None:
    first, second = emulator.send("call.initiated"), emulator.send("call.initiated")
    for one, other in zip(ids(first.request.body), ids(second.request.body), strict=True):
        assert one != other
    assert app.acted == 2


def test_a_sample_gets_new_ids_each_time_it_is_sent(emulator: Emulator) -> None:
    documented = sample("call.initiated")
    sent = [ids(emulator.send(what).request.body) for what in (documented, Draft(documented)) * 2]
    assert len(set(sent)) == 4
    assert ids(json.dumps(documented.body).encode()) not in sent


# What cannot be sent


def test_overrides_of_a_webhook_that_is_built_are_a_usage_error(emulator: Emulator) -> None:
    with pytest.raises(UsageError, match="is built already, so direction, to cannot be set"):
        emulator.send(webhook("call.initiated"), to="+13125550100", direction="incoming")


def test_a_signed_request_cannot_be_forged(emulator: Emulator) -> None:
    request = emulator.request("call.initiated")
    with pytest.raises(
        UsageError, match="signed already cannot be forged or malformed; give its webhook"
    ):
        emulator.send(request, forge="signature-empty")


def test_an_unknown_forgery_is_a_usage_error(emulator: Emulator) -> None:
    with pytest.raises(UsageError, match=r"no forgery 'signature-emty'.*'signature-empty'"):
        emulator.send("call.initiated", forge="signature-emty")


@pytest.mark.parametrize("send", ["send", "deliver", "request"])
@pytest.mark.parametrize("what", [42, None, {"event_type": "call.initiated"}])
def test_what_cannot_be_sent_is_a_usage_error(emulator: Emulator, send: str, what: object) -> None:
    with pytest.raises(UsageError, match=f"^{re.escape(repr(what))} cannot be sent; give the name"):
        getattr(emulator, send)(what)


def test_a_word_suggests_each_forgery_that_has_it(emulator: Emulator) -> None:
    with pytest.raises(UsageError) as refused:
        emulator.send("call.initiated", forge="expired")
    for name in FORGERIES:
        assert ("expired" in name) == (f"'{name}'" in str(refused.value))


def test_an_unknown_event_is_a_usage_error(emulator: Emulator) -> None:
    with pytest.raises(UsageError, match=r"no event 'call.initated'.*'call.initiated'"):
        emulator.send("call.initated")


@pytest.mark.parametrize(
    "use",
    [
        lambda emulator: emulator.send("call.initiated"),
        lambda emulator: emulator.wait_until_idle(),
        lambda emulator: emulator.receiver,
    ],
    ids=["send", "wait_until_idle", "receiver"],
)
def test_without_a_receiver_it_says_what_to_do(use: Callable[[Emulator], object]) -> None:
    with pytest.raises(UsageError, match=r"No receiver is bound.*fixture telnyx_receiver"):
        use(Emulator())


def test_a_request_can_be_made_without_a_receiver() -> None:
    assert Emulator().request("call.initiated").event == "call.initiated"


# The fake API


def test_reading_commands_waits_for_background_work() -> None:
    receiver = open_app(Queueing())
    emulator = Emulator(receiver, key=KEY)
    delivery = emulator.send("call.initiated").assert_accepted()
    assert delivery.commands == (), "it had answered before"
    [command] = emulator.api.commands
    assert command.name == "answer"
    assert command.call_control_id == ids(delivery.request.body)[1]
    emulator.unbind()
    receiver.close()
    assert emulator.api.commands == [], "a new test begins"


# Fresh receivers


def test_fresh_receivers_are_independent() -> None:
    made: list[Deduplicating] = []

    def reopen() -> AnyReceiver:
        made.append(Deduplicating())
        return open_app(made[-1])

    emulator = Emulator(key=KEY)
    receiver = reopen()
    emulator.bind(receiver, reopen)
    built = emulator.webhook("call.initiated")
    for _ in range(2):
        with emulator.fresh() as fresh:
            fresh.send(built).assert_accepted()
            assert fresh.receiver is not emulator.receiver
    assert [app.acted for app in made] == [0, 1, 1]
    with pytest.raises(UsageError):
        fresh.send(built)
    emulator.unbind()
    receiver.close()


def test_fresh_needs_a_factory() -> None:
    receiver = open_app(Receiver())
    emulator = Emulator(receiver, key=KEY)
    with (
        pytest.raises(UsageError, match="no way to make a fresh receiver: give telnyx_receiver as"),
        emulator.fresh(),
    ):
        pass
    emulator.unbind()
    receiver.close()


# What the app did earlier in a call


async def answers_calls(scope: Any, receive: Any, send: Any) -> None:
    """Answers each call with a client state, and speaks when it is over."""
    body = json.loads((await receive())["body"])["data"]
    action = {"call.initiated": "answer", "call.hangup": "speak"}.get(body["event_type"])
    status = 200
    if action:
        async with httpx.AsyncClient() as client:
            url = (
                f"https://{API_HOST}/v2/calls/{body['payload']['call_control_id']}/actions/{action}"
            )
            parameters = {"payload": "Bye", "voice": "female"} if action == "speak" else {}
            parameters["client_state"] = "YQ=="
            status = (await client.post(url, json=parameters)).status_code
    await send({"type": "http.response.start", "status": status, "headers": []})
    await send({"type": "http.response.body", "body": b""})


def test_later_webhooks_of_a_call_carry_what_the_app_set() -> None:
    emulator = Emulator(open_app(answers_calls), key=KEY)
    first = emulator.send("call.initiated").webhook
    assert first is not None
    call = first.payload["call_control_id"]
    later = emulator.deliver("call.answered", call_control_id=call).webhook
    assert later is not None
    assert later.payload["client_state"] == "YQ=="
    forged = emulator.send("call.hangup", forge="signature-missing", call_control_id=call)
    assert forged.accepted
    assert emulator.send("call.hangup", call_control_id=call).status == 422
    assert emulator.send(first).request.webhook == first
    emulator.unbind()


# Waiting


def test_it_waits_for_a_condition_and_returns_its_value() -> None:
    clock = SetClock(0)
    values = iter([[], [], ["done"]])
    assert Emulator(clock=clock).wait_for(lambda: next(values)) == ["done"]
    assert clock.seconds > 0


def test_a_condition_that_stays_false_is_a_failure_with_its_value() -> None:
    clock = SetClock(0)
    with pytest.raises(ReceiverFailure, match=r"After 3 s, the condition is still \[\]"):
        Emulator(clock=clock).wait_for(list, timeout=3)
    assert 3 <= clock.seconds < 4


def test_an_async_test_waits_without_blocking_the_loop() -> None:
    async def test() -> None:
        emulator, done = Emulator(), asyncio.Event()
        asyncio.get_running_loop().call_later(0.02, done.set)
        assert await emulator.await_for(done.is_set) is True

        async def answer() -> str:
            return "done"

        assert await emulator.await_for(answer) == "done"
        with pytest.raises(ReceiverFailure, match="still None"):
            await emulator.await_for(lambda: None, timeout=0.02)

    asyncio.run(test())
