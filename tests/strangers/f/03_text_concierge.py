"""Hotel concierge by text message (FastAPI + BackgroundTasks).

    uvicorn 03_text_concierge:app --port 8000
"""
import base64
import hashlib
import json
import logging
import os
import threading
import time
from collections import OrderedDict

import requests
from fastapi import BackgroundTasks, FastAPI, HTTPException, Request
from nacl.exceptions import CryptoError
from nacl.signing import VerifyKey

TELNYX_API = "https://api.telnyx.com/v2"
HOTEL_NUMBER = os.environ.get("HOTEL_NUMBER", "+13125550100")
OPT_OUT = {"STOP", "STOPALL", "UNSUBSCRIBE", "CANCEL", "END", "QUIT", "START", "UNSTOP"}
ANSWERS = {
    "WIFI": "The network is HotelGuest, the password is on your key card.",
    "BREAKFAST": "Breakfast is served from 6:30 to 10:30 on the first floor.",
    "CHECKOUT": "Check-out is at 11. Text LATE to ask for a later one.",
    "LATE": "We noted your wish for a late check-out and will confirm it soon.",
}
HELP = "This is your concierge. Text WIFI, BREAKFAST or CHECKOUT."

log = logging.getLogger("concierge")
app = FastAPI(title="Text concierge")

_seen = OrderedDict()
_seen_lock = threading.Lock()


def first_delivery(event_id):
    with _seen_lock:
        if event_id in _seen:
            return False
        _seen[event_id] = time.time()
        if len(_seen) > 50000:
            _seen.popitem(last=False)
        return True


def check_signature(raw, signature, timestamp):
    try:
        if abs(time.time() - int(timestamp)) > 300:
            return False
        VerifyKey(base64.b64decode(os.environ.get("TELNYX_PUBLIC_KEY", ""))).verify(
            f"{timestamp}|".encode() + raw, base64.b64decode(signature, validate=True))
        return True
    except (ValueError, TypeError, CryptoError):
        return False


def phone_number(party):
    """`from` is an object, `to` a list of them; numbers may be missing."""
    if isinstance(party, list):
        party = party[0] if party else None
    if isinstance(party, dict):
        party = party.get("phone_number")
    return party if isinstance(party, str) else ""


def send_answer(guest, text):
    try:
        time.sleep(0.12)  # room and language of the guest, from the booking system
        words = text.split()
        keyword = words[0].upper().strip(".!?") if words else ""
        if keyword in OPT_OUT:
            return
        response = requests.post(
            f"{TELNYX_API}/messages",
            json={"from": HOTEL_NUMBER, "to": guest, "text": ANSWERS.get(keyword, HELP)},
            headers={"Authorization": f"Bearer {os.environ.get('TELNYX_API_KEY', '')}"},
            timeout=10,
        )
        response.raise_for_status()
    except Exception:
        log.exception("no answer sent to %s", guest)


@app.post("/webhooks")
async def webhooks(request: Request, background: BackgroundTasks):
    raw = await request.body()
    if not check_signature(
        raw,
        request.headers.get("telnyx-signature-ed25519", ""),
        request.headers.get("telnyx-timestamp", ""),
    ):
        raise HTTPException(403, "invalid signature")
    try:
        body = json.loads(raw)
    except ValueError:
        raise HTTPException(400, "invalid JSON")
    data = body.get("data") if isinstance(body, dict) else None
    data = data if isinstance(data, dict) else {}
    event_type = data.get("event_type")
    payload = data.get("payload")
    if not isinstance(event_type, str) or not event_type.startswith("message."):
        return {"status": "ignored"}
    if not isinstance(payload, dict):
        return {"status": "ignored"}

    guest = phone_number(payload.get("from"))
    if not guest:
        return {"status": "ignored"}

    event_id = data.get("id")
    if not isinstance(event_id, str) or not event_id:
        event_id = hashlib.sha256(json.dumps(data, sort_keys=True).encode()).hexdigest()
    if not first_delivery(event_id):
        return {"status": "duplicate"}

    text = payload.get("text")
    background.add_task(send_answer, guest, text if isinstance(text, str) else "")
    return {"status": "accepted"}
