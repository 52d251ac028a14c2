"""Calls to Telnyx by every client with an interceptor are recorded and answered."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import pytest

from telnyx_mock.fake_api import FakeApi, Interceptors
from tests.fake_api.clients import CLIENTS, RESETS, TIMEOUTS

MESSAGES = "https://api.telnyx.com/v2/messages"
SPEAK = "https://api.telnyx.com/v2/calls/v3%3Aabc/actions/speak"

Post = Callable[..., Any]

pytestmark = pytest.mark.parametrize("post", CLIENTS.values(), ids=CLIENTS)


def test_a_call_to_telnyx_is_recorded_and_answered(
    interceptors: Interceptors, api: FakeApi, post: Post
) -> None:
    answer = post(
        SPEAK, json={"payload": "hi", "voice": "female"}, headers={"authorization": "Bearer secret"}
    )
    (command,) = api.commands
    assert answer.json() == {"data": {"result": "ok"}}
    assert answer.headers["Content-Type"] == "application/json; charset=utf-8"
    assert command.path == "/v2/calls/v3%3Aabc/actions/speak"
    assert command.parameters == {"payload": "hi", "voice": "female"}
    assert "secret" not in repr(command)


def test_a_prepared_error_is_answered(interceptors: Interceptors, api: FakeApi, post: Post) -> None:
    api.answer_with("POST", "/v2/messages", status=429)
    assert post(MESSAGES).status_code == 429


def test_without_an_answer_the_client_times_out_at_once(
    interceptors: Interceptors, api: FakeApi, post: Post
) -> None:
    api.answer_with("POST", "/v2/messages", status=None)
    with pytest.raises(TIMEOUTS) as raised:
        post(MESSAGES)
    assert str(raised.value.request.url) == MESSAGES
    assert len(api.commands) == 1


def test_a_connection_that_is_reset_is_the_error_of_the_client(
    interceptors: Interceptors, api: FakeApi, post: Post
) -> None:
    api.answer_with("POST", "/v2/messages", status="reset", times=1)
    with pytest.raises(RESETS, match="resets the connection") as raised:
        post(MESSAGES)
    assert not isinstance(raised.value, TIMEOUTS)
    assert post(MESSAGES).status_code == 422
    assert len(api.commands) == 2


def test_an_answer_takes_as_long_as_set(
    interceptors: Interceptors, api: FakeApi, post: Post
) -> None:
    with api.taking(0.02):
        started = time.perf_counter()
        post(MESSAGES)
        elapsed = time.perf_counter() - started
    assert elapsed >= 0.02
    assert api.latency == 0


def test_other_hosts_are_reached(interceptors: Interceptors, other_host: str, post: Post) -> None:
    assert post(other_host, json={}).text == "other host"
