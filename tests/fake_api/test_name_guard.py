"""No client that resolves names through socket reaches Telnyx; the error says what to do."""

from __future__ import annotations

import asyncio
import http.client
import os
import socket
import ssl
import subprocess
import sys
import textwrap
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from contextlib import suppress
from functools import partial
from typing import Any
from urllib.parse import urlsplit

import aiohttp
import httpx
import pytest
import requests
import urllib3

from telnyx_mock.fake_api import BlockedCall, FakeApi, Interceptors


def in_new_process(script: str, environment: Mapping[str, str] | None = None) -> str:
    """Run *script*, where nothing is in place yet, and return all that it prints."""
    start = "import os, sys, urllib.request, requests; from telnyx_mock.fake_api import intercept\n"
    done = subprocess.run(
        [sys.executable, "-c", start + textwrap.dedent(script)],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    return done.stdout


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


def test_the_refusal_of_aiohttp_says_at_once_what_to_do(
    interceptors: Interceptors, api: FakeApi
) -> None:
    async def post() -> None:
        async with aiohttp.ClientSession() as session:
            await session.post("https://api.telnyx.com/v2/messages", json={})

    with pytest.raises(
        aiohttp.ClientConnectionError,
        match="For another client, serve it by --api PORT, and let your app call the address in TELNYX",
    ):
        asyncio.run(post())
    assert len(api.blocked) == 1


def test_resolution_on_an_event_loop_is_blocked(interceptors: Interceptors, api: FakeApi) -> None:
    async def connect() -> None:
        await asyncio.open_connection("api.telnyx.com", 443)

    with pytest.raises(socket.gaierror, match="telnyx-mock"):
        asyncio.run(connect())

    assert api.blocked[0].client == "a client on an event loop (such as aiohttp)"


def test_the_missing_extra_for_requests_is_named() -> None:
    done = in_new_process(
        """
        sys.modules["responses"] = None
        intercept()
        requests.post("https://api.telnyx.com/v2/messages")
        """
    )
    assert "ConnectionError" in done
    assert "pip install 'telnyx-mock[requests]'" in done
    assert "A call by requests" in done


@pytest.mark.parametrize("url", ["https://storage.telnyx.com/x", "https://sip.telnyx.io/"])
def test_other_hosts_of_telnyx_are_blocked_for_every_client(
    interceptors: Interceptors, api: FakeApi, url: str
) -> None:
    with pytest.raises(httpx.ConnectError, match=r"answers for api\.telnyx\.com only"):
        httpx.get(url)
    with pytest.raises(requests.ConnectionError):
        requests.get(url)

    assert [call.client for call in api.blocked] == ["httpx", "requests"]
    assert api.commands == []


def test_other_names_resolve(interceptors: Interceptors, other_host: str) -> None:
    with urllib.request.urlopen(other_host) as answer:
        assert answer.read() == b"other host"
    assert socket.getaddrinfo(host=None, port=80)


def test_names_do_not_resolve_after_closing(closed: Interceptors) -> None:
    closed.open()
    closed.close()
    with pytest.raises(socket.gaierror, match="telnyx-mock"):
        socket.getaddrinfo("api.telnyx.com", 443)


def test_a_patch_of_the_user_neither_undoes_the_guard_nor_stacks_it(
    closed: Interceptors, api: FakeApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    resolved = []

    def fake(host: object, *_: object) -> None:
        resolved.append(host)

    monkeypatch.setattr(socket, "getaddrinfo", fake)
    closed.open()
    ours = socket.getaddrinfo
    closed.open()
    assert socket.getaddrinfo is ours
    with pytest.raises(socket.gaierror):
        socket.getaddrinfo("api.telnyx.com", 443)
    socket.getaddrinfo("shop.example", 443)
    assert resolved == ["shop.example"]
    monkeypatch.undo()
    closed.close()
    closed.open()
    with pytest.raises(socket.gaierror):
        socket.getaddrinfo("api.telnyx.com", 443)
    assert len(api.blocked) == 2


# Clients that resolve names in other ways, or not at all


def test_no_other_way_to_resolve_a_name_leads_to_telnyx(
    interceptors: Interceptors, api: FakeApi
) -> None:
    hosts: list[str | bytes] = ["api.telnyx.com", b"api.telnyx.com", "api\u3002telnyx.com"]
    with socket.socket() as stream, socket.socket(type=socket.SOCK_DGRAM) as datagram:
        calls: list[Callable[[], object]] = [
            lambda: socket.gethostbyname("api.telnyx.com"),
            lambda: socket.gethostbyname_ex("API.telnyx.com."),
            *(partial(stream.connect, (host, 443)) for host in hosts),
            lambda: stream.connect_ex(("api.telnyx.com", 443)),
            lambda: datagram.connect(("sip.telnyx.com", 5060)),
            lambda: datagram.sendto(b"x", ("sip.telnyx.com", 5060)),
            lambda: datagram.sendto(b"x", 0, ("sip.telnyx.com", 5060)),
        ]
        for number, call in enumerate(calls, 1):
            with pytest.raises(socket.gaierror, match="telnyx-mock"):
                call()
            assert len(api.blocked) == number


def test_a_client_that_knows_the_address_gets_no_tls(
    interceptors: Interceptors, api: FakeApi
) -> None:
    """For example aiodns, uvloop, or an address that was looked up before the session."""

    async def connect(port: int) -> None:
        context = ssl.create_default_context()
        await asyncio.open_connection(
            "127.0.0.1", port, ssl=context, server_hostname="api.telnyx.com"
        )

    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        with pytest.raises(OSError, match="telnyx-mock"):
            asyncio.run(connect(port))
        with (
            pytest.raises(OSError, match="telnyx-mock"),
            socket.create_connection(("127.0.0.1", port)) as connection,
        ):
            ssl.create_default_context().wrap_socket(connection, server_hostname="api.telnyx.com")
        for _ in range(2):  # nothing of a greeting has arrived
            accepted, _ = server.accept()
            with accepted:
                accepted.settimeout(0.2)
                with suppress(TimeoutError):
                    assert accepted.recv(100) == b""
    assert [call.host for call in api.blocked] == ["api.telnyx.com"] * 2


# A proxy resolves names outside this process, so Telnyx must be reached without one.


@pytest.mark.parametrize(
    ("before", "inside"),
    [
        ({}, "telnyx.com,telnyx.io"),
        ({"NO_PROXY": "corp.example"}, "corp.example,telnyx.com,telnyx.io"),
        ({"no_proxy": "*"}, "*"),
    ],
)
def test_no_proxy_gets_around_the_guard(before: dict[str, str], inside: str) -> None:
    environment = {
        name: value for name, value in os.environ.items() if not name.lower().endswith("_proxy")
    }
    done = in_new_process(
        """
        intercept()
        print(os.environ["no_proxy"])
        urllib.request.build_opener().open("https://api.telnyx.com/v2/messages")
        """,
        {**environment, "https_proxy": "http://127.0.0.1:9", **before},
    )
    assert done.startswith(inside + "\n")
    assert "urlopen error [Errno -2] telnyx-mock: A call by urllib.request" in done


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
CAUGHT = [get for name, get in GETS.items() if name != "urllib"]


@pytest.mark.parametrize("get", CAUGHT)
@pytest.mark.parametrize("url", ELSEWHERE)
def test_calls_to_other_services_are_accepted_and_recorded(
    interceptors: Interceptors, api: FakeApi, get: Callable[[str], object], url: str
) -> None:
    with api.isolated():
        get(url)
    assert api.blocked == api.commands == []
    [call] = api.service_calls
    assert call.host == urlsplit(url).hostname
    assert not call.is_effect
    assert api.unmodelled == [call]


@pytest.mark.parametrize("post", [httpx.post, requests.post])
def test_a_call_that_changes_something_elsewhere_is_an_effect(
    interceptors: Interceptors, api: FakeApi, post: Callable[..., Any]
) -> None:
    with api.isolated():
        answer = post("https://hooks.example.com/x", json={"text": "A call came in."})
        with api.failing(500):
            failed = post("https://hooks.example.com/x")
        with api.services_taking(0.2), pytest.raises((httpx.ReadTimeout, requests.ReadTimeout)):
            post("https://hooks.example.com/x", timeout=0.05)
    assert (answer.status_code, answer.json(), failed.status_code) == (200, {}, 500)
    assert [str(call) for call in api.service_calls] == ["POST hooks.example.com/x"] * 3
    assert all(call.is_effect for call in api.service_calls)


def test_slow_calls_take_a_bounded_time_in_total(api: FakeApi) -> None:
    with api.taking(1.0), api.slow_for(1.5):
        assert [api.delay("/v2/calls") for _ in range(3)] == [1.0, 0.5, 0.0]
    with api.services_taking(2.0), api.slow_for(2.5):
        assert [api.delay(patience=0.5), api.delay(), api.delay()] == [0.5, 2.0, 0.0]


@pytest.mark.parametrize("get", GETS.values(), ids=GETS)
@pytest.mark.parametrize("url", ELSEWHERE)
def test_other_machines_fail_at_once(
    interceptors: Interceptors, api: FakeApi, get: Callable[[str], object], url: str
) -> None:
    api.demanding.add(urlsplit(url).hostname or "")
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
