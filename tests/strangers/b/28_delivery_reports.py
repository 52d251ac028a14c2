"""Delivery reports: keeps the final state of every outbound message per recipient. Plain WSGI + sqlite.

    python -m wsgiref ... / gunicorn "28_delivery_reports:app"
"""
import base64
import json
import logging
import os
import re
import sqlite3
import tempfile
import threading
import time

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

log = logging.getLogger("dlr")

PATH = "/dlr"
TOLERANCE = 300
LIMIT = 512 * 1024
KEEP_SECONDS = 3 * 86400
PUBLIC_KEY = Ed25519PublicKey.from_public_bytes(base64.b64decode(os.environ["TELNYX_PUBLIC_KEY"].strip()))

# How far a message has come. A report never moves a recipient backwards.
STEP = {"queued": 0, "sending": 1, "sent": 2, "delivery_unconfirmed": 3, "sending_failed": 4, "expired": 4,
        "delivery_failed": 4, "delivered": 4, "read": 5}

_lock = threading.Lock()
_db = sqlite3.connect(os.path.join(tempfile.mkdtemp(prefix="dlr-"), "dlr.db"), check_same_thread=False)
_db.executescript(
    """
    CREATE TABLE seen (event_id TEXT PRIMARY KEY, at REAL);
    CREATE TABLE reports (message_id TEXT, recipient TEXT, status TEXT, step INTEGER, error TEXT, cost TEXT,
                          PRIMARY KEY (message_id, recipient));
    CREATE TABLE totals (status TEXT PRIMARY KEY, events INTEGER);
    """
)


def plain(value, limit=100):
    if not isinstance(value, (str, int, float)):
        return None
    return str(value).encode("utf-8", "replace").decode()[:limit]


def signature_ok(environ, body):
    stamp = environ.get("HTTP_TELNYX_TIMESTAMP", "").strip()
    if not re.fullmatch("[0-9]{1,12}", stamp) or abs(time.time() - int(stamp)) > TOLERANCE:
        return False
    try:
        signature = base64.b64decode(environ.get("HTTP_TELNYX_SIGNATURE_ED25519", "").strip(), validate=True)
        PUBLIC_KEY.verify(signature, stamp.encode("ascii") + b"|" + body)
    except (ValueError, InvalidSignature):
        return False
    return True


def recipients(payload):
    """(number, status) pairs; "to" is a list of objects, or a bare number (WhatsApp)."""
    to = payload.get("to")
    for entry in to if isinstance(to, list) else [to]:
        if isinstance(entry, dict):
            yield plain(entry.get("phone_number")) or "unknown", plain(entry.get("status"))
        elif isinstance(entry, str):
            yield plain(entry), plain(payload.get("status"))


def first_error(payload):
    for error in payload.get("errors") or []:
        if isinstance(error, dict):
            return plain(f"{error.get('code')} {error.get('title')}", 200)
    return None


def report(data, payload):
    message_id = plain(payload.get("id"))
    if not message_id:
        return
    cost = payload.get("cost")
    cost = plain(cost.get("amount")) if isinstance(cost, dict) else None
    for number, status in recipients(payload):
        if status is None:
            continue
        _db.execute(
            "INSERT INTO reports VALUES (?,?,?,?,?,?) ON CONFLICT(message_id, recipient) DO UPDATE SET"
            " status=excluded.status, step=excluded.step, error=excluded.error, cost=COALESCE(excluded.cost, cost)"
            " WHERE excluded.step > reports.step",
            (message_id, number, status, STEP.get(status, 2), first_error(payload), cost),
        )
        if data.get("event_type") == "message.finalized":
            _db.execute("INSERT INTO totals VALUES (?,1) ON CONFLICT(status) DO UPDATE SET events=events+1", (status,))


def handle(data):
    """Everything of one event in one transaction; the answer is only 200 when it is on disk."""
    kind, payload = data.get("event_type"), data.get("payload")
    if kind not in ("message.sent", "message.finalized", "message.read") or not isinstance(payload, dict):
        return "ignored"
    with _lock, _db:
        event_id = plain(data.get("id"))
        if event_id:
            if not _db.execute("INSERT OR IGNORE INTO seen VALUES (?,?)", (event_id, time.time())).rowcount:
                return "duplicate"
            _db.execute("DELETE FROM seen WHERE at < ?", (time.time() - KEEP_SECONDS,))
        report(data, payload)
    return "ok"


def app(environ, start_response):
    def reply(status, text):
        body = json.dumps({"status": text}).encode()
        start_response(status, [("Content-Type", "application/json"), ("Content-Length", str(len(body)))])
        return [body]

    if environ.get("PATH_INFO") != PATH:
        return reply("404 Not Found", "not found")
    if environ.get("REQUEST_METHOD") != "POST":
        return reply("405 Method Not Allowed", "post only")
    length = environ.get("CONTENT_LENGTH") or "0"
    if not re.fullmatch("[0-9]{1,10}", length):
        return reply("400 Bad Request", "content length")
    if int(length) > LIMIT:
        return reply("413 Content Too Large", "too large")
    body = environ["wsgi.input"].read(int(length))
    if not signature_ok(environ, body):
        return reply("401 Unauthorized", "invalid signature")
    try:
        event = json.loads(body)
    except (ValueError, RecursionError):
        return reply("400 Bad Request", "invalid json")
    data = event.get("data") if isinstance(event, dict) else None
    if not isinstance(data, dict):
        return reply("200 OK", "ignored")
    try:
        return reply("200 OK", handle(data))
    except sqlite3.Error:
        log.exception("could not store a report")
        return reply("503 Service Unavailable", "try again")
