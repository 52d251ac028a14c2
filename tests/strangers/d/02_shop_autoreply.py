"""Order status by SMS: customers text their order number, we text back."""
import base64
import json
import logging
import os
import re
import time
from collections import OrderedDict

import requests
from fastapi import FastAPI, HTTPException, Request
from nacl.exceptions import BadSignatureError
from nacl.signing import VerifyKey

logger = logging.getLogger("uvicorn.error")

TELNYX_API_KEY = os.environ["TELNYX_API_KEY"]
TELNYX_API = os.environ.get("TELNYX_BASE_URL", "https://api.telnyx.com/v2")
PUBLIC_KEY = VerifyKey(base64.b64decode(os.environ["TELNYX_PUBLIC_KEY"]))
SHOP_API = os.environ.get("SHOP_API", "https://shop.example.com/api/orders")

app = FastAPI()
answered = OrderedDict()


def check_signature(request: Request, body: bytes):
    timestamp = request.headers["telnyx-timestamp"]
    signature = request.headers["telnyx-signature-ed25519"]
    try:
        if abs(time.time() - int(timestamp)) > 300:
            raise HTTPException(status_code=403, detail="stale")
        PUBLIC_KEY.verify(timestamp.encode() + b"|" + body, base64.b64decode(signature))
    except (BadSignatureError, ValueError, OverflowError):
        raise HTTPException(status_code=403, detail="bad signature")


def order_status(number: str) -> str:
    try:
        r = requests.get(f"{SHOP_API}/{number}", timeout=10)
        if r.status_code == 404:
            return f"We do not know an order {number}."
        r.raise_for_status()
        return f"Order {number}: {r.json()['status']}"
    except (requests.RequestException, ValueError, KeyError, TypeError):
        return f"We are looking for order {number} and will get back to you."


def send_sms(to: str, from_: str, text: str, key: str) -> bool:
    try:
        r = requests.post(
            f"{TELNYX_API}/messages",
            json={"to": to, "from": from_, "text": text},
            headers={"Authorization": f"Bearer {TELNYX_API_KEY}", "Idempotency-Key": key},
            timeout=10,
        )
    except requests.RequestException:
        return False
    if r.status_code in (408, 429) or r.status_code >= 500:
        return False
    if r.status_code >= 400:
        logger.warning("message refused: %s", r.status_code)
    return True


@app.post("/sms")
async def sms(request: Request):
    body = await request.body()
    check_signature(request, body)
    try:
        data = json.loads(body)["data"]
        payload = data["payload"]
        event_type = data["event_type"]
        sender = payload["from"]["phone_number"]
        ours = payload["to"][0]["phone_number"]
        text = payload["text"].strip()
    except (ValueError, KeyError, IndexError, TypeError, AttributeError, RecursionError):
        return {"ok": True, "ignored": True}
    if event_type != "message.received" or payload.get("direction", "inbound") != "inbound":
        return {"ok": True, "ignored": True}
    if not isinstance(sender, str) or not isinstance(ours, str):
        return {"ok": True, "ignored": True}

    match = re.search(r"\b([A-Z]{2}-?[0-9]{4,8})\b", text.upper(), re.ASCII)
    if match is None:
        return {"ok": True, "ignored": True}

    key = f"{sender}:{match.group(1)}"
    if key in answered:
        return {"ok": True, "duplicate": True}
    answered[key] = time.time()
    while len(answered) > 5000:
        answered.popitem(last=False)

    if not send_sms(sender, ours, order_status(match.group(1)), str(data.get("id"))):
        answered.pop(key, None)
        raise HTTPException(status_code=503, detail="try again")
    return {"ok": True}
