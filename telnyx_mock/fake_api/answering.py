"""Knows which fake API answers the calls of this process: the one that opened last.

While none is open, the fake API that closed last answers, and takes each command for late. A server may
let it answer other processes, too.
"""

from __future__ import annotations

from contextlib import suppress

from telnyx_mock.fake_api.state import FakeApi

_open: list[FakeApi] = []
_last: list[FakeApi] = []
_addresses: list[str] = []


def start_answering(api: FakeApi) -> None:
    """Let *api* answer until it stops. It may start several times."""
    _open.append(api)
    _last[:] = [api]


def stop_answering(api: FakeApi) -> None:
    """Let *api* answer no more."""
    with suppress(ValueError):
        _open.remove(api)


def stop_all() -> list[FakeApi]:
    """Let no fake API answer any more, and return those that did."""
    left = list(_open)
    _open.clear()
    return left


def answering() -> FakeApi:
    """Return the fake API that answers now; a new one if there has never been one."""
    if not _open and not _last:
        _last.append(FakeApi())
    return (_open or _last)[-1]


def start_serving(address: str) -> None:
    """Note that a server lets the fake API that answers here answer at *address*, too."""
    _addresses.append(address)


def stop_serving(address: str) -> None:
    """Note that the server at *address* has ended."""
    _addresses.remove(address)


def served_at() -> str:
    """Return the address at which other processes call the fake API; empty if they cannot."""
    return _addresses[-1] if _addresses else ""


def is_open() -> bool:
    """Whether a test runs for which a fake API is open. Otherwise only late calls are expected."""
    return bool(_open)
