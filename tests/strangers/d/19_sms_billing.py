"""SMS cost control: status of every message and what we spend per day."""
import json
import logging
import os
import sqlite3
import tempfile
import time
from contextlib import closing
from decimal import Decimal, InvalidOperation

import requests
import telnyx
from flask import Flask, jsonify, request

app = Flask(__name__)
logger = logging.getLogger("billing")

telnyx_client = telnyx.Telnyx(
    api_key=os.environ["TELNYX_API_KEY"], public_key=os.environ["TELNYX_PUBLIC_KEY"]
)
DB = os.environ.get("BILLING_DB") or os.path.join(tempfile.mkdtemp(prefix="billing-"), "billing.db")
RATES_URL = os.environ.get("RATES_URL", "https://rates.example.com/latest")
OUR_CURRENCY = os.environ.get("CURRENCY", "EUR")
FALLBACK_RATE = Decimal(os.environ.get("FALLBACK_RATE", "0.92"))


def connect():
    return sqlite3.connect(DB, timeout=2)


with closing(connect()) as db:
    db.executescript(
        """
        CREATE TABLE IF NOT EXISTS events (event_id TEXT, at REAL);
        CREATE INDEX IF NOT EXISTS events_id ON events (event_id);
        CREATE TABLE IF NOT EXISTS messages (id TEXT PRIMARY KEY, recipient TEXT, status TEXT);
        CREATE TABLE IF NOT EXISTS spend (day TEXT PRIMARY KEY, amount REAL NOT NULL);
        """
    )


def rate(currency):
    if currency == OUR_CURRENCY:
        return Decimal(1)
    try:
        answer = requests.get(
            RATES_URL, params={"from": currency, "to": OUR_CURRENCY}, timeout=1
        )
        return Decimal(str(answer.json()["rate"]))
    except (requests.RequestException, ValueError, KeyError, TypeError, InvalidOperation):
        return FALLBACK_RATE


def s(value):
    return value.encode("utf-8", "replace").decode() if isinstance(value, str) else ""


@app.post("/hooks/messaging")
def messaging():
    body = request.get_data(as_text=True)
    try:
        telnyx_client.webhooks.unwrap(body, headers=dict(request.headers))
    except Exception:
        return jsonify(error="unauthorized"), 401

    event = json.loads(body)
    data = event.get("data") if isinstance(event, dict) else None
    if not isinstance(data, dict) or data.get("event_type") not in ("message.sent", "message.finalized"):
        return jsonify(ok=True)
    payload, event_id = data.get("payload"), s(data.get("id"))
    if not isinstance(payload, dict) or not event_id or not s(payload.get("id")):
        return jsonify(ok=True)

    with closing(connect()) as db:
        if db.execute("SELECT 1 FROM events WHERE event_id = ?", (event_id,)).fetchone():
            return jsonify(ok=True, duplicate=True)

        targets = payload.get("to")
        target = targets[0] if isinstance(targets, list) and targets else {}
        target = target if isinstance(target, dict) else {}
        amount = None
        if data["event_type"] == "message.finalized":
            cost = payload.get("cost", {})
            amount = Decimal(cost["amount"]) * rate(cost["currency"])

        with db:
            db.execute(
                "INSERT INTO messages VALUES (?, ?, ?)"
                " ON CONFLICT (id) DO UPDATE SET status = excluded.status",
                (s(payload["id"]), s(target.get("phone_number")), s(target.get("status"))),
            )
            if amount is not None:
                db.execute(
                    "INSERT INTO spend VALUES (?, ?)"
                    " ON CONFLICT (day) DO UPDATE SET amount = amount + excluded.amount",
                    (s(data.get("occurred_at"))[:10], float(amount)),
                )
            db.execute("INSERT INTO events VALUES (?, ?)", (event_id, time.time()))
    return jsonify(ok=True)
