"""The base class of the receivers for an app in this process."""

from __future__ import annotations

import copy
import threading
from typing import Any, Self

from telnyx_mock.clock import SYSTEM_CLOCK, Clock
from telnyx_mock.errors import UsageError
from telnyx_mock.transports.endpoint import HOST, Endpoint
from telnyx_mock.transports.receiver import NoAnswer, NoAnswerReason


class AppReceiver:
    """An *app* in this process. Its address is *path* on *host*, by https; *path* may have a query.

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
        """The address that a Telnyx account would have for the app."""
        return self._endpoint.url

    def at(self, path: str) -> Self:
        """Return a receiver for the same app at another *path*. Both start and close together."""
        other = copy.copy(self)
        other._endpoint = Endpoint.of(path, self._endpoint.host)
        return other

    def wait_until_idle(self, timeout: float) -> bool:
        """Return True, because this receiver cannot see what the app does after its answer."""
        return True

    def close(self) -> None:
        """Refuse to send any further request."""
        self._closed.set()

    def _require_open(self) -> None:
        if self._closed.is_set():
            raise UsageError(f"The receiver at {self.url} is closed; nothing more can be sent.")


def require_in_time(elapsed: float, timeout: float) -> None:
    """Raise NoAnswer if the answer took longer (*elapsed* seconds) than *timeout* seconds."""
    if elapsed > timeout:
        detail = f"the answer took {elapsed:.2f} s, more than {timeout:g} s"
        raise NoAnswer(NoAnswerReason.TIMEOUT, detail, elapsed)
