"""Calls of httpx to Telnyx are answered; other hosts, and the user's respx, are as without us."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

import httpx
import pytest
import respx
from respx.models import AllMockedAssertionError

from telnyx_mock.fake_api import FakeApi, Interceptors
from telnyx_mock.payload.request import Request
from telnyx_mock.transports.http import HttpReceiver

MESSAGES = "https://api.telnyx.com/v2/messages"
SPEAK = "https://api.telnyx.com/v2/calls/v3%3Aabc/actions/speak"


async def _post(url: str, **content: object) -> httpx.Response:
    async with httpx.AsyncClient() as client:
        return await client.post(url, **content)  # type: ignore[arg-type]


def post_async(url: str, **content: object) -> httpx.Response:
    return asyncio.run(_post(url, **content))


@pytest.fixture(params=[httpx.post, post_async], ids=["sync", "async"])
def post(request: pytest.FixtureRequest) -> Callable[..., httpx.Response]:
    send: Callable[..., httpx.Response] = request.param
    return send


def test_a_call_to_telnyx_is_recorded_and_answered(
    interceptors: Interceptors, api: FakeApi, post: Callable[..., httpx.Response]
) -> None:
    answer = post(SPEAK, json={"payload": "hi"}, headers={"authorization": "Bearer secret"})

    (command,) = api.commands
    assert answer.json() == {"data": {"result": "ok"}}
    assert command.path == "/v2/calls/v3%3Aabc/actions/speak"
    assert command.parameters == {"payload": "hi"}
    assert "secret" not in repr(command)


def test_a_streamed_answer_can_be_read(interceptors: Interceptors) -> None:
    with httpx.stream("POST", SPEAK) as answer:
        assert b"".join(answer.iter_bytes()) == b'{"data": {"result": "ok"}}'


def test_an_error_is_answered_as_told(
    interceptors: Interceptors, api: FakeApi, post: Callable[..., httpx.Response]
) -> None:
    api.answer_with("POST", "/v2/messages", status=429)

    assert post(MESSAGES).status_code == 429


def test_where_there_is_no_answer_the_client_times_out_at_once(
    interceptors: Interceptors, api: FakeApi, post: Callable[..., httpx.Response]
) -> None:
    api.answer_with("POST", "/v2/messages", status=None)

    started = time.perf_counter()
    with pytest.raises(httpx.ReadTimeout) as raised:
        post(MESSAGES)

    assert time.perf_counter() - started < 1
    assert str(raised.value.request.url) == MESSAGES
    assert len(api.commands) == 1


@pytest.mark.parametrize("seconds", [0, 0.01])
def test_others_on_the_loop_get_on_while_telnyx_answers(
    interceptors: Interceptors, api: FakeApi, seconds: float
) -> None:
    async def called(number: int) -> None:
        order.append(f"{number} asks")
        await client.post(MESSAGES)
        order.append(f"{number} is answered")

    async def both() -> None:
        async with client:
            await asyncio.gather(called(1), called(2))

    order: list[str] = []
    client = httpx.AsyncClient()
    with api.taking(seconds):
        asyncio.run(both())

    assert order == ["1 asks", "2 asks", "1 is answered", "2 is answered"]


def test_telnyx_answers_as_late_as_it_was_told_to(
    interceptors: Interceptors, api: FakeApi, post: Callable[..., httpx.Response]
) -> None:
    with api.taking(0.02):
        started = time.perf_counter()
        post(MESSAGES)
        took = time.perf_counter() - started

    assert took >= 0.02
    assert api.latency == 0


def test_other_hosts_are_really_reached(
    interceptors: Interceptors, elsewhere: str, post: Callable[..., httpx.Response]
) -> None:
    assert post(elsewhere, content=b"x").text == "elsewhere"


def test_a_client_made_before_the_doors_opened_is_caught(shut: Interceptors, api: FakeApi) -> None:
    with httpx.Client() as client:
        shut.open()
        client.post(MESSAGES)

    assert len(api.commands) == 1


def test_a_transport_that_the_user_mocked_is_left_alone(
    interceptors: Interceptors, api: FakeApi
) -> None:
    mocked = httpx.MockTransport(lambda request: httpx.Response(204))

    with httpx.Client(transport=mocked) as client:
        assert client.post(MESSAGES).status_code == 204
    assert api.commands == []


def test_nothing_is_kept_of_the_calls_but_the_commands(
    interceptors: Interceptors, elsewhere: str
) -> None:
    httpx.post(MESSAGES)
    httpx.get(elsewhere)

    ours = [router for mocker in respx.mocks.Mocker.registry.values() for router in mocker.routers]
    assert ours
    assert all(not router.calls and not router.routes for router in ours)


def test_closing_puts_back_what_respx_had_patched(shut: Interceptors) -> None:
    import httpcore

    before = dict(vars(httpcore.ConnectionPool)), dict(vars(httpcore.HTTPProxy))
    shut.open()
    assert dict(vars(httpcore.ConnectionPool)) != before[0]
    shut.close()

    assert (dict(vars(httpcore.ConnectionPool)), dict(vars(httpcore.HTTPProxy))) == before
    assert all(not mocker.routers for mocker in respx.mocks.Mocker.registry.values())


# The user's own respx, in whatever order it starts and stops.


def beside(order: str, interceptors: Interceptors, router: respx.MockRouter) -> None:
    """Start both, in the *order* given."""
    for who in order.split():
        if who == "ours":
            interceptors.open()
        else:
            router.start()


@pytest.fixture(params=["ours users", "users ours"])
def order(request: pytest.FixtureRequest) -> str:
    text: str = request.param
    return text


@pytest.fixture(params=["httpcore", "httpx"])
def users(request: pytest.FixtureRequest) -> respx.MockRouter:
    return respx.mock(assert_all_called=False, using=request.param)


def test_an_answer_that_the_user_gives_for_telnyx_wins(
    shut: Interceptors,
    api: FakeApi,
    order: str,
    users: respx.MockRouter,
    post: Callable[..., httpx.Response],
) -> None:
    route = users.post(MESSAGES).respond(402)
    beside(order, shut, users)
    try:
        assert post(MESSAGES).status_code == 402
        assert post(SPEAK).status_code == 200
        assert route.call_count == 1
    finally:
        users.stop()
    assert [command.name for command in api.commands] == ["speak"]


def test_what_the_user_mocks_elsewhere_works_and_the_rest_is_still_refused(
    shut: Interceptors,
    order: str,
    users: respx.MockRouter,
    elsewhere: str,
    post: Callable[..., httpx.Response],
) -> None:
    users.post("https://shop.example/").respond(201)
    users.post(elsewhere).pass_through()
    beside(order, shut, users)
    try:
        assert post("https://shop.example/").status_code == 201
        assert post(elsewhere, content=b"x").text == "elsewhere"
        with pytest.raises(AllMockedAssertionError):
            post("https://other.example/")
    finally:
        users.stop()


@pytest.mark.parametrize("automatic", [True, False], ids=["automatic", "let through"])
@pytest.mark.parametrize("level", ["httpcore", "httpx"])
def test_neither_automatic_answers_nor_letting_all_through_keeps_commands_from_us(
    shut: Interceptors, api: FakeApi, order: str, level: str, automatic: bool
) -> None:
    router = respx.mock(assert_all_mocked=not automatic, assert_all_called=False, using=level)
    if not automatic:
        router.route().pass_through()
    beside(order, shut, router)
    try:
        assert httpx.post(SPEAK).json() == {"data": {"result": "ok"}}
    finally:
        router.stop()

    assert len(api.commands) == 1
    assert api.blocked == []


def test_a_users_route_that_declines_leaves_the_call_to_us(
    interceptors: Interceptors, api: FakeApi
) -> None:
    with respx.mock(assert_all_called=False) as router:
        router.post(MESSAGES).mock(side_effect=lambda request: None)
        assert httpx.post(MESSAGES).json()["data"]["record_type"] == "message"

    assert len(api.commands) == 1


def test_an_error_that_the_user_mocks_is_raised(interceptors: Interceptors) -> None:
    with respx.mock() as router:
        router.post(MESSAGES).mock(side_effect=httpx.ConnectTimeout)
        with pytest.raises(httpx.ConnectTimeout):
            httpx.post(MESSAGES)


@respx.mock
def test_beside_the_decorator_of_respx(shut: Interceptors, api: FakeApi) -> None:
    respx.post("https://shop.example/").respond(201)
    shut.open()
    httpx.post(SPEAK)

    assert httpx.post("https://shop.example/").status_code == 201
    assert len(api.commands) == 1
    assert respx.calls.call_count == 1


def test_beside_the_fixture_of_respx(
    respx_mock: respx.MockRouter, interceptors: Interceptors, api: FakeApi
) -> None:
    respx_mock.post("https://shop.example/").respond(201)

    assert httpx.post("https://shop.example/").status_code == 201
    assert httpx.post(SPEAK).status_code == 200
    assert [command.name for command in api.commands] == ["speak"]


def test_a_users_router_that_outlives_the_doors_still_works(
    shut: Interceptors, users: respx.MockRouter
) -> None:
    users.post("https://shop.example/").respond(201)
    shut.open()
    users.start()
    shut.close()
    try:
        assert httpx.post("https://shop.example/").status_code == 201
        with pytest.raises(AllMockedAssertionError):
            httpx.post(MESSAGES)
    finally:
        users.stop()
    assert all(
        not mocker.routers and not mocker._patches
        for mocker in respx.mocks.Mocker.registry.values()
    )


def test_the_doors_outlive_a_users_router(
    interceptors: Interceptors, api: FakeApi, users: respx.MockRouter, elsewhere: str
) -> None:
    with users:
        users.post(MESSAGES).respond(402)
        httpx.post(MESSAGES)

    assert httpx.post(MESSAGES).status_code == 200
    assert httpx.get(elsewhere).text == "elsewhere"
    assert len(api.commands) == 1


def test_our_own_deliveries_over_http_are_never_caught(
    interceptors: Interceptors, api: FakeApi, elsewhere: str, users: respx.MockRouter
) -> None:
    receiver = HttpReceiver(elsewhere)
    with users:
        assert receiver.send(Request((), b"{}"), timeout=5).body == b"elsewhere"
    receiver.close()

    assert api.commands == []
