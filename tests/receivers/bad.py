"""One known-bad receiver for each check: correct in all but the step that it overrides.

Each can be named as a target: ``telnyx-mock check 'tests.receivers.bad:NeedsText()'``.
"""

from __future__ import annotations

import base64
import json
import os
import time
from collections.abc import Mapping
from typing import Any

from nacl.exceptions import BadSignatureError
from nacl.signing import SigningKey

from tests.receivers.bad_answers import BAD_ANSWERS
from tests.receivers.bad_effects import ALSO_EFFECTS, BAD_EFFECTS, SLOW_IN_BURST, HoldsOneLock
from tests.receivers.bad_failover import BAD_FAILOVER
from tests.receivers.bad_forged import ALSO_FORGED, BAD_FORGED
from tests.receivers.bad_keys import DecodesLate, OnlyTheFirst
from tests.receivers.bad_malformed import ALSO_MALFORMED, BAD_MALFORMED
from tests.receivers.correct import Event, Headers, Receiver, Refused, kind, payload

FORM = "application/x-www-form-urlencoded"

SLOW = 0.1
"""Seconds that a slow receiver takes; the deadline must be set below."""


class OtherKey(Receiver):
    """It verifies with the public key of another account."""

    def __init__(self) -> None:
        super().__init__()
        self.key = SigningKey.generate().verify_key


class FailsAtHangup(Receiver):
    """It fails whenever a call has ended."""

    def act(self, event: Event) -> int:
        if kind(event) == "call.hangup":
            raise LookupError("there is no such call")
        return 200


class NeedsPartyType(Receiver):
    """It takes an optional field for granted."""

    def act(self, event: Event) -> int:
        if kind(event) == "call.initiated":
            payload(event)["calling_party_type"]
        return 200


class NeedsText(Receiver):
    """It takes a missing client_state for "", and stumbles over one that is null."""

    def act(self, event: Event) -> int:
        base64.b64decode(payload(event).get("client_state", ""))
        return 200


class StrictModel(Receiver):
    """It refuses members that its model does not know."""

    def act(self, event: Event) -> int:
        known = {"record_type", "event_type", "id", "occurred_at", "payload"}
        return 200 if event.get("data", {}).keys() <= known else 422


class FewEvents(Receiver):
    """It refuses events that it has no branch for."""

    def act(self, event: Event) -> int:
        return 200 if kind(event) in {"", "call.initiated", "call.hangup"} else 422


class WritesAnew(Receiver):
    """It verifies what it parsed and wrote anew, not the bytes that came."""

    def message(self, timestamp: str, body: bytes) -> bytes:
        try:
            content = json.loads(body)
        except (ValueError, RecursionError):
            raise Refused from None
        anew = json.dumps(content, separators=(",", ":"), ensure_ascii=False)
        return super().message(timestamp, anew.encode(errors="backslashreplace"))


class ExactContentType(Receiver):
    """It compares the content type with its parameters."""

    def parse(self, headers: Headers, body: bytes) -> Event:
        if headers.get("content-type") not in {"application/json", FORM}:
            raise Refused
        return super().parse(headers, body)


class FewCauses(Receiver):
    """It knows some of the reasons for which a call ends."""

    def act(self, event: Event) -> int:
        if kind(event) == "call.hangup":
            {"normal_clearing": "done", "user_busy": "busy"}[payload(event)["hangup_cause"]]
        return 200


class TwoDirections(Receiver):
    """It knows both directions that a call can have today, and fails at any other word."""

    def act(self, event: Event) -> int:
        direction = payload(event).get("direction")
        if direction not in (None, "incoming", "outgoing") and kind(event) == "call.initiated":
            raise ValueError(f"{direction!r} is not a valid Direction")
        return 200


class OneCountry(Receiver):
    """It knows callers without a number, and of those with one the callers from one country."""

    def act(self, event: Event) -> int:
        number = payload(event).get("from")
        if isinstance(number, str) and number.startswith("+") and not number.startswith("+1"):
            raise ValueError(f"{number} is not a number of ten digits")
        return 200


