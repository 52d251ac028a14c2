"""Forward my business number to my mobile; when I don't pick up, take a message."""
import base64
import os
import time
import threading

import requests
from flask import Flask, request, jsonify
from nacl.exceptions import CryptoError
from nacl.signing import VerifyKey

app = Flask(__name__)
MOBILE = os.environ.get("MY_MOBILE", "+15550100002")
BASE = "https://api.telnyx.com/v2/calls"

processed = set()
# call_session_id -> {"caller_leg": call_control_id, "connected": bool, "step": str}
sessions = {}
guard = threading.Lock()


class Unavailable(Exception):
    pass


def check(headers, raw):
    ts = headers.get("telnyx-timestamp", "")
    try:
        fresh = abs(time.time() - int(ts)) <= 300
        VerifyKey(base64.b64decode(os.environ["TELNYX_PUBLIC_KEY"])).verify(
            ts.encode() + b"|" + raw,
            base64.b64decode(headers.get("telnyx-signature-ed25519", "")))
        return fresh
    except (ValueError, TypeError, CryptoError):
        return False


def send(leg, action, body, event_id):
    body = dict(body, command_id=f"{event_id}:{action}")
    try:
        resp = requests.post(f"{BASE}/{leg}/actions/{action}", json=body, timeout=1,
                             headers={"Authorization": f"Bearer {os.environ['TELNYX_API_KEY']}"})
    except requests.RequestException:
        raise Unavailable()
    if resp.status_code == 429 or resp.status_code >= 500:
        raise Unavailable()
    return resp.ok


def sorry(s, event_id):
    send(s["caller_leg"], "speak", {
        "payload": "I can't take your call right now. Please leave a message after the tone.",
        "voice": "male", "language": "en-US"}, event_id)
    s["step"] = "greeting"


def process(event, p, event_id):
    leg, session_id = p.get("call_control_id"), p.get("call_session_id")
    if not leg or not session_id:
        return
    if event == "call.initiated":
        if p.get("direction") != "incoming":
            return  # the leg to my mobile
        sessions.setdefault(session_id, {"caller_leg": leg, "connected": False, "step": "new"})
        send(leg, "answer", {}, event_id)
        return
    if event == "call.recording.saved":
        app.logger.info("message: %s", p.get("recording_urls"))
    s = sessions.get(session_id)
    if s is None:
        return
    if event == "call.hangup":
        app.logger.info("call %s over: %s", session_id, p.get("hangup_cause"))
        sessions.pop(session_id, None)
        if not s["connected"] and s["step"] == "ringing" and leg == s["caller_leg"]:
            app.logger.info("caller gave up while ringing")
    elif event == "call.answered" and leg == s["caller_leg"]:
        ok = send(leg, "transfer", {"to": MOBILE, "from": p.get("to") or MOBILE,
                                    "timeout_secs": 20}, event_id)
        s["step"] = "ringing"
        if not ok:
            sorry(s, event_id)
    elif event == "call.bridged":
        s["connected"] = True
    elif event == "call.speak.ended" and leg == s["caller_leg"] and s["step"] == "greeting":
        if p.get("status") != "call_hangup":
            send(leg, "record_start", {"format": "mp3", "channels": "single", "play_beep": True,
                                       "max_length": 90, "timeout_secs": 5}, event_id)
            s["step"] = "recording"
    elif event == "call.recording.saved" and s["step"] == "recording":
        send(s["caller_leg"], "hangup", {}, event_id)


@app.post("/webhooks")
def webhook():
    if not check(request.headers, request.get_data()):
        return jsonify(error="signature"), 401
    body = request.get_json(force=True, silent=True)
    data = body.get("data") if isinstance(body, dict) else None
    if not isinstance(data, dict):
        return jsonify(ok=True)
    payload = data.get("payload")
    if not isinstance(payload, dict):
        return jsonify(ok=True)
    with guard:
        if data.get("id") in processed:
            return jsonify(ok=True)
        try:
            process(data.get("event_type"), payload, data.get("id"))
        except Unavailable:
            return jsonify(error="retry"), 503
        if data.get("id"):
            processed.add(data["id"])
    return jsonify(ok=True)
