"""Opens and closes all interceptors of the fake API together.

The interceptors open at the first delivery of a test, so mocks that the user started earlier keep
working. They close when background work is done. Two fake APIs may be open at once. The fake API
that opened last answers.
"""

from __future__ import annotations

import threading
from typing import Protocol

from telnyx_mock.fake_api.blocked_call import responses_installed
from telnyx_mock.fake_api.state import FakeApi


class _Interceptor(Protocol):
    def open(self) -> None: ...
    def close(self) -> None: ...


class Interceptors:
    """All interceptors of *api*. They are closed until :meth:`open` is called."""

    def __init__(self, api: FakeApi) -> None:
        self.api = api
        self._lock = threading.Lock()
        self._opened: list[_Interceptor] = []

    @property
    def is_open(self) -> bool:
        return bool(self._opened)

    def open(self) -> None:
        """Open all interceptors, unless they are open already."""
        with self._lock:
            if self._opened:
                return
            try:
                for interceptor in _interceptors(self.api):
                    interceptor.open()
                    self._opened.append(interceptor)
            except BaseException:
                self._close_all()
                raise

    def close(self) -> None:
        """Close all interceptors, and restore everything that they replaced."""
        with self._lock:
            self._close_all()

    def _close_all(self) -> None:
        while self._opened:
            self._opened.pop().close()


def _interceptors(api: FakeApi) -> list[_Interceptor]:
    # Imported here to keep start-up fast: these modules load respx, httpx and responses.
    from telnyx_mock.fake_api.httpx_interceptor import HttpxInterceptor
    from telnyx_mock.fake_api.name_guard import NameGuard

    # The guard comes first, so that no call gets past.
    made: list[_Interceptor] = [NameGuard(api), HttpxInterceptor(api)]
    if responses_installed():
        from telnyx_mock.fake_api.requests_interceptor import RequestsInterceptor

        made.append(RequestsInterceptor(api))
    return made
