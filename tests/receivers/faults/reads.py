"""A member is read that no webhook has, or no member that tells events apart."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import quote

from telnyx_mock.severity import Severity
from tests.receivers.correct import Acting, Event, Headers, Receiver, Refused, kind, payload
from tests.receivers.fault import breaks, changed

GATHER = "call.initiated call.gather.ended"


@breaks("reads-known-members")
class AnswersByTheEnvelope(Acting):
    """It looks for the direction of a call in the envelope, so it answers no call."""

    def is_ours(self, event: Event) -> bool:
        return kind(event) == "call.initiated" and event["data"].get("direction") != "incoming"


@breaks("reads-known-members")
class AnswersTheEnvelope(Acting):
    """It looks for the id of a call in the envelope, so it answers a call that there is not."""

    def call(self, event: Event) -> str:
        call = event["data"].get("call_control_id")
        return quote(str(call), errors="replace")


@breaks("reads-known-members")
class AnswersByCamelCase(Acting):
    """It spells a member in camel case, so it answers no call."""

    def is_ours(self, event: Event) -> bool:
        return kind(event) == "call.initiated" and not payload(event).get("callControlId")


@breaks("reads-known-members", severity=Severity.WARNING, reason="It may do without", events=GATHER)
class SpeaksToSpeech(Acting):
    """It expects what the caller said in a member that no event has."""

    def is_ours(self, event: Event) -> bool:
        unsaid = kind(event) == "call.gather.ended" and "speech" not in payload(event)
        return unsaid or super().is_ours(event)

    actions = {**Acting.actions, "call.gather.ended": "speak"}


class Untyped(Acting):
    """It reads JSON of any kind, and looks at no type."""

    def parse(self, headers: Headers, body: bytes) -> Event:
        try:
            event = json.loads(body)
        except (ValueError, RecursionError):
            raise Refused from None
        if not isinstance(event, dict) or not isinstance(event.get("data"), dict):
            raise Refused
        return event

    def text(self, event: Event) -> object:
        message = event["data"].get("payload")
        return message.get("text") if isinstance(message, dict) else None


MESSAGES = "message.received message.sent message.finalized"


@breaks("distinguishes-events", events=MESSAGES)
class ForwardsEveryReport(Untyped):
    """It forwards the text of each message, and of each report on a message."""

    def command(self, event: Event) -> tuple[str, dict[str, str]] | None:
        text = self.text(event)
        if not isinstance(text, str) or not text.isprintable():
            return None
        return "/messages", {"from": "+13125550199", "to": "+13125550123", "text": text}


@breaks("distinguishes-events", events=MESSAGES, severity=Severity.ADVICE, reason="It does nothing that can be seen")
class PrintsEveryReport(Untyped):
    """It logs the text of each message, and of each report on a message."""

    def act(self, event: Event) -> int:
        self.text(event)
        return 200


@breaks("", events=MESSAGES, reason="It may look at the type later")
class KeepsEveryEvent(Untyped):
    """It keeps each event as it is."""

    def act(self, event: Event) -> int:
        json.dumps(event)
        return 200


def logging(read: Any) -> Any:
    """A receiver that only looks at something of each JSON event."""
    return lambda _, event: 200 if not kind(event) or read(event) is not event else 400


changed(
    "looks for the client_state in the envelope, and finds a default",
    "reads-known-members",
    severity=Severity.WARNING,
    reason="Nothing shows that the app does anything with it",
    act=logging(lambda event: event["data"].get("client_state", "")),
)
changed(
    "reads one level too high, and catches the exception",
    "reads-known-members",
    severity=Severity.WARNING,
    reason="Nothing shows that the app does anything with it",
    act=logging(lambda event: caught(lambda: event["data"]["call_session_id"])),
)


def caught(read: Any) -> Any:
    try:
        return read()
    except KeyError:
        return None


RIGHT = {
    "falls back to the true member": lambda event: event["data"].get("call_leg_id") or payload(event).get("call_leg_id"),
    "takes a body without an envelope, too": lambda event: event.get("data", event).get("event_type"),
    "reads what stands in the envelope of none, in whatever is in an envelope": lambda event: event.get("data", event).get("phoneNumber"),
    "knows the webhooks of another provider": lambda event: event.get("type") or event.get("object"),
    "reads what only other events have": lambda event: payload(event).get("digits"),
    "reads the headers of its own": lambda event: [each.get("value") for each in payload(event).get("custom_headers") or []],
    "copies the payload, and reads the copy": lambda event: (event["data"].get("hangup_cause"), {**payload(event)}.get("hangup_cause")),
}
for name, read in RIGHT.items():
    changed(name, "", Receiver, act=logging(read), reason="It reads what is there, or may read it")
