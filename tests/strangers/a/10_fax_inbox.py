"""Fax inbox: store received faxes as PDF, list failures. Flask + SQLite.

The media link of `fax.received` expires after ten minutes; a worker fetches it right
after the webhook has been answered.
"""
import json
import logging
import os
import queue
import re
import sqlite3
import tempfile
import threading
import time

import requests
from flask import Flask, request
from telnyx import Telnyx

PATH = "/fax/webhook"
BASE = os.environ.get("FAX_DIR") or tempfile.mkdtemp(prefix="fax-")
MAX_PDF = 50 * 1024 * 1024
ATTEMPTS = 3

logger = logging.getLogger("fax-inbox")
app = Flask(__name__)
client = Telnyx()
client.webhooks.unsafe_unwrap('{"data": {}}')

SCHEMA = """
CREATE TABLE IF NOT EXISTS events (n INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT UNIQUE);
CREATE TABLE IF NOT EXISTS faxes (
    fax_id TEXT PRIMARY KEY, sender TEXT, recipient TEXT, pages INTEGER,
    status TEXT NOT NULL, reason TEXT, file TEXT);
"""
db_lock = threading.Lock()
db = sqlite3.connect(os.path.join(BASE, "inbox.db"), check_same_thread=False)
db.executescript(SCHEMA)

downloads = queue.Queue()
_worker, _worker_lock = None, threading.Lock()


def text(value):
    """A value as text SQLite can store, or None."""
    return None if value is None else str(value).encode("utf-8", "replace").decode()


def record(event_id, payload, status):
    """Store event and fax together. False if the event was stored before."""
    with db_lock, db:
        if event_id:
            if db.execute("INSERT OR IGNORE INTO events (id) VALUES (?)", (event_id,)).rowcount == 0:
                return False
            db.execute("DELETE FROM events WHERE n <= (SELECT MAX(n) FROM events) - 10000")
        pages = payload.get("page_count")
        db.execute(
            "INSERT INTO faxes (fax_id, sender, recipient, pages, status, reason) VALUES (?, ?, ?, ?, ?, ?) "
            "ON CONFLICT (fax_id) DO UPDATE SET status = excluded.status, reason = excluded.reason "
            "WHERE faxes.status NOT IN ('received', 'stored')",
            (text(payload.get("fax_id")), text(payload.get("from")), text(payload.get("to")),
             pages if isinstance(pages, int) else None, status, text(payload.get("failure_reason"))),
        )
    return True


def fetch(fax_id, url):
    path = os.path.join(BASE, re.sub(r"[^A-Za-z0-9-]", "_", fax_id)[:80] + ".pdf")
    size = 0
    with requests.get(url, stream=True, timeout=(5, 30)) as response, open(path + ".part", "wb") as out:
        response.raise_for_status()
        for chunk in response.iter_content(65536):
            size += len(chunk)
            if size > MAX_PDF:
                raise ValueError("fax too large")
            out.write(chunk)
    os.replace(path + ".part", path)
    with db_lock, db:
        db.execute("UPDATE faxes SET status = 'stored', file = ? WHERE fax_id = ?", (path, text(fax_id)))


def work():
    while True:
        fax_id, url = downloads.get()
        for attempt in range(1, ATTEMPTS + 1):
            try:
                fetch(fax_id, url)
                break
            except Exception as exc:
                logger.warning("fax %s, attempt %d: %s", fax_id, attempt, exc)
                time.sleep(2 * attempt)


def enqueue(fax_id, url):
    global _worker
    with _worker_lock:
        if _worker is None or not _worker.is_alive():
            _worker = threading.Thread(target=work, daemon=True)
            _worker.start()
    downloads.put((fax_id, url))


@app.route(PATH, methods=["POST"])
def fax_webhook():
    body = request.get_data(as_text=True)
    try:
        client.webhooks.unwrap(body, headers=request.headers)
    except Exception as exc:
        logger.warning("webhook refused: %s", exc)
        return {"error": "invalid signature"}, 401

    event = json.loads(body)
    if not isinstance(event, dict):
        return {"error": "not an event"}, 400
    data = event["data"] if isinstance(event.get("data"), dict) else event  # some fax events come bare
    payload = data.get("payload") if isinstance(data.get("payload"), dict) else {}
    fax_id, kind = payload.get("fax_id"), data.get("event_type")
    if not isinstance(fax_id, str) or payload.get("direction") == "outbound":
        return {"status": "ignored"}
    if kind == "fax.received":
        url = payload.get("media_url")
        if record(text(data.get("id")), payload, "received") and isinstance(url, str) and url.startswith("https://"):
            enqueue(fax_id, url)
    elif kind == "fax.failed":
        record(text(data.get("id")), payload, "failed")
    return {"status": "ok"}
