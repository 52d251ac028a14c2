"""Ring the owner; if nobody picks up, text the caller back (once per call)."""
import base64
import os
import threading
import time

import requests
from flask import Flask, request
from nacl.exceptions import CryptoError
from nacl.signing import VerifyKey

app = Flask(__name__)
API = "https://api.telnyx.com/v2"
OWNER = os.environ.get("OWNER_NUMBER", "+15550100004")
TEXT = "Sorry we missed your call! Reply here and we'll get right back to you."

lock = threading.Lock()
seen = set()
calls = {}  # call_session_id -> details of the caller's call


class NotNow(Exception):
    pass


def post(path, body):
    try:
        r = requests.post(API + path, json=body, timeout=1,
                          headers={"Authorization": "Bearer " + os.environ["TELNYX_API_KEY"]})
    except requests.RequestException as e:
        raise NotNow(path) from e
    if r.status_code == 429 or r.status_code >= 500:
        raise NotNow(path)
    if r.status_code >= 400:
        app.logger.info("%s: %s", path, r.status_code)
    return r.status_code < 400


def act(leg, name, eid, **body):
    return post(f"/calls/{leg}/actions/{name}", dict(body, command_id=f"{eid}-{name}"))


def text_back(call):
    if call["texted"] or not str(call["caller"] or "").startswith("+"):
        return
    post("/messages", {"from": call["line"], "to": call["caller"], "text": TEXT})
    call["texted"] = True


def missed(call, eid):
    text_back(call)
    if not call["gone"]:
        act(call["leg"], "speak", eid, voice="female", language="en-US",
            payload="Sorry, nobody can take your call. We are sending you a text message.")
        call["closing"] = True


def handle(kind, p, eid):
    leg, sid = p.get("call_control_id"), p.get("call_session_id")
    if not leg or not sid:
        return
    if kind == "call.initiated":
        if p.get("direction") == "incoming":
            calls.setdefault(sid, {"leg": leg, "caller": p.get("from"), "line": p.get("to"),
                                   "talked": False, "texted": False, "gone": False,
                                   "closing": False})
            act(leg, "answer", eid)
        return
    call = calls.get(sid)
    if call is None:
        return
    ours = leg == call["leg"]
    if kind == "call.answered":
        if not ours:
            call["talked"] = True
        elif not act(leg, "transfer", eid, to=OWNER, timeout_secs=20,
                     **({"from": call["line"]} if call["line"] else {})):
            missed(call, eid)
    elif kind == "call.bridged":
        call["talked"] = True
    elif kind == "call.speak.ended" and ours and call["closing"] and not call["gone"]:
        act(leg, "hangup", eid)
    elif kind == "call.hangup":
        if ours:
            call["gone"] = True
            if not call["talked"]:
                text_back(call)
        elif not call["talked"]:
            missed(call, eid)


def trusted():
    try:
        ts = request.headers["telnyx-timestamp"]
        if abs(time.time() - int(ts)) > 300:
            return False
        VerifyKey(base64.b64decode(os.environ["TELNYX_PUBLIC_KEY"])).verify(
            ts.encode() + b"|" + request.get_data(),
            base64.b64decode(request.headers["telnyx-signature-ed25519"]))
        return True
    except (KeyError, ValueError, TypeError, CryptoError):
        return False


@app.post("/webhooks")
def webhooks():
    if not trusted():
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
        except NotNow as e:
            app.logger.warning("Telnyx unavailable: %s", e)
            return "", 503
        if eid:
            seen.add(eid)
    return "", 200
