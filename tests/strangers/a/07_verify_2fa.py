"""Login codes with Telnyx Verify: when the SMS cannot be delivered, call the user instead.

The verify profile's webhook points at PATH. Needs TELNYX_API_KEY, TELNYX_PUBLIC_KEY and,
for the fallback, TELNYX_VERIFY_PROFILE_ID.
"""
import hashlib
import json
import logging
import os
import queue
import threading
from collections import OrderedDict
from dataclasses import dataclass, field

import requests
from flask import Flask, abort, request
from telnyx.lib.webhook_verification import WebhookVerificationError, verify_webhook_signature

PATH = "/2fa/webhook"
RANK = {"sent": 0, "delivered": 1, "failed": 2, "complete": 3}

logging.basicConfig(level=logging.INFO)
log = logging.getLogger("2fa")


@dataclass(frozen=True)
class Settings:
    public_key: str = field(default_factory=lambda: os.environ["TELNYX_PUBLIC_KEY"])
    api_key: str = field(default_factory=lambda: os.environ.get("TELNYX_API_KEY", ""))
    profile_id: str = field(default_factory=lambda: os.environ.get("TELNYX_VERIFY_PROFILE_ID", ""))
    api: str = "https://api.telnyx.com/v2"


settings = Settings()
app = Flask(__name__)
app.config["MAX_CONTENT_LENGTH"] = 1024 * 1024


class Verifications:
    """State per verification and the ids of events already handled, both bounded."""

    def __init__(self, limit=10000):
        self.limit, self.lock = limit, threading.Lock()
        self.status, self.events, self.called = OrderedDict(), OrderedDict(), OrderedDict()

    def _put(self, table, key, value):
        table[key] = value
        while len(table) > self.limit:
            table.popitem(last=False)

    def new_event(self, event_id):
        with self.lock:
            if event_id in self.events:
                return False
            self._put(self.events, event_id, True)
            return True

    def set_status(self, key, status):
        with self.lock:
            if RANK.get(self.status.get(key), -1) > RANK[status]:
                return False  # a late event does not undo the result
            self._put(self.status, key, status)
            return True

    def claim_fallback(self, key):
        with self.lock:
            if key in self.called:
                return False
            self._put(self.called, key, True)
            return True


store = Verifications()
fallbacks = queue.SimpleQueue()
_start = threading.Lock()
_thread = None


def call_user(phone_number):
    try:
        response = requests.post(
            f"{settings.api}/verifications/call",
            headers={"Authorization": f"Bearer {settings.api_key}"},
            json={"phone_number": phone_number, "verify_profile_id": settings.profile_id},
            timeout=(3, 10),
        )
        response.raise_for_status()
    except requests.RequestException as exc:
        log.error("fallback call not placed: %s", exc)


def fallback_loop():
    while True:
        phone_number = fallbacks.get()
        try:
            call_user(phone_number)
        except Exception:
            log.exception("fallback loop")


def enqueue_fallback(phone_number):
    global _thread
    with _start:
        if _thread is None or not _thread.is_alive():
            _thread = threading.Thread(target=fallback_loop, name="fallback", daemon=True)
            _thread.start()
    fallbacks.put(phone_number)


@app.post(PATH)
def verify_webhook():
    raw = request.get_data()
    try:
        verify_webhook_signature(raw, request.headers, settings.public_key)
    except (WebhookVerificationError, ValueError) as exc:  # ValueError: body that is not UTF-8
        log.warning("refused: %s", exc)
        abort(401)
    try:
        data = json.loads(raw)["data"]
        event_type, payload = data["event_type"], data.get("payload") or {}
        verification, phone = payload.get("id"), payload.get("phone_number")
    except (ValueError, KeyError, TypeError, AttributeError):
        log.warning("signed body that is no event")
        return {"status": "ignored"}

    event_id = data.get("id") or hashlib.sha256(raw).hexdigest()
    if not store.new_event(str(event_id)):
        return {"status": "duplicate"}
    if verification and event_type in ("verify.sent", "verify.delivered", "verify.failed", "verification.complete"):
        current = store.set_status(verification, event_type.rpartition(".")[2])
        if current and event_type == "verify.failed" and payload.get("type", "sms") == "sms" and phone:
            if store.claim_fallback(verification):
                enqueue_fallback(phone)
    return {"status": "ok"}
