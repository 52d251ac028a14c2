"""Appointment reminder calls. client_state carries the appointment; AMD decides what we say."""
import base64
import json
import logging
import os
import threading
import time

import requests
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from flask import Flask, request

PATH = "/reminders/events"

logging.basicConfig(level=logging.INFO)
log = logging.getLogger("reminders")
app = Flask(__name__)

public_key = Ed25519PublicKey.from_public_bytes(base64.b64decode(os.environ["TELNYX_PUBLIC_KEY"]))
log.info("key %s", public_key.public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw).hex()[:8])

session = requests.Session()
session.headers["Authorization"] = f"Bearer {os.environ['TELNYX_API_KEY']}"


def from_telnyx(body):
    timestamp = request.headers.get("telnyx-timestamp", "0")
    signature = request.headers.get("telnyx-signature-ed25519", "")
    try:
        if int(time.time()) - int(timestamp) > 300:
            return False
        public_key.verify(base64.b64decode(signature), f"{timestamp}|".encode() + body)
        return True
    except (InvalidSignature, ValueError):
        return False


def state_of(payload):
    raw = base64.b64decode(payload["client_state"])
    try:
        state = json.loads(raw)
        return state if isinstance(state, dict) else {}
    except ValueError:
        return {}


def act(call_control_id, action, **body):
    def run():
        try:
            r = session.post(
                f"https://api.telnyx.com/v2/calls/{call_control_id}/actions/{action}", json=body, timeout=5
            )
            if r.status_code >= 400:
                log.warning("%s: %s %s", action, r.status_code, r.text[:200])
        except requests.RequestException as exc:
            log.warning("%s: %s", action, exc)

    threading.Thread(target=run, daemon=True).start()


def sentence(state):
    who = state.get("name") or "there"
    when = state.get("when") or "tomorrow"
    return f"Hello {who}. This is a reminder of your appointment {when}."


@app.post(PATH)
def events():
    body = request.get_data()
    if not from_telnyx(body):
        return "forbidden", 403

    event = request.get_json(silent=True)
    data = event.get("data") if isinstance(event, dict) else None
    if not isinstance(data, dict):
        return "", 200
    kind = data.get("event_type")
    payload = data.get("payload") or {}
    call = payload.get("call_control_id")

    if kind == "call.machine.detection.ended":
        state = state_of(payload)
        if payload.get("result") == "machine":
            act(call, "hangup")
        else:
            act(call, "speak", payload=sentence(state), voice="female", language="en-US",
                client_state=base64.b64encode(json.dumps({**state, "stage": "said"}).encode()).decode())
    elif kind == "call.speak.ended":
        state = state_of(payload)
        if state.get("stage") == "said" and payload.get("status") != "call_hangup":
            act(call, "hangup")
    elif kind == "call.hangup":
        state = state_of(payload)
        log.info("appointment %s: %s", state.get("appointment"), payload.get("hangup_cause"))
    return "", 200
