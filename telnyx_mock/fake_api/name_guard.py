"""Keeps every client in this process from reaching Telnyx: host names of Telnyx do not resolve.

A call that an interceptor catches resolves no name. The guard cannot stop a client that resolves
names without ``socket.getaddrinfo`` (aiodns, gevent, Twisted). A proxy resolves names on another
machine, so calls to Telnyx bypass the proxy while the guard is open.
"""

from __future__ import annotations

import os
import socket
import sys
import urllib.request
from contextlib import ExitStack
from types import FrameType
from typing import Any

from telnyx_mock.fake_api.patch import Patch
from telnyx_mock.fake_api.state import BlockedCall, FakeApi
from telnyx_mock.provider_urls import DOMAINS
from telnyx_mock.transports.allowlist import is_telnyx
from telnyx_mock.transports.environment import variables

_CLIENTS = ("requests", "httpx", "httpcore", "urllib3", "urllib", "http")


class NameGuard:
    """While this guard is open, host names of Telnyx do not resolve.

    ``api.blocked`` lists the calls that the guard blocked.
    """

    def __init__(self, api: FakeApi) -> None:
        self.api = api

    def open(self) -> None:
        _RESOLUTION.hold(self.api)
        _WITHOUT_PROXY.hold()

    def close(self) -> None:
        _WITHOUT_PROXY.release()
        _RESOLUTION.release(self.api)


def _resolve(api: FakeApi, original: Any, host: Any, *args: Any, **kwargs: Any) -> Any:
    name = host.decode("ascii", "replace") if isinstance(host, bytes | bytearray) else host
    if not isinstance(name, str) or not is_telnyx(name):
        return original(host, *args, **kwargs)
    call = BlockedCall(name, _client())
    api.blocked.append(call)
    raise socket.gaierror(socket.EAI_NONAME, f"telnyx-mock: {call}")


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
    """Adds Telnyx to ``no_proxy`` in the environment, if the environment names a proxy."""

    def __init__(self) -> None:
        self._holders = 0
        self._changes = ExitStack()

    def hold(self) -> None:
        self._holders += 1
        proxies = urllib.request.getproxies_environment()
        direct = os.environ.get("no_proxy") or os.environ.get("NO_PROXY")
        if self._holders == 1 and proxies.keys() - {"no"} and direct != "*":
            hosts = ",".join([*([direct] if direct else []), *DOMAINS])
            self._changes.enter_context(variables({"no_proxy": hosts, "NO_PROXY": hosts}))

    def release(self) -> None:
        self._holders -= 1
        if not self._holders:
            self._changes.close()


_RESOLUTION = Patch(socket, "getaddrinfo", _resolve)
_WITHOUT_PROXY = _WithoutProxy()
