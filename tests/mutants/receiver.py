"""A correct receiver in one file, which ``mutants.py`` breaks in one place at a time.

Plain ASGI and PyNaCl. It takes JSON and TeXML's forms on one path, reads many fields, acts on each
event once, and commands the API.
"""

from __future__ import annotations

import base64
import json
import os
import re
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qsl, quote

import httpx
from nacl.exceptions import BadSignatureError
from nacl.signing import VerifyKey

Fields = Mapping[str, Any]
Command = tuple[str, dict[str, str]]

KEY = VerifyKey(base64.b64decode(os.environ["TELNYX_PUBLIC_KEY"]))
TOLERANCE = 300  # seconds
LARGEST = 1 << 20  # bytes

api = httpx.AsyncClient(base_url="https://api.telnyx.com/v2")
seen: set[str] = set()
records: list[Fields] = []


class Refused(Exception):
    """The request is not from Telnyx."""


class Malformed(Exception):
    """The request is from Telnyx, and is no event."""


async def app(scope: Fields, receive: Callable[[], Any], send: Callable[[Any], Any]) -> None:
    assert scope["type"] == "http"
    status = await respond(scope, receive)
    await send({"type": "http.response.start", "status": status, "headers": []})
    await send({"type": "http.response.body", "body": b""})


async def respond(scope: Fields, receive: Callable[[], Any]) -> int:
    """The status to answer with."""
    if scope["method"] != "POST":
        return 405
    headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
    body = b""
    more = True
    while more:
        message = await receive()
        body += message.get("body", b"")
        more = message.get("more_body", False)
        if len(body) > LARGEST:
            return 413
    try:
        verify(headers, body)
        event = parse(headers.get("content-type", ""), body)
    except Refused:
        return 401
    except Malformed:
        return 400
    return await act(event)


def verify(headers: Mapping[str, str], body: bytes) -> None:
    """Raises Refused for a request that Telnyx did not sign, or not lately."""
    timestamp = headers.get("telnyx-timestamp", "")
    if not re.fullmatch("[0-9]{1,20}", timestamp):
        raise Refused
    if abs(time.time() - int(timestamp)) > TOLERANCE:
        raise Refused
    try:
        signature = base64.b64decode(headers.get("telnyx-signature-ed25519", ""), validate=True)
    except ValueError:
        raise Refused from None
    if len(signature) != 64:
        raise Refused
    try:
        KEY.verify(timestamp.encode() + b"|" + body, signature)
    except BadSignatureError:
        raise Refused from None


def parse(content_type: str, body: bytes) -> Fields:
    """Raises Malformed for what is no event."""
    media_type = content_type.partition(";")[0].strip().lower()
    try:
        if media_type == "application/x-www-form-urlencoded":
            return dict(parse_qsl(body.decode(), keep_blank_values=True))
        event = json.loads(body)
    except (ValueError, RecursionError):
        raise Malformed from None
    if not isinstance(event, dict):
        raise Malformed
    return event


async def act(event: Fields) -> int:
    """Do what the event asks for, once, and return the status."""
    if "CallSid" in event:
        texml(event)
        return 200
    data = members(event, "data")
    event_id = text(data, "id")
    handle = HANDLERS.get(text(data, "event_type"))
    if handle is None:
        return 200
    if event_id in seen:
        return 200
    seen.add(event_id)
    command = handle(members(data, "payload"))
    if command is None:
        return 200
    path, parameters = command
    try:
        answer = await api.post(path, json=parameters)
        answer.raise_for_status()
    except httpx.HTTPError as error:
        if isinstance(error, httpx.HTTPStatusError) and error.response.status_code < 500:
            return 200  # another attempt would not help
        seen.discard(event_id)
        return 503
    return 200


def initiated(call: Fields) -> Command | None:
    records.append(
        {
            "caller": party(text(call, "from")),
            "called": party(text(call, "to")),
            "address": text(call, "from_sip_uri").rpartition("@")[2],
            "name": text(call, "caller_id_name")[:64],
            "network": text(call, "calling_party_type").upper(),
            "state": decoded(text(call, "client_state")),
            "codecs": text(call, "offered_codecs").split(","),
            "began": instant(text(call, "start_time")),
            "headers": {
                text(header, "name").lower(): text(header, "value")
                for header in items(call, "custom_headers")
            },
            "trust": {"A": 3, "B": 2, "C": 1}.get(text(call, "shaken_stir_attestation"), 0),
            "is_spam": text(call, "call_screening_result") != "",
        }
    )
    return action(call, "answer") if text(call, "direction") == "incoming" else None


