"""Keeps every client in this process from reaching Telnyx: host names of Telnyx do not resolve.

While the fake API is isolated, the guard also keeps clients from other machines, and their calls
fail at once: names do not resolve, and connections are refused. A call that an interceptor catches
resolves no name. The guard cannot stop a client that resolves names without ``socket.getaddrinfo``
or connects without ``socket.connect`` (aiodns, gevent, Twisted, libraries in C). A proxy resolves
names on another machine, so calls to Telnyx bypass the proxy while the guard is open.
"""

from __future__ import annotations

import errno
import ipaddress
import os
import socket
import sys
import urllib.request
from contextlib import ExitStack
from types import FrameType
from typing import Any

from telnyx_mock.clock import SYSTEM_CLOCK
from telnyx_mock.fake_api.blocked_call import BlockedCall
from telnyx_mock.fake_api.patch import Patch
from telnyx_mock.fake_api.state import FakeApi
from telnyx_mock.provider_urls import DOMAINS
from telnyx_mock.transports.allowlist import is_loopback, is_telnyx
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
        _CONNECTION.hold(self.api)
        _WITHOUT_PROXY.hold()

    def close(self) -> None:
        _WITHOUT_PROXY.release()
        _CONNECTION.release(self.api)
        _RESOLUTION.release(self.api)


def _resolve(api: FakeApi, original: Any, host: Any, *args: Any, **kwargs: Any) -> Any:
    name = host.decode("ascii", "replace") if isinstance(host, bytes | bytearray) else host
    if not isinstance(name, str) or _address(name) is not None:
        return original(host, *args, **kwargs)  # an address resolves nothing; see _connect
    if is_telnyx(name) or not _may_resolve(api, name):
        if not is_telnyx(name):
            SYSTEM_CLOCK.sleep(api.blocked_latency)
        raise socket.gaierror(socket.EAI_NONAME, f"telnyx-mock: {_block(api, name)}")
    try:
        found = original(host, *args, **kwargs)
    except socket.gaierror:
        if api.reachable is not None:
            api.unresolved.add(name)  # to find that out takes seconds, so it is done once
            _block(api, name)
        raise
    if api.reachable is not None:
        api.reachable.update(str(address[0]) for *_, address in found)
    return found


def _connect(api: FakeApi, original: Any, connecting: socket.socket, address: Any) -> Any:
    is_stream = connecting.type == socket.SOCK_STREAM  # a datagram socket sends nothing yet
    host = str(address[0]) if is_stream and isinstance(address, tuple) else ""
    if not (_is_near(api, host) if _address(host) else _may_resolve(api, host)):
        call = _block(api, host)
        raise ConnectionRefusedError(errno.ECONNREFUSED, f"telnyx-mock: {call}")
    return original(connecting, address)


def _block(api: FakeApi, host: str) -> BlockedCall:
    call = BlockedCall(host, _client())
    api.blocked.append(call)
    return call


def _may_resolve(api: FakeApi, name: str) -> bool:
    """Whether *name* may be looked up: a name without a dot is one of the user's own network."""
    return _is_near(api, name) or ("." not in name.rstrip(".") and name not in api.unresolved)


def _is_near(api: FakeApi, host: str) -> bool:
    """Whether clients may connect to *host*: this machine, or a host that the user permits."""
    if api.reachable is None or host in api.reachable or is_loopback(host):
        return True
    address = _address(host)
    own = host in ("", socket.gethostname()) or host.endswith(".localhost")
    return own or (address is not None and address.is_unspecified)


def _address(host: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return None


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


_CONNECTION = Patch(socket.socket, "connect", _connect)
_RESOLUTION = Patch(socket, "getaddrinfo", _resolve)
_WITHOUT_PROXY = _WithoutProxy()
