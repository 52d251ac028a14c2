"""The fake API records every command, and answers as Telnyx does or as the test has prepared."""

from __future__ import annotations

import json
from typing import Any

import pytest

from telnyx_mock.errors import UsageError
from telnyx_mock.fake_api import ApiAnswer, BlockedCall, FakeApi
from telnyx_mock.fake_api.answers import TimedOut
from telnyx_mock.provider_urls import API_HOST

DIAL = {"connection_id": "1", "from": "+13125550100", "to": "+13125550101"}
ANSWER = "/v2/calls/v3:abc/actions/answer"


def ask(api: FakeApi, method: str, path: str, parameters: Any = None) -> ApiAnswer:
    return api.respond(method, f"https://{API_HOST}{path}", {}, json.dumps(parameters).encode())


def body(answer: ApiAnswer) -> Any:
    return json.loads(answer.body)


def test_commands_are_recorded_in_order_with_their_time(api: FakeApi) -> None:
    ask(api, "POST", ANSWER)
    ask(api, "POST", "/v2/messages", {"text": "hi"})

    assert [command.name for command in api.commands] == ["answer", "messages.send"]
    assert {command.at for command in api.commands} == {1_700_000_000}


def test_a_call_command_is_answered_with_ok(api: FakeApi) -> None:
    answer = ask(api, "POST", ANSWER)

    assert answer.status == 200
    assert dict(answer.headers)["content-type"].startswith("application/json")
    assert body(answer) == {"data": {"result": "ok"}}


def test_dial_is_answered_with_a_new_call(api: FakeApi) -> None:
    one, two = (
        body(ask(api, "POST", "/v2/calls", {**DIAL, "client_state": "YQ=="}))["data"]
        for _ in range(2)
    )

    assert one["record_type"] == "call"
    assert one["is_alive"] is False
    assert one["client_state"] == "YQ=="
    for name in ("call_control_id", "call_leg_id", "call_session_id"):
        assert one[name]
        assert one[name] != two[name]


def test_a_message_is_answered_as_queued(api: FakeApi) -> None:
    sent = {"from": "+13125550100", "to": ["+13125550101", "+13125550102"], "text": "hi"}

    message = body(ask(api, "POST", "/v2/messages/group_mms", sent))["data"]

    assert message["direction"] == "outbound"
    assert message["from"]["phone_number"] == "+13125550100"
    assert [(to["phone_number"], to["status"]) for to in message["to"]] == [
        ("+13125550101", "queued"),
        ("+13125550102", "queued"),
    ]
    assert message["text"] == "hi"
    assert message["received_at"] == "2023-11-14T22:13:20.000+00:00"


@pytest.mark.parametrize(
    ("method", "path", "has"),
    [
        ("GET", "/v2/balance", "available_credit"),
        ("DELETE", "/v2/messages/1", "record_type"),
        ("POST", "/v2/unheard_of", None),
    ],
)
def test_what_is_not_modelled_has_a_generic_answer_and_is_noted(
    api: FakeApi, method: str, path: str, has: str | None
) -> None:
    data = body(ask(api, method, path))
    assert data == {"data": {}} if has is None else has in json.dumps(data)
    assert [(command.method, command.path) for command in api.unmodelled] == [(method, path)]


@pytest.mark.parametrize(
    ("status", "code"),
    [
        (400, "10015"),
        (401, "10009"),
        (404, "10005"),
        (418, "10015"),
        (422, "90018"),
        (503, "10007"),
    ],
)
def test_an_error_has_the_code_of_telnyx(api: FakeApi, status: int, code: str) -> None:
    with api.failing(status):
        answer = ask(api, "POST", ANSWER)
    assert answer.status == status
    [problem] = body(answer)["errors"]
    assert problem.keys() == {"code", "title", "detail"}
    assert problem["code"] == code


def test_what_can_never_succeed_is_refused(api: FakeApi) -> None:
    api.answer_with("POST", "/*", status=200)
    with api.refusing() as refused:
        ended = ask(api, "POST", ANSWER)
        joined = ask(api, "POST", "/v2/conferences/c1/actions/join", {"call_control_id": "v3:a"})
        stopped = ask(api, "POST", "/v2/messages", {"to": "+13125550100"})
        others = [ask(api, "GET", "/v2/calls/v3:abc"), ask(api, "POST", "/v2/faxes")]
    codes = [body(answer)["errors"][0]["code"] for answer in (ended, joined, stopped)]
    assert codes == ["90018", "90018", "40300"]
    assert [answer.status for answer in others] == [200, 200]
    assert [command.name for command in refused] == ["answer", "conferences.join", "messages.send"]
    assert ask(api, "POST", ANSWER).status == 200


