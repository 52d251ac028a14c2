"""The interceptor for httpx: clients, streams, tasks, and mocks of respx beside it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import suppress

import httpx
import pytest
import respx
from respx.models import AllMockedAssertionError

from telnyx_mock.fake_api import FakeApi, Interceptors
from telnyx_mock.payload.request import Request
from telnyx_mock.transports.http import HttpReceiver
from tests.fake_api.clients import post_async

ROOMS = "https://api.telnyx.com/v2/rooms"
ANSWER = "https://api.telnyx.com/v2/calls/v3%3Aabc/actions/answer"


Post = Callable[..., httpx.Response]


@pytest.fixture(params=[httpx.post, post_async], ids=["sync", "async"])
def post(request: pytest.FixtureRequest) -> Post:
    send: Post = request.param
    return send


def test_a_streamed_answer_can_be_read(interceptors: Interceptors) -> None:
    with httpx.stream("POST", ANSWER) as answer:
        assert b"".join(answer.iter_bytes()) == b'{"data": {"result": "ok"}}'


@pytest.mark.parametrize("seconds", [0, 0.01])
def test_other_tasks_run_while_telnyx_answers(
    interceptors: Interceptors, api: FakeApi, seconds: float
) -> None:
    async def called(number: int) -> None:
        order.append(f"{number} asks")
        await client.post(ROOMS)
        order.append(f"{number} is answered")

    async def both() -> None:
        async with client:
            await asyncio.gather(called(1), called(2))

    order: list[str] = []
    client = httpx.AsyncClient()
    with api.taking(seconds):
        asyncio.run(both())

    assert order == ["1 asks", "2 asks", "1 is answered", "2 is answered"]


def test_a_client_made_before_opening_is_caught(closed: Interceptors, api: FakeApi) -> None:
    with httpx.Client() as client:
        closed.open()
        client.post(ROOMS)

    assert len(api.commands) == 1


def test_a_transport_that_the_user_mocked_stays(interceptors: Interceptors, api: FakeApi) -> None:
    mocked = httpx.MockTransport(lambda request: httpx.Response(204))

    with httpx.Client(transport=mocked) as client:
        assert client.post(ROOMS).status_code == 204
    assert api.commands == []


def test_respx_records_none_of_the_calls(interceptors: Interceptors, other_host: str) -> None:
    httpx.post(ROOMS)
    httpx.get(other_host)

    ours = [router for mocker in respx.mocks.Mocker.registry.values() for router in mocker.routers]
    assert ours
    assert all(not router.calls and not router.routes for router in ours)


def test_calls_to_other_hosts_are_not_read_before_they_are_sent(
    interceptors: Interceptors, other_host: str
) -> None:
    """Respx reads the whole body first, so a body without end would never be sent."""
    sent: list[int] = []

    def body() -> Iterator[bytes]:
        for number in range(3):
            sent.append(number)
            yield b"x"

    def trace(name: str, info: object) -> None:
        if name == "http11.send_request_body.started":
            assert sent == []

    with httpx.Client(headers={"Content-Length": "3"}) as client:
        client.post(other_host, content=body(), extensions={"trace": trace})
    assert sent == [0, 1, 2]


# Mocks of the user with respx, which start and stop in any order.


def beside(order: str, interceptors: Interceptors, router: respx.MockRouter) -> None:
    """Start both in this *order*."""
    for who in order.split():
        if who == "fake":
            interceptors.open()
        else:
            router.start()


@pytest.fixture(params=["fake user", "user fake"])
def order(request: pytest.FixtureRequest) -> str:
    text: str = request.param
    return text


@pytest.fixture(params=["httpcore", "httpx"])
def users(request: pytest.FixtureRequest) -> respx.MockRouter:
    return respx.mock(assert_all_called=False, using=request.param)


def test_a_mock_of_the_user_for_telnyx_wins(
    closed: Interceptors,
    api: FakeApi,
    order: str,
    users: respx.MockRouter,
    post: Post,
) -> None:
    route = users.post(ROOMS).respond(402)
    beside(order, closed, users)
    try:
        assert post(ROOMS).status_code == 402
        assert post(ANSWER).status_code == 200
        assert route.call_count == 1
    finally:
        users.stop()
    assert [command.name for command in api.commands] == ["answer"]


def test_mocks_of_the_user_for_other_hosts_work_and_the_rest_is_refused(
    closed: Interceptors,
    order: str,
    users: respx.MockRouter,
    other_host: str,
    post: Post,
) -> None:
    users.post("https://shop.example/").respond(201)
    users.post(other_host).pass_through()
    beside(order, closed, users)
    try:
        assert post("https://shop.example/").status_code == 201
        assert post(other_host, content=b"x").text == "other host"
        with pytest.raises(AllMockedAssertionError):
            post("https://other.example/")
    finally:
        users.stop()


@pytest.mark.parametrize("automatic", [True, False], ids=["automatic", "let through"])
@pytest.mark.parametrize("level", ["httpcore", "httpx"])
def test_automatic_answers_and_pass_through_hide_no_command(
    closed: Interceptors, api: FakeApi, order: str, level: str, automatic: bool
) -> None:
    router = respx.mock(assert_all_mocked=not automatic, assert_all_called=False, using=level)
    if not automatic:
        router.route().pass_through()
    beside(order, closed, router)
    try:
        assert httpx.post(ANSWER).json() == {"data": {"result": "ok"}}
    finally:
        router.stop()

    assert len(api.commands) == 1
    assert api.blocked == []


def test_a_route_of_the_user_that_declines_leaves_the_call_to_the_fake_api(
    interceptors: Interceptors, api: FakeApi
) -> None:
    with respx.mock(assert_all_called=False) as router:
        router.post(ROOMS).mock(side_effect=lambda request: None)
        assert httpx.post(ROOMS).json()["data"]["record_type"] == "room"

    assert len(api.commands) == 1


def test_an_error_that_the_user_mocks_is_raised(interceptors: Interceptors) -> None:
    with respx.mock() as router:
        router.post(ROOMS).mock(side_effect=httpx.ConnectTimeout)
        with pytest.raises(httpx.ConnectTimeout):
            httpx.post(ROOMS)


@respx.mock
def test_it_works_with_the_decorator_of_respx(closed: Interceptors, api: FakeApi) -> None:
    respx.post("https://shop.example/").respond(201)
    closed.open()
    httpx.post(ANSWER)

    assert httpx.post("https://shop.example/").status_code == 201
    assert len(api.commands) == 1
    assert respx.calls.call_count == 1


def test_it_works_with_the_fixture_of_respx(
    respx_mock: respx.MockRouter, interceptors: Interceptors, api: FakeApi
) -> None:
    respx_mock.post("https://shop.example/").respond(201)

    assert httpx.post("https://shop.example/").status_code == 201
    assert httpx.post(ANSWER).status_code == 200
    assert [command.name for command in api.commands] == ["answer"]


@pytest.mark.parametrize("order", ["fake user", "user fake", "user"])
def test_a_router_of_the_user_is_as_strict_as_ever_after_closing(
    closed: Interceptors, api: FakeApi, order: str, users: respx.MockRouter, post: Post
) -> None:
    users.post("https://shop.example/").respond(201)
    users.get(ROOMS).respond(402)
    beside(order, closed, users)
    closed.close()
    try:
        assert post("https://shop.example/").status_code == 201
        with pytest.raises(AllMockedAssertionError):
            post(ROOMS)
    finally:
        users.stop()
    assert api.commands == []
    assert all(not mocker.routers for mocker in respx.mocks.Mocker.registry.values())


def test_what_the_user_lets_through_after_closing_does_not_leave(
    closed: Interceptors, users: respx.MockRouter, post: Post
) -> None:
    users.route().pass_through()
    closed.open()
    closed.close()
    with users, suppress(httpx.ConnectError):  # answered here, or refused
        assert post(ANSWER).json() == {"data": {"result": "ok"}}


def test_a_router_of_the_user_may_stop_before_closing(
    interceptors: Interceptors, api: FakeApi, users: respx.MockRouter, other_host: str
) -> None:
    with users:
        users.post(ROOMS).respond(402)
        httpx.post(ROOMS)

    assert httpx.post(ROOMS).status_code == 200
    assert httpx.get(other_host).text == "other host"
    assert len(api.commands) == 1


def test_deliveries_over_http_are_never_caught(
    interceptors: Interceptors, api: FakeApi, other_host: str, users: respx.MockRouter
) -> None:
    receiver = HttpReceiver(other_host)
    with users:
        assert receiver.send(Request((), b"{}"), timeout=5).body == b"other host"
    receiver.close()

    assert api.commands == []
