"""Events in another order, or at the same time, are mixed up."""

from __future__ import annotations

import time

from tests.receivers.correct import Acting, Event, Receiver, WsgiReceiver, kind, payload
from tests.receivers.fault import breaks, changed


@breaks("accepts-any-order", also="idempotent-when-redelivered")
class NoWayBack(Receiver):
    """It knows which calls are over, and fails at whatever comes after that."""

    def __init__(self) -> None:
        super().__init__()
        self.over: set[str] = set()

    def act(self, event: Event) -> int:
        call = payload(event).get("call_control_id", "")
        if call in self.over:
            return self.late()
        if kind(event) == "call.hangup":
            self.over.add(call)
        return 200

    def late(self) -> int:
        raise LookupError("the call is over")


changed("refuses what comes after the hangup", "accepts-any-order", NoWayBack, also="idempotent-when-redelivered", late=lambda _: 409)


@breaks("accepts-sample", also="accepts-unknown-event")
class KnowsBegunCalls(Receiver):
    """It knows calls by their beginning."""

    def __init__(self) -> None:
        super().__init__()
        self.begun: set[str] = set()

    def act(self, event: Event) -> int:
        call = payload(event).get("call_control_id", "")
        if kind(event) == "call.initiated":
            self.begun.add(call)
        return 200 if call in self.begun or not call else 404


@breaks("keeps-calls-apart")
class OneCallAtATime(Acting):
    """It keeps the current call on the app."""

    current = ""

    def call(self, event: Event) -> str:
        if kind(event) == "call.initiated" or not self.current:
            self.current = super().call(event)
        return self.current


@breaks("keeps-calls-apart")
class TheCallBefore(Acting):
    """It commands the call that came last."""

    current = ""

    def call(self, event: Event) -> str:
        last, self.current = self.current or super().call(event), super().call(event)
        return self.current if kind(event) == "call.initiated" else last


@breaks("keeps-calls-apart")
class OneCallInThreads(WsgiReceiver):
    """It keeps the event that it handles on the app, where two that meet are mixed."""

    def make_steps(self) -> Receiver:
        class Steps(Acting):
            current: Event = {}

            def command(self, event: Event) -> tuple[str, dict[str, str]] | None:
                self.current = event
                time.sleep(0.02)
                return super().command(self.current)

        return Steps()
