"""Opens and closes every way into the fake API together.

They open at the first delivery of a test, so that what the user mocks before it stays in force,
and close once background work is drained. They may be open twice over, for two fake APIs: then
the one opened last answers.
"""

from __future__ import annotations

import threading
from types import TracebackType
from typing import Protocol

from telnyx_mock.fake_api.state import FakeApi

__all__ = ["Interceptors"]


class _Door(Protocol):
    def open(self) -> None: ...
    def close(self) -> None: ...


class Interceptors:
    """The doors of *api*, shut until :meth:`open`. As a context manager, open inside the block."""

    def __init__(self, api: FakeApi) -> None:
        self.api = api
        self._lock = threading.Lock()
        self._opened: list[_Door] = []
        self._entered: list[bool] = []

    @property
    def is_open(self) -> bool:
        return bool(self._opened)

    def open(self) -> bool:
        """Open the doors. Returns whether they were shut; opening twice is opening once."""
        with self._lock:
            if self._opened:
                return False
            from telnyx_mock.fake_api.name_guard import Guard, responses_installed

            try:
                self._open(Guard(self.api))  # first: nothing slips by
                from telnyx_mock.fake_api.httpx_interceptor import HttpxInterceptor

                self._open(HttpxInterceptor(self.api))
                if responses_installed():
                    from telnyx_mock.fake_api.requests_interceptor import RequestsInterceptor

                    self._open(RequestsInterceptor(self.api))
            except BaseException:
                self._shut()
                raise
            return True

    def close(self) -> None:
        """Shut the doors and put back everything they replaced. Shut doors stay shut."""
        with self._lock:
            self._shut()

    def __enter__(self) -> Interceptors:
        self._entered.append(self.open())
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if self._entered.pop():
            self.close()

    def _open(self, door: _Door) -> None:
        door.open()
        self._opened.append(door)

    def _shut(self) -> None:
        while self._opened:
            self._opened.pop().close()
