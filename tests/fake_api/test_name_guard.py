"""No client that resolves names through socket reaches Telnyx; the error says what to do."""

from __future__ import annotations

import asyncio
import http.client
import os
import socket
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from contextlib import suppress

import httpx
import pytest
import requests
import urllib3

from telnyx_mock.fake_api import BlockedCall, FakeApi, Interceptors


@pytest.mark.parametrize(
    "host", ["telnyx.com", "API.Telnyx.COM.", b"rtc.telnyx.com", bytearray(b"sip.telnyx.io")]
)
def test_names_of_telnyx_do_not_resolve(interceptors: Interceptors, host: str | bytes) -> None:
    with pytest.raises(socket.gaierror, match="telnyx-mock"):
        socket.getaddrinfo(host, 443)


def test_urllib_is_blocked_with_a_reason(interceptors: Interceptors, api: FakeApi) -> None:
    with pytest.raises(urllib.error.URLError, match="telnyx-mock") as caught:
        urllib.request.urlopen("https://api.telnyx.com/v2/messages", b"{}")

    assert api.blocked == [BlockedCall("api.telnyx.com", "urllib.request")]
    assert str(api.blocked[0]) in str(caught.value)
    assert "the fake API catches httpx and requests" in str(caught.value)


def test_http_client_and_urllib3_are_blocked_by_name(
    interceptors: Interceptors, api: FakeApi
) -> None:
    with pytest.raises(OSError, match="telnyx-mock"):
        http.client.HTTPSConnection("api.telnyx.com").request("GET", "/")
    with pytest.raises(urllib3.exceptions.HTTPError), urllib3.PoolManager() as pool:
        pool.request("GET", "https://api.telnyx.com/", retries=False)

    assert [call.client for call in api.blocked] == ["http.client", "urllib3"]


def test_resolution_on_an_event_loop_is_blocked(interceptors: Interceptors, api: FakeApi) -> None:
    async def connect() -> None:
        await asyncio.open_connection("api.telnyx.com", 443)

    with pytest.raises(socket.gaierror, match="telnyx-mock"):
        asyncio.run(connect())

    assert api.blocked[0].client == "a client on an event loop (such as aiohttp)"


def test_the_missing_extra_for_requests_is_named(
    closed: Interceptors, api: FakeApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "responses", None)
    closed.open()

    with pytest.raises(requests.ConnectionError, match=r"pip install 'telnyx-mock\[requests\]'"):
        requests.post("https://api.telnyx.com/v2/messages")
    assert api.blocked[0].client == "requests"


@pytest.mark.parametrize("url", ["https://storage.telnyx.com/x", "https://sip.telnyx.io/"])
def test_other_hosts_of_telnyx_are_blocked_for_every_client(
    interceptors: Interceptors, api: FakeApi, url: str
) -> None:
    with pytest.raises(httpx.ConnectError, match=r"answers for api\.telnyx\.com only"):
        httpx.get(url)
    with pytest.raises(requests.ConnectionError):
        requests.get(url)

    assert len(api.blocked) == 2
    assert api.commands == []


def test_other_names_resolve(interceptors: Interceptors, other_host: str) -> None:
    with urllib.request.urlopen(other_host) as answer:
        assert answer.read() == b"other host"
    assert socket.getaddrinfo(host=None, port=80)


def test_closing_restores_name_resolution(closed: Interceptors) -> None:
    before = socket.getaddrinfo
    closed.open()
    assert socket.getaddrinfo is not before
    closed.close()

    assert socket.getaddrinfo is before


