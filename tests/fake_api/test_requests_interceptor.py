"""Calls of requests to Telnyx are answered; other hosts, and the user's responses, as without us."""

from __future__ import annotations

import io
import time

import pytest
import requests
import responses
from requests.adapters import BaseAdapter, HTTPAdapter
from responses import matchers
from urllib3.util.retry import Retry

from telnyx_mock.fake_api import FakeApi, Interceptors

MESSAGES = "https://api.telnyx.com/v2/messages"
SPEAK = "https://api.telnyx.com/v2/calls/v3%3Aabc/actions/speak"
SHOP = "https://shop.example/"


def test_a_call_to_telnyx_is_recorded_and_answered(
    interceptors: Interceptors, api: FakeApi
) -> None:
    answer = requests.post(
        SPEAK, json={"payload": "hi"}, headers={"Authorization": "Bearer secret"}
    )

    (command,) = api.commands
    assert answer.json() == {"data": {"result": "ok"}}
    assert answer.headers["Content-Type"] == "application/json; charset=utf-8"
    assert command.path == "/v2/calls/v3%3Aabc/actions/speak"
    assert command.parameters == {"payload": "hi"}
    assert "secret" not in repr(command)


@pytest.mark.parametrize(
    "body",
    [
        b'{"text": "hi"}',
        '{"text": "hi"}',
        io.BytesIO(b'{"text": "hi"}'),
        iter([b'{"text":', b' "hi"}']),
    ],
)
def test_a_body_of_any_kind_is_read(interceptors: Interceptors, api: FakeApi, body: object) -> None:
    requests.post(MESSAGES, data=body)  # type: ignore[arg-type]

    assert api.commands[0].parameters == {"text": "hi"}


def test_every_method_is_caught(interceptors: Interceptors, api: FakeApi) -> None:
    for method in ("GET", "POST", "PATCH", "PUT", "DELETE", "HEAD"):
        assert requests.request(method, MESSAGES).status_code == 200
        assert api.commands[-1].method == method


def test_a_session_keeps_its_retries(interceptors: Interceptors, api: FakeApi) -> None:
    api.answer_with("POST", "/v2/messages", status=503)
    session = requests.Session()
    again = Retry(total=2, status_forcelist=[503], allowed_methods=None, raise_on_status=False)
    session.mount("https://api.telnyx.com", HTTPAdapter(max_retries=again))

    assert session.post(MESSAGES).status_code == 503
    assert len(api.commands) == 3


def test_where_there_is_no_answer_the_client_times_out(
    interceptors: Interceptors, api: FakeApi
) -> None:
    api.answer_with("POST", "/v2/messages", status=None)

    with pytest.raises(requests.exceptions.ReadTimeout) as raised:
        requests.post(MESSAGES)

    assert raised.value.request is not None
    assert len(api.commands) == 1


def test_telnyx_answers_as_late_as_it_was_told_to(interceptors: Interceptors, api: FakeApi) -> None:
    with api.taking(0.02):
        started = time.perf_counter()
        requests.post(MESSAGES)
        took = time.perf_counter() - started

    assert took >= 0.02


def test_other_hosts_are_really_reached(interceptors: Interceptors, elsewhere: str) -> None:
    assert requests.post(elsewhere, data=b"x").text == "elsewhere"


def test_an_adapter_that_the_user_mocked_is_left_alone(
    interceptors: Interceptors, api: FakeApi
) -> None:
    class Mocked(BaseAdapter):
        def send(
            self, request: requests.PreparedRequest, *_: object, **__: object
        ) -> requests.Response:
            answer = requests.Response()
            answer.status_code, answer.request, answer.raw = 204, request, io.BytesIO()
            return answer

        def close(self) -> None: ...

    session = requests.Session()
    session.mount("https://", Mocked())

    assert session.post(MESSAGES).status_code == 204
    assert api.commands == []


def test_closing_puts_back_what_was_there(shut: Interceptors) -> None:
    before = requests.Session.get_adapter, HTTPAdapter.send
    shut.open()
    assert requests.Session.get_adapter is not before[0]
    shut.close()

    assert (requests.Session.get_adapter, HTTPAdapter.send) == before


# The user's own responses, in whatever order it starts and stops.


@pytest.mark.parametrize("first", ["ours", "users"])
def test_both_work_in_either_order_and_neither_is_left_behind(
    shut: Interceptors, api: FakeApi, first: str
) -> None:
    before = requests.Session.get_adapter, HTTPAdapter.send
    if first == "ours":
        shut.open()
    with responses.RequestsMock() as users:
        users.post(SHOP, status=201)
        users.post(MESSAGES, status=402)
        shut.open()
        assert requests.post(SHOP).status_code == 201
        assert requests.post(MESSAGES).status_code == 402
        assert requests.post(SPEAK).status_code == 200
        with pytest.raises(requests.ConnectionError, match="refused by Responses"):
            requests.post("https://other.example/")
        assert [call.request.url for call in users.calls] == [
            SHOP,
            MESSAGES,
            "https://other.example/",
        ]
    assert requests.post(MESSAGES).status_code == 200
    shut.close()

    assert [command.name for command in api.commands] == ["speak", "messages.send"]
    assert (requests.Session.get_adapter, HTTPAdapter.send) == before


def test_a_users_mock_that_outlives_the_doors_still_works(shut: Interceptors) -> None:
    before = HTTPAdapter.send
    shut.open()
    with responses.RequestsMock() as users:
        shut.close()
        users.post(SHOP, status=201)
        assert requests.post(SHOP).status_code == 201
        with pytest.raises(requests.ConnectionError, match="refused by Responses"):
            requests.post(MESSAGES)

    assert HTTPAdapter.send is before


@responses.activate
def test_beside_the_decorator_of_responses(shut: Interceptors, api: FakeApi) -> None:
    responses.post(SHOP, status=201)
    shut.open()

    assert requests.post(SPEAK).status_code == 200
    assert requests.post(SHOP).status_code == 201
    assert [command.name for command in api.commands] == ["speak"]


def test_matchers_of_the_user_are_heeded(interceptors: Interceptors, api: FakeApi) -> None:
    with responses.RequestsMock() as users:
        wanted = [
            matchers.query_param_matcher({"a": "1"}),
            matchers.request_kwargs_matcher({"stream": False}),
        ]
        users.get(MESSAGES, status=402, match=wanted)
        assert requests.get(MESSAGES, params={"a": "2"}).status_code == 200
        assert requests.get(MESSAGES, params={"a": "1"}).status_code == 402

    assert len(api.commands) == 1


def test_letting_all_through_does_not_keep_commands_from_us(
    interceptors: Interceptors, api: FakeApi, elsewhere: str
) -> None:
    with responses.RequestsMock(passthru_prefixes=("http://", "https://")) as users:
        assert requests.post(MESSAGES).status_code == 200
        assert requests.post(elsewhere, data=b"x").text == "elsewhere"
        users.add(responses.PassthroughResponse("POST", MESSAGES))
        users.assert_all_requests_are_fired = False
        assert requests.post(MESSAGES).status_code == 200

    assert len(api.commands) == 2
    assert api.blocked == []