def test_the_latest_prepared_answer_wins(api: FakeApi) -> None:
    api.answer_with("post", "/v2/calls/*", status=500, body={"errors": []})
    api.answer_with(
        "POST", "/v2/calls/*/actions/answer", status=422, body={"errors": [{"code": "90018"}]}
    )

    assert ask(api, "POST", ANSWER).status == 422
    assert body(ask(api, "POST", ANSWER)) == {"errors": [{"code": "90018"}]}
    assert ask(api, "POST", "/v2/calls/v3:abc/actions/speak").status == 500
    assert ask(api, "GET", ANSWER).status == 200
    assert len(api.commands) == 4


def test_an_answer_can_be_prepared_for_the_next_calls_only(api: FakeApi) -> None:
    api.answer_with("POST", "/*", status=503)
    api.answer_with("POST", "/*", status=500, times=2)
    assert ask(api, "GET", ANSWER).status == 200
    assert [ask(api, "POST", ANSWER).status for _ in range(4)] == [500, 500, 503, 503]
    with pytest.raises(UsageError, match="0 times"):
        api.answer_with("POST", "/*", times=0)


@pytest.mark.parametrize(("status", "code"), [(422, "10015"), (503, "10007")])
def test_an_error_without_a_body_has_the_form_of_telnyx(
    api: FakeApi, status: int, code: str
) -> None:
    api.answer_with("POST", "/v2/messages", status=status)

    (problem,) = body(ask(api, "POST", "/v2/messages"))["errors"]

    assert problem.keys() == {"code", "title", "detail"}
    assert problem["code"] == code


def test_another_success_without_a_body_keeps_the_usual_one(api: FakeApi) -> None:
    api.answer_with("POST", "/v2/calls/*/actions/answer", status=201)

    answer = ask(api, "POST", ANSWER)

    assert (answer.status, body(answer)) == (201, {"data": {"result": "ok"}})


def test_an_answer_has_no_body_if_http_allows_none(api: FakeApi) -> None:
    api.answer_with("DELETE", "/v2/calls/*", status=204)

    assert ask(api, "DELETE", "/v2/calls/v3:abc") == ApiAnswer(204, (), b"")
    assert ask(api, "HEAD", "/v2/calls") == ApiAnswer(200, (), b"")


@pytest.mark.parametrize(
    ("method", "path", "status", "hint"),
    [
        ("POST", "v2/messages", 422, "slash"),
        ("POST", "https://api.telnyx.com/v2/messages", 422, "slash"),
        ("/v2/messages", "/v2/messages", 422, "POST, GET"),
        ("POST", "/v2/messages", 42, "200 to 599"),
    ],
)
def test_an_impossible_answer_is_a_usage_error(
    api: FakeApi, method: str, path: str, status: int, hint: str
) -> None:
    with pytest.raises(UsageError, match=hint):
        api.answer_with(method, path, status=status)


def test_a_call_without_an_answer_is_recorded(api: FakeApi) -> None:
    api.answer_with("POST", "/v2/messages", status=None)

    with pytest.raises(TimedOut):
        ask(api, "POST", "/v2/messages")

    assert [command.name for command in api.commands] == ["messages.send"]
    assert ask(api, "POST", ANSWER).status == 200


def test_every_call_can_time_out(api: FakeApi) -> None:
    with api.failing(None), pytest.raises(TimedOut):
        ask(api, "POST", ANSWER)

    assert ask(api, "POST", ANSWER).status == 200


def test_clear_forgets_everything(api: FakeApi) -> None:
    api.answer_with("POST", ANSWER, status=422)
    ask(api, "POST", ANSWER)
    api.blocked.append(BlockedCall("api.telnyx.com", "urllib"))
    api.latency = 1.0

    api.clear()

    assert (api.commands, api.blocked, api.latency) == ([], [], 0.0)
    assert ask(api, "POST", ANSWER).status == 200


def test_listeners_hear_of_each_command_and_its_answer(api: FakeApi) -> None:
    heard: list[tuple[str, int]] = []
    api.listeners.append(lambda command, answer: heard.append((command.name, answer.status)))
    ask(api, "POST", ANSWER)
    with api.failing(503):
        ask(api, "POST", ANSWER)
    api.clear()
    ask(api, "POST", ANSWER)
    assert heard == [("answer", 200), ("answer", 503)]


def test_a_negative_latency_is_a_usage_error(api: FakeApi) -> None:
    with pytest.raises(UsageError, match="cannot take -1 s; give 0 or more"), api.taking(-1):
        pass
