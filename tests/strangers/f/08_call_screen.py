"""Call screening: a caller must press 5 before the owner's phone rings.

Flask; jobs wait in a list, a scheduler thread runs those that are due.
"""
import base64
import hashlib
import json
import logging
import os
import threading
import time
from collections import OrderedDict
from urllib.parse import quote

import httpx
from flask import Flask, jsonify, request
from nacl.exceptions import BadSignatureError
from nacl.signing import VerifyKey

API = "https://api.telnyx.com/v2"
OWNER = os.environ.get("OWNER_NUMBER", "+13125550133")
OWNER_LEG = base64.b64encode(b"owner-leg").decode()
LIMIT = 20000
RANK = {"call.initiated": 1, "call.answered": 2, "call.gather.ended": 3}

log = logging.getLogger("call_screen")
lock = threading.Lock()
jobs = []                 # (due, action, body)
seen = OrderedDict()
ended = OrderedDict()
ranks = OrderedDict()
current_call = {"call_control_id": None, "from": None}


def keep(store, key, value=True):
    store[key] = value
    while len(store) > LIMIT:
        store.popitem(last=False)


def signed(raw, headers):
    stamp = headers.get("telnyx-timestamp", "")
    try:
        if abs(time.time() - int(stamp)) > 300:
            return False
        VerifyKey(base64.b64decode(os.environ.get("TELNYX_PUBLIC_KEY", ""))).verify(
            f"{stamp}|".encode() + raw,
            base64.b64decode(headers.get("telnyx-signature-ed25519", ""), validate=True))
    except (ValueError, TypeError, BadSignatureError):
        return False
    return True


def execute(action, body):
    with lock:
        call_control_id = current_call["call_control_id"]
        if call_control_id in ended:
            return
    reply = httpx.post(
        f"{API}/calls/{quote(call_control_id, safe=':')}/actions/{action}",
        json=body,
        headers={"Authorization": f"Bearer {os.environ.get('TELNYX_API_KEY', '')}"},
        timeout=10,
    )
    reply.raise_for_status()


def scheduler():
    while True:
        time.sleep(0.02)
        now = time.monotonic()
        with lock:
            due = [job for job in jobs if job[0] <= now]
            jobs[:] = [job for job in jobs if job[0] > now]
        for _, action, body in sorted(due, key=lambda job: job[0]):
            try:
                execute(action, body)
            except Exception:
                log.exception("%s failed", action)


def schedule(delay, action, body):
    jobs.append((time.monotonic() + delay, action, body))


app = Flask(__name__)


@app.post("/webhooks")
def webhooks():
    raw = request.get_data()
    if not signed(raw, request.headers):
        return jsonify(error="signature"), 403
    try:
        body = json.loads(raw)
    except ValueError:
        return jsonify(error="not JSON"), 400
    body = body if isinstance(body, dict) else {}
    data = body.get("data")
    payload = data.get("payload") if isinstance(data, dict) else None
    if not isinstance(payload, dict):
        return jsonify(status="ignored")
    event_type = data.get("event_type")
    call_control_id = payload.get("call_control_id")
    if not isinstance(call_control_id, str) or not call_control_id:
        return jsonify(status="ignored")
    if event_type == "call.hangup":
        with lock:
            keep(ended, call_control_id)
        return jsonify(status="ok")
    if not isinstance(event_type, str) or event_type not in RANK:
        return jsonify(status="ignored")
    if payload.get("client_state") == OWNER_LEG or payload.get("direction") == "outgoing":
        return jsonify(status="ignored")
    if event_type == "call.initiated" and payload.get("direction") != "incoming":
        return jsonify(status="ignored")
    if payload.get("status") == "call_hangup":
        return jsonify(status="ignored")

    event_id = data.get("id")
    if not isinstance(event_id, str) or not event_id:
        event_id = hashlib.sha256(json.dumps(data, sort_keys=True).encode()).hexdigest()
    meta = body.get("meta") if isinstance(body.get("meta"), dict) else {}
    delivery = f"{event_id}/{meta.get('attempt', 1)}"

    with lock:
        if delivery in seen:
            return jsonify(status="duplicate")
        keep(seen, delivery)
        if call_control_id in ended or ranks.get(call_control_id, 0) > RANK[event_type]:
            return jsonify(status="stale")
        keep(ranks, call_control_id, RANK[event_type])

        current_call["call_control_id"] = call_control_id
        current_call["from"] = payload.get("from")
        if event_type == "call.initiated":
            schedule(0.25, "answer", {})
        elif event_type == "call.answered":
            schedule(0.15, "gather_using_speak", {
                "payload": "To be put through, press 5.", "voice": "male", "language": "en-US",
                "minimum_digits": 1, "maximum_digits": 1, "timeout_millis": 7000})
        elif payload.get("digits") == "5":
            schedule(0.1, "transfer", {"to": OWNER, "target_leg_client_state": OWNER_LEG})
        else:
            schedule(0.1, "hangup", {})
    return jsonify(status="ok")


threading.Thread(target=scheduler, name="scheduler", daemon=True).start()

if __name__ == "__main__":
    app.run(port=8000, threaded=True)
