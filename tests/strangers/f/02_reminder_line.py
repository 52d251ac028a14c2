"""Appointment reminders.

The reminder calls are dialled elsewhere; this receiver drives them once they
are answered: read the reminder, take one digit, say goodbye, hang up. Every
step waits a moment on a threading.Timer, so that the speech does not start
before the callee has the phone at the ear.
"""
import base64
import binascii
import hashlib
import json
import logging
import os
import threading
import time
from collections import OrderedDict
from urllib.parse import quote

import httpx
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from flask import Flask, request

API = "https://api.telnyx.com/v2"
CLINIC = os.environ.get("CLINIC_NUMBER", "+13125550170")
CLINIC_LEG = base64.b64encode(b"clinic-leg").decode()
DELAY = {"call.answered": 0.3, "call.gather.ended": 0.05, "call.speak.ended": 0.2}
ORDER = {"call.answered": 1, "call.gather.ended": 2, "call.speak.ended": 3, "call.hangup": 4}
KEEP = 20000

log = logging.getLogger("reminder_line")


class Book:
    """What we know of the events and calls so far; every method is atomic."""

    def __init__(self):
        self._lock = threading.Lock()
        self._events = OrderedDict()
        self._reached = OrderedDict()
        self._timers = {}

    def first_time(self, event_id):
        with self._lock:
            if event_id in self._events:
                return False
            self._events[event_id] = True
            if len(self._events) > KEEP:
                self._events.popitem(last=False)
            return True

    def schedule(self, call_id, event_type, timer):
        """Start the timer unless the call is already past this event."""
        with self._lock:
            if self._reached.get(call_id, 0) > ORDER[event_type]:
                return False
            self._reach(call_id, ORDER[event_type])
            self._timers.setdefault(call_id, set()).add(timer)
            timer.start()
            return True

    def claim(self, call_id, timer):
        """Called by a timer that fires: may it still act?"""
        with self._lock:
            timers = self._timers.get(call_id)
            if timers is not None:
                timers.discard(timer)
                if not timers:
                    del self._timers[call_id]
            return self._reached.get(call_id, 0) < ORDER["call.hangup"]

    def hang_up(self, call_id):
        with self._lock:
            self._reach(call_id, ORDER["call.hangup"])
            for timer in self._timers.pop(call_id, ()):
                timer.cancel()

    def _reach(self, call_id, stage):
        self._reached[call_id] = stage
        self._reached.move_to_end(call_id)
        if len(self._reached) > KEEP:
            self._reached.popitem(last=False)


def verify(raw, headers):
    stamp = headers.get("telnyx-timestamp") or ""
    try:
        age = time.time() - int(stamp)
        signature = base64.b64decode(headers.get("telnyx-signature-ed25519") or "", validate=True)
        key = Ed25519PublicKey.from_public_bytes(
            base64.b64decode(os.environ.get("TELNYX_PUBLIC_KEY", "")))
        key.verify(signature, f"{stamp}|".encode() + raw)
    except (ValueError, binascii.Error, InvalidSignature):
        return False
    return abs(age) <= 300


def command(call_id, action, body, event_id):
    # command_id makes Telnyx itself drop a repeated command
    reply = httpx.post(
        f"{API}/calls/{quote(call_id, safe=':')}/actions/{action}",
        json={**body, "command_id": event_id},
        headers={"Authorization": "Bearer " + os.environ.get("TELNYX_API_KEY", "")},
        timeout=10.0,
    )
    reply.raise_for_status()


def step(event_type, payload):
    """The command that answers an event, as (action, body)."""
    voice = {"voice": "female", "language": "en-US"}
    if event_type == "call.answered":
        return "gather_using_speak", {
            "payload": "This is a reminder of your appointment tomorrow. "
                       "Press 1 to confirm, or 2 to talk to the clinic.",
            "minimum_digits": 1, "maximum_digits": 1, "valid_digits": "12",
            "timeout_millis": 10000, **voice}
    if event_type == "call.gather.ended":
        digits = payload.get("digits")
        if digits == "2":
            return "transfer", {"to": CLINIC, "target_leg_client_state": CLINIC_LEG}
        if digits == "1":
            return "speak", {"payload": "Thank you, see you tomorrow.", **voice}
        return "speak", {"payload": "We will try again later. Goodbye.", **voice}
    return "hangup", {}


def make_app():
    app = Flask("reminder_line")
    book = Book()

    def fire(timer_box, event_id, event_type, payload):
        call_id = payload["call_control_id"]
        try:
            if not book.claim(call_id, timer_box[0]):
                return
            action, body = step(event_type, payload)
            command(call_id, action, body, event_id)
        except httpx.HTTPError as error:
            log.warning("%s for %s: %s", event_type, call_id, error)
        except Exception:
            log.exception("%s for %s", event_type, call_id)

    @app.post("/webhooks")
    def webhooks():
        raw = request.get_data()
        if not verify(raw, request.headers):
            return {"error": "signature"}, 401
        try:
            data = json.loads(raw)["data"]
            event_type = data["event_type"]
            payload = data["payload"]
            call_id = payload["call_control_id"]
        except (ValueError, KeyError, TypeError):
            return {"status": "ignored"}
        if not isinstance(event_type, str) or event_type not in ORDER:
            return {"status": "ignored"}
        if not isinstance(call_id, str) or not call_id:
            return {"status": "ignored"}
        if event_type == "call.hangup":
            book.hang_up(call_id)
            return {"status": "ok"}
        if payload.get("client_state") == CLINIC_LEG:
            return {"status": "ignored"}
        if payload.get("status") == "call_hangup":
            return {"status": "ignored"}

        event_id = data.get("id")
        if not isinstance(event_id, str) or not event_id:
            event_id = hashlib.sha256(json.dumps(data, sort_keys=True).encode()).hexdigest()
        if not book.first_time(event_id):
            return {"status": "duplicate"}

        box = []
        timer = threading.Timer(DELAY[event_type], fire, (box, event_id, event_type, payload))
        timer.daemon = True
        box.append(timer)
        if not book.schedule(call_id, event_type, timer):
            return {"status": "stale"}
        return {"status": "ok"}

    return app


app = make_app()
