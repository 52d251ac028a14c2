"""Commands go to no call, to a call that has ended, or answer the app's own call."""

from __future__ import annotations

from urllib.parse import quote

from telnyx_mock.severity import Severity
from tests.receivers.correct import Acting, Event, kind, payload
from tests.receivers.fault import breaks, changed

TALK = "call.initiated call.answered call.speak.ended call.hangup"


@breaks("commands-known-calls")
class TakesAnyEventForACall(Acting):
    """It speaks in the call of a message, which has none."""

    actions = {**Acting.actions, "message.received": "speak"}

    def call(self, event: Event) -> str:
        return quote(str(payload(event).get("call_control_id")), errors="replace")


changed(
    "leaves the place of the call in the path empty",
    "commands-known-calls",
    Acting,
    actions={**Acting.actions, "message.received": "speak"},
)
changed(
    "takes the id of a message for that of a call",
    "",
    Acting,
    reason="A webhook told it of the id, and only Telnyx knows what an id stands for",
    actions={**Acting.actions, "message.received": "speak"},
    call=lambda _, event: quote(str(payload(event).get("call_control_id") or payload(event).get("id")), errors="replace"),
)


@breaks("commands-known-calls")
class InventsCalls(Acting):
    """It makes up the id of a call from another id."""

    actions = {**Acting.actions, "message.received": "speak"}

    def call(self, event: Event) -> str:
        return super().call(event) or f"v3:{event['data'].get('id')}"


changed(
    "speaks on when it has spoken, though the caller hung up",
    "commands-live-calls",
    Acting,
    actions={**Acting.actions, "call.speak.ended": "speak"},
    events=TALK,
    severity=Severity.WARNING,
)
changed(
    "says goodbye after the talk with an assistant, though the caller hung up",
    "commands-live-calls",
    Acting,
    actions={**Acting.actions, "call.conversation.ended": "speak"},
    events="call.initiated call.answered call.conversation.ended call.hangup",
    severity=Severity.WARNING,
)
changed(
    "says goodbye in a call that is over",
    "commands-live-calls",
    Acting,
    actions={**Acting.actions, "call.hangup": "speak"},
    events=TALK,
    severity=Severity.WARNING,
)
changed(
    "hangs up when it has spoken, though the caller hung up",
    "",
    Acting,
    reason="A call that has ended is hung up already, so the command is in vain and does no harm",
    actions={**Acting.actions, "call.speak.ended": "hangup"},
    events=TALK,
)


@breaks("answers-incoming-calls", severity=Severity.WARNING)
class AnswersItself(Acting):
    """It transfers calls, and answers the calls that it makes so."""

    actions = {**Acting.actions, "call.answered": "transfer"}

    def is_ours(self, event: Event) -> bool:
        return False


changed("answers all calls and makes none", "answers-incoming-calls", Acting, is_ours=lambda *_: False, severity=Severity.ADVICE)


@breaks("keeps-calls-apart")
class SpeaksInTheCallThatItAnsweredLast(Acting):
    """It speaks in the call that it answered last, and only once it has answered one."""

    last = ""

    def command(self, event: Event) -> tuple[str, dict[str, str]] | None:
        if kind(event) == "call.answered" and not self.last:
            return None
        return super().command(event)

    def call(self, event: Event) -> str:
        if kind(event) == "call.initiated":
            self.last = super().call(event)
        return self.last

    def act(self, event: Event) -> int:
        if kind(event) == "call.hangup":
            self.last = ""
        return super().act(event)
