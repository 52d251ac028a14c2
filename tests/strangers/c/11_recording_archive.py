"""Call recording archive: copy each saved recording to our own store, then delete it at Telnyx."""
import json
import logging
import os
import sqlite3
import tempfile
import threading
import time

import httpx
from flask import Flask, abort, request
from telnyx.lib.webhook_verification import WebhookVerificationError, verify_webhook_signature

PATH = "/recordings/events"
ARCHIVE = os.environ.get("ARCHIVE_URL", "https://archive.internal-store.invalid/recordings")
DB_FILE = os.environ.get("ARCHIVE_DB") or os.path.join(tempfile.mkdtemp(prefix="archive-"), "jobs.db")
MAX_TRIES = 8

logger = logging.getLogger("archive")
app = Flask(__name__)
wake = threading.Event()


def db():
    return sqlite3.connect(DB_FILE, timeout=1.0)


with db() as _conn:
    _conn.executescript(
        """
        CREATE TABLE IF NOT EXISTS seen (event_id TEXT PRIMARY KEY, at REAL NOT NULL);
        CREATE TABLE IF NOT EXISTS job (
            recording_id TEXT PRIMARY KEY, url TEXT, session TEXT, format TEXT,
            tries INTEGER DEFAULT 0, due REAL DEFAULT 0, state TEXT DEFAULT 'new'
        );
        """
    )


def copy(url, recording_id, fmt):
    with httpx.Client(timeout=30, follow_redirects=True) as http:
        audio = http.get(url)
        audio.raise_for_status()
        stored = http.put(f"{ARCHIVE}/{recording_id}.{fmt}", content=audio.content)
        stored.raise_for_status()


def remove_at_telnyx(recording_id):
    r = httpx.delete(
        f"https://api.telnyx.com/v2/recordings/{recording_id}",
        headers={"Authorization": f"Bearer {os.environ.get('TELNYX_API_KEY', '')}"},
        timeout=10,
    )
    if r.status_code not in (200, 202, 204, 404):
        r.raise_for_status()


def run_due_jobs():
    with db() as conn:
        rows = conn.execute(
            "SELECT recording_id, url, format, tries FROM job WHERE state='new' AND due <= ? LIMIT 20", (time.time(),)
        ).fetchall()
    for recording_id, url, fmt, tries in rows:
        try:
            copy(url, recording_id, fmt)
            remove_at_telnyx(recording_id)
            state, tries = "done", tries
        except (httpx.HTTPError, httpx.InvalidURL) as exc:
            logger.warning("recording %s: %s", recording_id, exc)
            tries += 1
            state = "failed" if tries >= MAX_TRIES else "new"
        with db() as conn:
            conn.execute(
                "UPDATE job SET state=?, tries=?, due=? WHERE recording_id=?",
                (state, tries, time.time() + 5 * 2 ** tries, recording_id),
            )


def worker():
    while True:
        wake.wait(timeout=5)
        wake.clear()
        try:
            run_due_jobs()
        except Exception:
            logger.exception("archive worker")


threading.Thread(target=worker, daemon=True, name="archive").start()


def accept(event_id, payload):
    urls = payload.get("recording_urls") or {}
    fmt = "mp3" if urls.get("mp3") else "wav"
    recording_id = payload.get("recording_id")
    if not recording_id or not urls.get(fmt):
        logger.info("recording event without id or url, nothing to archive")
        return
    now = time.time()
    with db() as conn:  # one transaction: the id is only remembered together with the job
        conn.execute("DELETE FROM seen WHERE at < ?", (now - 7 * 86400,))
        if conn.execute("INSERT OR IGNORE INTO seen VALUES (?, ?)", (event_id, now)).rowcount:
            conn.execute(
                "INSERT OR IGNORE INTO job (recording_id, url, session, format) VALUES (?, ?, ?, ?)",
                (recording_id, urls[fmt], payload.get("call_session_id"), fmt),
            )
    wake.set()


@app.route(PATH, methods=["POST"])
def recording_events():
    raw = request.get_data()
    try:
        verify_webhook_signature(raw, request.headers, os.environ.get("TELNYX_PUBLIC_KEY", ""))
    except (WebhookVerificationError, UnicodeDecodeError) as exc:
        logger.warning("rejected webhook: %s", exc)
        abort(401)
    try:
        event = json.loads(raw)
    except ValueError:
        abort(400)
    data = event.get("data") if isinstance(event, dict) else None
    if not isinstance(data, dict):
        return {"status": "ignored"}
    payload = data.get("payload")
    if data.get("event_type") == "call.recording.saved" and isinstance(payload, dict):
        try:
            accept(str(data.get("id")), payload)
        except sqlite3.OperationalError:
            logger.exception("cannot store the job")
            abort(503)
    elif data.get("event_type") == "call.recording.error":
        logger.error("recording failed: %s", payload)
    return {"status": "ok"}
