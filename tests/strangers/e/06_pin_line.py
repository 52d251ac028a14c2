"""Members' information line behind a four-digit PIN."""
import base64
import hmac
import os
import threading
import time

import requests
from flask import Flask, request
from nacl.exceptions import CryptoError
from nacl.signing import VerifyKey

app = Flask(__name__)
PIN = os.environ.get("LINE_PIN", "4711")
MAX_TRIES = 3

mutex = threading.Lock()
handled = set()
callers = {}  # number -> {"call": call_control_id, "wrong": int, "step": str}


class TelnyxDown(Exception):
    pass


def signed(req):
    try:
        ts = req.headers["telnyx-timestamp"]
        sig = base64.b64decode(req.headers["telnyx-signature-ed25519"])
        if abs(time.time() - int(ts)) > 300:
            return False
        VerifyKey(base64.b64decode(os.environ["TELNYX_PUBLIC_KEY"])).verify(
            ts.encode() + b"|" + req.get_data(), sig)
        return True
    except (KeyError, ValueError, TypeError, CryptoError):
        return False


def do(call, action, eid, **body):
    body["command_id"] = f"{eid}-{action}"
    try:
        r = requests.post(f"https://api.telnyx.com/v2/calls/{call}/actions/{action}", json=body,
                          headers={"Authorization": "Bearer " + os.environ["TELNYX_API_KEY"]},
                          timeout=1)
    except requests.RequestException:
        raise TelnyxDown
    if r.status_code == 429 or r.status_code >= 500:
        raise TelnyxDown
    if r.status_code >= 400:
        app.logger.info("%s: %s", action, r.status_code)


def ask_pin(session, eid, text="Please enter your four digit pin, followed by the pound key."):
    do(session["call"], "gather_using_speak", eid, payload=text, voice="female", language="en-US",
       minimum_digits=4, maximum_digits=4, terminating_digit="#", maximum_tries=1,
       timeout_millis=10000)


def speak_and_leave(session, eid, text):
    do(session["call"], "speak", eid, payload=text, voice="female", language="en-US")
    session["step"] = "bye"


def step(kind, p, eid):
    number, call = p.get("from"), p.get("call_control_id")
    if not number or not call:
        return
    if kind == "call.initiated":
        if p.get("direction") == "incoming":
            callers[number] = {"call": call, "wrong": 0, "step": "pin"}
            do(call, "answer", eid)
        return
    session = callers.get(number)
    if session is None:
        return
    if kind == "call.answered":
        ask_pin(session, eid)
    elif kind == "call.gather.ended" and session["step"] == "pin":
        if p.get("status") == "call_hangup":
            return
        digits = p.get("digits") or ""
        if not digits:
            ask_pin(session, eid, "I did not hear anything. Please enter your pin.")
        elif hmac.compare_digest(digits.encode(), PIN.encode()):
            speak_and_leave(session, eid, "Welcome. The next meeting is on Friday at noon. Goodbye.")
        elif session["wrong"] + 1 >= MAX_TRIES:
            speak_and_leave(session, eid, "Too many wrong attempts. Goodbye.")
        else:
            ask_pin(session, eid, "That was not right. Please try again.")
            session["wrong"] += 1
    elif kind == "call.speak.ended" and session["step"] == "bye":
        do(session["call"], "hangup", eid)
    elif kind == "call.hangup":
        callers.pop(number, None)


@app.post("/webhooks")
def webhooks():
    if not signed(request):
        return "unauthorized", 401
    body = request.get_json(force=True, silent=True)
    data = body.get("data") if isinstance(body, dict) else None
    payload = data.get("payload") if isinstance(data, dict) else None
    if not isinstance(payload, dict):
        return "ignored", 200
    eid = data.get("id")
    with mutex:
        if eid in handled:
            return "seen", 200
        try:
            step(data.get("event_type"), payload, eid)
        except TelnyxDown:
            return "later", 503
        if eid:
            handled.add(eid)
    return "ok", 200
