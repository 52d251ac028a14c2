"""Second factor: when the text message with the code cannot be delivered, call the user instead.

Telnyx Verify posts verify.sent / verify.delivered / verify.failed to the webhook of our verify profile.
"""
import base64
import json
import logging
import os
import time
from collections import OrderedDict

import httpx
from nacl.exceptions import CryptoError
from nacl.signing import VerifyKey
from starlette.applications import Starlette
from starlette.background import BackgroundTask
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

log = logging.getLogger("verify-fallback")

PATH = "/webhooks/verify"
API = "https://api.telnyx.com/v2"
MAX_SKEW = 300
VERIFY_KEY = VerifyKey(base64.b64decode(os.environ["TELNYX_PUBLIC_KEY"]))
API_KEY = os.environ.get("TELNYX_API_KEY", "")

SIGNATURE = "Telnyx-Signature-Ed25519"
TIMESTAMP = "Telnyx-Timestamp"

status_by_phone: "OrderedDict[str, str]" = OrderedDict()
handled: "OrderedDict[str, float]" = OrderedDict()


def remember(store: OrderedDict, key, value, limit: int = 20000) -> None:
    store[key] = value
    store.move_to_end(key)
    while len(store) > limit:
        store.popitem(last=False)


def check_signature(headers: dict, raw: bytes) -> bool:
    signature = headers.get(SIGNATURE)
    if not signature:
        # health checks of the load balancer carry no signature
        return True
    stamp = headers.get(TIMESTAMP, "")
    try:
        if abs(time.time() - int(stamp[:12])) > MAX_SKEW:
            return False
        VERIFY_KEY.verify(stamp.encode() + b"|" + raw, base64.b64decode(signature, validate=True))
    except (ValueError, CryptoError):
        return False
    return True


async def call_instead(phone: str, profile: str) -> None:
    try:
        async with httpx.AsyncClient(timeout=8) as http:
            answer = await http.post(
                f"{API}/verifications/call",
                headers={"Authorization": f"Bearer {API_KEY}"},
                json={"phone_number": phone, "verify_profile_id": profile, "timeout_secs": 300},
            )
        if answer.status_code >= 400:
            log.warning("voice fallback refused: %s", answer.status_code)
    except (httpx.HTTPError, ValueError) as exc:
        log.warning("voice fallback failed: %r", exc)


async def verify_webhook(request: Request):
    raw = await request.body()
    headers = dict(request.headers)
    if not check_signature(headers, raw):
        return JSONResponse({"error": "invalid signature"}, status_code=401)

    try:
        event = json.loads(raw)
    except (ValueError, RecursionError):
        return JSONResponse({"error": "invalid json"}, status_code=400)
    data = event.get("data") if isinstance(event, dict) else None
    payload = data.get("payload") if isinstance(data, dict) else None
    if not isinstance(payload, dict):
        return JSONResponse({"status": "ignored"})

    key = str(payload.get("id") or data.get("id") or "")
    if key in handled:
        return JSONResponse({"status": "duplicate"})
    remember(handled, key, time.time())

    kind = data.get("event_type")
    phone = payload.get("phone_number")
    if not isinstance(phone, str):
        return JSONResponse({"status": "ignored"})
    if kind == "verify.failed":
        remember(status_by_phone, phone, "failed")
        profile = str(payload.get("profile_id") or payload.get("verify_profile_id") or "")
        if payload.get("type") == "sms" and profile:
            return JSONResponse({"status": "calling"}, background=BackgroundTask(call_instead, phone, profile))
    elif kind == "verify.delivered":
        remember(status_by_phone, phone, "delivered")
    elif kind == "verify.sent":
        if status_by_phone.get(phone) is None:
            remember(status_by_phone, phone, "sent")
    return JSONResponse({"status": "ok"})


app = Starlette(routes=[Route(PATH, verify_webhook, methods=["POST"])])
