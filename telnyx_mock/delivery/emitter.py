"""Sends one request to a receiver, while the fake API answers the calls of the app."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from typing import Any, Protocol

from telnyx_mock.delivery.delivery import Attempt, Delivery
from telnyx_mock.fake_api.history import History
from telnyx_mock.fake_api.state import FakeApi
from telnyx_mock.patience import PATIENCE, Patience
from telnyx_mock.payload.request import Request
from telnyx_mock.transports.receiver import NoAnswer, NoAnswerReason, Receiver, Response, asend


class Recorder(Protocol):
    """Records every request before it goes out, and again when it is answered or abandoned.

    *about* says why requests are sent now: it is the id of a rule, or the name of a test.
    """

    about: str

    def sent(self, request: Request, url: str) -> str:
        """Record that *request* goes out to *url*, and return an id for it."""
        ...

    def answered(self, id_: str, attempt: Attempt) -> None:
        """Record the answer to the request with this id."""
        ...

    def unsent(self, id_: str) -> None:
        """Record that the request with this id never reached the receiver."""
        ...

    def beside(self, to: str, trusted: Sequence[str] | None = None) -> AbstractContextManager[None]:
        """Record that requests in the block go *to* another receiver. It has the keys *trusted*."""
        ...


class Emitter:
    """Sends requests to *receiver*. *api* answers the calls of its app to Telnyx.

    *recorder*, if given, records every request. *patience* says how long to wait.
    """

    def __init__(
        self,
        receiver: Receiver,
        api: FakeApi,
        *,
        patience: Patience = PATIENCE,
        recorder: Recorder | None = None,
    ) -> None:
        self.receiver = receiver
        self.api = api
        self.patience = patience
        self.recorder = recorder

    def send(self, request: Request, *, timeout: float | None = None) -> Delivery:
        """Send *request* once, and wait at most *timeout* seconds for the answer.

        If *timeout* is None, *patience* says how long to wait. Raises DeliveryError if the receiver
        cannot be reached.
        """
        limit = self.patience.answer if timeout is None else timeout
        with self._sending(request) as sending:
            sending.response = self.receiver.send(request, timeout=limit)
        return sending.delivery()

    async def asend(self, request: Request, *, timeout: float | None = None) -> Delivery:
        """Do what :meth:`send` does, on the caller's event loop, and wait for the app's work."""
        limit = self.patience.answer if timeout is None else timeout
        with self._sending(request) as sending:
            sending.response = await asend(
                self.receiver, request, timeout=limit, answered=sending.answered
            )
        return sending.delivery()

    @contextmanager
    def _sending(self, request: Request) -> Iterator[_Sending]:
        """Record *request*, which is sent in the ``with`` block, and its answer."""
        id_ = "" if self.recorder is None else self.recorder.sent(request, self.receiver.url)
        sending = _Sending(request, self.receiver.url, self.api, id_)
        try:
            yield sending
        except NoAnswer as problem:
            sending.problem = problem
        except Exception:
            if self.recorder is not None:
                self.recorder.unsent(id_)
            raise
        sending.answered()
        if self.recorder is not None:
            self.recorder.answered(id_, sending.attempt())

    def close(self) -> None:
        """Wait for background work. The receiver stays open."""
        self.receiver.wait_until_idle(self.patience.answer)


class _Sending:
    """A request that is under way, and the calls of the app that belong to it."""

    def __init__(self, request: Request, url: str, api: FakeApi, id_: str) -> None:
        self.response: Response | None = None
        self.problem: NoAnswer | None = None
        self._request = request
        self._url = url
        self._id = id_
        self._seen: tuple[History[Any], ...] = (api.history, api.blocked, api.unmodelled)
        self._before = [each.position for each in self._seen]
        self._calls: list[tuple[Any, ...]] = []

    def answered(self) -> None:
        """Note that the answer is there: calls that the app makes from now on came after it."""
        if not self._calls:
            both = zip(self._seen, self._before, strict=True)
            self._calls = [each.since(position) for each, position in both]

    def attempt(self) -> Attempt:
        ended: Any = self.response or self.problem
        reason = None if self.problem is None else self.problem.reason
        why = str(self.problem) if reason is NoAnswerReason.BLOCKED else ""
        return Attempt(
            self._request,
            self._url,
            self.response,
            ended.elapsed,
            reason,
            why,
            id=self._id,
            resent=ended.resent,
        )

    def delivery(self) -> Delivery:
        return Delivery((self.attempt(),), *self._calls)
