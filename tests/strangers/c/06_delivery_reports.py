"""Delivery reports for outgoing SMS: keep the last state of each message, tell the shop's backend."""
import base64
import json
import logging
import os
import queue
import sqlite3
import tempfile
import threading
import time

import requests
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from flask import Flask, Response, request


class Config:
    PUBLIC_KEY = os.environ.get("TELNYX_PUBLIC_KEY", "")
    BACKEND = os.environ.get("SHOP_BACKEND_URL", "https://orders.shop-backend.invalid/api/sms-status")
    DB = os.environ.get("DLR_DB") or os.path.join(tempfile.mkdtemp(prefix="dlr-"), "dlr.db")
    TOLERANCE_SECONDS = 300
    KEEP_EVENTS_SECONDS = 3 * 24 * 3600


PATH = "/callbacks/messaging"
RANK = {"queued": 0, "sending": 1, "sent": 2, "delivery_unconfirmed": 3, "delivered": 4,
        "sending_failed": 4, "delivery_failed": 4, "expired": 4}

log = logging.getLogger("dlr")
app = Flask(__name__)
outbox: "queue.Queue[dict]" = queue.Queue(maxsize=1000)


def connect():
    return sqlite3.connect(Config.DB, timeout=1.0)


with connect() as _c:
    _c.execute("CREATE TABLE IF NOT EXISTS event (id TEXT PRIMARY KEY, at REAL)")
    _c.execute("CREATE TABLE IF NOT EXISTS message (id TEXT, number TEXT, status TEXT, PRIMARY KEY (id, number))")


def forward_forever():
    while True:
        item = outbox.get()
        try:
            requests.post(Config.BACKEND, json=item, timeout=5).raise_for_status()
        except requests.RequestException as exc:
            log.warning("backend unavailable, report kept in the database only: %s", exc)
        finally:
            outbox.task_done()


threading.Thread(target=forward_forever, name="dlr-forward", daemon=True).start()


def signature_ok(body: bytes) -> bool:
    stamp = request.headers.get("Telnyx-Timestamp", "")
    sig = request.headers.get("Telnyx-Signature-Ed25519", "")
    try:
        age = int(time.time()) - int(stamp)
        if age > Config.TOLERANCE_SECONDS or age < -Config.TOLERANCE_SECONDS:
            return False
        key = Ed25519PublicKey.from_public_bytes(base64.b64decode(Config.PUBLIC_KEY))
        key.verify(base64.b64decode(sig, validate=True), stamp.encode("utf-8") + b"|" + body)
    except (ValueError, InvalidSignature):
        return False
    return True


def apply(event_id, payload):
    """Store in one transaction; returns what changed (nothing for a duplicate)."""
    changed = []
    now = time.time()
    with connect() as c:
        c.execute("DELETE FROM event WHERE at < ?", (now - Config.KEEP_EVENTS_SECONDS,))
        if c.execute("INSERT OR IGNORE INTO event VALUES (?, ?)", (event_id, now)).rowcount == 0:
            return changed
        recipients = payload.get("to")
        for r in recipients if isinstance(recipients, list) else []:
            if not isinstance(r, dict):
                continue
            number, status = str(r.get("phone_number") or ""), str(r.get("status") or "unknown")
            row = c.execute("SELECT status FROM message WHERE id=? AND number=?",
                            (str(payload.get("id")), number)).fetchone()
            # events come in any order: never go back from delivered to sent
            if row and RANK.get(status, 0) <= RANK.get(row[0], 0):
                continue
            c.execute("INSERT OR REPLACE INTO message VALUES (?, ?, ?)", (str(payload.get("id")), number, status))
            changed.append({"message": payload.get("id"), "number": number, "status": status})
    return changed


@app.post(PATH)
def messaging():
    body = request.get_data(cache=False)
    if not signature_ok(body):
        return Response(status=403)
    try:
        event = json.loads(body)
    except ValueError:
        return Response(status=400)
    data = event.get("data") if isinstance(event, dict) else None
    if not isinstance(data, dict) or data.get("event_type") not in ("message.sent", "message.finalized"):
        return Response(status=200)
    payload = data.get("payload")
    if not isinstance(payload, dict) or not data.get("id"):
        return Response(status=200)
    try:
        changed = apply(str(data["id"]), payload)
    except sqlite3.OperationalError:
        log.exception("database busy")
        return Response(status=503)
    for item in changed:
        try:
            outbox.put_nowait(item)
        except queue.Full:
            log.error("forward queue full, %s stays in the database", item["message"])
    return Response(status=200)
