"""Missed call text-back: whoever hangs up before we answer gets an SMS.

Configuration (environment):
    TELNYX_API_KEY, TELNYX_PUBLIC_KEY
    TEXTBACK_NUMBER      the number the SMS comes from (required)
    VERIFY_WEBHOOKS      "1" to check signatures (set it in production)
"""
import json
import logging
import os
from collections import OrderedDict
from threading import Lock

from flask import Flask, jsonify, request
from telnyx import Telnyx

PATH = "/missed-call"
TEXTBACK_NUMBER = os.environ["TEXTBACK_NUMBER"]
VERIFY_WEBHOOKS = os.environ.get("VERIFY_WEBHOOKS", "0") == "1"
TEXT = os.environ.get("TEXTBACK_TEXT", "Sorry we missed your call! Reply here and we get back to you.")

MISSED = {"originator_cancel", "timeout", "no_answer", "user_busy", "call_rejected"}

logging.basicConfig(level=logging.INFO)
log = logging.getLogger("textback")
app = Flask(__name__)
client = Telnyx()

ringing = OrderedDict()       # call_control_id -> caller, for calls that ring now
seen = OrderedDict()
lock = Lock()


def put(table, key, value, limit=2000):
    table[key] = value
    while len(table) > limit:
        table.popitem(last=False)


def is_duplicate(event_id):
    with lock:
        if event_id in seen:
            return True
        put(seen, event_id, True)
        return False


def on_initiated(payload):
    if payload.get("direction") != "incoming":
        return
    with lock:
        put(ringing, str(payload.get("call_control_id")), payload.get("from"))


def on_answered(payload):
    with lock:
        ringing.pop(str(payload.get("call_control_id")), None)


def on_hangup(payload):
    with lock:
        caller = ringing.pop(str(payload.get("call_control_id")), None)
    if caller is None or str(payload.get("hangup_cause")) not in MISSED:
        return
    message = client.messages.send(from_=TEXTBACK_NUMBER, to=caller, text=TEXT)
    log.info("texted %s back: %s", caller, message.data.id if message.data else "-")


HANDLERS = {
    "call.initiated": on_initiated,
    "call.answered": on_answered,
    "call.hangup": on_hangup,
}


@app.route(PATH, methods=["POST"])
def missed_call():
    body = request.get_data(as_text=True)
    if VERIFY_WEBHOOKS:
        try:
            client.webhooks.unwrap(body, headers=request.headers)
        except Exception as exc:
            log.warning("bad webhook: %s", exc)
            return jsonify({"error": "bad signature"}), 401
    try:
        data = json.loads(body)["data"]
        handler = HANDLERS.get(data["event_type"])
        payload = data.get("payload") or {}
        event_id = str(data.get("id"))
        payload.get("call_control_id")
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return jsonify({"error": "not an event"}), 400

    if handler is None or is_duplicate(event_id):
        return jsonify({"status": "ignored"})
    handler(payload)
    return jsonify({"status": "ok"})


if __name__ == "__main__":
    app.run(port=5000)
