"""Front desk: answer an incoming call, greet the caller, transfer to the desk.

Flask answers the webhook at once; the Call Control commands run on a
ThreadPoolExecutor.

    TELNYX_API_KEY=... TELNYX_PUBLIC_KEY=... flask --app 01_front_desk run
"""
import base64
import binascii
import hashlib
import json
import logging
import os
import threading
import time
from collections import OrderedDict
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import quote

import requests
from flask import Flask, jsonify, request
from nacl.exceptions import BadSignatureError
from nacl.signing import VerifyKey

API = "https://api.telnyx.com/v2"
TOLERANCE = 300
DESK_NUMBER = os.environ.get("FRONT_DESK_NUMBER", "+13125550142")
# marks the second leg made by "transfer", so that we never greet our own desk
DESK_LEG = base64.b64encode(b"desk-leg").decode()
STAGE = {"call.initiated": 1, "call.answered": 2, "call.speak.ended": 3}

log = logging.getLogger("front_desk")
pool = ThreadPoolExecutor(max_workers=4, thread_name_prefix="front-desk")


class Recent:
    """A set that keeps only the latest `size` keys."""

    def __init__(self, size=20000):
        self.size = size
        self.items = OrderedDict()
        self.lock = threading.Lock()

    def __contains__(self, key):
        with self.lock:
            return key in self.items

    def add(self, key, value=True):
        with self.lock:
            self.items[key] = value
            self.items.move_to_end(key)
            while len(self.items) > self.size:
                self.items.popitem(last=False)

    def raise_to(self, key, value):
        """Keep the highest value for key; False when value is below it."""
        with self.lock:
            if self.items.get(key, 0) > value:
                return False
            self.items[key] = value
            self.items.move_to_end(key)
            while len(self.items) > self.size:
                self.items.popitem(last=False)
            return True


handled = Recent()
ended = Recent()
stages = Recent()


def verified(raw, headers):
    timestamp = headers.get("telnyx-timestamp", "")
    try:
        if abs(time.time() - int(timestamp)) > TOLERANCE:
            return False
        signature = base64.b64decode(headers.get("telnyx-signature-ed25519", ""), validate=True)
        key = VerifyKey(base64.b64decode(os.environ.get("TELNYX_PUBLIC_KEY", "")))
        key.verify(f"{timestamp}|".encode() + raw, signature)
    except (ValueError, TypeError, binascii.Error, BadSignatureError):
        return False
    return True


def command(call_control_id, action, body):
    url = f"{API}/calls/{quote(call_control_id, safe=':')}/actions/{action}"
    response = requests.post(
        url,
        json=body,
        headers={"Authorization": f"Bearer {os.environ.get('TELNYX_API_KEY', '')}"},
        timeout=10,
    )
    response.raise_for_status()


def lookup_caller(number):
    """Stands for the CRM query."""
    time.sleep(0.15)
    return "there" if not number else f"caller ending in {number[-2:]}"


def handle(event_id, event_type, payload):
    call_control_id = payload["call_control_id"]
    try:
        if event_id in handled:
            log.info("%s already handled", event_id)
            return
        caller = payload.get("from")
        name = lookup_caller(caller if isinstance(caller, str) else "")
        if call_control_id in ended:
            return
        if event_type == "call.initiated":
            command(call_control_id, "answer", {})
        elif event_type == "call.answered":
            command(call_control_id, "speak", {
                "payload": f"Hello {name}. Please hold for the front desk.",
                "voice": "female",
                "language": "en-US",
            })
        elif event_type == "call.speak.ended":
            command(call_control_id, "transfer", {
                "to": DESK_NUMBER,
                "target_leg_client_state": DESK_LEG,
            })
        handled.add(event_id)
    except Exception:
        log.exception("event %s (%s) failed", event_id, event_type)


app = Flask(__name__)


@app.post("/webhooks")
def webhooks():
    raw = request.get_data()
    if not verified(raw, request.headers):
        return jsonify(error="bad signature"), 403
    try:
        body = json.loads(raw)
    except ValueError:
        return jsonify(error="not JSON"), 400
    data = body.get("data") if isinstance(body, dict) else None
    if not isinstance(data, dict):
        return jsonify(status="ignored")
    event_type = data.get("event_type")
    payload = data.get("payload")
    if not isinstance(event_type, str) or not isinstance(payload, dict):
        return jsonify(status="ignored")
    call_control_id = payload.get("call_control_id")
    if not isinstance(call_control_id, str) or not call_control_id:
        return jsonify(status="ignored")
    event_id = data.get("id")
    if not isinstance(event_id, str) or not event_id:
        event_id = hashlib.sha256(json.dumps(data, sort_keys=True).encode()).hexdigest()

    if event_type == "call.hangup":
        ended.add(call_control_id)
        return jsonify(status="ok")
    if event_type not in STAGE or call_control_id in ended:
        return jsonify(status="ignored")
    if payload.get("client_state") == DESK_LEG or payload.get("direction") == "outgoing":
        return jsonify(status="ignored")
    if event_type == "call.initiated" and payload.get("direction") != "incoming":
        return jsonify(status="ignored")
    if event_type == "call.speak.ended" and payload.get("status") == "call_hangup":
        return jsonify(status="ignored")
    if not stages.raise_to(call_control_id, STAGE[event_type]):
        return jsonify(status="stale")

    pool.submit(handle, event_id, event_type, payload)
    return jsonify(status="ok")


if __name__ == "__main__":
    app.run(port=8000)
