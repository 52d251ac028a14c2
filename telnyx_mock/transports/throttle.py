"""Limits the requests to a receiver, in total and per second, and adds headers to each request.

A :class:`Throttled` wraps any receiver. Deliveries do not record the headers that it adds, so no
report and no curl command shows these headers.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from urllib.parse import urlsplit

import anyio

from telnyx_mock.clock import SYSTEM_CLOCK, Clock
from telnyx_mock.errors import BudgetSpent
from telnyx_mock.payload.request import Headers, Request
from telnyx_mock.transports.allowlist import is_loopback
from telnyx_mock.transports.receiver import Response, Wrapped, asend

MAX_REQUESTS = 10_000
"""The most requests that a run sends to another machine, unless the user sets another limit. The
whole contract sends about 8,000."""

RATE = 20.0
"""The most requests per second to another machine, unless the user sets another limit."""


def bounds(
    url: str | None, max_requests: int | None, rate: float | None
) -> tuple[int | None, float | None]:
    """Return the most requests in total, and the most requests per second, for a receiver at *url*.

    None means no limit. *max_requests* and *rate* are the limits that the user set: 0 means no
    limit, None means not set. *url* is None for an app in this process. Default limits apply only
    to another machine.
    """
    is_remote = url is not None and not is_loopback(urlsplit(url).hostname or "")
    if max_requests is None and is_remote:
        max_requests = MAX_REQUESTS
    if rate is None and is_remote:
        rate = RATE
    return max_requests or None, rate or None


class Budget:
    """How many requests a run may send: *max_requests* in total, *rate* per second.

    None is no limit. Both limits are divided equally among *shares* processes. Threads that send at
    the same time, as in a burst, do not wait for each other; later requests wait longer instead.
    *clock* does the waiting.
    """

    def __init__(
        self,
        max_requests: int | None = None,
        rate: float | None = None,
        *,
        shares: int = 1,
        clock: Clock = SYSTEM_CLOCK,
    ) -> None:
        self._max_requests = max_requests
        self._left = None if max_requests is None else max_requests // shares
        self._pause = 0.0 if rate is None else shares / rate
        self._clock = clock
        self._lock = threading.Lock()
        self._under_way = 0
        self._start = 0.0
        self._free = 0.0

    @contextmanager
    def request(self) -> Iterator[None]:
        """Wait until the next request may go out, and count it. Send it in the ``with`` block.

        Raises BudgetSpent if no request is left.
        """
        with self.counted_request() as wait:
            if wait > 0:
                self._clock.sleep(wait)
            yield

    @contextmanager
    def counted_request(self) -> Iterator[float]:
        """Count a request, and yield how many seconds the caller must wait before it sends it.

        Raises BudgetSpent if no request is left.
        """
        with self._lock:
            if self._left is not None:
                if self._left == 0:
                    raise BudgetSpent(
                        f"the budget of {self._max_requests} requests is used up; raise it with "
                        "--max-requests, or ask for fewer --events or --examples",
                        self._max_requests,
                    )
                self._left -= 1
            now = self._clock.monotonic()
            if not self._under_way:
                self._start = max(now, self._free)
            self._free = max(self._start, self._free) + self._pause
            self._under_way += 1
            wait = self._start - now
        try:
            yield wait
        finally:
            with self._lock:
                self._under_way -= 1


@dataclass(frozen=True, slots=True)
class Throttled(Wrapped):
    """Sends requests to the receiver *app* within *budget*, and adds *headers* to each request."""

    budget: Budget
    headers: Headers = ()

    def send(self, request: Request, *, timeout: float) -> Response:
        """Send *request* as soon as the budget allows. *timeout* counts from that moment.

        Raises BudgetSpent if the budget is used up, and the errors of the receiver.
        """
        with self.budget.request():
            return self.app.send(request.with_headers(*self.headers), timeout=timeout)

    async def asend(
        self, request: Request, *, timeout: float, answered: Callable[[], None]
    ) -> Response:
        with self.budget.counted_request() as wait:
            await anyio.sleep(max(0.0, wait))
            request = request.with_headers(*self.headers)
            return await asend(self.app, request, timeout=timeout, answered=answered)
