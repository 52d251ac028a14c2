"""Interceptors open and close together, once, and restore everything."""

from __future__ import annotations

import socket
import subprocess
import sys

import httpx
import pytest
import requests

from telnyx_mock.fake_api import FakeApi, Interceptors

ANSWER = "https://api.telnyx.com/v2/calls/v3:abc/actions/answer"


def test_opening_twice_has_the_effect_of_once(closed: Interceptors, api: FakeApi) -> None:
    closed.open()
    before = socket.getaddrinfo, requests.Session.get_adapter
    closed.open()
    httpx.post(ANSWER)
    assert closed.is_open
    assert len(api.commands) == 1

    closed.close()
    closed.close()
    assert not closed.is_open
    assert (socket.getaddrinfo, requests.Session.get_adapter) == before


@pytest.mark.parametrize("first_to_close", ["outer", "inner"])
def test_the_fake_api_that_opened_last_answers(other_host: str, first_to_close: str) -> None:
    outer, inner = Interceptors(FakeApi()), Interceptors(FakeApi())
    outer.open()
    inner.open()
    httpx.post(ANSWER)
    requests.post(ANSWER)
    with pytest.raises(socket.gaierror):
        socket.getaddrinfo("api.telnyx.com", 443)
    assert httpx.get(other_host).text == "other host"
    assert (len(inner.api.commands), len(inner.api.blocked)) == (2, 1)

    gone, left = (outer, inner) if first_to_close == "outer" else (inner, outer)
    gone.close()
    left.api.clear()
    httpx.post(ANSWER)
    requests.post(ANSWER)
    assert len(left.api.commands) == 2
    assert len(outer.api.commands + inner.api.commands) == (2 if first_to_close == "outer" else 4)
    left.close()


def test_what_comes_after_closing_is_answered_too(closed: Interceptors, api: FakeApi) -> None:
    closed.open()
    closed.close()
    assert httpx.post(ANSWER).json() == requests.post(ANSWER).json() == {"data": {"result": "ok"}}


def test_importing_the_api_loads_no_client() -> None:
    script = (
        "import sys; from telnyx_mock.fake_api import FakeApi, Interceptors; Interceptors(FakeApi());"
        "print(sorted({'respx', 'httpx', 'httpcore', 'requests', 'responses'} & set(sys.modules)))"
    )
    loaded = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )

    assert loaded.stdout == "[]\n"
