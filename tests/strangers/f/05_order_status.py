"""Order status by text: "ORDER 1234" is answered with the state of the order.

Plain WSGI, one worker thread behind a queue.Queue.
"""
import base64
import hashlib
import json
import logging
import os
import queue
import re
import threading
import time
from collections import OrderedDict

import requests
from nacl.exceptions import BadSignatureError
from nacl.signing import VerifyKey

API_BASE = "https://api.telnyx.com/v2"
SHOP_NUMBER = os.environ.get("SHOP_NUMBER", "+13125550120")
MAX_WAITING = 4
OPT_OUT = {"STOP", "STOPALL", "UNSUBSCRIBE", "CANCEL", "END", "QUIT", "START", "UNSTOP"}

logger = logging.getLogger("order_status")


class Seen:
    def __init__(self, limit=20000):
        self._limit = limit
        self._ids = OrderedDict()
        self._lock = threading.Lock()

    def add(self, event_id):
        """True the first time only."""
        with self._lock:
            if event_id in self._ids:
                return False
            self._ids[event_id] = None
            if len(self._ids) > self._limit:
                self._ids.popitem(last=False)
            return True


def find_order(text):
    """Stands for the query to the shop's database."""
    time.sleep(0.2)
    match = re.search(r"\b(\d{3,10})\b", text)
    if not match:
        return "Please text ORDER and your order number, for example ORDER 1234."
    states = ("is being packed", "was handed to the carrier", "was delivered")
    return f"Your order {match.group(1)} {states[int(match.group(1)) % 3]}."


def send_message(session, sender, recipient, text):
    response = session.post(
        f"{API_BASE}/messages",
        json={"from": sender, "to": recipient, "text": text},
        headers={"Authorization": f"Bearer {os.environ.get('TELNYX_API_KEY', '')}"},
        timeout=10,
    )
    response.raise_for_status()
    return response


def worker(jobs):
    session = requests.Session()
    while True:
        customer, shop, text = jobs.get()
        try:
            send_message(session, shop, customer, find_order(text))
        except requests.Timeout:
            logger.warning("Telnyx did not answer in time; %s gets no status", customer)
        finally:
            jobs.task_done()


def number_of(party):
    if isinstance(party, list):
        party = party[0] if party else None
    number = party.get("phone_number") if isinstance(party, dict) else party
    return number if isinstance(number, str) else ""


def is_signed(environ, raw):
    timestamp = environ.get("HTTP_TELNYX_TIMESTAMP", "")
    signature = environ.get("HTTP_TELNYX_SIGNATURE_ED25519", "")
    try:
        if abs(time.time() - int(timestamp)) > 300:
            return False
        key = VerifyKey(base64.b64decode(os.environ.get("TELNYX_PUBLIC_KEY", "")))
        key.verify(f"{timestamp}|".encode() + raw, base64.b64decode(signature, validate=True))
        return True
    except (ValueError, TypeError, BadSignatureError):
        return False


class OrderStatus:
    def __init__(self):
        self.seen = Seen()
        self.jobs = queue.Queue(maxsize=MAX_WAITING)
        threading.Thread(target=worker, args=(self.jobs,), daemon=True, name="orders").start()

    def __call__(self, environ, start_response):
        status, text = self.dispatch(environ)
        body = json.dumps({"status": text}).encode()
        start_response(status, [("Content-Type", "application/json"),
                                ("Content-Length", str(len(body)))])
        return [body]

    def dispatch(self, environ):
        if environ.get("PATH_INFO") != "/webhooks":
            return "404 Not Found", "not found"
        if environ.get("REQUEST_METHOD") != "POST":
            return "405 Method Not Allowed", "POST only"
        try:
            length = max(int(environ.get("CONTENT_LENGTH") or 0), 0)
        except ValueError:
            return "400 Bad Request", "length"
        raw = environ["wsgi.input"].read(length) if length else b""
        if not is_signed(environ, raw):
            return "403 Forbidden", "signature"
        try:
            body = json.loads(raw)
        except ValueError:
            return "400 Bad Request", "not JSON"
        data = body.get("data") if isinstance(body, dict) else None
        if not isinstance(data, dict) or data.get("event_type") != "message.received":
            return "200 OK", "ignored"
        return "200 OK", self.message_received(data)

    def message_received(self, data):
        payload = data.get("payload")
        if not isinstance(payload, dict) or payload.get("direction") == "outbound":
            return "ignored"
        customer = number_of(payload.get("from"))
        shop = number_of(payload.get("to")) or SHOP_NUMBER
        text = payload.get("text")
        text = text if isinstance(text, str) else ""
        if not customer or customer == shop or text.strip().upper() in OPT_OUT:
            return "ignored"
        event_id = data.get("id")
        if not isinstance(event_id, str) or not event_id:
            event_id = hashlib.sha256(json.dumps(data, sort_keys=True).encode()).hexdigest()
        if not self.seen.add(event_id):
            return "duplicate"
        self.jobs.put((customer, shop, text))
        return "queued"


def make_app():
    return OrderStatus()


app = make_app()
