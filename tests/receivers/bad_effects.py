"""Known-bad receivers that act: what they do is wrong when events repeat, mix or fail."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterable, Mapping
from contextlib import suppress
from typing import Any

import httpx

from tests.receivers.correct import (
    Acting,
    Event,
    Headers,
    Receiver,
    Replying,
    StartResponse,
    WsgiReceiver,
    kind,
    payload,
)

SLOW_IN_BURST = 1.5
"""Seconds that a receiver takes which meets another request; the deadline must be set below."""


class PostsOnly(Receiver):
    """It looks for a handler of the method, and has one for POST alone."""

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        assert scope["type"] == "http"
        await {"POST": super().__call__}[scope["method"]](scope, receive, send)


class SmallBuffer(Receiver):
    """It has room for a body of one mebibyte."""

    def handle(self, headers: Headers, body: bytes) -> int:
        if len(body) > 1 << 20:
            raise BufferError("the body is too large")
        return super().handle(headers, body)


class HoldsOneLock(WsgiReceiver):
    """A request that meets another one waits long before it tries again."""

    def __init__(self) -> None:
        super().__init__()
        self.lock = threading.Lock()

    def __call__(self, environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        if self.lock.acquire(blocking=False):
            time.sleep(0.002)
            self.lock.release()
        else:
            time.sleep(SLOW_IN_BURST)
        return super().__call__(environ, start_response)


class NoWayBack(Receiver):
    """It knows which calls are over, and fails at whatever comes after that."""

    def __init__(self) -> None:
        super().__init__()
        self.over: set[str] = set()

    def act(self, event: Event) -> int:
        call = payload(event).get("call_control_id", "")
        if call in self.over:
            raise LookupError("the call is over")
        if kind(event) == "call.hangup":
            self.over.add(call)
        return 200


class OncePerCall(Acting):
    """It takes the call for the event."""

    def note(self, event: Event) -> str:
        return str(payload(event).get("call_control_id"))


class OneCallAtATime(Acting):
    """It keeps the current call on the app."""

    current = ""

    def call(self, event: Event) -> str:
        if kind(event) == "call.initiated" or not self.current:
            self.current = super().call(event)
        return self.current


class OneCallInThreads(WsgiReceiver):
    """The same for as long as it handles an event of the call: two that meet there are mixed."""

    def make_steps(self) -> Receiver:
        class Steps(Acting):
            current: Event = {}

            def command(self, event: Event) -> tuple[str, dict[str, str]] | None:
                self.current = event
                time.sleep(0.02)
                return super().command(self.current)

        return Steps()


def attempt(event: Event) -> int:
    """For which time the event is delivered; 1 where it does not say so."""
    number: int = event.get("meta", {}).get("attempt", 1)
    return number


class OncePerAttempt(Acting):
    """It remembers attempts, not events."""

    def note(self, event: Event) -> str:
        return f"{super().note(event)} {attempt(event)}"


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


class LooksThenNotesInThreads(WsgiReceiver):
    """The same, where each request has a thread."""

    def make_steps(self) -> Receiver:
        return LooksThenNotes()


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


class RepliesToReports(Replying):
    """It takes whatever happens to a message for a message."""

    replies_to = frozenset({"message.received", "message.sent", "message.finalized"})


class ForgetsToForget(Acting):
    """It notes an event as done before it is done, and leaves the note when it fails."""

    def forget(self, event: Event) -> None:
        pass


class LetsItFail(Acting):
    """It leaves errors of the API to the framework."""

    def failed(self, event: Event, error: Exception) -> int:
        self.forget(event)
        raise error


class LetsSpeakingFail(LetsItFail):
    """It copes with answering a call that is over, and not with speaking in it."""

    def failed(self, event: Event, error: httpx.HTTPError) -> int:
        if kind(event) == "call.answered":
            return super().failed(event, error)
        return Acting.failed(self, event, error)


class LetsItTimeOut(Acting):
    """It copes with any answer of the API, and leaves it to the framework when there is none."""

    def failed(self, event: Event, error: httpx.HTTPError) -> int:
        status = super().failed(event, error)
        if not isinstance(error, httpx.HTTPStatusError):
            raise error
        return status


BAD_EFFECTS: Mapping[str, type[Any]] = {
    "survives-methods": PostsOnly,
    "survives-large": SmallBuffer,
    "answers-bursts-in-time": HoldsOneLock,
    "accepts-any-order": NoWayBack,
    "handles-distinct-events": OncePerCall,
    "keeps-calls-apart": OneCallAtATime,
    "idempotent-when-redelivered": OncePerAttempt,
    "idempotent-when-replayed": TrustsFirstAttempts,
    "idempotent-when-concurrent": LooksThenNotesInThreads,
    "handles-event-after-refusal": NotesFirst,
    "no-reply-loop": RepliesToReports,
    "handles-retry-after-failure": ForgetsToForget,
    "survives-api-errors": LetsItFail,
}
"""A receiver that breaks the rule, by the id of the check that finds it."""

ALSO_EFFECTS: Mapping[type[Any], frozenset[str]] = {
    PostsOnly: frozenset({"ignores-body-query-added"}),
    SmallBuffer: frozenset({"survives-json-10-mb"}),
    TrustsFirstAttempts: frozenset({"idempotent-when-concurrent"}),
}
"""Further checks in which a fault shows, for it cannot but break their rules too."""
