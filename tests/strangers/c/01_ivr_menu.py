"""Main-number IVR for a dental clinic: greet, collect one digit, transfer or read opening hours."""
import base64
import binascii
import json
import logging
import os
import threading
import time
from collections import OrderedDict

import httpx
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from flask import Flask, jsonify, request

PATH = "/webhooks/telnyx/voice"
API = "https://api.telnyx.com/v2"
FRONT_DESK = os.environ.get("FRONT_DESK_NUMBER", "+13125550140")
TOLERANCE = 300
MAX_SEEN = 5000

log = logging.getLogger("ivr")
app = Flask(__name__)
http = httpx.Client(timeout=httpx.Timeout(1.2))

_seen: "OrderedDict[str, None]" = OrderedDict()
_seen_lock = threading.Lock()


class Retryable(Exception):
    """The command may be tried again when Telnyx delivers the event again."""


def claim(event_id):
    with _seen_lock:
        if event_id in _seen:
            return False
        _seen[event_id] = None
        while len(_seen) > MAX_SEEN:
            _seen.popitem(last=False)
        return True


def release(event_id):
    with _seen_lock:
        _seen.pop(event_id, None)


def verified(raw):
    signature = request.headers.get("telnyx-signature-ed25519", "")
    timestamp = request.headers.get("telnyx-timestamp", "")
    if not (timestamp.isascii() and timestamp.isdigit() and len(timestamp) <= 12):
        return False
    if abs(time.time() - int(timestamp)) > TOLERANCE:
        return False
    try:
        key = Ed25519PublicKey.from_public_bytes(base64.b64decode(os.environ["TELNYX_PUBLIC_KEY"]))
        key.verify(base64.b64decode(signature, validate=True), timestamp.encode() + b"|" + raw)
    except (InvalidSignature, ValueError, binascii.Error):
        return False
    return True


def pack(stage):
    return base64.b64encode(stage.encode()).decode()


def unpack(value):
    try:
        return base64.b64decode(value or "", validate=True).decode("utf-8")
    except (ValueError, TypeError):
        return ""


def command(call_id, action, event_id, **body):
    body["command_id"] = f"{event_id}-{action}"
    try:
        r = http.post(
            f"{API}/calls/{call_id}/actions/{action}",
            json=body,
            headers={"Authorization": f"Bearer {os.environ['TELNYX_API_KEY']}"},
        )
    except httpx.HTTPError as exc:
        raise Retryable(str(exc)) from exc
    if r.status_code == 429 or r.status_code >= 500:
        raise Retryable(f"{action}: {r.status_code}")
    if r.status_code >= 400:
        # the caller is usually gone by now; nothing to be gained by a retry
        log.warning("%s refused: %s %s", action, r.status_code, r.text[:200])


def handle(kind, payload, event_id):
    call_id = payload.get("call_control_id")
    if not call_id:
        return
    stage = unpack(payload.get("client_state"))
    if kind == "call.initiated" and payload.get("direction") == "incoming":
        command(call_id, "answer", event_id, client_state=pack("menu"))
    elif kind == "call.answered" and stage == "menu":
        command(call_id, "gather_using_speak", event_id, client_state=pack("choice"), voice="female",
                language="en-US", minimum_digits=1, maximum_digits=1, valid_digits="12",
                payload="Thank you for calling. For the front desk press 1, for opening hours press 2.")
    elif kind == "call.gather.ended" and stage == "choice":
        if payload.get("status") in ("call_hangup", "cancelled"):
            return
        if payload.get("digits") == "1":
            command(call_id, "transfer", event_id, to=FRONT_DESK, client_state=pack("transferred"))
        else:
            hours = payload.get("digits") == "2"
            command(call_id, "speak", event_id, client_state=pack("bye"), voice="female", language="en-US",
                    payload="We are open on weekdays from 8 to 5." if hours else "Sorry, we got no choice. Goodbye.")
    elif kind == "call.speak.ended" and stage == "bye":
        if payload.get("status") != "call_hangup":
            command(call_id, "hangup", event_id)


@app.post(PATH)
def telnyx_voice():
    raw = request.get_data()
    if not verified(raw):
        return jsonify(error="invalid signature"), 401
    try:
        event = json.loads(raw)
    except ValueError:
        return jsonify(error="not JSON"), 400
    data = event.get("data") if isinstance(event, dict) else None
    payload = data.get("payload") if isinstance(data, dict) else None
    if not isinstance(payload, dict):
        return "", 200
    event_id = str(data.get("id") or "")
    if event_id and not claim(event_id):
        return "", 200
    try:
        handle(data.get("event_type"), payload, event_id)
    except Retryable as exc:
        log.error("telnyx api: %s", exc)
        release(event_id)
        return "", 503
    return "", 200
