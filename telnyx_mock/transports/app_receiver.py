"""The base of receivers of an app in this process: its address, its other paths, closing."""

from __future__ import annotations

import copy
import threading
from typing import Any, Self

from telnyx_mock.clock import SYSTEM_CLOCK, Clock
from telnyx_mock.errors import UsageError
from telnyx_mock.transports.endpoint import HOST, Endpoint
from telnyx_mock.transports.receiver import NoAnswer, NoAnswerReason

__all__ = ["AppReceiver", "require_in_time"]


class AppReceiver:
    """An *app* in this process at *path* (which may hold a query) on *host*, by https.

    *clock* measures how long an answer takes.
    """

    in_process = True

    def __init__(
        self, app: Any, path: str = "/", host: str = HOST, *, clock: Clock = SYSTEM_CLOCK
    ) -> None:
        self.app = app
        self._endpoint = Endpoint.of(path, host)
        self._clock = clock
        self._closed = threading.Event()  # shared with the same app at other paths

    @property
    def url(self) -> str:
        """The address that Telnyx would have of the app."""
        return self._endpoint.url

    def at(self, path: str) -> Self:
        """The same app at another *path*; it is started and closed together with this one."""
        other = copy.copy(self)
        other._endpoint = Endpoint.of(path, self._endpoint.host)
        return other

    def wait_until_idle(self, timeout: float) -> bool:
        """True: work that the app continues after its answer is invisible."""
        return True

    def close(self) -> None:
        """Send nothing more."""
        self._closed.set()

    def _require_open(self) -> None:
        if self._closed.is_set():
            raise UsageError(f"The receiver at {self.url} is closed; nothing more can be sent.")


def require_in_time(elapsed: float, timeout: float) -> None:
    """Raise NoAnswer for an answer that took *elapsed* seconds, more than *timeout*."""
    if elapsed > timeout:
        detail = f"the answer took {elapsed:.2f} s, more than {timeout:g} s"
        raise NoAnswer(NoAnswerReason.TIMEOUT, detail, elapsed)
