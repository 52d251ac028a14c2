"""Fax bridge: forward every received fax to head office, tell the operator by
text message when a forwarded fax fails.

Plain WSGI. The webhook only writes a row; a thread polls the table each half
second and calls the API.

    gunicorn "04_fax_bridge:make_app()"
"""
import base64
import hashlib
import json
import logging
import os
import sqlite3
import tempfile
import threading
import time
from contextlib import closing
from wsgiref.simple_server import make_server

import httpx
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

API = "https://api.telnyx.com/v2"
HEAD_OFFICE_FAX = os.environ.get("HEAD_OFFICE_FAX", "+13125550180")
OPERATOR = os.environ.get("OPERATOR_NUMBER", "+13125550181")
SENDER = os.environ.get("SENDER_NUMBER", "+13125550182")
CONNECTION_ID = os.environ.get("FAX_CONNECTION_ID", "1494404757140276705")
WANTED = ("fax.received", "fax.failed")
POLL = 0.5
MAX_TRIES = 3

log = logging.getLogger("fax_bridge")


class TryLater(Exception):
    """The request was certainly not carried out; it may be sent again."""


class Store:
    def __init__(self, path):
        self.path = path
        with closing(self.connect()) as db:
            db.execute("PRAGMA journal_mode=WAL")
            db.execute(
                "CREATE TABLE IF NOT EXISTS events ("
                " id TEXT PRIMARY KEY, type TEXT NOT NULL, payload TEXT NOT NULL,"
                " state TEXT NOT NULL DEFAULT 'new', tries INTEGER NOT NULL DEFAULT 0,"
                " not_before REAL NOT NULL DEFAULT 0)")

    def connect(self):
        return sqlite3.connect(self.path, timeout=5, isolation_level=None)

    def add(self, event_id, event_type, payload):
        """True when the row is new; the primary key decides."""
        with closing(self.connect()) as db:
            cursor = db.execute(
                "INSERT OR IGNORE INTO events (id, type, payload) VALUES (?, ?, ?)",
                (event_id, event_type, json.dumps(payload)))
            return cursor.rowcount == 1

    def due(self):
        with closing(self.connect()) as db:
            return db.execute(
                "SELECT id, type, payload, tries FROM events"
                " WHERE state = 'new' AND not_before <= ? ORDER BY rowid LIMIT 50",
                (time.time(),)).fetchall()

    def claim(self, event_id):
        with closing(self.connect()) as db:
            cursor = db.execute(
                "UPDATE events SET state = 'running', tries = tries + 1"
                " WHERE id = ? AND state = 'new'", (event_id,))
            return cursor.rowcount == 1

    def finish(self, event_id, state, not_before=0.0):
        with closing(self.connect()) as db:
            db.execute("UPDATE events SET state = ?, not_before = ? WHERE id = ?",
                       (state, not_before, event_id))


def post(path, body):
    try:
        reply = httpx.post(
            API + path, json=body, timeout=10,
            headers={"Authorization": f"Bearer {os.environ.get('TELNYX_API_KEY', '')}"})
    except httpx.ConnectError as error:
        raise TryLater(str(error)) from error
    if reply.status_code in (429, 503):
        raise TryLater(f"status {reply.status_code}")
    reply.raise_for_status()


def act(event_type, payload):
    time.sleep(0.08)  # archive entry
    if event_type == "fax.received":
        media_url = payload.get("media_url")
        if payload.get("direction") == "outbound" or payload.get("to") == HEAD_OFFICE_FAX:
            return
        if not isinstance(media_url, str) or not media_url:
            log.warning("fax %s has no media_url", payload.get("fax_id"))
            return
        line = payload.get("to")
        post("/faxes", {
            "connection_id": CONNECTION_ID,
            "from": line if isinstance(line, str) and line else SENDER,
            "to": HEAD_OFFICE_FAX,
            "media_url": media_url,
        })
    elif event_type == "fax.failed":
        if payload.get("direction") == "inbound":
            return
        post("/messages", {
            "from": SENDER,
            "to": OPERATOR,
            "text": f"Fax {payload.get('fax_id') or 'unknown'} was not delivered: "
                    f"{payload.get('failure_reason') or 'no reason given'}",
        })


def work(store):
    while True:
        try:
            for event_id, event_type, payload, tries in store.due():
                if not store.claim(event_id):
                    continue
                try:
                    act(event_type, json.loads(payload))
                except TryLater as error:
                    log.warning("%s: %s", event_id, error)
                    if tries + 1 < MAX_TRIES:
                        store.finish(event_id, "new", time.time() + 2 ** tries)
                    else:
                        store.finish(event_id, "failed")
                except Exception:
                    log.exception("event %s failed", event_id)
                    store.finish(event_id, "failed")
                else:
                    store.finish(event_id, "done")
        except Exception:
            log.exception("poll failed")
        time.sleep(POLL)


def signature_ok(environ, raw):
    timestamp = environ.get("HTTP_TELNYX_TIMESTAMP", "")
    try:
        if abs(time.time() - int(timestamp)) > 300:
            return False
        key = Ed25519PublicKey.from_public_bytes(
            base64.b64decode(os.environ.get("TELNYX_PUBLIC_KEY", "")))
        key.verify(
            base64.b64decode(environ.get("HTTP_TELNYX_SIGNATURE_ED25519", ""), validate=True),
            f"{timestamp}|".encode() + raw)
    except (ValueError, InvalidSignature):
        return False
    return True


def make_app(path=None):
    path = path or os.environ.get("FAX_BRIDGE_DB") or os.path.join(
        tempfile.mkdtemp(prefix="fax-bridge-"), "events.db")
    store = Store(path)
    threading.Thread(target=work, args=(store,), name="fax-bridge", daemon=True).start()

    def receive(environ):
        if environ.get("PATH_INFO") != "/webhooks":
            return "404 Not Found", {"error": "not found"}
        if environ.get("REQUEST_METHOD") != "POST":
            return "405 Method Not Allowed", {"error": "POST only"}
        try:
            length = int(environ.get("CONTENT_LENGTH") or 0)
        except ValueError:
            return "400 Bad Request", {"error": "length"}
        raw = environ["wsgi.input"].read(length) if length > 0 else b""
        if not signature_ok(environ, raw):
            return "401 Unauthorized", {"error": "signature"}
        try:
            body = json.loads(raw)
        except ValueError:
            return "400 Bad Request", {"error": "not JSON"}
        data = body.get("data") if isinstance(body, dict) else None
        if not isinstance(data, dict) or data.get("event_type") not in WANTED:
            return "200 OK", {"status": "ignored"}
        payload = data.get("payload")
        if not isinstance(payload, dict):
            return "200 OK", {"status": "ignored"}
        event_id = data.get("id")
        if not isinstance(event_id, str) or not event_id:
            event_id = hashlib.sha256(json.dumps(data, sort_keys=True).encode()).hexdigest()
        try:
            new = store.add(event_id, data["event_type"], payload)
        except sqlite3.Error:
            log.exception("event %s not stored", event_id)
            return "503 Service Unavailable", {"error": "try again"}
        return "200 OK", {"status": "stored" if new else "duplicate"}

    def application(environ, start_response):
        status, answer = receive(environ)
        out = json.dumps(answer).encode()
        start_response(status, [("Content-Type", "application/json"),
                                ("Content-Length", str(len(out)))])
        return [out]

    return application


if __name__ == "__main__":
    make_server("", 8000, make_app()).serve_forever()
