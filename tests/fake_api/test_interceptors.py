"""The doors open and close together, once, however they are nested, and leave nothing behind."""

from __future__ import annotations

import socket
import subprocess
import sys

import httpx
import pytest
import requests

from telnyx_mock.fake_api import FakeApi, Interceptors

SPEAK = "https://api.telnyx.com/v2/calls/v3:abc/actions/speak"


def test_opening_twice_is_opening_once(shut: Interceptors) -> None:
    before = socket.getaddrinfo, requests.Session.get_adapter

    assert shut.open() is True
    assert shut.open() is False
    shut.close()
    shut.close()

    assert not shut.is_open
    assert (socket.getaddrinfo, requests.Session.get_adapter) == before


def test_only_the_outermost_block_closes(shut: Interceptors, api: FakeApi) -> None:
    with shut:
        with shut:
            pass
        assert shut.is_open
        httpx.post(SPEAK)
    assert not shut.is_open
    assert len(api.commands) == 1


def test_a_block_inside_leaves_doors_open_that_were_open(interceptors: Interceptors) -> None:
    with interceptors:
        pass
    assert interceptors.is_open


def test_doors_close_when_the_block_fails(shut: Interceptors) -> None:
    with pytest.raises(ZeroDivisionError), shut:
        _ = 1 / 0
    assert not shut.is_open


@pytest.mark.parametrize("first_to_close", ["outer", "inner"])
def test_of_two_fake_apis_the_last_to_open_answers(elsewhere: str, first_to_close: str) -> None:
    before = socket.getaddrinfo, requests.Session.get_adapter
    outer, inner = Interceptors(FakeApi()), Interceptors(FakeApi())
    outer.open()
    inner.open()
    httpx.post(SPEAK)
    requests.post(SPEAK)
    with pytest.raises(socket.gaierror):
        socket.getaddrinfo("api.telnyx.com", 443)
    assert httpx.get(elsewhere).text == "elsewhere"
    assert (len(inner.api.commands), len(inner.api.blocked)) == (2, 1)

    gone, left = (outer, inner) if first_to_close == "outer" else (inner, outer)
    gone.close()
    left.api.clear()
    httpx.post(SPEAK)
    requests.post(SPEAK)
    assert len(left.api.commands) == 2
    assert len(outer.api.commands + inner.api.commands) == (2 if first_to_close == "outer" else 4)

    left.close()
    assert (socket.getaddrinfo, requests.Session.get_adapter) == before


def test_a_door_that_cannot_open_leaves_none_open(
    shut: Interceptors, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = socket.getaddrinfo
    monkeypatch.setitem(sys.modules, "telnyx_mock.fake_api.httpx_interceptor", None)

    with pytest.raises(ImportError):
        shut.open()

    assert not shut.is_open
    assert socket.getaddrinfo is before


def test_importing_the_api_loads_no_client() -> None:
    script = (
        "import sys; from telnyx_mock.fake_api import FakeApi, Interceptors; Interceptors(FakeApi());"
        "print(sorted({'respx', 'httpx', 'httpcore', 'requests', 'responses'} & set(sys.modules)))"
    )
    loaded = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )

    assert loaded.stdout == "[]\n"
