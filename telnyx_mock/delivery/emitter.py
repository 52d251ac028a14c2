"""Sends one request to a receiver, while the fake API answers the calls of the app."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager
from typing import Protocol

from telnyx_mock.delivery.delivery import Attempt, Delivery
from telnyx_mock.fake_api.state import FakeApi
from telnyx_mock.patience import PATIENCE, Patience
from telnyx_mock.payload.request import Request
from telnyx_mock.transports.receiver import NoAnswer, NoAnswerReason, Receiver, Response


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
        seen = [each.position for each in (self.api.history, self.api.blocked, self.api.unmodelled)]
        id_ = "" if self.recorder is None else self.recorder.sent(request, self.receiver.url)
        response: Response | None = None
        no_answer: NoAnswerReason | None = None
        resent = False
        try:
            response = self.receiver.send(
                request, timeout=self.patience.answer if timeout is None else timeout
            )
            elapsed, resent = response.elapsed, response.resent
        except NoAnswer as problem:
            elapsed, no_answer, resent = problem.elapsed, problem.reason, problem.resent
        except Exception:
            if self.recorder is not None:
                self.recorder.unsent(id_)
            raise
        attempt = Attempt(
            request, self.receiver.url, response, elapsed, no_answer, id=id_, resent=resent
        )
        if self.recorder is not None:
            self.recorder.answered(id_, attempt)
        return Delivery(
            (attempt,),
            self.api.history.since(seen[0]),
            self.api.blocked.since(seen[1]),
            self.api.unmodelled.since(seen[2]),
        )

    def close(self) -> None:
        """Wait for background work. The receiver stays open."""
        self.receiver.wait_until_idle(self.patience.answer)
