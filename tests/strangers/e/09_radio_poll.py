"""Radio show poll: call in, press 1, 2 or 3, one vote per call. GET /results for the score."""
import base64
import collections
import os
import threading
import time

import requests
from flask import Flask, jsonify, request
from nacl.exceptions import CryptoError
from nacl.signing import VerifyKey

app = Flask(__name__)
QUESTION = "Song of the week. Press 1 for the Lanterns, 2 for Blue Tram, 3 for Ada and the Owls."
CHOICES = {"1": "The Lanterns", "2": "Blue Tram", "3": "Ada and the Owls"}
BYE = base64.b64encode(b"bye").decode()

lock = threading.Lock()
seen = set()
asked = {}   # call_control_id -> number of times asked
votes = {}   # call_control_id -> choice


class Overloaded(Exception):
    pass


def verify(req):
    try:
        ts = req.headers["telnyx-timestamp"]
        sig = base64.b64decode(req.headers["telnyx-signature-ed25519"])
        if abs(time.time() - int(ts)) > 300:
            return False
        VerifyKey(base64.b64decode(os.environ["TELNYX_PUBLIC_KEY"])).verify(
            ts.encode() + b"|" + req.get_data(), sig)
    except (KeyError, ValueError, TypeError, CryptoError):
        return False
    return True


def telnyx(ccid, action, **params):
    try:
        r = requests.post(f"https://api.telnyx.com/v2/calls/{ccid}/actions/{action}",
                          headers={"Authorization": f"Bearer {os.environ['TELNYX_API_KEY']}"},
                          json=params, timeout=1)
    except requests.RequestException as e:
        raise Overloaded(e)
    if r.status_code == 429 or r.status_code >= 500:
        raise Overloaded(r.status_code)
    if r.status_code >= 400:
        app.logger.info("call %s: %s refused (%s)", ccid, action, r.status_code)


def ask(ccid, eid):
    telnyx(ccid, "gather_using_speak", payload=QUESTION, voice="male", language="en-US",
           minimum_digits=1, maximum_digits=1, maximum_tries=1, timeout_millis=8000,
           command_id=f"ask-{eid}")
    asked[ccid] = asked.get(ccid, 0) + 1


def say_bye(ccid, eid, text):
    telnyx(ccid, "speak", payload=text, voice="male", language="en-US", client_state=BYE,
           command_id=f"bye-{eid}")


def dispatch(kind, p, eid):
    ccid = p.get("call_control_id")
    if not ccid:
        return
    if kind == "call.initiated" and p.get("direction") == "incoming":
        asked[ccid] = 0
        telnyx(ccid, "answer", command_id=f"answer-{eid}")
    elif kind == "call.answered" and ccid in asked:
        ask(ccid, eid)
    elif kind == "call.gather.ended" and ccid in asked and p.get("status") != "call_hangup":
        digit = p.get("digits") or ""
        if digit in CHOICES:
            votes[ccid] = CHOICES[digit]
            say_bye(ccid, eid, f"Your vote for {CHOICES[digit]} counts. Goodbye.")
        elif asked[ccid] < 3:
            ask(ccid, eid)
        else:
            say_bye(ccid, eid, "No vote received. Goodbye.")
    elif kind == "call.speak.ended" and p.get("client_state") == BYE:
        telnyx(ccid, "hangup", command_id=f"hangup-{eid}")
    elif kind == "call.hangup":
        asked.pop(ccid, None)


@app.get("/results")
def results():
    return jsonify(collections.Counter(votes.values()))


@app.post("/webhooks")
def webhooks():
    if not verify(request):
        return "", 401
    body = request.get_json(force=True, silent=True)
    data = body.get("data") if isinstance(body, dict) else None
    if not isinstance(data, dict) or not isinstance(data.get("payload"), dict):
        return "", 200
    eid = data.get("id")
    with lock:
        if eid and eid in seen:
            return "", 200
        seen.add(eid)
    try:
        dispatch(data.get("event_type"), data["payload"], eid)
    except Overloaded as e:
        app.logger.warning("Telnyx overloaded: %s", e)
        return "", 503
    return "", 200