def test_a_patch_of_the_user_stays_after_closing(
    closed: Interceptors, api: FakeApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = socket.getaddrinfo
    resolved = []

    def fake(host: object, *_: object) -> None:
        resolved.append(host)

    monkeypatch.setattr(socket, "getaddrinfo", fake)
    closed.open()
    ours = socket.getaddrinfo
    users = lambda *a, **k: ours(*a, **k)  # noqa: E731
    monkeypatch.setattr(socket, "getaddrinfo", users)
    closed.close()

    assert socket.getaddrinfo is users
    socket.getaddrinfo("api.telnyx.com", 443)
    assert resolved == ["api.telnyx.com"]
    assert api.blocked == []

    closed.open()
    with pytest.raises(socket.gaierror):
        socket.getaddrinfo("api.telnyx.com", 443)
    closed.close()
    monkeypatch.undo()
    assert socket.getaddrinfo is real


# A proxy resolves names outside this process, so Telnyx must be reached without one.


@pytest.mark.parametrize(
    ("before", "inside"),
    [
        ({}, {"no_proxy": "telnyx.com,telnyx.io", "NO_PROXY": "telnyx.com,telnyx.io"}),
        ({"NO_PROXY": "corp.example"}, {"no_proxy": "corp.example,telnyx.com,telnyx.io"}),
        ({"no_proxy": "*"}, {"no_proxy": "*"}),
    ],
)
def test_no_proxy_gets_around_the_guard(
    closed: Interceptors,
    api: FakeApi,
    monkeypatch: pytest.MonkeyPatch,
    before: dict[str, str],
    inside: dict[str, str],
) -> None:
    for name in ("no_proxy", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
    for name, value in {"https_proxy": "http://127.0.0.1:9", **before}.items():
        monkeypatch.setenv(name, value)
    environment = dict(os.environ)
    closed.open()
    assert inside.items() <= os.environ.items()
    with pytest.raises(urllib.error.URLError, match="telnyx-mock"):
        urllib.request.build_opener().open("https://api.telnyx.com/v2/messages")
    closed.close()
    assert len(api.blocked) == 1
    assert dict(os.environ) == environment


def test_without_proxies_the_environment_stays(
    closed: Interceptors, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in list(os.environ):
        if name.lower().endswith("_proxy"):
            monkeypatch.delenv(name)
    environment = dict(os.environ)

    closed.open()
    assert dict(os.environ) == environment


# Other machines, while the fake API is isolated

ELSEWHERE = ["https://hooks.example.com/x", "http://198.51.100.7/", "http://[2001:db8::1]:5432/"]


async def get_async(url: str) -> None:
    async with httpx.AsyncClient(timeout=60) as client:
        await client.get(url)


GETS: dict[str, Callable[[str], object]] = {
    "httpx": lambda url: httpx.get(url, timeout=60),
    "httpx on an event loop": lambda url: asyncio.run(get_async(url)),
    "requests": lambda url: requests.get(url, timeout=60),
    "urllib": lambda url: urllib.request.urlopen(url, timeout=60),
}


@pytest.mark.parametrize("get", GETS.values(), ids=GETS)
@pytest.mark.parametrize("url", ELSEWHERE)
def test_other_machines_fail_at_once(
    interceptors: Interceptors, api: FakeApi, get: Callable[[str], object], url: str
) -> None:
    started = time.monotonic()
    with api.isolated(), pytest.raises((httpx.ConnectError, OSError)):
        get(url)
    assert time.monotonic() - started < 5
    [call] = api.blocked
    assert call.host in url
    assert f"permit it with --allow-host {call.host}" in str(call)
    assert not call.is_command


def test_this_machine_and_named_hosts_stay_reachable(
    interceptors: Interceptors, api: FakeApi, other_host: str
) -> None:
    address = other_host.replace("localhost", "127.0.0.1")
    with api.isolated():
        assert [get.status_code for get in map(httpx.get, (other_host, address))] == [200, 200]
        assert socket.getaddrinfo(None, 80)
    with api.isolated(["198.51.100.7"]), socket.socket() as connecting:
        connecting.settimeout(0.001)
        with suppress(OSError):  # nobody has this address
            connecting.connect(("198.51.100.7", 80))
    assert api.blocked == []


def test_a_name_without_a_dot_is_looked_up_once(
    api: FakeApi, closed: Interceptors, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[object] = []

    def look_up(host: object, *_: object, **__: object) -> list[tuple[object, ...]]:
        asked.append(host)
        if host == "db":
            return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("192.0.2.9", 5432))]
        raise socket.gaierror(socket.EAI_NONAME, "unknown")

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    closed.open()
    with api.isolated():
        for _ in range(3):
            with pytest.raises(socket.gaierror):
                socket.getaddrinfo("nosuchhost", 80)
        assert api.blocked[0].host == "nosuchhost"
        assert "does not resolve" in str(api.blocked[0])
        socket.getaddrinfo("db", 5432)
        assert api.reachable == {"192.0.2.9"}
    closed.close()
    assert asked == ["nosuchhost", "db"]


def test_without_isolation_other_machines_stay_reachable(
    interceptors: Interceptors, api: FakeApi
) -> None:
    with socket.socket() as connecting:
        connecting.settimeout(0.001)
        with suppress(OSError):  # nobody has this address
            connecting.connect(("198.51.100.7", 80))
    assert api.blocked == []