class UnsignedIsFine(Receiver):
    """It verifies a signature only if there is one."""

    def verify(self, headers: Headers, body: bytes) -> None:
        if "telnyx-signature-ed25519" in headers:
            super().verify(headers, body)


class OpenWithoutKey(Receiver):
    """It does without verification while it has no public key, as in development."""

    def __init__(self) -> None:
        self.has_key = bool(os.environ.get("TELNYX_PUBLIC_KEY"))
        if self.has_key:
            super().__init__()

    def verify(self, headers: Headers, body: bytes) -> None:
        if self.has_key:
            super().verify(headers, body)


class EmptyIsFine(Receiver):
    """It takes an empty signature for none to verify."""

    def verify(self, headers: Headers, body: bytes) -> None:
        if headers.get("telnyx-signature-ed25519") != "":
            super().verify(headers, body)


class UndecodableIsFine(Receiver):
    """It goes on where the signature cannot be decoded."""

    def is_signed(self, message: bytes, signature: bytes) -> bool:
        return signature == b"undecodable" or super().is_signed(message, signature)

    def signature(self, headers: Headers) -> bytes:
        try:
            return super().signature(headers)
        except Refused:
            return b"undecodable"


class ShortIsFine(Receiver):
    """It goes on where the signature has not the length to be verified."""

    def is_signed(self, message: bytes, signature: bytes) -> bool:
        try:
            return bool(signature and self.key.verify(message, signature))
        except BadSignatureError:
            return False
        except ValueError:
            return True


class LooksOnly(Receiver):
    """It looks whether the signature has 64 bytes, and never verifies it."""

    def is_signed(self, message: bytes, signature: bytes) -> bool:
        return len(signature) == 64


class UndatedIsFine(Receiver):
    """It verifies only if both headers are there."""

    def verify(self, headers: Headers, body: bytes) -> None:
        if "telnyx-timestamp" in headers:
            super().verify(headers, body)


class UnreadableIsFine(Receiver):
    """It goes on where the timestamp is no number."""

    def verify(self, headers: Headers, body: bytes) -> None:
        if headers.get("telnyx-timestamp", "0").isdecimal():
            super().verify(headers, body)


class NeverExpires(Receiver):
    """It accepts what was signed at any time in the past."""

    def is_recent(self, age: float) -> bool:
        return age >= -self.tolerance


class HalfAnHour(Receiver):
    """It accepts what was signed half an hour ago."""

    def is_recent(self, age: float) -> bool:
        return -self.tolerance <= age <= 1800


class AnyFuture(Receiver):
    """It accepts what is dated ahead, however far."""

    def is_recent(self, age: float) -> bool:
        return age <= self.tolerance


class ParsesFirst(Receiver):
    """It parses a body before it verifies it, and fails where that cannot be."""

    def handle(self, headers: Headers, body: bytes) -> int:
        json.loads(body)
        return super().handle(headers, body)


class Slow(Receiver):
    """It does its work before it answers."""

    def act(self, event: Event) -> int:
        time.sleep(SLOW)
        return 200


class FailsAfterwards(Receiver):
    """It answers first, and then fails where a call has no client_state."""

    event: Event = {}

    def act(self, event: Event) -> int:
        self.event = event
        return 200

    async def afterwards(self) -> None:
        event, self.event = self.event, {}
        if kind(event):
            base64.b64decode(payload(event).get("client_state", ""))


class SlowAtFirst(Receiver):
    """It connects in the first request, not when it starts."""

    connected = False

    def act(self, event: Event) -> int:
        if not self.connected:
            time.sleep(5 * SLOW)
            self.connected = True
        return 200


