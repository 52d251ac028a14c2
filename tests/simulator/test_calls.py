"""A test plays a whole call with an app: webhooks go out, commands come back, until all is quiet."""

from __future__ import annotations

import asyncio
import json
import queue
import threading
from typing import Any

import httpx
import pytest

from telnyx_mock.emulator import Emulator
from telnyx_mock.errors import ReceiverFailure, UsageError
from telnyx_mock.provider_urls import API_HOST
from telnyx_mock.simulator.call import Call
from telnyx_mock.transports.app_kind import open_app
from tests.simulator.app import App
from tests.simulator.conftest import Bound
from tests.simulator.world import AGENT, APP, CALLER


def greets(app: App, event: str, payload: dict[str, Any]) -> None:
    """Answer, greet and hang up."""
    match event:
        case "call.initiated" if payload["direction"] == "incoming":
            app.do("answer", payload, client_state="YQ==")
        case "call.answered":
            app.do("speak", payload, payload="Good day.", voice="female")
        case "call.speak.ended":
            app.do("hangup", payload)


def answers(app: App, event: str, payload: dict[str, Any]) -> None:
    """Answer, and do nothing more."""
    if event == "call.initiated":
        app.do("answer", payload)


def test_a_call_goes_on_until_nothing_happens_without_the_caller(bound: Bound) -> None:
    app = App(greets)
    call = bound(app).call(from_=CALLER, to=APP)
    assert [event for _, event in app.seen] == [
        "call.initiated",
        "call.answered",
        "call.speak.started",
        "call.speak.ended",
        "call.hangup",
    ]
    assert call.ended
    assert call.heard == ["Good day."]
    assert call.client_state == "YQ=="
    assert [command.name for command in call.commands] == ["answer", "speak", "hangup"]
    assert repr(call) == f"<Call incoming, from {CALLER} to {APP}, ended>"


def test_the_client_state_comes_back_in_each_webhook(bound: Bound) -> None:
    states: list[Any] = []

    def handle(app: App, event: str, payload: dict[str, Any]) -> None:
        states.append(payload.get("client_state"))
        greets(app, event, payload)

    bound(App(handle)).call()
    assert states == [None, *["YQ=="] * 4]


def test_the_transcript_tells_who_did_what_and_when(bound: Bound, snapshot: Any) -> None:
    call = bound(App(greets)).call(from_=CALLER, to=APP)
    snapshot("transcript", call.transcript + "\n")


def test_further_fields_describe_the_call(bound: Bound) -> None:
    names: list[Any] = []

    def handle(app: App, event: str, payload: dict[str, Any]) -> None:
        names.append((payload["caller_id_name"], payload["from_sip_uri"]))

    bound(App(handle)).call(from_="+13125550177", caller_id_name="Jane Roe")
    assert names == [("Jane Roe", "+13125550177@203.0.113.10:5060")]


def test_a_fresh_receiver_has_calls_of_its_own(bound: Bound) -> None:
    telnyx = bound(App(answers))
    telnyx.call()
    with telnyx.fresh(open_app(App(greets))) as fresh:
        assert fresh.call().ended
    assert telnyx.call().state == "answered"


def test_two_calls_are_apart(bound: Bound) -> None:
    telnyx = bound(App(answers))
    one, two = telnyx.call(from_="+13125550101"), telnyx.call(from_="+13125550102")
    two.hang_up()
    assert (one.state, two.state) == ("answered", "ended")
    assert "+13125550101" not in two.transcript


def test_each_webhook_may_come_twice(bound: Bound) -> None:
    ids: list[Any] = []

    def handle(app: App, event: str, payload: dict[str, Any]) -> None:
        ids.append((event, payload["call_control_id"]))
        if ids.count(ids[-1]) == 1:
            greets(app, event, payload)

    telnyx = bound(App(handle))
    telnyx.disturb(duplicated=True)
    call = telnyx.call()
    assert ids[::2] == ids[1::2]
    assert len(ids) == 10
    assert call.heard == ["Good day."]
    assert call.transcript.count("call.initiated (200 OK)") == 2


def test_an_app_that_takes_a_duplicate_for_new_says_everything_twice(bound: Bound) -> None:
    telnyx = bound(App(greets))
    telnyx.disturb(duplicated=True)
    call = telnyx.call()
    assert call.heard == ["Good day.", "Good day."]
    assert "answer has no effect: the call is answered already" in call.transcript


