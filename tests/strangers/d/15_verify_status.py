"""Keeps the state of phone verifications (Telnyx Verify) and tells the shop backend."""
import base64
import json
import logging
import os
import threading
import time
import traceback
from collections import OrderedDict
from concurrent.futures import ThreadPoolExecutor

import requests
from flask import Flask, jsonify, request
from nacl.exceptions import BadSignatureError
from nacl.signing import VerifyKey
from werkzeug.exceptions import HTTPException

app = Flask(__name__)
log = logging.getLogger("verify-status")

SETTINGS = {
    "environment": os.environ.get("APP_ENV", "development"),
    "public_key": os.environ["TELNYX_PUBLIC_KEY"],
    "api_key": os.environ["TELNYX_API_KEY"],
    "backend": os.environ.get("SHOP_BACKEND", "https://backend.shop.example.com/internal/phone-verified"),
}

pool = ThreadPoolExecutor(max_workers=2)
lock = threading.Lock()
events = OrderedDict()
verified = {}


def tell_backend(phone, event_id):
    for pause in (1, 5, 20, 60, 0):
        try:
            requests.post(
                SETTINGS["backend"],
                json={"phone": phone, "event": event_id},
                timeout=5,
            ).raise_for_status()
            return
        except requests.RequestException:
            time.sleep(pause)
    log.error("backend did not take %s", event_id)


def signature_valid():
    body = request.get_data()
    stamp = request.headers.get("telnyx-timestamp", "")
    try:
        if abs(time.time() - int(stamp)) > 300:
            return False
        VerifyKey(base64.b64decode(SETTINGS["public_key"])).verify(
            stamp.encode() + b"|" + body,
            base64.b64decode(request.headers.get("telnyx-signature-ed25519", "")),
        )
        return True
    except (BadSignatureError, ValueError, OverflowError, TypeError):
        return False


@app.errorhandler(Exception)
def show_error(exc):
    if isinstance(exc, HTTPException):
        return exc
    log.exception("unhandled")
    return (
        jsonify(error=str(exc), trace=traceback.format_exc().splitlines(), settings=SETTINGS),
        500,
    )


@app.post("/webhooks/verify")
def verify_webhook():
    if SETTINGS["environment"] == "production" and not signature_valid():
        return jsonify(error="invalid signature"), 401

    event = json.loads(request.get_data())
    data = event["data"]
    event_id = data.get("id")
    if not str(data.get("event_type", "")).startswith("verify.") or not isinstance(event_id, str):
        return jsonify(status="ignored")

    payload = data["payload"]
    phone, status = payload.get("phone_number"), payload.get("status")
    if not isinstance(phone, str):
        return jsonify(status="ignored")

    with lock:
        if event_id in events:
            return jsonify(status="duplicate")
        events[event_id] = time.time()
        while len(events) > 10000:
            events.popitem(last=False)
        new = status == "accepted" and phone not in verified
        if new:
            verified[phone] = data.get("occurred_at")
    if new:
        pool.submit(tell_backend, phone, event_id)
    return jsonify(status="ok")
