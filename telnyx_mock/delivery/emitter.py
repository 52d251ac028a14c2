"""Sends one request to the receiver, with the doors of the fake API open while it works."""

from __future__ import annotations

from typing import Protocol

from telnyx_mock.delivery.delivery import Attempt, Delivery
from telnyx_mock.fake_api.interceptors import Interceptors
from telnyx_mock.payload.request import Request
from telnyx_mock.transports.receiver import NoAnswer, Receiver
from telnyx_mock.transports.response import Response

__all__ = ["PATIENCE", "Emitter", "Recorder"]

PATIENCE = 10.0
"""Seconds that are waited for an answer. Longer than Telnyx waits: a late answer says more."""


class Recorder(Protocol):
    """Is told of every request: before it goes out, and when it was answered or given up."""

    def sent(self, request: Request, url: str) -> str:
        """*request* goes out to *url*; what it is called from now on."""
        ...

    def answered(self, id_: str, attempt: Attempt) -> None:
        """What came of the request that is called *id_*."""
        ...

    def unsent(self, id_: str) -> None:
        """The request that is called *id_* never got to the receiver."""
        ...


class Emitter:
    """Sends to one receiver. While an app runs in process, its calls to Telnyx go to *doors*.

    *recorder* is told of every request.
    """

    def __init__(
        self,
        receiver: Receiver,
        interceptors: Interceptors,
        *,
        patience: float = PATIENCE,
        recorder: Recorder | None = None,
    ) -> None:
        self.receiver = receiver
        self.interceptors = interceptors
        self.patience = patience
        self.recorder = recorder

    def send(self, request: Request, *, timeout: float | None = None) -> Delivery:
        """Send *request* once, and wait *timeout* seconds for the answer (patience if None).

        Raises DeliveryError if the receiver cannot be reached.
        """
        api = self.interceptors.api
        commands, refused = len(api.commands), len(api.refused)
        if self.receiver.in_process:
            self.interceptors.open()
        id_ = "" if self.recorder is None else self.recorder.sent(request, self.receiver.url)
        response: Response | None
        try:
            response = self.receiver.send(
                request, timeout=self.patience if timeout is None else timeout
            )
            elapsed, no_answer = response.elapsed, ""
        except NoAnswer as problem:
            response, elapsed, no_answer = None, problem.elapsed, problem.reason
        except Exception:
            if self.recorder is not None:
                self.recorder.unsent(id_)
            raise
        attempt = Attempt(request, self.receiver.url, response, elapsed, no_answer, id=id_)
        if self.recorder is not None:
            self.recorder.answered(id_, attempt)
        return Delivery(
            (attempt,),
            tuple(api.commands[commands:]),
            tuple(api.refused[refused:]),
        )

    def settle(self, timeout: float) -> bool:
        """Wait at most *timeout* seconds for work that the receiver goes on with."""
        return self.receiver.settle(timeout)

    def close(self) -> None:
        """Close the doors once background work is drained. The receiver stays open."""
        self.receiver.settle(self.patience)
        self.interceptors.close()