def answered(call: Fields) -> Command | None:
    records.append(
        {
            "codec": text(call, "codec").lower(),
            "rate": number(call.get("sampling_rate")) / 1000,
            "stream": text(call, "stream_url").partition("://")[0],
            "tags": [str(tag) for tag in items(call, "tags")],
        }
    )
    return action(call, "record_start")


def hung_up(call: Fields) -> None:
    began, ended = instant(text(call, "start_time")), instant(text(call, "end_time"))
    sip_status = text(call, "sip_hangup_cause")
    quality = members(members(call, "call_quality_stats"), "inbound")
    records.append(
        {
            "seconds": (ended - began).total_seconds(),
            "cause": CAUSES.get(text(call, "hangup_cause"), "failed"),
            "by_us": text(call, "hangup_source") == "callee",
            "sip_status": int(sip_status) if re.fullmatch("[1-6][0-9]{2}", sip_status) else 0,
            "score": number(quality.get("mos")),
            "error": text(members(call, "telnyx_error"), "code"),
            "tags": [str(tag) for tag in items(call, "tags")],
        }
    )


def received(message: Fields) -> Command | None:
    to = items(message, "to")
    sender = text(members(message, "from"), "phone_number")
    recipient = text(to[0], "phone_number") if to else text(message, "to")
    records.append(
        {
            "words": text(message, "text").split(),
            "carrier": text(members(message, "from"), "carrier"),
            "subject": text(message, "subject").strip(),
            "pictures": [text(medium, "url") for medium in items(message, "media")],
            "size": sum(number(medium.get("size")) for medium in items(message, "media")),
            "cost": number(members(message, "cost").get("amount")),
            "errors": [text(error, "detail") for error in items(message, "errors")],
            "tapped": text(members(members(message, "body"), "suggestion_response"), "text"),
            "keyword": text(message, "autoresponse_type").lower(),
            "came": instant(text(message, "received_at")),
        }
    )
    return "/messages", {"from": recipient, "to": sender, "text": "Thank you."}


def texml(call: Fields) -> None:
    try:
        quality = json.loads(text(call, "CallQualityStats") or "{}")
    except (ValueError, RecursionError):
        quality = None
    records.append(
        {
            "caller": party(text(call, "From")),
            "name": text(call, "CallerId")[:64],
            "status": text(call, "CallStatus"),
            "seconds": number(text(call, "CallDuration")),
            "by": text(call, "HangupSource").upper(),
            "quality": quality,
            "parent": text(call, "ParentCallSid").removeprefix("v3:"),
        }
    )


HANDLERS: Mapping[str, Callable[[Fields], Command | None]] = {
    "call.initiated": initiated,
    "call.answered": answered,
    "call.hangup": hung_up,
    "message.received": received,
}
CAUSES = {"normal_clearing": "completed", "user_busy": "busy", "timeout": "unanswered"}


def action(call: Fields, name: str) -> Command | None:
    """The command *name* for a call; None where the event names no call."""
    call_control_id = text(call, "call_control_id")
    if not call_control_id:
        return None
    return f"/calls/{quote(call_control_id, safe='')}/actions/{name}", {}


def text(fields: Fields, name: str) -> str:
    """A text that can be encoded; empty where it is missing, null, or none."""
    value = fields.get(name)
    return value.encode("utf-8", "replace").decode() if isinstance(value, str) else ""


def members(fields: Fields, name: str) -> Fields:
    value = fields.get(name)
    return value if isinstance(value, dict) else {}


def items(fields: Fields, name: str) -> list[Any]:
    """The items of a list; those that are neither objects nor texts are left out."""
    value = fields.get(name)
    if not isinstance(value, list):
        return []
    return [item for item in value if isinstance(item, str if name == "tags" else dict)]


def number(value: object) -> float:
    """A number, written as one or as a text; 0 where it is neither."""
    try:
        return float(value) if isinstance(value, str | int | float) else 0.0
    except (ValueError, OverflowError):
        return 0.0


def instant(value: str) -> datetime:
    """A time of RFC 3339; that of the epoch where it is none."""
    try:
        time_ = datetime.fromisoformat(value)
    except ValueError:
        return datetime.fromtimestamp(0, UTC)
    return time_ if time_.tzinfo else time_.replace(tzinfo=UTC)


def decoded(client_state: str) -> str:
    try:
        return base64.b64decode(client_state, validate=True).decode("utf-8", "replace")
    except ValueError:
        return ""


def party(value: str) -> str:
    """A number, or what stands before the @ of a SIP URI."""
    found = re.match(r"(?:sips?:)?([^@;]*)", value)
    return found[1] if found else ""
