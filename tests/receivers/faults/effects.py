"""Commands are sent twice, or never, or an error of the API is passed on."""

from __future__ import annotations

import json
import time
from contextlib import suppress

import httpx

from telnyx_mock.severity import Severity
from tests.receivers.correct import API, TLS, Acting, Event, Headers, Receiver, Replying, WsgiReceiver, kind, payload
from tests.receivers.fault import breaks, changed


@breaks("handles-distinct-events")
class OncePerCall(Acting):
    """It takes the call for the event."""

    def note(self, event: Event) -> str:
        return str(payload(event).get("call_control_id"))


changed(
    "takes the session for the event", "handles-distinct-events", Acting, note=lambda _, event: str(payload(event).get("call_session_id"))
)


@breaks("handles-distinct-events", events="message.sent message.finalized")
class OncePerMessage(Acting):
    """It takes the message for the event, and bills only final reports."""

    def command(self, event: Event) -> tuple[str, dict[str, str]] | None:
        self.is_first = self.note(event) not in self.seen
        self.seen.add(self.note(event))
        return ("/messages", {"text": "Sent."}) if kind(event) == "message.finalized" else None

    def is_new(self, event: Event) -> bool:
        return self.is_first

    def note(self, event: Event) -> str:
        return str(payload(event).get("id"))


