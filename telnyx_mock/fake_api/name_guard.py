"""Keeps every client in this process from reaching Telnyx: host names of Telnyx do not resolve.

While the fake API is isolated, the guard also keeps clients from other machines, and their calls
fail at once: names do not resolve, and connections are refused. A call that an interceptor catches
resolves no name. A client that resolves names by itself gets past this guard, and
:mod:`telnyx_mock.fake_api.tls_guard` stops it. A proxy resolves names on another machine, so calls
to Telnyx bypass the proxies that the environment names.
"""

from __future__ import annotations

import errno
import functools
import ipaddress
import os
import socket
import sys
import urllib.request
from collections.abc import Callable, Iterator
from types import FrameType
from typing import Any

from telnyx_mock.clock import SYSTEM_CLOCK
from telnyx_mock.fake_api.answering import answering
from telnyx_mock.fake_api.blocked_call import BlockedCall
from telnyx_mock.fake_api.patch import Patch
from telnyx_mock.fake_api.state import FakeApi
from telnyx_mock.provider_urls import DOMAINS
from telnyx_mock.transports.allowlist import is_loopback, is_telnyx

_CLIENTS = ("requests", "httpx", "httpcore", "urllib3", "urllib", "http")


def _resolving(original: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(original)
    def resolve(host: Any, *args: Any, **kwargs: Any) -> Any:
        name = _name(host)
        if not name or _address(name) is not None:
            return original(host, *args, **kwargs)  # an address resolves nothing; see _connecting
        api = answering()
        _require_resolvable(api, name)
        try:
            found = original(host, *args, **kwargs)
        except socket.gaierror:
            if api.reachable is not None:
                api.unresolved.add(name)  # to find that out takes seconds, so it is done once
                block(api, name)
            raise
        if api.reachable is not None:
            api.reachable.update(_addresses(found))
        return found

    return resolve


def _addresses(found: Any) -> Iterator[str]:
    """Yield the addresses in a result of getaddrinfo, gethostbyname or gethostbyname_ex."""
    if isinstance(found, str):
        yield found
    elif isinstance(found, tuple):
        yield from found[2]
    else:
        yield from (str(address[0]) for *_, address in found)


def _require_resolvable(api: FakeApi, name: str) -> None:
    if is_telnyx(name) or not _may_resolve(api, name):
        if not is_telnyx(name):
            SYSTEM_CLOCK.sleep(api.delay())
        raise socket.gaierror(socket.EAI_NONAME, f"telnyx-mock: {block(api, name)}")


def _connecting(original: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(original)
    def connect(self: socket.socket, address: Any) -> Any:
        host = _name(address[0]) if isinstance(address, tuple) and address else ""
        api = answering()
        if is_telnyx(host):
            _require_resolvable(api, host)  # a socket resolves a name without getaddrinfo
        if self.type != socket.SOCK_STREAM:  # a datagram socket sends nothing yet
            host = ""
        if not (_is_near(api, host) if _address(host) else _may_resolve(api, host)):
            call = block(api, host)
            raise ConnectionRefusedError(errno.ECONNREFUSED, f"telnyx-mock: {call}")
        return original(self, address)

    return connect


def _sending(original: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(original)
    def sendto(self: socket.socket, *args: Any) -> Any:
        host = _name(args[-1][0]) if args and isinstance(args[-1], tuple) and args[-1] else ""
        if is_telnyx(host):
            _require_resolvable(answering(), host)
        return original(self, *args)

    return sendto


def block(api: FakeApi, host: str) -> BlockedCall:
    """Note that a call to *host* is blocked now, and return what says so."""
    call = BlockedCall(host, _client())
    api.note_blocked(call)
    return call


def stands_in(api: FakeApi, host: str) -> bool:
    """Whether *api* accepts calls to *host* in place of a service out of reach."""
    if api.reachable is None or not host or host in api.demanding or is_telnyx(host):
        return False
    return not (_is_near(api, host) if _address(host) else _may_resolve(api, host))


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


def _name(host: Any) -> str:
    """Return *host* as a name in ASCII, as the resolver reads it; empty if it is no name."""
    if isinstance(host, bytes | bytearray):
        return host.decode("ascii", "replace")
    if not isinstance(host, str):
        return ""
    try:
        return host if host.isascii() else host.encode("idna").decode()
    except UnicodeError:
        return host


def _client() -> str:
    # The outermost client that is next to the resolution: requests rather than its urllib3, but
    # not the httpx that a test calls the app with.
    found = ""
    frame: FrameType | None = sys._getframe()
    while frame is not None:
        root = frame.f_globals.get("__name__", "").partition(".")[0]
        if root in _CLIENTS:
            found = root
        elif found and root != "telnyx_mock":  # whose interceptors are between the two
            break
        elif root == "concurrent":
            return "a client on an event loop (such as aiohttp)"
        frame = frame.f_back
    return {"": "a client", "http": "http.client", "urllib": "urllib.request"}.get(found, found)


def pass_by_proxies() -> None:
    """Add Telnyx to ``no_proxy`` in the environment, if the environment names a proxy."""
    proxies = urllib.request.getproxies_environment()
    direct = os.environ.get("no_proxy") or os.environ.get("NO_PROXY")
    if proxies.keys() - {"no"} and direct != "*":
        hosts = ",".join([*([direct] if direct else []), *DOMAINS])
        os.environ.update(no_proxy=hosts, NO_PROXY=hosts)


PATCHES = (
    Patch(socket, "getaddrinfo", _resolving),
    Patch(socket, "gethostbyname", _resolving),
    Patch(socket, "gethostbyname_ex", _resolving),
    Patch(socket.socket, "connect", _connecting),
    Patch(socket.socket, "connect_ex", _connecting),
    Patch(socket.socket, "sendto", _sending),
)
