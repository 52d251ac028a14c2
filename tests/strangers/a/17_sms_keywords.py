"""Keyword bot for a shop: STORE <zip>, ORDER <number>, AGENT.

A small Flask app with its own signature check; answers go out on a worker thread.
"""
import base64
import json
import logging
import os
import queue
import re
import threading
import time
from collections import OrderedDict

import httpx
from flask import Flask, request
from nacl.exceptions import CryptoError
from nacl.signing import VerifyKey

PATH = "/sms"
API = "https://api.telnyx.com/v2/messages"
SHOP_NUMBER = os.environ.get("SHOP_NUMBER", "+13125550150")
SIGNATURE_HEADER = "telnyx-signature-ed25519"
TIMESTAMP_HEADER = "telnyx-timestamp"

log = logging.getLogger("keywords")
app = Flask(__name__)
verify_key = VerifyKey(base64.b64decode(os.environ["TELNYX_PUBLIC_KEY"]))

outbox: "queue.Queue[tuple]" = queue.Queue(maxsize=500)
seen: "OrderedDict[str, bool]" = OrderedDict()
lock = threading.Lock()
_sender = None


def check(headers: dict, raw: bytes) -> bool:
    signature = headers.get(SIGNATURE_HEADER, "")
    timestamp = headers.get(TIMESTAMP_HEADER, "")
    if not re.fullmatch(r"\d{9,11}", timestamp, re.ASCII) or abs(time.time() - int(timestamp)) > 300:
        return False
    try:
        verify_key.verify(timestamp.encode() + b"|" + raw, base64.b64decode(signature))
    except (CryptoError, ValueError):
        return False
    return True


def reply_for(text: str) -> str:
    word, _, rest = text.strip().partition(" ")
    word = word.upper()
    if word == "STORE" and re.fullmatch(r"\d{5}", rest.strip()):
        return f"The store nearest to {rest.strip()} is at 500 Lake Street, open until 8pm."
    if word == "ORDER" and re.fullmatch(r"#?\d{4,10}", rest.strip()):
        return "Your order is on its way. We text you when it arrives."
    if word == "AGENT":
        return "Somebody will text you back within the hour."
    return "Text STORE and your zip code, ORDER and your order number, or AGENT."


def send_loop():
    with httpx.Client(timeout=10, headers={"Authorization": f"Bearer {os.environ.get('TELNYX_API_KEY', '')}"}) as http:
        while True:
            to, text = outbox.get()
            try:
                http.post(API, json={"from": SHOP_NUMBER, "to": to, "text": text}).raise_for_status()
            except Exception as exc:
                log.error("message to %s not sent: %s", to, exc)


def put(to, text) -> bool:
    global _sender
    with lock:
        if _sender is None or not _sender.is_alive():
            _sender = threading.Thread(target=send_loop, daemon=True)
            _sender.start()
    try:
        outbox.put_nowait((to, text))
    except queue.Full:
        return False
    return True


def new_event(event_id) -> bool:
    with lock:
        if event_id in seen:
            return False
        seen[event_id] = True
        if len(seen) > 10000:
            seen.popitem(last=False)
        return True


@app.post(PATH)
def sms():
    raw = request.get_data()
    headers = {name: value for name, value in request.headers}
    if not check(headers, raw):
        return {"error": "unauthorized"}, 401

    data = json.loads(raw).get("data") or {}
    if data.get("event_type") != "message.received":
        return {"ok": True}
    payload = data.get("payload") or {}
    sender = (payload.get("from") or {}).get("phone_number")
    if not sender or not new_event(data.get("id")):
        return {"ok": True}
    if not put(sender, reply_for(payload.get("text") or "")):
        with lock:
            seen.pop(data.get("id"), None)
        return {"error": "busy"}, 503
    return {"ok": True}
