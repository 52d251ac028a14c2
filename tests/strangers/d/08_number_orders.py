"""Number order status -> our provisioning database and the provisioning service."""
import base64
import json
import logging
import os
import sqlite3
import tempfile
import threading
import time
from contextlib import closing
from pathlib import Path

import httpx
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from fastapi import Depends, FastAPI, HTTPException, Request

logger = logging.getLogger("number-orders")

PUBLIC_KEY = Ed25519PublicKey.from_public_bytes(base64.b64decode(os.environ["TELNYX_PUBLIC_KEY"]))
PROVISIONING_URL = os.environ.get("PROVISIONING_URL", "https://provisioning.example.com/v1/numbers")
PROVISIONING_TOKEN = os.environ.get("PROVISIONING_TOKEN", "")
DB = os.environ.get("ORDERS_DB") or str(Path(tempfile.mkdtemp(prefix="orders-")) / "orders.sqlite3")
TOLERANCE = 300
FINAL = ("success", "failure")

app = FastAPI(title="Number orders")
nudge = threading.Event()


def database():
    return sqlite3.connect(DB, timeout=2)


with closing(database()) as setup:
    setup.executescript(
        """
        CREATE TABLE IF NOT EXISTS events (id TEXT PRIMARY KEY, seen_at REAL);
        CREATE TABLE IF NOT EXISTS orders (id TEXT PRIMARY KEY, status TEXT, reference TEXT);
        CREATE TABLE IF NOT EXISTS outbox (
            order_id TEXT, phone_number TEXT, reference TEXT,
            tries INTEGER DEFAULT 0, done INTEGER DEFAULT 0,
            PRIMARY KEY (order_id, phone_number));
        """
    )


def push_pending():
    with closing(database()) as db:
        rows = db.execute(
            "SELECT order_id, phone_number, reference FROM outbox WHERE done = 0 AND tries < 50"
        ).fetchall()
    if not rows:
        return
    with httpx.Client(timeout=5) as http:
        for order_id, number, reference in rows:
            done = 0
            try:
                answer = http.post(
                    PROVISIONING_URL,
                    json={"order": order_id, "number": number, "reference": reference},
                    headers={
                        "Authorization": f"Bearer {PROVISIONING_TOKEN}",
                        "Idempotency-Key": base64.urlsafe_b64encode(
                            f"{order_id}/{number}".encode()
                        ).decode(),
                    },
                )
                done = int(answer.status_code < 300 or answer.status_code == 409)
            except Exception as exc:
                logger.warning("provisioning: %s", type(exc).__name__)
            with closing(database()) as db, db:
                db.execute(
                    "UPDATE outbox SET done = ?, tries = tries + 1"
                    " WHERE order_id = ? AND phone_number = ?",
                    (done, order_id, number),
                )


def pusher():
    while True:
        nudge.wait(timeout=20)
        nudge.clear()
        try:
            push_pending()
        except Exception:
            logger.exception("push failed")


threading.Thread(target=pusher, daemon=True).start()


async def verified_body(request: Request) -> bytes:
    body = await request.body()
    timestamp = request.headers.get("telnyx-timestamp", "")
    signature = request.headers.get("telnyx-signature-ed25519", "")
    try:
        if abs(time.time() - int(timestamp)) > TOLERANCE:
            raise ValueError("timestamp outside of tolerance")
        PUBLIC_KEY.verify(
            base64.b64decode(signature, validate=True), timestamp.encode() + b"|" + body
        )
    except (InvalidSignature, ValueError, OverflowError):
        raise HTTPException(status_code=401, detail="invalid signature")
    return body


def plain(value):
    if not isinstance(value, str):
        return ""
    return value.encode("utf-8", "replace").decode()


def store(event_id, payload):
    order_id = plain(payload.get("id"))
    status = plain(payload.get("status")).lower()
    reference = plain(payload.get("customer_reference"))
    if not order_id:
        return "ignored"
    with closing(database()) as db, db:
        fresh = db.execute(
            "INSERT OR IGNORE INTO events (id, seen_at) VALUES (?, ?)", (event_id, time.time())
        ).rowcount
        if not fresh:
            return "duplicate"
        db.execute(
            "INSERT INTO orders (id, status, reference) VALUES (?, ?, ?)"
            " ON CONFLICT (id) DO UPDATE SET status = excluded.status,"
            " reference = excluded.reference"
            " WHERE orders.status NOT IN ('success', 'failure')"
            " OR excluded.status IN ('success', 'failure')",
            (order_id, status, reference),
        )
        numbers = payload.get("phone_numbers")
        for entry in numbers if isinstance(numbers, list) else []:
            if not isinstance(entry, dict):
                continue
            number = plain(entry.get("phone_number"))
            entry_status = plain(entry.get("status")) or status
            if number and entry_status == "success":
                db.execute(
                    "INSERT OR IGNORE INTO outbox (order_id, phone_number, reference)"
                    " VALUES (?, ?, ?)",
                    (order_id, number, reference),
                )
    return "ok"


@app.post("/webhooks/number-orders")
def number_order(body: bytes = Depends(verified_body)):
    try:
        event = json.loads(body)
    except (ValueError, RecursionError):
        return {"status": "ignored"}
    data = event.get("data") if isinstance(event, dict) else None
    if not isinstance(data, dict):
        return {"status": "ignored"}
    kind = data.get("event_type")
    if not isinstance(kind, str) or not kind.startswith("number_order."):
        return {"status": "ignored"}
    event_id, payload = plain(data.get("id")), data.get("payload")
    if not event_id or not isinstance(payload, dict):
        return {"status": "ignored"}
    try:
        result = store(event_id, payload)
    except sqlite3.Error:
        logger.exception("database")
        raise HTTPException(status_code=503, detail="try again")
    nudge.set()
    return {"status": result}