def test_an_impatient_caller_acts_while_the_app_speaks(bound: Bound) -> None:
    statuses: list[str] = []

    def handle(app: App, event: str, payload: dict[str, Any]) -> None:
        greets(app, event, payload)
        if event == "call.speak.ended":
            statuses.append(payload["status"])

    telnyx = bound(App(handle))
    one, two = (telnyx.call(impatient=True) for _ in range(2))
    assert one.state == "answered"
    one.hang_up()
    two.press("1")
    assert two.state == "answered"
    two.listen()
    assert two.ended
    assert statuses == ["call_hangup", "completed"]


def test_a_caller_tells_an_assistant_what_it_asks(bound: Bound) -> None:
    results: list[Any] = []

    def handle(app: App, event: str, payload: dict[str, Any]) -> None:
        answers(app, event, payload)
        if event == "call.answered":
            app.do("gather_using_ai", payload, parameters={"required": ["age"]})
        if event == "call.ai_gather.ended":
            results.append((payload["result"], payload["status"]))

    call = bound(App(handle)).call()
    call.tell_assistant(age=29)
    assert results == [({"age": 29}, "valid")]


# expect


def test_an_expected_command_is_returned_with_its_parameters(bound: Bound) -> None:
    call = bound(App(greets)).call()
    assert (
        call.expect("speak", contains="Good", voice="female").parameters["payload"] == "Good day."
    )
    call.expect("hangup")


@pytest.mark.parametrize(
    ("name", "contains", "given", "nearest"),
    [
        ("speak", "Goodbye", {}, "speak: Good day. (no text contains 'Goodbye')"),
        ("speak", "", {"voice": "male"}, "speak: Good day. (voice is 'female')"),
        ("speak", "", {"language": "en-US"}, "speak: Good day. (it has no language)"),
        ("transfer", "", {}, "hangup (another command)"),
    ],
)
def test_a_failed_expectation_names_the_nearest_command(
    bound: Bound, name: str, contains: str, given: dict[str, Any], nearest: str
) -> None:
    call = bound(App(greets)).call()
    with pytest.raises(ReceiverFailure) as failure:
        call.expect(name, contains=contains, timeout=0, **given)
    assert f"nearest   {nearest}\n" in str(failure.value)
    assert "hears: Good day." in str(failure.value)


def test_each_expectation_looks_behind_the_last_one(bound: Bound) -> None:
    call = bound(App(greets)).call()
    call.expect("speak")
    with pytest.raises(ReceiverFailure, match="an earlier answer"):
        call.expect("hangup") and call.expect("answer", timeout=0)


def test_a_command_that_the_api_refused_is_not_expected_and_has_no_effect(bound: Bound) -> None:
    telnyx = bound(App(answers))
    telnyx.api.answer_with("POST", "/v2/calls/*/actions/answer", status=422)
    call = telnyx.call()
    assert call.state == "ringing"
    with pytest.raises(ReceiverFailure, match=r"answer \(refused: 422\)"):
        call.expect("answer", timeout=0)


# What a person cannot do


@pytest.mark.parametrize("act", ["press", "say"])
def test_nobody_can_talk_to_a_ringing_telephone(bound: Bound, act: str) -> None:
    call = bound(App(lambda *_: None)).call()
    with pytest.raises(ReceiverFailure, match="nobody has answered the call"):
        getattr(call, act)("1")


def test_nobody_can_do_anything_once_the_app_has_hung_up(bound: Bound) -> None:
    call = bound(App(greets)).call()
    for act in (lambda: call.press("1"), call.hang_up, call.stay_silent, call.hold):
        with pytest.raises(ReceiverFailure, match="the call has ended"):
            act()


def test_only_keys_of_a_telephone_can_be_pressed(bound: Bound) -> None:
    call = bound(App(answers)).call()
    for keys in ("", "1x"):
        with pytest.raises(UsageError, match="no such keys"):
            call.press(keys)


def test_a_caller_cannot_answer(bound: Bound) -> None:
    with pytest.raises(UsageError, match="only the app can answer"):
        bound(App(answers)).call().answer()


def test_without_a_receiver_nobody_can_call() -> None:
    with pytest.raises(UsageError, match="No receiver is bound"):
        Emulator().call()


# What goes wrong in the app


def test_a_webhook_that_is_not_accepted_fails_the_test(bound: Bound) -> None:
    with pytest.raises(ReceiverFailure) as failure:
        bound(App(lambda *_: 500)).call()
    assert "call.initiated was not accepted." in str(failure.value)
    assert "calls +13125550199" in str(failure.value)


