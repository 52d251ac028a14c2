"""Appointment reminder calls.

POST /remind {"to": "+1...", "when": "Tuesday at 3 PM"} dials the patient;
everything the call needs later travels in client_state, so no database is needed.
"""
import base64
import json
import os
import time

import requests
from flask import Flask, request
from nacl.exceptions import CryptoError
from nacl.signing import VerifyKey

app = Flask(__name__)
API = "https://api.telnyx.com/v2"
FROM = os.environ.get("REMINDER_FROM", "+15550100003")
CONNECTION = os.environ.get("TELNYX_CONNECTION_ID", "1234567890")
VOICE = {"voice": "female", "language": "en-US"}


class Backoff(Exception):
    pass


def post(path, body):
    try:
        r = requests.post(API + path, json=body, timeout=1,
                          headers={"Authorization": f"Bearer {os.environ['TELNYX_API_KEY']}"})
    except requests.RequestException as e:
        raise Backoff(str(e))
    if r.status_code == 429 or r.status_code >= 500:
        raise Backoff(f"{path}: {r.status_code}")
    if not r.ok:
        app.logger.warning("%s: %s", path, r.status_code)
    return r


def action(ccid, name, **body):
    return post(f"/calls/{ccid}/actions/{name}", body)


def enc(d):
    return base64.b64encode(json.dumps(d).encode()).decode()


def dec(s):
    try:
        d = json.loads(base64.b64decode(s or ""))
    except (ValueError, TypeError):
        return {}
    return d if isinstance(d, dict) else {}


def ask(ccid, st):
    action(ccid, "gather_using_speak", **VOICE,
           payload=f"This is a reminder of your appointment on {st.get('when')}. "
                   "Press 1 to confirm, or 2 to cancel.",
           minimum_digits=1, maximum_digits=1, maximum_tries=1, timeout_millis=7000,
           client_state=enc(dict(st, step="ask", n=st.get("n", 0) + 1)))


def authentic():
    try:
        ts = request.headers["telnyx-timestamp"]
        sig = base64.b64decode(request.headers["telnyx-signature-ed25519"])
        VerifyKey(base64.b64decode(os.environ["TELNYX_PUBLIC_KEY"])).verify(
            ts.encode() + b"|" + request.get_data(), sig)
        return abs(time.time() - int(ts)) <= 300
    except (KeyError, ValueError, TypeError, CryptoError):
        return False


@app.post("/remind")
def remind():
    job = request.get_json(force=True)
    try:
        r = post("/calls", {"connection_id": CONNECTION, "to": job["to"], "from": FROM,
                            "timeout_secs": 30,
                            "client_state": enc({"step": "dialled", "when": job["when"]})})
    except Backoff:
        return {"error": "try later"}, 503
    return {"dialled": r.ok}, 200 if r.ok else 422


def handle(kind, p):
    ccid, st = p.get("call_control_id"), dec(p.get("client_state"))
    if not ccid or not st.get("step"):
        return
    if kind == "call.answered" and st["step"] == "dialled":
        ask(ccid, st)
    elif kind == "call.gather.ended" and st["step"] == "ask":
        if p.get("status") == "call_hangup":
            return
        digits = p.get("digits") or ""
        if digits == "1":
            app.logger.info("confirmed: %s %s", p.get("to"), st.get("when"))
            action(ccid, "speak", payload="Thank you, see you then. Goodbye.", **VOICE)
        elif digits == "2":
            app.logger.info("cancelled: %s %s", p.get("to"), st.get("when"))
            action(ccid, "speak", payload="Your appointment is cancelled. Goodbye.",
                   client_state=enc({"step": "bye"}), **VOICE)
        elif st.get("n", 1) < 3:
            ask(ccid, st)
        else:
            action(ccid, "speak", payload="We did not get an answer. Goodbye.",
                   client_state=enc({"step": "bye"}), **VOICE)
    elif kind == "call.speak.ended" and st["step"] == "bye":
        action(ccid, "hangup")


@app.post("/webhooks")
def webhooks():
    if not authentic():
        return "", 401
    body = request.get_json(force=True, silent=True)
    data = body.get("data") if isinstance(body, dict) else None
    if isinstance(data, dict) and isinstance(data.get("payload"), dict):
        try:
            handle(data.get("event_type"), data["payload"])
        except Backoff as e:
            app.logger.warning("%s", e)
            return "", 503
    return "", 200
