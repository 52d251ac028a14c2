"""Appointment reminders: webhook side of the outbound dialer (answering machine detection on).

The reminder text travels in client_state, base64 coded.
"""
import base64
import binascii
import json
import logging
import os
import threading
import time
from collections import OrderedDict

import telnyx
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from flask import Flask, jsonify, request

app = Flask(__name__)
log = logging.getLogger("reminders")

PUBLIC_KEY = Ed25519PublicKey.from_public_bytes(base64.b64decode(os.environ["TELNYX_PUBLIC_KEY"]))
WEBHOOK_TOLERANCE = int(os.environ.get("WEBHOOK_TOLERANCE_MS", "300000"))
DEFAULT_TEXT = "This is a reminder of your appointment. Please call us back for details."
VOICE = os.environ.get("REMINDER_VOICE", "female")

client = telnyx.Telnyx(api_key=os.environ["TELNYX_API_KEY"], timeout=1.0, max_retries=0)

NEXT_STEP = {
    "human": "talk",
    "machine": "wait_for_beep",
    "not_sure": "talk",
}

lock = threading.Lock()
event_ids = OrderedDict()
outcomes = OrderedDict()


class Retry(Exception):
    pass


def authentic():
    sent_at = request.headers.get("Telnyx-Timestamp", "")
    try:
        if abs(time.time() - int(sent_at)) > WEBHOOK_TOLERANCE:
            return False
        signature = base64.b64decode(request.headers.get("Telnyx-Signature-Ed25519", ""), validate=True)
        PUBLIC_KEY.verify(signature, sent_at.encode() + b"|" + request.get_data())
    except (InvalidSignature, ValueError, OverflowError):
        return False
    return True


def reminder_text(client_state):
    try:
        return base64.b64decode(client_state, validate=True).decode("utf-8") or DEFAULT_TEXT
    except (TypeError, ValueError, binascii.Error):
        return DEFAULT_TEXT


def api(command, call_id, **params):
    try:
        command(call_id, **params)
    except telnyx.APIStatusError as exc:
        if exc.status_code in (408, 429) or exc.status_code >= 500:
            raise Retry() from exc
        log.warning("command refused: %s", exc.status_code)
    except telnyx.APIConnectionError as exc:
        raise Retry() from exc


def talk(call_id, payload, event_id):
    api(
        client.calls.actions.speak,
        call_id,
        payload=reminder_text(payload.get("client_state")),
        voice=VOICE,
        language="en-US",
        command_id=event_id,
    )


def note(call_id, outcome):
    with lock:
        outcomes[call_id] = outcome
        while len(outcomes) > 5000:
            outcomes.popitem(last=False)


def handle(kind, event_id, payload):
    call_id = payload.get("call_control_id")
    if not isinstance(call_id, str) or not call_id:
        return
    if kind in ("call.machine.detection.ended", "call.machine.premium.detection.ended"):
        result = payload.get("result")
        if result is None:
            return
        step = NEXT_STEP[result]
        note(call_id, result)
        if step == "talk":
            talk(call_id, payload, event_id)
    elif kind in ("call.machine.greeting.ended", "call.machine.premium.greeting.ended"):
        talk(call_id, payload, event_id)
    elif kind == "call.speak.ended":
        api(client.calls.actions.hangup, call_id, command_id=event_id)
    elif kind == "call.hangup":
        log.info("%s ended: %s", call_id, payload.get("hangup_cause"))


@app.post("/reminders/events")
def events():
    if not authentic():
        return jsonify(error="forbidden"), 403
    event = request.get_json(force=True, silent=True)
    data = event.get("data") if isinstance(event, dict) else None
    if not isinstance(data, dict):
        return jsonify(ok=True)
    event_id, payload = data.get("id"), data.get("payload")
    if not isinstance(event_id, str) or not isinstance(payload, dict):
        return jsonify(ok=True)
    with lock:
        if event_id in event_ids:
            return jsonify(ok=True, duplicate=True)
        event_ids[event_id] = True
        while len(event_ids) > 20000:
            event_ids.popitem(last=False)
    try:
        handle(data.get("event_type"), event_id, payload)
    except Retry:
        with lock:
            event_ids.pop(event_id, None)
        return jsonify(error="try again"), 503
    return jsonify(ok=True)
