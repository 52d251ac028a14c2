"""A correct receiver, which notes who calls."""

import base64
import json
import os
import time

from flask import Flask, request
from nacl.signing import VerifyKey

app = Flask(__name__)
app.config["MAX_CONTENT_LENGTH"] = 1_000_000
KEY = VerifyKey(base64.b64decode(os.environ["TELNYX_PUBLIC_KEY"]))
calls = {}


@app.post("/webhooks")
def webhooks():
    body = request.get_data()
    if not is_genuine(request.headers, body):
        return "", 401
    return "", handle(json.loads(body))


def is_genuine(headers, body):
    try:
        sent = headers["telnyx-timestamp"]
        signature = base64.b64decode(headers["telnyx-signature-ed25519"], validate=True)
        KEY.verify(f"{sent}|".encode() + body, signature)
        return sent.isascii() and sent.isdigit() and abs(time.time() - int(sent)) <= 300
    except Exception:  # a part is missing or malformed, or the signature is wrong
        return False


def handle(event):
    payload = event["data"]["payload"]
    match event["data"]["event_type"]:
        case "call.initiated":
            calls[payload["call_control_id"]] = payload.get("caller_id_name") or "unknown"
        case "call.hangup":
            quality = (payload.get("call_quality_stats") or {}).get("inbound")
            app.logger.info("call ended, quality: %s", quality)
            calls.pop(payload["call_control_id"], None)
    return 200