def test_a_webhook_is_delivered_again_until_it_is_accepted(bound: Bound) -> None:
    def handle(app: App, event: str, payload: dict[str, Any]) -> int:
        if len(app.seen) == 1:
            return 503
        answers(app, event, payload)
        return 200

    call = bound(App(handle)).call()
    assert call.state == "answered"
    assert (
        "call.initiated (200 OK, at attempt 2; first: 503 Service Unavailable)" in call.transcript
    )


def test_an_app_that_never_stops_is_not_listened_to_for_ever(bound: Bound) -> None:
    def handle(app: App, event: str, payload: dict[str, Any]) -> None:
        answers(app, event, payload)
        if event in ("call.answered", "call.speak.ended"):
            app.do("speak", payload, payload="Please hold.", voice="female")

    call = bound(App(handle)).call()
    heard = len(call.heard)
    assert 10 < heard < 200
    call.stay_silent(10)
    assert len(call.heard) > heard
    call.hang_up()


@pytest.mark.slow
def test_an_app_that_does_too_much_fails_the_test(bound: Bound) -> None:
    def handle(app: App, event: str, payload: dict[str, Any]) -> None:
        answers(app, event, payload)
        app.do("fork_start", payload)
        app.do("fork_stop", payload)

    with pytest.raises(ReceiverFailure, match="After 1,000 webhooks"):
        bound(App(handle)).call()


def test_a_command_to_a_call_that_has_ended_is_refused(bound: Bound) -> None:
    def handle(app: App, event: str, payload: dict[str, Any]) -> None:
        answers(app, event, payload)
        if event in ("call.answered", "call.gather.ended"):
            app.do("gather", payload)

    app = App(handle)
    bound(app).call().hang_up()
    assert app.statuses == [200, 200, 422]


# Telephones that the app calls


def test_a_test_decides_who_answers_a_transfer(bound: Bound) -> None:
    def handle(app: App, event: str, payload: dict[str, Any]) -> None:
        if payload.get("direction") != "outgoing":
            answers(app, event, payload)
        if event == "call.answered" and payload["to"] == APP:
            app.do("transfer", payload, to=AGENT)

    telnyx = bound(App(handle))
    call = telnyx.call()
    agent = telnyx.dialled(AGENT)
    agent.answer()
    call.say("Hello?")
    assert agent.heard == ["Hello?"]
    assert (call.state, agent.state) == ("bridged", "bridged")
    agent.hang_up()
    assert call.ended


def test_a_dial_before_any_call_rings(bound: Bound) -> None:
    app = App(greets)
    telnyx = bound(app)
    app.post("/v2/calls", **{"from": APP, "to": AGENT, "connection_id": "1"})
    telephone = telnyx.dialled()
    assert app.seen == [("/", "call.initiated")]
    telephone.answer()
    assert telephone.heard == ["Good day."]
    assert telephone.ended
    with pytest.raises(ReceiverFailure, match=r"calls no telephone at \+13125550171"):
        telnyx.dialled(AGENT)


def test_a_telephone_that_the_app_calls_is_busy_or_rings_in_vain(bound: Bound) -> None:
    causes: list[str] = []

    def handle(app: App, event: str, payload: dict[str, Any]) -> None:
        if event == "call.hangup":
            causes.append(payload["hangup_cause"])

    app = App(handle)
    telnyx = bound(app)
    for act in (Call.be_busy, Call.reject, Call.not_answer, Call.stay_silent):
        app.post("/v2/calls", **{"from": APP, "to": AGENT, "connection_id": "1"})
        telephone = telnyx.dialled()
        act(telephone)
        assert telephone.ended
        with pytest.raises(ReceiverFailure, match="the call has ended"):
            telephone.answer()
    assert causes == ["user_busy", "call_rejected", "no_answer", "timeout"]


def test_webhooks_go_to_the_address_that_a_command_names(bound: Bound) -> None:
    app = App(greets)
    telnyx = bound(app)
    given = {"from": APP, "to": AGENT, "connection_id": "1"}
    app.post("/v2/calls", **given, webhook_url="https://example.com/outgoing?id=1")
    telnyx.dialled().answer()
    assert {path for path, _ in app.seen} == {"/outgoing"}
    assert app.query == "id=1"


