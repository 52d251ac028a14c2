#!/usr/bin/env python3
"""Team line: whoever calls the number ends up in the daily conference.

The first caller opens the conference, everyone after that joins it.  Plain WSGI, no framework:

    gunicorn "07_team_line:app"
"""
import base64
import json
import logging
import os
import time
from collections import deque
from threading import Lock

import requests
from nacl.exceptions import BadSignatureError
from nacl.signing import VerifyKey

logging.basicConfig(level=logging.INFO)
log = logging.getLogger("team-line")

PATH = "/call-control"
API_BASE = "https://api.telnyx.com/v2"
VERIFY_KEY = VerifyKey(base64.b64decode(os.environ["TELNYX_PUBLIC_KEY"]))
API_KEY = os.environ["TELNYX_API_KEY"]
TOLERANCE = 5 * 60

http = requests.Session()
http.headers.update({"Authorization": "Bearer " + API_KEY, "Content-Type": "application/json"})

lock = Lock()
seen_ids = deque(maxlen=5000)
hung_up = deque(maxlen=5000)
current_conference = None
current_call = None


def telnyx(path, **body):
    response = http.post(API_BASE + path, json=body, timeout=10)
    response.raise_for_status()
    return response.json().get("data") or {}


def verify(environ, raw):
    signature = environ.get("HTTP_TELNYX_SIGNATURE_ED25519")
    timestamp = environ.get("HTTP_TELNYX_TIMESTAMP")
    if not signature or not timestamp:
        return False
    if not (timestamp.isascii() and timestamp.isdigit() and len(timestamp) < 15):
        return False
    if abs(time.time() - int(timestamp)) > TOLERANCE:
        return False
    try:
        decoded = base64.b64decode(signature, validate=True)
    except ValueError:
        return False
    try:
        VERIFY_KEY.verify(timestamp.encode() + b"|" + raw, decoded)
    except BadSignatureError:
        return False
    return True


def on_event(event_id, event_type, payload):
    global current_conference, current_call
    ccid = payload.get("call_control_id")
    if not ccid:
        return
    if event_type == "call.initiated" and payload.get("direction") == "incoming" and ccid not in hung_up:
        current_call = ccid
        telnyx(f"/calls/{ccid}/actions/answer", command_id=f"answer-{event_id}")
    elif event_type == "call.answered":
        if ccid in hung_up:
            return
        if current_call is None:
            return
        if current_conference is None:
            room = telnyx(
                "/conferences",
                call_control_id=current_call,
                name=f"daily-{int(time.time())}",
                command_id=f"conference-{event_id}",
            )
            current_conference = room.get("id")
        else:
            telnyx(
                f"/conferences/{current_conference}/actions/join",
                call_control_id=current_call,
                command_id=f"join-{event_id}",
            )
    elif event_type == "call.hangup":
        hung_up.append(ccid)
    elif event_type == "conference.ended":
        if payload.get("conference_id") == current_conference:
            current_conference = None
    else:
        log.info("nothing to do for %s", event_type)


def reply(start_response, status, body):
    payload = json.dumps(body).encode()
    start_response(status, [("Content-Type", "application/json"), ("Content-Length", str(len(payload)))])
    return [payload]


def app(environ, start_response):
    if environ.get("PATH_INFO") != PATH:
        return reply(start_response, "404 Not Found", {"error": "not found"})
    if environ.get("REQUEST_METHOD") != "POST":
        return reply(start_response, "405 Method Not Allowed", {"error": "POST only"})
    length = environ.get("CONTENT_LENGTH") or "0"
    if not (length.isascii() and length.isdigit()) or len(length) > 7:
        return reply(start_response, "413 Content Too Large", {"error": "too large"})
    raw = environ["wsgi.input"].read(int(length))
    if not verify(environ, raw):
        return reply(start_response, "403 Forbidden", {"error": "signature"})

    try:
        event = json.loads(raw)
        data = event.get("data") or event
        event_id, event_type, payload = data.get("id"), data.get("event_type"), data.get("payload") or {}
    except (ValueError, AttributeError, RecursionError):
        return reply(start_response, "400 Bad Request", {"error": "not an event"})

    if not isinstance(event_id, str) or not isinstance(payload, dict):
        return reply(start_response, "400 Bad Request", {"error": "not an event"})
    with lock:
        if event_id in seen_ids:
            return reply(start_response, "200 OK", {"duplicate": True})
        seen_ids.append(event_id)
    try:
        on_event(event_id, event_type, payload)
    except Exception:
        # let Telnyx deliver it again
        with lock:
            seen_ids.remove(event_id)
        raise
    return reply(start_response, "200 OK", {"ok": True})
