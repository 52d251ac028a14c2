"""Events in another order, or at the same time, are mixed up."""

from __future__ import annotations

import time

from telnyx_mock.severity import Severity
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


CALL = "call.initiated call.answered call.gather.ended call.hangup"
"""The events of a call, some of which need its beginning."""


class PerCall(Receiver):
    """A correct receiver that keeps what it knows of each call from its beginning."""

    def __init__(self) -> None:
        super().__init__()
        self.calls: dict[str, list[str]] = {}

    def act(self, event: Event) -> int:
        call = payload(event).get("call_control_id", "")
        if kind(event) == "call.initiated":
            self.calls[call] = []
        if call and call not in self.calls:
            return self.unknown(call)
        return self.go_on(event, self.calls[call]) if call else 200

    def unknown(self, call: str) -> int:
        """The call began before this receiver started."""
        return 200

    def go_on(self, event: Event, steps: list[str]) -> int:
        steps.append(kind(event))
        return 200


needs_beginning = {
    "events": CALL,
    "severity": Severity.WARNING,
    "reason": "A call is lost only after a restart, or if events change places",
}
changed("knows calls by their beginning", "accepts-sample", PerCall, unknown=lambda *_: 404, **needs_beginning)
changed("has a conflict with calls that it does not know", "accepts-sample", PerCall, unknown=lambda *_: 409, **needs_beginning)
changed(
    "looks up each call without a default",
    "accepts-sample",
    PerCall,
    also="survives-json-type-missing",  # without its type, call.initiated is no beginning
    unknown=lambda self, call: len(self.calls[call]),
    **needs_beginning,
)


@breaks("accepts-any-order", events=CALL)
class NeedsStateOfKnownCalls(PerCall):
    """It fails where a call that it knows has no client state."""

    def go_on(self, event: Event, steps: list[str]) -> int:
        if kind(event) == "call.gather.ended":
            steps.append(payload(event)["client_state"].strip())
        return 200


@breaks("accepts-absent accepts-null", also="accepts-each-choice", events=CALL)
class NeedsQualityOfKnownCalls(PerCall):
    """It fails where a call that it knows ends without statistics."""

    def go_on(self, event: Event, steps: list[str]) -> int:
        if kind(event) == "call.hangup":
            steps.append(str((payload(event)["call_quality_stats"] or {})["inbound"]))
        return 200


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