def test_a_webhook_goes_to_each_address_that_a_command_names_for_its_event(bound: Bound) -> None:
    """The other events of the call go to the address for all."""
    ids: list[Any] = []

    def handle(app: App, event: str, payload: dict[str, Any]) -> None:
        if event == "call.answered":
            ids.append(app.last["data"]["id"])

    app = App(handle)
    telnyx = bound(app)
    hosts = ["https://example.com/one", "https://example.net/two"]
    urls = {"webhook_url": "https://example.com/all", "webhook_urls": {"call.answered": hosts}}
    app.post("/v2/calls", **{"from": APP, "to": AGENT, "connection_id": "1", **urls})
    person = telnyx.dialled()
    person.answer()
    person.hang_up()
    assert app.seen == [
        ("/all", "call.initiated"),
        ("/one", "call.answered"),
        ("/two", "call.answered"),
        ("/all", "call.hangup"),
    ]
    assert ids[0] == ids[1]


def test_the_addresses_of_a_call_are_those_of_its_transfer_too(bound: Bound) -> None:
    def handle(app: App, event: str, payload: dict[str, Any]) -> None:
        if event == "call.initiated" and payload["direction"] == "incoming":
            app.do("answer", payload, webhook_urls={"call.initiated": ["https://a.b/dials"]})
        elif event == "call.answered":
            app.do("transfer", payload, to=AGENT)

    app = App(handle)
    bound(app).call()
    assert [path for path, event in app.seen if event == "call.initiated"] == ["/", "/dials"]


def test_callers_meet_in_a_conference(bound: Bound) -> None:
    rooms: list[str] = []

    def handle(app: App, event: str, payload: dict[str, Any]) -> None:
        answers(app, event, payload)
        if event == "call.answered":
            call = {"call_control_id": payload["call_control_id"]}
            if rooms:
                app.post(f"/v2/conferences/{rooms[0]}/actions/join", **call)
            else:
                rooms.append(app.post("/v2/conferences", name="room", **call)["id"])

    app = App(handle)
    telnyx = bound(app)
    one, two = telnyx.call(from_="+13125550101"), telnyx.call(from_="+13125550102")
    one.say("Hello?")
    assert two.heard == ["Hello?"]
    two.expect("conferences.join")
    for call in (one, two):
        call.hang_up()
    assert app.seen[-1][1] == "conference.ended"


# Every kind of app


async def asgi(scope: Any, receive: Any, send: Any) -> None:
    """Acknowledge, and then greet as :func:`greets` does."""
    if scope["type"] != "http":
        return
    data = json.loads((await receive())["body"])["data"]
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b""})
    await asyncio.sleep(0.01)
    id_ = data["payload"]["call_control_id"]
    command = {"call.initiated": "answer", "call.answered": "speak", "call.speak.ended": "hangup"}
    if name := command.get(data["event_type"]):
        async with httpx.AsyncClient() as client:
            url = f"https://{API_HOST}/v2/calls/{id_}/actions/{name}"
            await client.post(url, json={"payload": "Good day.", "voice": "female"})


def test_an_async_app_that_acts_after_its_answer(bound: Bound) -> None:
    call = bound(asgi).call()
    assert call.ended
    assert call.heard == ["Good day."]


def test_a_call_within_an_async_test(bound: Bound) -> None:
    async def test() -> None:
        assert bound(asgi).call().ended

    asyncio.run(test())


def test_an_app_that_acts_in_a_worker(bound: Bound) -> None:
    work: queue.Queue[Any] = queue.Queue()

    def serve() -> None:
        while (item := work.get()) is not None:
            greets(*item)

    worker = threading.Thread(target=serve)
    worker.start()
    try:
        telnyx = bound(App(lambda *item: work.put(item)))
        call = telnyx.call()
        call.expect("speak", contains="Good day")
        call.expect("hangup")
        assert call.ended
    finally:
        work.put(None)
        worker.join()


def test_a_watcher_hears_of_each_line_and_what_it_is_about(bound: Bound) -> None:
    emulator = bound(App(greets))
    seen: list[tuple[str, str, str]] = []
    emulator._simulated().network.watchers.append(
        lambda entry, about: seen.append((entry.kind, entry.text, type(about).__name__))
    )
    emulator.call(from_=CALLER, to=APP)
    assert seen[:6] == [
        ("person", f"calls {APP}", "NoneType"),
        ("webhook", "call.initiated", "Webhook"),
        ("command", "answer", "Said"),
        ("webhook", "call.initiated", "Delivery"),
        ("webhook", "call.answered", "Webhook"),
        ("command", "speak", "Said"),
    ]
