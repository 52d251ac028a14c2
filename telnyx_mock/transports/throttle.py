"""Keeps what is sent within bounds: how much in all, how much in a second; adds fixed headers.

Stands in front of any receiver. What it adds to a request is in no delivery, so no report and no
curl line shows it.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from urllib.parse import urlsplit

from telnyx_mock.errors import BudgetSpent
from telnyx_mock.payload.request import Headers, Request
from telnyx_mock.transports.allowlist import is_loopback
from telnyx_mock.transports.receiver import Receiver, elsewhere
from telnyx_mock.transports.response import Response

__all__ = ["MAX_REQUESTS", "RATE", "USED_UP", "Budget", "Throttled", "bounds"]

USED_UP = "the budget is used up"
"""How the sentence begins that says why no more was sent."""

MAX_REQUESTS = 10_000
"""Requests that another machine is sent in a run unless more are asked for; the whole contract
takes about 8,000."""

RATE = 20.0
"""Requests in a second that another machine is sent unless more are asked for."""


def bounds(
    url: str | None, max_requests: int | None, rate: float | None
) -> tuple[int | None, float | None]:
    """The most requests in all, and in a second, that the receiver at *url* is sent; None: no end.

    *max_requests* and *rate* are what was asked for: None where nothing was, 0 for no bound. *url*
    is None for an app in this process, which has no bounds of its own, and neither has an address
    of this machine.
    """
    is_remote = url is not None and not is_loopback(urlsplit(url).hostname or "")
    if max_requests is None and is_remote:
        max_requests = MAX_REQUESTS
    if rate is None and is_remote:
        rate = RATE
    return max_requests or None, rate or None


class Budget:
    """What a run may still send: *max_requests* in all, *rate* in a second; None: no bound.

    This is one of as many equal *shares* of it, each for a process. Of several threads that send at the same time, as in a burst, none waits for another; what
    comes after them waits the longer.
    """

    def __init__(
        self, max_requests: int | None = None, rate: float | None = None, *, shares: int = 1
    ) -> None:
        self._budget = max_requests
        self._left = None if max_requests is None else max_requests // shares
        self._pause = 0.0 if rate is None else shares / rate
        self._lock = threading.Lock()
        self._under_way = 0
        self._start = 0.0
        self._free = 0.0

    @contextmanager
    def one(self) -> Iterator[None]:
        """Send one request inside the ``with`` block, which begins when it is its turn.

        Raises BudgetSpent where there is none left.
        """
        with self._lock:
            if self._left is not None:
                if self._left == 0:
                    raise BudgetSpent(
                        f"{USED_UP}, {self._budget} requests; raise it with --max-requests, or ask for "
                        "fewer --events or --examples"
                    )
                self._left -= 1
            now = time.perf_counter()
            if not self._under_way:
                self._start = max(now, self._free)
            self._free = max(self._start, self._free) + self._pause
            self._under_way += 1
            start = self._start
        try:
            time.sleep(max(0.0, start - now))
            yield
        finally:
            with self._lock:
                self._under_way -= 1


@dataclass(frozen=True, slots=True)
class Throttled:
    """The receiver *app*, sent to as *allowance* lets, each request with *headers* added."""

    app: Receiver
    allowance: Budget
    headers: Headers = ()

    @property
    def url(self) -> str:
        return self.app.url

    @property
    def in_process(self) -> bool:
        return self.app.in_process

    def at(self, path: str) -> Throttled:
        """The same at another *path*, of the same allowance."""
        return replace(self, app=elsewhere(self.app, path))

    def send(self, request: Request, *, timeout: float) -> Response:
        """Send *request* when it is its turn; waiting for that is no part of *timeout*.

        Raises BudgetSpent, and whatever the receiver does.
        """
        with self.allowance.one():
            return self.app.send(request.with_headers(*self.headers), timeout=timeout)

    def settle(self, timeout: float) -> bool:
        return self.app.settle(timeout)

    def close(self) -> None:
        self.app.close()
