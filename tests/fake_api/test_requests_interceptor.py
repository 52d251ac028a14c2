"""The interceptor for requests: bodies, methods, sessions, and mocks of responses beside it."""

from __future__ import annotations

import io

import pytest
import requests
import responses
from requests.adapters import BaseAdapter, HTTPAdapter
from responses import matchers
from urllib3.util.retry import Retry

from telnyx_mock.fake_api import FakeApi, Interceptors

ROOMS = "https://api.telnyx.com/v2/rooms"
ANSWER = "https://api.telnyx.com/v2/calls/v3%3Aabc/actions/answer"
SHOP = "https://shop.example/"


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
    requests.post(ROOMS, data=body)  # type: ignore[arg-type]

    assert api.commands[0].parameters == {"text": "hi"}


def test_every_method_is_caught(interceptors: Interceptors, api: FakeApi) -> None:
    for method in ("GET", "POST", "PATCH", "PUT", "DELETE", "HEAD"):
        assert requests.request(method, ROOMS).status_code == 200
        assert api.commands[-1].method == method


def test_a_session_keeps_its_retries(interceptors: Interceptors, api: FakeApi) -> None:
    api.answer_with("POST", "/v2/rooms", status=503)
    session = requests.Session()
    again = Retry(total=2, status_forcelist=[503], allowed_methods=None, raise_on_status=False)
    session.mount("https://api.telnyx.com", HTTPAdapter(max_retries=again))

    assert session.post(ROOMS).status_code == 503
    assert len(api.commands) == 3


def test_an_adapter_that_the_user_mocked_stays(interceptors: Interceptors, api: FakeApi) -> None:
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

    assert session.post(ROOMS).status_code == 204
    assert api.commands == []


# Mocks of the user with responses, which start and stop in any order.


@pytest.mark.parametrize("first", ["fake API", "mock"])
def test_both_work_in_either_order_and_are_restored(
    closed: Interceptors, api: FakeApi, first: str
) -> None:
    before = requests.Session.get_adapter, HTTPAdapter.send
    if first == "fake API":
        closed.open()
    with responses.RequestsMock() as users:
        users.post(SHOP, status=201)
        users.post(ROOMS, status=402)
        closed.open()
        assert requests.post(SHOP).status_code == 201
        assert requests.post(ROOMS).status_code == 402
        assert requests.post(ANSWER).status_code == 200
        with pytest.raises(requests.ConnectionError, match="refused by Responses"):
            requests.post("https://other.example/")
        assert [call.request.url for call in users.calls] == [
            SHOP,
            ROOMS,
            "https://other.example/",
        ]
    assert requests.post(ROOMS).status_code == 200
    closed.close()

    assert [command.name for command in api.commands] == ["answer", "rooms.post"]
    assert (requests.Session.get_adapter, HTTPAdapter.send) == before


@pytest.mark.parametrize("strict", [True, False])
def test_a_mock_of_the_user_is_as_strict_as_ever_after_closing(
    closed: Interceptors, api: FakeApi, strict: bool
) -> None:
    before = HTTPAdapter.send
    closed.open()
    with responses.RequestsMock(passthru_prefixes=() if strict else ("https://",)) as users:
        closed.close()
        users.post(SHOP, status=201)
        assert requests.post(SHOP).status_code == 201
        refusal = "refused by Responses" if strict else "telnyx-mock"
        with pytest.raises(requests.ConnectionError, match=refusal):
            requests.post(ROOMS)

    assert HTTPAdapter.send is before
    assert api.commands == []


@responses.activate
def test_it_works_with_the_decorator_of_responses(closed: Interceptors, api: FakeApi) -> None:
    responses.post(SHOP, status=201)
    closed.open()

    assert requests.post(ANSWER).status_code == 200
    assert requests.post(SHOP).status_code == 201
    assert [command.name for command in api.commands] == ["answer"]


def test_matchers_of_the_user_count(interceptors: Interceptors, api: FakeApi) -> None:
    with responses.RequestsMock() as users:
        wanted = [
            matchers.query_param_matcher({"a": "1"}),
            matchers.request_kwargs_matcher({"stream": False}),
        ]
        users.get(ROOMS, status=402, match=wanted)
        assert requests.get(ROOMS, params={"a": "2"}).status_code == 200
        assert requests.get(ROOMS, params={"a": "1"}).status_code == 402

    assert len(api.commands) == 1


def test_pass_through_hides_no_command(
    interceptors: Interceptors, api: FakeApi, other_host: str
) -> None:
    with responses.RequestsMock(passthru_prefixes=("http://", "https://")) as users:
        assert requests.post(ROOMS).status_code == 200
        assert requests.post(other_host, data=b"x").text == "other host"
        users.add(responses.PassthroughResponse("POST", ROOMS))
        users.assert_all_requests_are_fired = False
        assert requests.post(ROOMS).status_code == 200

    assert len(api.commands) == 2
    assert api.blocked == []