@breaks("handles-distinct-events", events="texml.conference.participant-join texml.conference.participant-leave")
class OncePerParticipant(Receiver):
    """It takes the participant of a conference for the callback, and says that the others are duplicates."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: set[str] = set()
        self.answer = b""

    def act(self, event: Event) -> int:
        note = self.note(event)
        self.answer = b"duplicate" if note in self.seen else b"ok"
        self.seen.add(note)
        return 200

    def note(self, event: Event) -> str:
        return f"{event.get('ConferenceSid')} {event.get('CallSid')}"

    def body(self) -> bytes:
        return self.answer


changed(
    "takes the call and the type for the event",
    "",
    Acting,
    reason="An app may act on the first of several alike, such as the first key that is pressed in a "
    "call; that the second has no effect tells nothing",
    note=lambda _, event: f"{kind(event)} {payload(event).get('call_control_id')}",
)


@breaks("handles-distinct-events", also="handles-retry-after-failure")
class DropsTheSecond(Acting):
    """It drops events of one call that come close together."""

    def is_new(self, event: Event) -> bool:
        call = str(payload(event).get("call_control_id"))
        new = super().is_new(event) and call not in self.seen
        self.seen.add(call)
        return new


def attempt(event: Event) -> int:
    """For which time the event is delivered; 1 where it does not say so."""
    number: int = event.get("meta", {}).get("attempt", 1)
    return number


@breaks("idempotent-when-redelivered")
class OncePerAttempt(Acting):
    """It remembers attempts, not events."""

    def note(self, event: Event) -> str:
        return f"{super().note(event)} {attempt(event)}"


changed("remembers no event", "idempotent-when-redelivered", Acting, is_new=lambda *_: True)


@breaks("idempotent-when-redelivered")
class RefusesKnown(Acting):
    """It refuses an event that it has seen."""

    def act(self, event: Event) -> int:
        known = self.command(event) is not None and self.note(event) in self.seen
        return self.known() if known else super().act(event)

    def known(self) -> int:
        return 409


changed(
    "fails at an event that it has seen",
    "idempotent-when-redelivered",
    RefusesKnown,
    also="idempotent-when-replayed survives-replay-exact",
    known=lambda _: 500,
)


@breaks("idempotent-when-replayed", also="idempotent-when-concurrent")
class TrustsFirstAttempts(Acting):
    """It looks for repeats only among events that say they are one."""

    def is_new(self, event: Event) -> bool:
        return super().is_new(event) or attempt(event) == 1


class LooksThenNotes(Acting):
    """It looks for the id, and notes it a little later."""

    def is_new(self, event: Event) -> bool:
        known = self.note(event) in self.seen
        time.sleep(0.02)
        self.seen.add(self.note(event))
        return not known


@breaks("idempotent-when-concurrent")
class LooksThenNotesInThreads(WsgiReceiver):
    """It looks for the id, and notes it a little later, in threads."""

    def make_steps(self) -> Receiver:
        return LooksThenNotes()


@breaks("handles-event-after-refusal")
class NotesFirst(Acting):
    """It notes an event before it verifies it, so that one which was refused counts as done."""

    def __init__(self) -> None:
        super().__init__()
        self.noted: set[str] = set()
        self.is_noted = False

    def handle(self, headers: Headers, body: bytes) -> int:
        self.is_noted = False
        with suppress(ValueError, LookupError, TypeError, RecursionError):
            event_id = json.loads(body)["data"]["id"]
            self.is_noted = event_id in self.noted
            self.noted.add(event_id)
        return super().handle(headers, body)

    def is_new(self, event: Event) -> bool:
        return super().is_new(event) and not self.is_noted

    def forget(self, event: Event) -> None:
        super().forget(event)
        self.noted.discard(self.note(event))


RETRIED = "fax.failed message.finalized message.received"


@breaks("no-reply-loop")
class RepliesToReports(Replying):
    """It takes whatever happens to a message for a message."""

    replies_to = frozenset({"message.received", "message.sent", "message.finalized"})


@breaks("gives-up-at-some-time", severity=Severity.WARNING, events=f"{RETRIED} call.initiated")
class TriesForEver(Acting):
    """It sends each fax again that has failed."""

    def command(self, event: Event) -> tuple[str, dict[str, str]] | None:
        if kind(event) not in self.retried or not payload(event):
            return super().command(event)
        return self.again(payload(event)) if self.has_failed(payload(event)) else None

    retried = frozenset({"fax.failed"})

    def has_failed(self, failed: Event) -> bool:
        return failed.get("direction") == "outbound"

    def again(self, failed: Event) -> tuple[str, dict[str, str]] | None:
        """What it asks of the API to try once more."""
        media = {"media_url": str(failed.get("original_media_url"))}
        return "/faxes", {"to": failed["to"], "from": failed["from"], "connection_id": "1", **media}


@breaks("gives-up-at-some-time", severity=Severity.WARNING, events=RETRIED)
class SendsForEver(TriesForEver):
    """It sends each message again that was not delivered."""

    retried = frozenset({"message.finalized"})

    def has_failed(self, failed: Event) -> bool:
        return bool(failed["to"][0].get("status") == "delivery_failed")

    def again(self, failed: Event) -> tuple[str, dict[str, str]] | None:
        to, ours = failed["to"][0]["phone_number"], failed["from"]["phone_number"]
        return "/messages", {"from": ours, "to": to, "text": "Your order is ready."}


@breaks("gives-up-at-some-time", severity=Severity.WARNING, events="call.hangup call.initiated call.answered")
class CallsForEver(TriesForEver):
    """It calls again whoever is busy."""

    retried = frozenset({"call.hangup"})

    def has_failed(self, failed: Event) -> bool:
        return failed.get("hangup_cause") == "user_busy"

    def again(self, failed: Event) -> tuple[str, dict[str, str]] | None:
        return "/calls", {"to": failed["to"], "from": failed["from"], "connection_id": "1"}


@breaks("acts-on-long-texts", severity=Severity.WARNING)
class LosesLongTexts(Replying):
    """It takes the error of a column for 160 characters for that of a duplicate."""

    def is_new(self, event: Event) -> bool:
        return super().is_new(event) and len(str(payload(event).get("text"))) <= 160


@breaks("handles-retry-after-failure")
class ForgetsToForget(Acting):
    """It notes an event as done before it is done, and leaves the note when it fails."""

    def forget(self, event: Event) -> None:
        pass


@breaks("survives-api-errors", severity=Severity.WARNING)
class LetsItFail(Acting):
    """It leaves errors of the API to the framework."""

    def failed(self, event: Event, error: Exception) -> int:
        self.forget(event)
        raise error


@breaks("survives-api-errors", severity=Severity.WARNING)
class LetsSpeakingFail(LetsItFail):
    """It copes with answering a call that is over, and not with speaking in it."""

    def failed(self, event: Event, error: httpx.HTTPError) -> int:
        if kind(event) == "call.answered":
            return super().failed(event, error)
        return Acting.failed(self, event, error)


@breaks("", reason="Telnyx delivers again after a 5xx, and the next attempt can succeed")
class LetsItTimeOut(Acting):
    """It copes with any answer of the API, and leaves it to the framework when there is none."""

    def failed(self, event: Event, error: httpx.HTTPError) -> int:
        status = super().failed(event, error)
        if not isinstance(error, httpx.HTTPStatusError):
            raise error
        return status


@breaks("idempotent-when-concurrent")
class NotesWhenDone(Acting):
    """It notes an event when it has sent its command."""

    def __init__(self) -> None:
        super().__init__()
        self.client = httpx.AsyncClient(base_url=API, verify=TLS)
        self.left: list[Event] = []

    def act(self, event: Event) -> int:
        if self.command(event) is not None and self.note(event) not in self.seen:
            self.left.append(event)
        return 200

    async def afterwards(self) -> None:
        while self.left:
            event = self.left.pop()
            command = self.command(event)
            assert command is not None
            with suppress(httpx.HTTPError):
                await self.client.post(command[0], json=command[1])
            self.seen.add(self.note(event))


changed(
    "fails where the API does",
    "",
    Acting,
    reason="Telnyx delivers again after a 5xx, and the next attempt can succeed",
    failed=lambda self, event, error: {503: 500}.get(status := Acting.failed(self, event, error), status),
)


@breaks("survives-api-errors", severity=Severity.WARNING)
class TextsWhoOptedOut(Replying):
    """It copes with calls that are over, and not with recipients who have opted out."""

    def failed(self, event: Event, error: httpx.HTTPError) -> int:
        status = super().failed(event, error)
        if kind(event) == "message.received" and status == 200:
            raise error
        return status


@breaks("survives-api-errors", severity=Severity.WARNING)
class BlamesTelnyx(Acting):
    """It takes a failure of the API for a bad request, so that Telnyx does not deliver again."""

    def failed(self, event: Event, error: httpx.HTTPError) -> int:
        return 200 if super().failed(event, error) == 200 else 400


@breaks("accepts-sample")
class SpeaksAfterTheEnd(Acting):
    """It speaks in a call that is over, and leaves the refusal to the framework."""

    actions = {**Acting.actions, "call.hangup": "speak"}

    def failed(self, event: Event, error: httpx.HTTPError) -> int:
        status = super().failed(event, error)
        if kind(event) == "call.hangup" and status == 200:
            raise error
        return status


@breaks("survives-api-errors", severity=Severity.WARNING)
class LetsRefusalsThrough(Acting):
    """It fails where the API refuses a command."""

    def failed(self, event: Event, error: httpx.HTTPError) -> int:
        if super().failed(event, error) == 200:
            raise error
        return 503


@breaks("survives-api-errors", severity=Severity.WARNING)
class AsksAgain(Acting):
    """It asks for another attempt that cannot help."""

    def failed(self, event: Event, error: httpx.HTTPError) -> int:
        self.forget(event)
        return 503


changed(
    "does not look at what the API answers",
    "",
    Acting,
    reason="It answers 200 and drops the command that failed; from outside, that is no other than a "
    "queue of its own that tries again later",
    failed=lambda *_: 200,
)


@breaks("survives-replay-exact", also="idempotent-when-redelivered")
class UniqueKey(Receiver):
    """It fails at a key that its database has."""

    def __init__(self) -> None:
        super().__init__()
        self.rows: set[str] = set()

    def act(self, event: Event) -> int:
        key = event.get("data", {}).get("id", "")
        if key and key in self.rows:
            raise KeyError(f"duplicate key value violates unique constraint: {key}")
        self.rows.add(key)
        return 200


@breaks("refuses-replay-expired")
class AcknowledgesFirst(Receiver):
    """It acknowledges what it has had before it verifies anything."""

    def __init__(self) -> None:
        super().__init__()
        self.had: set[bytes] = set()

    def handle(self, headers: Headers, body: bytes) -> int:
        if body in self.had:
            return 200
        status = super().handle(headers, body)
        if status == 200 and body:
            self.had.add(body)
        return status
