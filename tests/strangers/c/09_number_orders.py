"""Number orders, plain WSGI: when an order succeeds, put its numbers on our messaging profile."""
import base64
import hashlib
import json
import logging
import os
import queue
import threading
import time
import urllib.parse
from collections import OrderedDict

import httpx
from nacl.exceptions import CryptoError
from nacl.signing import VerifyKey

PATH = "/orders/telnyx"
PROFILE = os.environ.get("MESSAGING_PROFILE_ID", "4001767e-ce0f-4cae-9d5f-0d5e636e7809")
MAX_BODY = 1_000_000

log = logging.getLogger("orders")
jobs: "queue.Queue[str]" = queue.Queue(maxsize=2000)
known: "OrderedDict[str, bool]" = OrderedDict()
known_lock = threading.Lock()


def assign(number):
    url = f"https://api.telnyx.com/v2/phone_numbers/{urllib.parse.quote(number, safe='')}/messaging"
    headers = {"Authorization": f"Bearer {os.environ.get('TELNYX_API_KEY', '')}"}
    for attempt in range(3):
        try:
            r = httpx.patch(url, json={"messaging_profile_id": PROFILE}, headers=headers, timeout=10)
        except httpx.HTTPError as exc:
            log.warning("assign %s: %s", number, exc)
        else:
            if r.status_code < 400:
                return
            log.warning("assign %s: %s", number, r.status_code)
            if r.status_code < 500 and r.status_code != 429:
                return
        time.sleep(2 ** attempt)


def work():
    while True:
        number = jobs.get()
        try:
            assign(number)
        except Exception:
            log.exception("assigning %s", number)


threading.Thread(target=work, daemon=True).start()


def claim(event_id):
    with known_lock:
        if event_id in known:
            return False
        known[event_id] = True
        if len(known) > 4096:
            known.popitem(last=False)
        return True


def unclaim(event_id):
    with known_lock:
        known.pop(event_id, None)


def verify(environ, body):
    timestamp = environ.get("HTTP_TELNYX_TIMESTAMP", "")
    signature = environ.get("HTTP_TELNYX_SIGNATURE_ED25519", "")
    try:
        if abs(int(time.time()) - int(timestamp)) > 300:
            return False
        key = VerifyKey(base64.b64decode(os.environ["TELNYX_PUBLIC_KEY"]))
        key.verify(timestamp.encode("latin-1") + b"|" + body, base64.b64decode(signature, validate=True))
        return True
    except (CryptoError, ValueError):
        return False


def process(event):
    data = event.get("data") if isinstance(event, dict) else None
    if not isinstance(data, dict) or data.get("event_type") != "number_order.complete":
        return 200
    payload = data.get("payload")
    if not isinstance(payload, dict) or payload.get("status") != "success":
        return 200
    event_id = data.get("id") or hashlib.sha256(json.dumps(payload, sort_keys=True).encode()).hexdigest()
    if not claim(event_id):
        return 200
    numbers = [n for n in payload.get("phone_numbers") or [] if isinstance(n, dict)]
    bought = [n["phone_number"] for n in numbers if n.get("phone_number") and n.get("status", "success") == "success"]
    if jobs.qsize() + len(bought) > jobs.maxsize:
        unclaim(event_id)
        return 503
    for number in bought:
        jobs.put(number)
    return 200


REASONS = {200: "OK", 400: "Bad Request", 401: "Unauthorized", 404: "Not Found", 405: "Method Not Allowed",
           413: "Content Too Large", 503: "Service Unavailable"}


def respond(environ):
    if environ.get("PATH_INFO") != PATH:
        return 404
    if environ.get("REQUEST_METHOD") != "POST":
        return 405
    try:
        length = int(environ.get("CONTENT_LENGTH") or 0)
    except ValueError:
        return 400
    if length < 0 or length > MAX_BODY:
        return 413
    body = environ["wsgi.input"].read(length)
    if not verify(environ, body):
        return 401
    try:
        event = json.loads(body)
    except ValueError:
        return 400
    return process(event)


def app(environ, start_response):
    status = respond(environ)
    start_response(f"{status} {REASONS[status]}", [("Content-Type", "text/plain"), ("Content-Length", "0")])
    return [b""]
