"""The body is changed before it is verified, or parsed before, or the query counts."""

from __future__ import annotations

import json
from contextlib import suppress
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlencode

import httpx

from telnyx_mock.severity import Severity
from tests.receivers.correct import API, TLS, Event, Headers, Receiver, Refused
from tests.receivers.fault import breaks, changed

# Verified otherwise than it came


@breaks(
    "accepts-layouts refuses-signature-over-rewritten-body refuses-body-member-twice refuses-body-with-bom", also="refuses-body-blank-added"
)
class WritesAnew(Receiver):
    """It verifies what it parsed and wrote anew, not the bytes that came."""

    def message(self, timestamp: str, body: bytes) -> bytes:
        try:
            content = json.loads(body)
        except (ValueError, RecursionError):
            raise Refused from None
        anew = json.dumps(content, separators=(",", ":"), ensure_ascii=False)
        return super().message(timestamp, anew.encode(errors="backslashreplace"))


@breaks(
    "accepts-layouts",
    events="call.initiated texml.http-request",
    also="accepts-each-choice refuses-body-blank-added refuses-body-member-twice refuses-signature-over-rewritten-body",
)
class WritesFormsAnew(Receiver):
    """It verifies a form as it would write it."""

    def message(self, timestamp: str, body: bytes) -> bytes:
        anew = urlencode(parse_qsl(body.decode("latin-1"))).encode()
        return super().message(timestamp, body if body[:1] == b"{" else anew)


@breaks("refuses-body-blank-added", also="accepts-layouts")
class LooksAtNoEnd(Receiver):
    """It verifies what is left without blanks, and without an empty field at the end."""

    def message(self, timestamp: str, body: bytes) -> bytes:
        return super().message(timestamp, body.strip().rstrip(b"&"))


changed(
    "verifies the ASCII of a body alone",
    "accepts-layouts",
    also="accepts-each-choice accepts-generated refuses-body-with-bom",
    message=lambda self, timestamp, body: Receiver.message(self, timestamp, body.decode("ascii", "ignore").encode()),
)
changed(
    "decodes with utf-8-sig before it verifies",
    "refuses-body-with-bom",
    message=lambda self, timestamp, body: Receiver.message(self, timestamp, body.decode("utf-8-sig", "replace").encode()),
)


@breaks(
    "refuses-body-member-added",
    also="refuses-body-blank-added refuses-body-member-twice refuses-body-with-bom refuses-signature-over-rewritten-body",
)
class VerifiesItsModel(Receiver):
    """It tries the members that its model has, written anew, and acts on the rest as well."""

    def is_signed(self, message: bytes, signature: bytes) -> bool:
        timestamp, _, body = message.partition(b"|")
        kept: dict[str, Any] = {}
        with suppress(ValueError, RecursionError, AttributeError):
            content = json.loads(body).items()
            kept = {name: value for name, value in content if name in {"data", "meta"}}
        anew = timestamp + b"|" + json.dumps(kept, separators=(",", ":")).encode()
        return super().is_signed(message, signature) or super().is_signed(anew, signature)


@breaks("refuses-body-empty", also="survives-junk")
class EmptyIsNothing(Receiver):
    """It has nothing to verify in an empty body."""

    def handle(self, headers: Headers, body: bytes) -> int:
        return super().handle(headers, body) if body else 200


# Parsed first


@breaks("survives-junk refuses-body-truncated", also="ignores-body-query-added refuses-body-empty survives-*")
class ParsesFirst(Receiver):
    """It parses a body before it verifies it, and fails where that cannot be."""

    def handle(self, headers: Headers, body: bytes) -> int:
        json.loads(body)
        return super().handle(headers, body)


@breaks("survives-junk", also="survives-compressed survives-json-not-utf-8 survives-json-utf-16")
class DecodesFirst(Receiver):
    """It decodes a body before it verifies it."""

    def handle(self, headers: Headers, body: bytes) -> int:
        body.decode()
        return super().handle(headers, body)


@breaks("survives-junk", also="survives-json-*")
class LooksFirst(Receiver):
    """It looks up the event in any JSON before it verifies it."""

    def handle(self, headers: Headers, body: bytes) -> int:
        with suppress(ValueError, RecursionError):
            json.loads(body)["data"]
        return super().handle(headers, body)


