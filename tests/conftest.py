"""For all tests: pytester, which only the topmost conftest may ask for; no guard is left open.

Runs of pytest inside a test collect garbage thrice each, and what stays to the end need not be looked
through for that.
"""

from __future__ import annotations

import gc
import socket
import time
from collections.abc import Iterator

import pytest

pytest_plugins = ["pytester"]


def pytest_collection_finish() -> None:
    gc.freeze()


@pytest.fixture(autouse=True)
def _no_guard_is_left() -> Iterator[None]:
    """Whoever opens the guard of the fake API closes it: the worker goes on to other tests."""
    before = socket.getaddrinfo
    yield
    until = time.monotonic() + 2  # the guard of a contract stands until threads of the app are done
    while socket.getaddrinfo is not before and time.monotonic() < until:
        time.sleep(0.01)
    assert socket.getaddrinfo is before, "the fake API is left open; unbind the emulator"
