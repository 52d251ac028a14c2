"""Stripe webhook of the billing service: mark invoices paid. (Flask)"""
import hashlib
import hmac
import json
import logging
import os
import sqlite3
import tempfile
import time

from flask import Flask, jsonify, request

PATH = "/billing/stripe"
SECRET = os.environ.get("STRIPE_WEBHOOK_SECRET", "whsec_development")
DB = os.path.join(tempfile.mkdtemp(prefix="billing-"), "billing.db")

log = logging.getLogger("billing")
app = Flask(__name__)


def connect():
    return sqlite3.connect(DB, timeout=2)


with connect() as c:
    c.execute("CREATE TABLE invoice (id TEXT PRIMARY KEY, customer TEXT, cents INTEGER, state TEXT)")
    c.execute("CREATE TABLE stripe_event (id TEXT PRIMARY KEY, at REAL)")


def stripe_signature_ok(header, body):
    stamps, candidates = [], []
    for part in header.split(","):
        name, _, value = part.strip().partition("=")
        if name == "t":
            stamps.append(value)
        elif name == "v1":
            candidates.append(value)
    if len(stamps) != 1 or not (stamps[0].isascii() and stamps[0].isdigit()) or len(stamps[0]) > 12:
        return False
    if abs(time.time() - int(stamps[0])) > 300:
        return False
    expected = hmac.new(SECRET.encode(), stamps[0].encode() + b"." + body, hashlib.sha256).hexdigest()
    return any(hmac.compare_digest(expected.encode(), c.encode("utf-8", "replace")) for c in candidates)


def store(event, state):
    obj = (event.get("data") or {}).get("object") or {}
    if not obj.get("id"):
        return
    now = time.time()
    with connect() as c:
        c.execute("DELETE FROM stripe_event WHERE at < ?", (now - 7 * 86400,))
        if c.execute("INSERT OR IGNORE INTO stripe_event VALUES (?, ?)", (event.get("id"), now)).rowcount == 0:
            return
        c.execute(
            # a late payment_failed must not undo a payment
            "INSERT INTO invoice VALUES (?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET"
            " cents = excluded.cents, state = excluded.state WHERE invoice.state <> 'paid'",
            (obj["id"], obj.get("customer"), obj.get("amount_paid") or 0, state),
        )


@app.post(PATH)
def stripe_hook():
    body = request.get_data()
    if not stripe_signature_ok(request.headers.get("Stripe-Signature", ""), body):
        return jsonify(error="signature"), 400
    try:
        event = json.loads(body)
    except ValueError:
        return jsonify(error="json"), 400
    if not isinstance(event, dict):
        return jsonify(error="json"), 400
    kind = event.get("type")
    if kind == "invoice.paid":
        store(event, "paid")
    elif kind == "invoice.payment_failed":
        store(event, "failed")
    return jsonify(received=True)
