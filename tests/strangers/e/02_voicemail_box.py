# A minimal voice-mail box: greet, beep, record, text the owner a link.
import base64
import json
import logging
import os
import threading
import time

import requests
from flask import Flask, request
from nacl.exceptions import CryptoError
from nacl.signing import VerifyKey

app = Flask(__name__)
log = logging.getLogger("voicemail")
OWNER = os.environ.get("OWNER_NUMBER", "+15550100001")
SMS_FROM = os.environ.get("SMS_FROM", "+15550100000")

_lock = threading.Lock()
_done, _busy = set(), set()


class Retry(Exception):
    """Telnyx could not take the request now."""


def telnyx(path, body):
    """True when accepted, False when refused for good; raises Retry otherwise."""
    try:
        r = requests.post("https://api.telnyx.com/v2" + path, json=body, timeout=1,
                          headers={"Authorization": "Bearer " + os.environ["TELNYX_API_KEY"]})
    except requests.RequestException as e:
        raise Retry from e
    if r.status_code == 429 or r.status_code >= 500:
        raise Retry
    if r.status_code >= 400:
        log.info("%s -> %s", path, r.status_code)
        return False
    return True


def pack(**kw):
    return base64.b64encode(json.dumps(kw).encode()).decode()


def unpack(text):
    try:
        value = json.loads(base64.b64decode(text or ""))
        return value if isinstance(value, dict) else {}
    except (ValueError, TypeError):
        return {}


def signature_ok():
    try:
        ts = request.headers["telnyx-timestamp"]
        if abs(time.time() - int(ts)) > 300:
            return False
        sig = base64.b64decode(request.headers["telnyx-signature-ed25519"])
        VerifyKey(base64.b64decode(os.environ["TELNYX_PUBLIC_KEY"])).verify(
            ts.encode() + b"|" + request.get_data(), sig)
    except (KeyError, ValueError, TypeError, CryptoError):
        return False
    return True


def on_event(event_type, p, event_id):
    call = p.get("call_control_id")
    if not call:
        return
    actions = f"/calls/{call}/actions/"
    st = unpack(p.get("client_state"))
    if event_type == "call.initiated":
        if p.get("direction") == "incoming":
            telnyx(actions + "answer", {"client_state": pack(step="new", caller=p.get("from")),
                                        "command_id": f"{event_id}-a"})
    elif event_type == "call.answered" and st.get("step") == "new":
        telnyx(actions + "speak", {
            "payload": "Nobody is here right now. Leave a message after the beep "
                       "and hang up when you are done.",
            "voice": "female", "language": "en-US",
            "client_state": pack(step="greeted", caller=st.get("caller")),
            "command_id": f"{event_id}-s"})
    elif event_type == "call.speak.ended" and st.get("step") == "greeted":
        if p.get("status") == "call_hangup":
            return
        telnyx(actions + "record_start", {
            "format": "mp3", "channels": "single", "play_beep": True,
            "max_length": 120, "timeout_secs": 6,
            "client_state": pack(step="recording", caller=st.get("caller")),
            "command_id": f"{event_id}-r"})
    elif event_type == "call.recording.saved" and st.get("step") == "recording":
        # Ended by silence or length: close the line. Ended by the caller: refused, no harm.
        telnyx(actions + "hangup", {"command_id": f"{event_id}-h"})
        urls = p.get("recording_urls") or {}
        who = st.get("caller") or "an unknown number"
        telnyx("/messages", {"from": SMS_FROM, "to": OWNER,
                             "text": f"Voice mail from {who}: {urls.get('mp3', '(no link)')}"})


@app.route("/webhooks", methods=["POST"])
def webhooks():
    if not signature_ok():
        return {"error": "invalid signature"}, 401
    body = request.get_json(force=True, silent=True)
    data = body.get("data") if isinstance(body, dict) else None
    if not isinstance(data, dict) or not isinstance(data.get("payload"), dict):
        return {"ok": True}
    eid = data.get("id")
    with _lock:
        if eid in _done:
            return {"ok": True}
        if eid in _busy:
            return {"error": "in progress"}, 503
        if eid:
            _busy.add(eid)
    try:
        on_event(data.get("event_type"), data["payload"], eid)
        if eid:
            _done.add(eid)
    except Retry:
        return {"error": "try again"}, 503
    finally:
        _busy.discard(eid)
    return {"ok": True}