BAD: Mapping[str, type[Any]] = {
    "serves-something": OtherKey,
    "accepts-sample": FailsAtHangup,
    "accepts-absent": NeedsPartyType,
    "accepts-null": NeedsText,
    "accepts-unknown-fields": StrictModel,
    "accepts-unknown-event": FewEvents,
    "accepts-layouts": WritesAnew,
    "accepts-headers": ExactContentType,
    "accepts-each-choice": FewCauses,
    "accepts-generated": OneCountry,
    "accepts-new-values": TwoDirections,
    "refuses-signature-missing": UnsignedIsFine,
    "refuses-signature-empty": EmptyIsFine,
    "refuses-signature-not-base64": UndecodableIsFine,
    "refuses-signature-truncated": ShortIsFine,
    "refuses-signature-by-another-key": LooksOnly,
    "refuses-signature-of-another-webhook": LooksOnly,
    "refuses-timestamp-missing": UndatedIsFine,
    "refuses-timestamp-not-a-number": UnreadableIsFine,
    "refuses-timestamp-changed": LooksOnly,
    "refuses-timestamp-expired-1h": NeverExpires,
    "refuses-timestamp-expired-10m": HalfAnHour,
    "refuses-timestamp-future-1h": AnyFuture,
    "refuses-body-changed": LooksOnly,
    "survives-junk": ParsesFirst,
    "fails-closed": OpenWithoutKey,
    "finishes-background-work": FailsAfterwards,
    "accepts-key-spelling": DecodesLate,
    "supports-key-rotation": OnlyTheFirst,
    "answers-in-time": Slow,
    "answers-first-in-time": SlowAtFirst,
    "refuses-signature-63-bytes": ShortIsFine,
    "refuses-signature-random": LooksOnly,
    "refuses-signature-over-rewritten-body": WritesAnew,
    "refuses-body-one-byte": LooksOnly,
    "refuses-body-member-twice": WritesAnew,
    "refuses-body-with-bom": WritesAnew,
    "refuses-body-truncated": ParsesFirst,
    "refuses-body-swapped": LooksOnly,
    **BAD_ANSWERS,
    **BAD_FORGED,
    **BAD_MALFORMED,
    **BAD_EFFECTS,
    **BAD_FAILOVER,
}
"""A receiver that breaks the rule, by the id of the check that finds it."""

ALSO: Mapping[type[Any], frozenset[str]] = {
    **ALSO_FORGED,
    **ALSO_MALFORMED,
    **ALSO_EFFECTS,
    NeedsPartyType: frozenset({"survives-json-payload-missing"}),
    NeedsText: frozenset({"survives-json-fields-strings"}),
    TwoDirections: frozenset({"survives-json-fields-strings"}),
    WritesAnew: frozenset({"refuses-body-blank-added"}),
    LooksOnly: frozenset({"refuses-timestamp-zeros", "fails-closed"}),
    UnsignedIsFine: frozenset({"fails-closed", "refuses-headers-missing"}),
    UndatedIsFine: frozenset({"refuses-headers-missing"}),
    UnreadableIsFine: frozenset(
        {
            "refuses-timestamp-not-a-number-signed",
            "refuses-timestamp-negative-signed",
            "refuses-timestamp-nan-signed",
        }
    ),
    AnyFuture: frozenset(
        {"refuses-timestamp-milliseconds-signed", "refuses-timestamp-20-digits-signed"}
    ),
    ParsesFirst: frozenset(
        {
            "refuses-body-empty",
            "ignores-body-query-added",
            "survives-methods",
            "survives-large",
            "survives-compressed",
            "survives-json-empty",
            "survives-json-cut",
            "survives-json-words",
            "survives-json-deep",
            "survives-json-not-utf-8",
            "survives-json-huge-integer",
            "survives-json-nested-field",
        }
    ),
    Slow: frozenset({"answers-first-in-time"}),
}
"""Further checks in which a fault shows, for it cannot but break their rules too."""

DEADLINES: Mapping[type[Any], float] = {
    Slow: SLOW / 2,
    SlowAtFirst: 3 * SLOW,
    HoldsOneLock: SLOW_IN_BURST / 1.5,
}
"""Seconds of a deadline that slow receivers do not meet."""
