"""Delivery reports of our alarm SMS. Failed ones are posted to Slack.

gunicorn -w 1 --threads 8 10_delivery_wsgi:app
"""
import base64
import json
import logging
import os
import queue
import threading
import time
from collections import Counter, deque

import requests
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

logging.basicConfig(level=logging.INFO)
log = logging.getLogger("delivery")

SLACK_URL = os.environ.get("SLACK_URL", "https://hooks.slack.example.com/services/T01/B02/xyz")
key = Ed25519PublicKey.from_public_bytes(base64.b64decode(os.environ["TELNYX_PUBLIC_KEY"]))

lock = threading.Lock()
recent = deque(maxlen=2000)
totals = Counter()
failed = queue.Queue()


def report_failures():
    while True:
        payload = failed.get()
        for target in payload.get("to") or []:
            if not target.get("status", "").endswith("failed"):
                continue
            error = payload["errors"][0]
            text = "Alarm SMS to {} was not delivered: {} ({})".format(
                target.get("phone_number"), error.get("title"), error.get("code")
            )
            for pause in (1, 5, 30, 120, 0):
                try:
                    requests.post(SLACK_URL, json={"text": text}, timeout=5).raise_for_status()
                    break
                except requests.RequestException:
                    log.warning("slack is not reachable")
                    time.sleep(pause)


threading.Thread(target=report_failures, daemon=True, name="slack").start()


def verify(environ, body):
    timestamp = environ.get("HTTP_TELNYX_TIMESTAMP", "")
    signature = environ.get("HTTP_TELNYX_SIGNATURE_ED25519", "")
    try:
        key.verify(base64.b64decode(signature), f"{timestamp}|".encode() + body)
    except (InvalidSignature, ValueError):
        return False
    return True


def status_of(target):
    status = target.get("status") if isinstance(target, dict) else None
    return status if isinstance(status, str) else "unknown"


def process(event):
    data = event.get("data") if isinstance(event, dict) else None
    if not isinstance(data, dict) or data.get("event_type") != "message.finalized":
        return
    payload, event_id = data.get("payload"), data.get("id")
    if not isinstance(payload, dict) or not isinstance(event_id, str):
        return
    targets = payload.get("to")
    targets = targets if isinstance(targets, list) else []
    with lock:
        if event_id in recent:
            return
        recent.append(event_id)
        for target in targets:
            totals[status_of(target)] += 1
    if any(status_of(t).endswith("failed") for t in targets):
        failed.put(payload)


def app(environ, start_response):
    def answer(status, obj):
        body = json.dumps(obj).encode()
        start_response(status, [("Content-Type", "application/json"), ("Content-Length", str(len(body)))])
        return [body]

    if environ["REQUEST_METHOD"] != "POST" or environ["PATH_INFO"] != "/telnyx/delivery":
        return answer("404 Not Found", {"error": "not found"})

    length = int(environ["CONTENT_LENGTH"])
    body = environ["wsgi.input"].read(length)
    if not verify(environ, body):
        return answer("401 Unauthorized", {"error": "bad signature"})
    try:
        event = json.loads(body)
    except (ValueError, RecursionError):
        return answer("200 OK", {"ok": True})
    process(event)
    return answer("200 OK", {"ok": True})
