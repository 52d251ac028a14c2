"""Checks that requests may go to a host: this machine, or a host that the user allows by name.

Requests never go to a host of Telnyx.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Collection

from telnyx_mock.errors import UsageError
from telnyx_mock.provider_urls import DOMAINS

_LOOPBACK = (ipaddress.ip_network("127.0.0.0/8"), ipaddress.ip_network("::1/128"))


def is_loopback(host: str) -> bool:
    """Return whether *host* is a name or address of this machine. The host is not resolved."""
    if is_localhost(host):
        return True
    try:
        address = ipaddress.ip_address(_folded(host))
    except ValueError:
        return False
    return any(address in network for network in _LOOPBACK if network.version == address.version)


def is_localhost(host: str) -> bool:
    """Return whether *host* is the name ``localhost``, with or without a dot at its end."""
    return _folded(host) == "localhost"


def is_telnyx(host: str) -> bool:
    """Return whether *host* belongs to Telnyx."""
    name = _folded(host)
    return any(name == domain or name.endswith(f".{domain}") for domain in DOMAINS)


def check_host(host: str, allowed: Collection[str] = ()) -> None:
    """Raise UsageError unless requests may go to *host*. *allowed* are the hosts the user named."""
    if is_telnyx(host):
        raise UsageError(
            f"{host} belongs to Telnyx, so nothing is ever sent to it. Not even --allow-host"
            " (--telnyx-allow-host in pytest) changes this. Name your own receiver."
        )
    if not is_loopback(host) and _folded(host) not in {_folded(name) for name in allowed}:
        raise UsageError(
            f"{host} is not this machine. If you may send requests to it, add --allow-host {host}"
            f" (in pytest: --telnyx-allow-host {host})."
        )


def _folded(host: str) -> str:
    return host.strip("[]").rstrip(".").lower()
