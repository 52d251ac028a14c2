"""Keeps every client in the process from reaching Telnyx, at the point where names are resolved.

What a door catches never gets here. A client that resolves names without :mod:`socket`'s
``getaddrinfo`` (aiodns, gevent, Twisted) is not seen. Proxies resolve names elsewhere, so while
the guard stands, Telnyx is reached without one.
"""

from __future__ import annotations

import importlib.util
import os
import socket
import sys
import urllib.request
from types import FrameType
from typing import Any

from telnyx_mock.fake_api.patch import Patch
from telnyx_mock.fake_api.state import FakeApi
from telnyx_mock.provider import API_HOST, DOMAINS

__all__ = ["Guard", "is_telnyx", "responses_installed"]

_CLIENTS = ("requests", "httpx", "httpcore", "urllib3", "urllib", "http")


def is_telnyx(host: object) -> bool:
    """Whether *host* (text or bytes, in any casing) is Telnyx's."""
    if isinstance(host, bytes | bytearray):
        host = bytes(host).decode("ascii", "replace")
    if not isinstance(host, str):
        return False
    name = host.rstrip(".").lower()
    return any(name == domain or name.endswith(f".{domain}") for domain in DOMAINS)


def responses_installed() -> bool:
    """Whether the extra ``requests`` is there, and with it the door for that client."""
    return importlib.util.find_spec("responses") is not None


class Guard:
    """While open, names of Telnyx do not resolve; each attempt is noted in ``api.refused``."""

    def __init__(self, api: FakeApi) -> None:
        self.api = api

    def open(self) -> None:
        _RESOLUTION.hold(self.api)
        _WITHOUT_PROXY.hold()

    def close(self) -> None:
        _WITHOUT_PROXY.release()
        _RESOLUTION.release(self.api)


def _resolve(api: FakeApi, original: Any, host: Any, *args: Any, **kwargs: Any) -> Any:
    if not is_telnyx(host):
        return original(host, *args, **kwargs)
    name = host if isinstance(host, str) else bytes(host).decode("ascii", "replace")
    sentence = _sentence(name, _client())
    api.refused.append(sentence)
    raise socket.gaierror(socket.EAI_NONAME, f"telnyx-mock: {sentence}")


def _sentence(host: str, client: str) -> str:
    refused = f"A call by {client} to {host} was not let out"
    if host.rstrip(".").lower() != API_HOST:
        return f"{refused}: the fake API answers for {API_HOST} only, so mock this call yourself."
    if not responses_installed():
        extra = ", and requests with the extra that is missing: pip install 'telnyx-mock[requests]'"
    else:
        extra = " and requests"
    return (
        f"{refused}: the fake API catches httpx{extra}. Mock the calls of other clients yourself."
    )


def _client() -> str:
    # The outermost client that is next to the resolution: requests rather than its urllib3, but
    # not the httpx that a test calls the app with.
    found = ""
    frame: FrameType | None = sys._getframe()
    while frame is not None:
        root = frame.f_globals.get("__name__", "").partition(".")[0]
        if root in _CLIENTS:
            found = root
        elif found:
            break
        elif root == "concurrent":
            return "a client on an event loop (such as aiohttp)"
        frame = frame.f_back
    return {"": "a client", "http": "http.client", "urllib": "urllib.request"}.get(found, found)


class _WithoutProxy:
    """Names Telnyx in the environment's list of hosts without proxy, where there are proxies."""

    def __init__(self) -> None:
        self._holders = 0
        self._before: dict[str, str | None] = {}

    def hold(self) -> None:
        self._holders += 1
        proxies = urllib.request.getproxies_environment()
        if self._holders > 1 or not proxies.keys() - {"no"}:
            return
        direct = os.environ.get("no_proxy") or os.environ.get("NO_PROXY")
        if direct == "*":
            return
        for name in ("no_proxy", "NO_PROXY"):
            self._before[name] = os.environ.get(name)
            os.environ[name] = ",".join([*([direct] if direct else []), *DOMAINS])

    def release(self) -> None:
        self._holders -= 1
        if self._holders:
            return
        for name, value in self._before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value
        self._before = {}


_RESOLUTION = Patch(socket, "getaddrinfo", _resolve)
_WITHOUT_PROXY = _WithoutProxy()
