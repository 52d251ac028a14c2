"""Voicemail box: greet the caller, beep, record, keep the id of the recording.

The links in the event expire; the mailbox asks the API for a new one with the id.
"""
import base64
import json
import logging
import os
import threading
from collections import deque

import requests
from flask import Flask, jsonify, request
from nacl.exceptions import BadSignatureError
from nacl.signing import VerifyKey

PATH = "/voicemail/events"
API = "https://api.telnyx.com/v2/calls"
API_KEY = os.environ.get("TELNYX_API_KEY", "")
PUBLIC_KEY = os.environ["TELNYX_PUBLIC_KEY"]
GREETING = "You have reached the Smith family. Please leave a message after the tone."

app = Flask(__name__)
app.logger.setLevel(logging.INFO)

messages = deque(maxlen=500)      # newest voicemails
_seen = deque(maxlen=2000)
_lock = threading.Lock()


def valid_signature(raw):
    signature = request.headers.get("Telnyx-Signature-Ed25519", "")
    timestamp = request.headers.get("Telnyx-Timestamp", "")
    try:
        VerifyKey(base64.b64decode(PUBLIC_KEY)).verify(
            timestamp.encode() + b"|" + raw, base64.b64decode(signature)
        )
        return True
    except (BadSignatureError, ValueError, TypeError):
        return False


def first_time(event_id):
    with _lock:
        if event_id in _seen:
            return False
        _seen.append(event_id)
        return True


def command(call_control_id, action, **body):
    try:
        response = requests.post(
            f"{API}/{call_control_id}/actions/{action}",
            headers={"Authorization": f"Bearer {API_KEY}"},
            json=body,
            timeout=10,
        )
        if response.status_code >= 400:
            app.logger.error("%s failed: %s", action, response.text[:200])
    except requests.RequestException as exc:
        app.logger.error("%s failed: %s", action, exc)


def pack(**state):
    return base64.b64encode(json.dumps(state).encode()).decode()


def unpack(value):
    return json.loads(base64.b64decode(value))


@app.post(PATH)
def voicemail():
    raw = request.get_data()
    if not valid_signature(raw):
        return jsonify(error="bad signature"), 401

    data = json.loads(raw).get("data", {})
    if not first_time(data.get("id")):
        return jsonify(ok=True)
    event_type = data.get("event_type")
    payload = data.get("payload") or {}
    ccid = payload.get("call_control_id")

    if event_type == "call.initiated":
        if payload.get("direction") == "incoming":
            state = pack(step="greet", caller=payload.get("from"))
            command(ccid, "answer", client_state=state, command_id=f"answer-{data.get('id')}")
        return jsonify(ok=True)

    state = unpack(payload.get("client_state"))
    if event_type == "call.answered" and state.get("step") == "greet":
        state["step"] = "record"
        command(ccid, "speak", payload=GREETING, voice="female", language="en-US",
                client_state=pack(**state), command_id=f"speak-{data.get('id')}")
    elif event_type == "call.speak.ended" and payload.get("status") != "call_hangup":
        if state.get("step") == "record":
            command(ccid, "record_start", format="mp3", channels="single", play_beep=True,
                    max_length=120, client_state=pack(**state), command_id=f"record-{data.get('id')}")
    elif event_type == "call.hangup":
        command(ccid, "record_stop", client_state=pack(**state), command_id=f"stop-{data.get('id')}")
    elif event_type == "call.recording.saved":
        messages.appendleft({
            "caller": state.get("caller"),
            "recording": payload.get("recording_id"),
            "at": payload.get("recording_started_at"),
        })
        app.logger.info("new voicemail from %s", state.get("caller"))
    return jsonify(ok=True)


if __name__ == "__main__":
    app.run(port=8080)
