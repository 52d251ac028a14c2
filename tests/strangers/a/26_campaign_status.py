"""10DLC registration: follow brands, campaigns and numbers, post changes to the team chat.

Payload keys are camelCase here, and `campaignStatusUpdate` arrives without an envelope.
"""
import base64
import hashlib
import json
import logging
import os
import time
from collections import OrderedDict
from contextlib import suppress
from datetime import datetime, timezone

import httpx
from starlette.applications import Starlette
from starlette.background import BackgroundTask
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse
from starlette.routing import Route

try:
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    class PublicKey:
        def __init__(self, raw: bytes):
            self._key = Ed25519PublicKey.from_public_bytes(raw)

        def verify(self, message: bytes, signature: bytes) -> bool:
            with suppress(InvalidSignature):
                self._key.verify(signature, message)
                return True
            return False
except ImportError:
    from nacl.exceptions import BadSignatureError
    from nacl.signing import VerifyKey

    class PublicKey:
        def __init__(self, raw: bytes):
            self._key = VerifyKey(raw)

        def verify(self, message: bytes, signature: bytes) -> bool:
            with suppress(BadSignatureError):
                self._key.verify(message, signature)
                return True
            return False

PATH = "/10dlc/events"
CHAT_URL = os.environ.get("CHAT_WEBHOOK_URL", "https://chat.acme.invalid/hooks/10dlc")
TOLERANCE = 300
LIMIT = 5000

log = logging.getLogger("10dlc")
public_key = PublicKey(base64.b64decode(os.environ["TELNYX_PUBLIC_KEY"]))

handled: "OrderedDict[str, None]" = OrderedDict()
objects: "OrderedDict[str, dict]" = OrderedDict()


def signed(raw: bytes, headers) -> bool:
    timestamp = headers.get("telnyx-timestamp", "")
    if not timestamp.isascii() or not timestamp.isdigit() or len(timestamp) > 12:
        return False
    if abs(time.time() - int(timestamp)) > TOLERANCE:
        return False
    try:
        signature = base64.b64decode(headers.get("telnyx-signature-ed25519", ""), validate=True)
        return public_key.verify(timestamp.encode() + b"|" + raw, signature)
    except ValueError:  # not base64, wrong length
        return False


def remember(table: OrderedDict, key: str, value) -> None:
    table[key] = value
    table.move_to_end(key)
    while len(table) > LIMIT:
        table.popitem(last=False)


def reasons_of(payload: dict) -> str:
    reasons = payload.get("reasons")
    parts = [r.get("description") for r in reasons if isinstance(r, dict)] if isinstance(reasons, list) else []
    return "; ".join(str(p) for p in parts if p)


def describe(payload: dict):
    """(kind, id, sentence) of a 10DLC payload, or None when it is none."""
    for kind, field in (("number", "phoneNumber"), ("campaign", "campaignId"), ("brand", "brandId")):
        if isinstance(payload.get(field), str):
            what = str(payload.get("type") or "update")
            status = str(payload.get("status") or "")
            detail = reasons_of(payload) or str(payload.get("description") or "")
            return kind, payload[field], f"10DLC {kind} {payload[field]}: {what} {status} {detail}".strip()
    return None


def event_time(value) -> float:
    try:
        moment = datetime.fromisoformat(value.replace("Z", "+00:00"))
        return (moment if moment.tzinfo else moment.replace(tzinfo=timezone.utc)).timestamp()
    except (AttributeError, ValueError, OverflowError):
        return time.time()


async def tell_team(text: str) -> None:
    body = json.dumps({"text": text[:2000]})  # ASCII, whatever the names hold
    try:
        async with httpx.AsyncClient(timeout=5) as http:
            answer = await http.post(CHAT_URL, content=body, headers={"Content-Type": "application/json"})
            answer.raise_for_status()
    except Exception as exc:
        log.warning("chat not reached: %s", exc)


async def webhook(request: Request):
    raw = await request.body()
    if not signed(raw, request.headers):
        return PlainTextResponse("invalid signature", status_code=401)
    try:
        event = json.loads(raw)
    except (ValueError, RecursionError):
        return PlainTextResponse("not JSON", status_code=400)
    if not isinstance(event, dict):
        return PlainTextResponse("not an event", status_code=400)

    data = event["data"] if isinstance(event.get("data"), dict) else event
    payload = data["payload"] if isinstance(data.get("payload"), dict) else data
    event_type = str(data.get("event_type") or "")
    if event_type and not event_type.startswith("10dlc."):
        return JSONResponse({"status": "ignored"})
    found = describe(payload)
    if found is None:
        return JSONResponse({"status": "ignored"})

    event_id = data.get("id") if event_type else None
    key = str(event_id or hashlib.sha256(raw).hexdigest())
    if key in handled:
        return JSONResponse({"status": "duplicate"})
    remember(handled, key, None)
    kind, identifier, sentence = found
    at, name = event_time(data.get("occurred_at")), f"{kind}:{identifier}"
    if at >= objects.get(name, {}).get("at", 0.0):  # deliveries may overtake one another
        remember(objects, name, {"type": payload.get("type"), "status": payload.get("status"), "at": at})
    return JSONResponse({"status": "ok"}, background=BackgroundTask(tell_team, sentence))


app = Starlette(routes=[Route(PATH, webhook, methods=["POST"])])