@breaks("survives-junk", also="survives-json-*")
class LogsFirst(Receiver):
    """It logs the caller of what looks like an event before it verifies it."""

    def handle(self, headers: Headers, body: bytes) -> int:
        event: object = None
        with suppress(ValueError, RecursionError):
            event = json.loads(body)
        if isinstance(event, dict) and isinstance(event.get("data"), dict):
            event["data"]["payload"].get("from")
        return super().handle(headers, body)


@breaks("survives-junk", also="survives-json-*")
class StoresFirst(Receiver):
    """It stores the text of any JSON before it verifies it."""

    def handle(self, headers: Headers, body: bytes) -> int:
        event: object = None
        with suppress(ValueError, RecursionError):
            event = json.loads(body)
        json.dumps(event, ensure_ascii=False, allow_nan=False).encode()
        return super().handle(headers, body)


@breaks("survives-junk")
class LooksAtLength(Receiver):
    """It looks up how long a body is."""

    def handle(self, headers: Headers, body: bytes) -> int:
        too_long = body and int(headers["content-length"]) > 1 << 30
        return 413 if too_long else super().handle(headers, body)


@breaks("survives-junk", also="survives-json-odd-charset survives-json-odd-type")
class BelievesCharset(Receiver):
    """It decodes as the content type says before it verifies."""

    def handle(self, headers: Headers, body: bytes) -> int:
        _, _, charset = headers.get("content-type", "").partition("charset=")
        body.decode(charset or "latin-1", "replace")
        return super().handle(headers, body)


@breaks("survives-junk")
class LogsAgent(Receiver):
    """It logs who calls in ASCII."""

    def handle(self, headers: Headers, body: bytes) -> int:
        headers.get("user-agent", "").encode("ascii")
        return super().handle(headers, body)


# Parsed otherwise


@breaks("accepts-sample", events="call.initiated texml.http-request")
class ExpectsJson(Receiver):
    """It expects JSON from TeXML."""

    def parse(self, headers: Headers, body: bytes) -> Event:
        return super().parse({"content-type": "application/json"}, body)


@breaks(
    "",
    reason="It acknowledges what it does not understand, as is right for events that an app has no use for; only the app knows which those are",
)
class ExpectsForms(Receiver):
    """It expects forms alone."""

    def parse(self, headers: Headers, body: bytes) -> Event:
        return super().parse({"content-type": "application/x-www-form-urlencoded"}, body)


@breaks("", events="call.initiated texml.http-request", reason="What is missing is read as if it were blank")
class DropsBlankFields(Receiver):
    """It drops fields of a form that are blank."""

    def parse(self, headers: Headers, body: bytes) -> Event:
        return {name: value for name, value in super().parse(headers, body).items() if value != ""}


@breaks("accepts-each-choice", events="call.initiated texml.call.completed", also="survives-form-not-utf-8 survives-json-utf-16")
class FormsInAscii(Receiver):
    """It reads forms as ASCII."""

    def parse(self, headers: Headers, body: bytes) -> Event:
        if body[:1] not in (b"{", b""):
            parse_qsl(body.decode(), encoding="ascii", errors="strict")
        return super().parse(headers, body)


# Queries, methods, sizes


@breaks("ignores-body-query-added", severity=Severity.WARNING)
class ActsOnQueries(Receiver):
    """It takes GETs, whose query no signature covers."""

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        fields = parse_qs(scope["query_string"].decode())
        if scope["method"] == "GET" and "data" in fields:
            call = json.loads(fields["data"][0])["payload"]["call_control_id"]
            async with httpx.AsyncClient(verify=TLS) as api:
                await api.post(f"{API}/calls/{call}/actions/answer")
        await super().__call__(scope, receive, send)


@breaks("survives-methods", also="ignores-body-query-added")
class PostsOnly(Receiver):
    """It looks for a handler of the method, and has one for POST alone."""

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        assert scope["type"] == "http"
        await {"POST": super().__call__}[scope["method"]](scope, receive, send)


@breaks("survives-large")
class SmallBuffer(Receiver):
    """It has room for a body of one mebibyte, and fails at a larger one."""

    room = 1 << 20

    def handle(self, headers: Headers, body: bytes) -> int:
        return self.overflow() if len(body) > self.room else super().handle(headers, body)

    def overflow(self) -> int:
        raise BufferError("the body is too large")


changed("acknowledges a body that is too large", "survives-large", SmallBuffer, overflow=lambda _: 200)
changed(
    "has room for 1,000 bytes of body",
    "accepts-each-choice",
    SmallBuffer,
    also="accepts-layouts accepts-unknown-fields",
    room=1000,
    overflow=lambda _: 413,
)
