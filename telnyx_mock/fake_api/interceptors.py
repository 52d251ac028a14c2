"""Puts all interceptors in place; from then on, no call to Telnyx leaves this process.

They stay until the process ends: a thread of the app may call Telnyx long after its test, and to
put them in place takes longer than a delivery. What opens and closes with each test is only which
fake API answers.
"""

from __future__ import annotations

import functools
import threading

from telnyx_mock.fake_api.answering import is_open, start_answering, stop_answering
from telnyx_mock.fake_api.blocked_call import responses_installed
from telnyx_mock.fake_api.patch import Patch
from telnyx_mock.fake_api.state import FakeApi

_LOCK = threading.Lock()


def intercept(*, clients: bool = True) -> None:
    """Catch all calls to Telnyx until the process ends; a repetition mends what others have undone.

    Without *clients*, no HTTP client is loaded, and the calls of every client are refused.
    """
    for patch in (*_guards(), *(_interceptors() if clients else ())):
        patch.apply()


class Interceptors:
    """Lets *api* answer the app's calls to Telnyx while it is open; see :func:`intercept`."""

    def __init__(self, api: FakeApi) -> None:
        self.api = api
        self.is_open = False

    def open(self) -> None:
        """Let the fake API answer from now on, unless it does so already."""
        with _LOCK:
            intercept()
            if self.is_open:
                return
            from telnyx_mock.fake_api.httpx_interceptor import come_before_the_user

            come_before_the_user()
            start_answering(self.api)
            self.is_open = True

    def close(self) -> None:
        """Let the fake API that opened before answer again. If there is none, every call is late."""
        with _LOCK:
            if not self.is_open:
                return
            self.is_open = False
            stop_answering(self.api)
            if not is_open():
                from telnyx_mock.fake_api.httpx_interceptor import leave_to_the_user

                leave_to_the_user()


@functools.cache
def _guards() -> tuple[Patch, ...]:
    from telnyx_mock.fake_api import name_guard, tls_guard

    name_guard.pass_by_proxies()
    return (*name_guard.PATCHES, *tls_guard.PATCHES)


@functools.cache
def _interceptors() -> tuple[Patch, ...]:
    # Imported here to keep start-up fast: these modules load respx, httpx and responses.
    from telnyx_mock.fake_api import httpx_interceptor

    if not responses_installed():
        return httpx_interceptor.PATCHES
    from telnyx_mock.fake_api import requests_interceptor

    return (*httpx_interceptor.PATCHES, *requests_interceptor.PATCHES)
