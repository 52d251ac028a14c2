"""Complaints hotline: announce the recording, connect to the duty phone, record the talk."""
import base64
import os
import threading
import time

import requests
from flask import Flask, request
from nacl.exceptions import CryptoError
from nacl.signing import VerifyKey

app = Flask(__name__)
DUTY_PHONE = os.environ.get("DUTY_PHONE", "+15550100030")
HOTLINE = os.environ.get("HOTLINE", "+15550100031")
NOTICE = "This call is recorded for quality purposes. Connecting you now."

lock = threading.Lock()
seen = set()
sessions = {}  # call_session_id -> {"leg", "connected", "step", "open"}


class ComeBack(Exception):
    pass


def ok_signature():
    try:
        ts = request.headers["telnyx-timestamp"]
        sig = base64.b64decode(request.headers["telnyx-signature-ed25519"])
        VerifyKey(base64.b64decode(os.environ["TELNYX_PUBLIC_KEY"])).verify(
            ts.encode() + b"|" + request.get_data(), sig)
        return abs(time.time() - int(ts)) <= 300
    except (KeyError, ValueError, TypeError, CryptoError):
        return False


def cmd(leg, action, eid, **body):
    body["command_id"] = f"{eid}.{action}"
    try:
        r = requests.post(f"https://api.telnyx.com/v2/calls/{leg}/actions/{action}",
                          headers={"Authorization": f"Bearer {os.environ['TELNYX_API_KEY']}"},
                          json=body, timeout=1)
    except requests.RequestException as e:
        raise ComeBack(action) from e
    if r.status_code == 429 or r.status_code >= 500:
        raise ComeBack(action)
    if r.status_code >= 400:
        app.logger.info("%s refused: %s", action, r.status_code)
    return r.status_code < 400


def apologise(s, eid):
    cmd(s["leg"], "speak", eid, payload="Nobody is on duty right now. Goodbye.",
        voice="female", language="en-US")
    s["step"] = "bye"


def handle(kind, p, eid):
    leg, sid = p.get("call_control_id"), p.get("call_session_id")
    if not leg or not sid:
        return
    if kind == "call.initiated":
        if p.get("direction") != "incoming":
            return
        sessions.setdefault(sid, {"leg": leg, "connected": False, "step": "notice"})
        cmd(leg, "answer", eid)
        cmd(leg, "speak", eid, payload=NOTICE, voice="female", language="en-US")
        return
    s = sessions.get(sid)
    if s is None:
        return
    if kind == "call.speak.ended" and leg == s["leg"] and p.get("status") != "call_hangup":
        if s["step"] == "notice":
            placed = cmd(leg, "transfer", eid, to=DUTY_PHONE, timeout_secs=30, **{"from": HOTLINE})
            s["step"] = "ringing"
            if not placed:
                apologise(s, eid)
        elif s["step"] == "bye":
            cmd(leg, "hangup", eid)
    elif kind == "call.bridged":
        cmd(leg, "record_start", eid, format="mp3", channels="dual")
        s["connected"] = True
    elif kind == "call.recording.saved":
        app.logger.info("recording of %s: %s", sid, (p.get("recording_urls") or {}).get("mp3"))
    elif kind == "call.hangup":
        if leg == s["leg"]:
            s["step"] = "over"
        elif not s["connected"] and s["step"] == "ringing":
            apologise(s, eid)


@app.post("/webhooks")
def webhooks():
    if not ok_signature():
        return "", 401
    body = request.get_json(force=True, silent=True)
    data = body.get("data") if isinstance(body, dict) else None
    if not isinstance(data, dict) or not isinstance(data.get("payload"), dict):
        return "", 200
    eid = data.get("id")
    with lock:
        if eid in seen:
            return "", 200
        try:
            handle(data.get("event_type"), data["payload"], eid)
        except ComeBack as e:
            app.logger.warning("postponed: %s", e)
            return "", 503
        if eid:
            seen.add(eid)
    return "", 200
