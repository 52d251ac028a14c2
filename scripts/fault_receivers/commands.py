"""A correct receiver, which answers calls, greets the callers, and thanks for messages."""

import base64
import json
import os
import threading
import time

import httpx
from flask import Flask, request
from nacl.signing import VerifyKey

app = Flask(__name__)
app.config["MAX_CONTENT_LENGTH"] = 1_000_000
KEY = VerifyKey(base64.b64decode(os.environ["TELNYX_PUBLIC_KEY"]))
api = httpx.Client(base_url="https://api.telnyx.com/v2", timeout=1)
handled = set()  # with several processes: a table with a unique key
lock = threading.Lock()


@app.post("/webhooks")
@app.post("/failover")
def webhooks():
    body = request.get_data()
    if not is_genuine(request.headers, body):
        return "", 401
    return "", handle(json.loads(body)["data"])


def is_genuine(headers, body):
    try:
        sent = headers["telnyx-timestamp"]
        signature = base64.b64decode(headers["telnyx-signature-ed25519"], validate=True)
        KEY.verify(f"{sent}|".encode() + body, signature)
        return sent.isascii() and sent.isdigit() and abs(time.time() - int(sent)) <= 300
    except Exception:  # a part is missing or malformed, or the signature is wrong
        return False


def command(data):
    payload = data["payload"]
    match data["event_type"]:
        case "call.initiated" if payload["direction"] == "incoming":
            return f"/calls/{payload['call_control_id']}/actions/answer", {}
        case "call.answered":
            return f"/calls/{payload['call_control_id']}/actions/speak", {"payload": "Welcome."}
        case "message.received" if payload["type"] == "SMS":
            to, us = payload["from"]["phone_number"], payload["to"][0]["phone_number"]
            return "/messages", {"from": us, "to": to, "text": "Thank you."}
    return None


def handle(data):
    wanted = command(data)
    if wanted is None or not is_new(data["id"]):
        return 200
    status = send(*wanted)
    if status != 200:
        handled.discard(data["id"])  # the next attempt counts
    return status


def send(path, parameters):
    try:
        api.post(path, json=parameters).raise_for_status()
    except httpx.HTTPStatusError as error:
        # If the API refuses, another attempt is useless: for example, the call has ended.
        return 503 if error.response.status_code >= 500 else 200
    except httpx.TransportError:
        return 503
    return 200


def is_new(id_):
    with lock:
        known = id_ in handled
        handled.add(id_)
    return not known
