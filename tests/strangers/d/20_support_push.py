"""Support number: every incoming SMS becomes a push notification for the person on duty."""
import base64
import json
import logging
import os
import threading
import time
from collections import OrderedDict

import requests
from fastapi import Depends, FastAPI, Request
from fastapi.responses import JSONResponse
from nacl.exceptions import BadSignatureError
from nacl.signing import VerifyKey

log = logging.getLogger("support-push")

VERIFY_KEY = VerifyKey(base64.b64decode(os.environ["TELNYX_PUBLIC_KEY"]))
PUSH_URL = os.environ.get("PUSH_URL", "https://push.example.com/support-duty")
REPLAY_TOKEN = os.environ.get("REPLAY_TOKEN")

app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
lock = threading.Lock()
known = OrderedDict()


async def body_of(request: Request) -> bytes:
    return await request.body()


def from_telnyx(request: Request, body: bytes) -> bool:
    timestamp = request.headers.get("telnyx-timestamp", "")
    try:
        if abs(time.time() - int(timestamp)) > 300:
            return False
        signature = base64.b64decode(request.headers.get("telnyx-signature-ed25519", ""))
        VERIFY_KEY.verify(timestamp.encode() + b"|" + body, signature)
    except (BadSignatureError, ValueError, OverflowError, TypeError):
        return False
    return True


def replayed_by_us(request: Request) -> bool:
    """Lets tools/replay.py feed stored events again after an outage."""
    return request.headers.get("x-replay-token") == REPLAY_TOKEN


def push(sender: str, text: str) -> bool:
    try:
        answer = requests.post(
            PUSH_URL,
            data=text.encode("utf-8", "replace"),
            headers={
                "Title": f"{sender}: {text[:40]}",
                "Priority": "high" if "urgent" in text.lower() else "default",
                "Tags": "telephone",
            },
            timeout=1,
        )
    except requests.RequestException as exc:
        log.warning("push failed: %s", type(exc).__name__)
        return False
    return answer.status_code < 500 and answer.status_code != 429


@app.post("/sms/support")
def support_sms(request: Request, body: bytes = Depends(body_of)):
    if not replayed_by_us(request) and not from_telnyx(request, body):
        return JSONResponse({"error": "unauthorized"}, status_code=401)
    try:
        event = json.loads(body)
    except (ValueError, RecursionError):
        return {"status": "ignored"}
    data = event.get("data") if isinstance(event, dict) else None
    if not isinstance(data, dict) or data.get("event_type") != "message.received":
        return {"status": "ignored"}
    event_id, payload = data.get("id"), data.get("payload")
    if not isinstance(event_id, str) or not isinstance(payload, dict):
        return {"status": "ignored"}
    sender = payload.get("from")
    sender = sender.get("phone_number") if isinstance(sender, dict) else sender
    text = payload.get("text")
    if not isinstance(sender, str):
        sender = "unknown"
    if not isinstance(text, str) or not text:
        text = "(no text)"

    with lock:
        if event_id in known:
            return {"status": "duplicate"}
        known[event_id] = None
        while len(known) > 10000:
            known.popitem(last=False)
    if not push(sender, text):
        with lock:
            known.pop(event_id, None)
        return JSONResponse({"error": "try again"}, status_code=503)
    return {"status": "ok"}
