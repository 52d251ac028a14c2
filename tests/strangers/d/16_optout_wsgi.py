"""Opt-out register for SMS campaigns. Plain WSGI, no framework.

POST /webhooks/sms   Telnyx messaging webhook
GET  /health
"""
import base64
import json
import logging
import os
import sqlite3
import tempfile
import time
import unicodedata
from contextlib import closing
from datetime import datetime, timezone

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

logger = logging.getLogger("optout")

PUBLIC_KEY = Ed25519PublicKey.from_public_bytes(base64.b64decode(os.environ["TELNYX_PUBLIC_KEY"]))
DB_PATH = os.environ.get("OPTOUT_DB") or os.path.join(tempfile.mkdtemp(prefix="optout-"), "optout.db")
MAX_BODY = 1 << 20
MAX_AGE = 300
STOP = {"stop", "stopall", "unsubscribe", "cancel", "end", "quit", "arrêt", "stopp"}
START = {"start", "unstop", "yes"}


def connect():
    return sqlite3.connect(DB_PATH, timeout=1)


with closing(connect()) as _db:
    _db.executescript(
        """
        CREATE TABLE IF NOT EXISTS events (id TEXT PRIMARY KEY);
        CREATE TABLE IF NOT EXISTS consent (
            ours TEXT, theirs TEXT, opted_out INTEGER, said_at REAL, PRIMARY KEY (ours, theirs));
        CREATE TABLE IF NOT EXISTS failures (number TEXT PRIMARY KEY, count INTEGER);
        """
    )


def signature_ok(environ, body):
    timestamp = environ.get("HTTP_TELNYX_TIMESTAMP", "")
    signature = environ.get("HTTP_TELNYX_SIGNATURE_ED25519", "")
    if not (timestamp.isascii() and timestamp.isdigit() and len(timestamp) <= 12):
        return False
    if abs(time.time() - int(timestamp)) > MAX_AGE:
        return False
    try:
        PUBLIC_KEY.verify(
            base64.b64decode(signature, validate=True), timestamp.encode() + b"|" + body
        )
    except Exception:
        return False
    return True


def as_text(value):
    return value.encode("utf-8", "replace").decode("utf-8") if isinstance(value, str) else ""


def number(value):
    return as_text(value.get("phone_number") if isinstance(value, dict) else value)


def recipients(payload):
    to = payload.get("to")
    return [n for n in (number(t) for t in (to if isinstance(to, list) else [to])) if n]


def moment(*candidates):
    for value in candidates:
        try:
            parsed = datetime.fromisoformat(value.replace("Z", "+00:00"))
            if parsed.tzinfo is None:
                parsed = parsed.replace(tzinfo=timezone.utc)
            return parsed.timestamp()
        except (AttributeError, ValueError, OverflowError, TypeError):
            continue
    return time.time()


def received(db, data, payload):
    words = unicodedata.normalize("NFC", as_text(payload.get("text")).casefold()).split()
    word = words[0].strip(".,!\"'") if words else ""
    if word not in STOP and word not in START:
        return
    theirs = number(payload.get("from"))
    said_at = moment(payload.get("received_at"), data.get("occurred_at"))
    for ours in recipients(payload):
        if theirs:
            db.execute(
                "INSERT INTO consent VALUES (?, ?, ?, ?) ON CONFLICT (ours, theirs) DO UPDATE"
                " SET opted_out = excluded.opted_out, said_at = excluded.said_at"
                " WHERE excluded.said_at >= consent.said_at",
                (ours, theirs, int(word in STOP), said_at),
            )


def finalized(db, payload):
    to = payload.get("to")
    for entry in to if isinstance(to, list) else []:
        status = entry.get("status") if isinstance(entry, dict) else None
        if isinstance(status, str) and status.endswith("_failed") and number(entry):
            db.execute(
                "INSERT INTO failures VALUES (?, 1)"
                " ON CONFLICT (number) DO UPDATE SET count = count + 1",
                (number(entry),),
            )


def process(body):
    try:
        event = json.loads(body)
    except (ValueError, RecursionError):
        return
    data = event.get("data") if isinstance(event, dict) else None
    payload = data.get("payload") if isinstance(data, dict) else None
    if not isinstance(payload, dict):
        return
    event_id = as_text(data.get("id"))
    kind = data.get("event_type")
    if not event_id or kind not in ("message.received", "message.finalized"):
        return
    with closing(connect()) as db, db:
        if not db.execute("INSERT OR IGNORE INTO events VALUES (?)", (event_id,)).rowcount:
            return
        if kind == "message.received":
            received(db, data, payload)
        else:
            finalized(db, payload)


def read_body(environ):
    try:
        length = int(environ.get("CONTENT_LENGTH") or 0)
    except ValueError:
        return b""
    if length < 0 or length > MAX_BODY:
        return None
    return environ["wsgi.input"].read(length)


def app(environ, start_response):
    def respond(status_line, **content):
        payload = json.dumps(content).encode()
        start_response(
            status_line,
            [("Content-Type", "application/json"), ("Content-Length", str(len(payload)))],
        )
        return [payload]

    path, method = environ.get("PATH_INFO", ""), environ.get("REQUEST_METHOD", "GET")
    if path == "/health":
        return respond("200 OK", ok=True)
    if path.rstrip("/") != "/webhooks/sms":
        return respond("404 Not Found", error="not found")
    if method != "POST":
        return respond("405 Method Not Allowed", error="POST only")

    body = read_body(environ)
    if body is None:
        return respond("413 Payload Too Large", error="too large")
    if not signature_ok(environ, body):
        return respond("401 Unauthorized", error="bad signature")
    try:
        process(body)
    except sqlite3.Error:
        logger.exception("database")
        return respond("503 Service Unavailable", error="try again")
    return respond("200 OK", status="ok")
