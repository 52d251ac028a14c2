"""Stripe webhook: activate a subscription when the checkout is complete."""
import hashlib
import hmac
import json
import logging
import os
import sqlite3
import tempfile
import threading
import time

from flask import Flask, jsonify, request

PATH = "/stripe/webhook"
TOLERANCE = 300

log = logging.getLogger("billing")
app = Flask(__name__)

_lock = threading.Lock()
_db = sqlite3.connect(os.path.join(tempfile.mkdtemp(prefix="billing-"), "billing.db"), check_same_thread=False)
_db.executescript(
    """
    CREATE TABLE events (n INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT UNIQUE);
    CREATE TABLE subscriptions (id TEXT PRIMARY KEY, customer TEXT, active INTEGER);
    """
)


def signature_valid(raw: bytes, header: str) -> bool:
    secret = os.environ.get("STRIPE_WEBHOOK_SECRET", "")
    if not secret:
        return False
    timestamp, candidates = "", []
    for part in header.split(","):
        name, _, value = part.strip().partition("=")
        if name == "t":
            timestamp = value
        elif name == "v1":
            candidates.append(value)
    if not (timestamp.isascii() and timestamp.isdigit() and len(timestamp) < 13):
        return False
    if abs(time.time() - int(timestamp)) > TOLERANCE:
        return False
    expected = hmac.new(secret.encode(), timestamp.encode() + b"." + raw, hashlib.sha256).hexdigest()
    return any(hmac.compare_digest(expected.encode(), c.encode("utf-8", "replace")) for c in candidates)


def text(value):
    return None if value is None else str(value).encode("utf-8", "replace").decode()


def apply(event_id, event_type, obj):
    with _lock, _db:
        if _db.execute("INSERT OR IGNORE INTO events (id) VALUES (?)", (event_id,)).rowcount == 0:
            return "duplicate"
        _db.execute("DELETE FROM events WHERE n <= (SELECT MAX(n) FROM events) - 50000")
        if event_type == "checkout.session.completed" and obj.get("subscription"):
            _db.execute(
                "INSERT INTO subscriptions VALUES (?, ?, 1) ON CONFLICT (id) DO NOTHING",
                (text(obj["subscription"]), text(obj.get("customer"))),
            )
        elif event_type == "customer.subscription.deleted":
            _db.execute(
                "INSERT INTO subscriptions VALUES (?, ?, 0) ON CONFLICT (id) DO UPDATE SET active = 0",
                (text(obj.get("id")), text(obj.get("customer"))),
            )
    return "ok"


@app.post(PATH)
def stripe_webhook():
    raw = request.get_data()
    if not signature_valid(raw, request.headers.get("Stripe-Signature", "")):
        return jsonify(error="invalid signature"), 400
    try:
        event = json.loads(raw)
        event_id, event_type, obj = event["id"], event["type"], event["data"]["object"]
        obj.get("id")
    except (ValueError, KeyError, TypeError, AttributeError):
        return jsonify(error="not an event"), 400
    return jsonify(status=apply(text(event_id), event_type, obj))
