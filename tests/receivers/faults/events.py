"""It refuses or mishandles what it does not know, or answers with a status that means another thing."""

from __future__ import annotations

from typing import Any

from telnyx_mock.severity import Severity
from tests.receivers.correct import Acting, Event, Receiver, kind, payload
from tests.receivers.fault import breaks, changed

KNOWN = {"record_type", "event_type", "id", "occurred_at", "payload"}


@breaks("accepts-sample")
class FailsAtHangup(Receiver):
    """It fails whenever a call has ended."""

    def act(self, event: Event) -> int:
        if kind(event) == "call.hangup":
            raise LookupError("there is no such call")
        return 200


@breaks("accepts-unknown-event")
class FewEvents(Receiver):
    """It refuses events that it has no branch for."""

    def act(self, event: Event) -> int:
        return 200 if kind(event) in {"", "call.initiated", "call.hangup"} else 422


changed(
    "indexes its handlers", "accepts-unknown-event", act=lambda _, event: {"": 200, "call.initiated": 200, "call.hangup": 200}[kind(event)]
)


@breaks("accepts-unknown-fields")
class StrictModel(Receiver):
    """It refuses members of data that its model does not know."""

    def act(self, event: Event) -> int:
        return 200 if event.get("data", {}).keys() <= KNOWN else 422


@breaks("accepts-unknown-fields")
class StrictMeta(Receiver):
    """It refuses members of meta that its model does not know."""

    def act(self, event: Event) -> int:
        meta: Any = event.get("meta")
        known = not isinstance(meta, dict) or meta.keys() <= {"attempt", "delivered_to"}
        return 200 if known else 422


@breaks("accepts-products", events="message.received")
class NoPictures(Receiver):
    """It fails at an MMS."""

    def act(self, event: Event) -> int:
        if payload(event).get("type") == "MMS":
            raise LookupError("there is no place for pictures")
        return 200


# Status codes

for status in (201, 202, 204):
    changed(f"answers {status}", "accepts-sample", severity=Severity.WARNING, act=lambda _, event, status=status: status)
changed("answers 302", "accepts-sample", act=lambda *_: 302)


@breaks("accepts-sample", severity=Severity.WARNING)
class CreatedWhereItActs(Acting):
    """It answers 201 where it has done something."""

    def act(self, event: Event) -> int:
        done = super().act(event)
        return 201 if done == 200 and self.command(event) else done


@breaks("accepts-sample", also="accepts-unknown-event accepts-each-choice")
class NotFoundWithoutCommand(Acting):
    """It answers 404 to what needs no command."""

    def act(self, event: Event) -> int:
        return super().act(event) if self.command(event) else 404


changed(
    "redirects what it refuses",
    "refuses-signature-missing",
    also="refuses-* survives-junk",
    severity=Severity.WARNING,
    refuse=lambda _: 302,
)
changed("fails at what it refuses", "refuses-signature-missing", also="refuses-* survives-j*", refuse=lambda _: 500)
