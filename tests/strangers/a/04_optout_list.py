"""Opt-out list for an SMS programme (STOP / START), kept in SQLite.

The list follows the time of the events, not the order in which they arrive. Events are
recorded together with their effect in one transaction: a failure answers 500 and Telnyx
delivers the event again.
"""
import json
import logging
import os
import sqlite3
import tempfile
import threading
import time
from datetime import datetime, timezone

from fastapi import BackgroundTasks, FastAPI, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import JSONResponse
from telnyx import Telnyx

PATH = "/telnyx/messages"
DB_FILE = os.environ.get("OPTOUT_DB") or os.path.join(tempfile.mkdtemp(prefix="optout-"), "optout.db")
STOP_WORDS = {"stop", "stopall", "unsubscribe", "cancel", "end", "quit", "arret"}
START_WORDS = {"start", "yes", "unstop", "subscribe"}
HELP_TEXT = "Acme alerts. Reply STOP to end, START to join. Help: https://example.com/help"
KEEP_EVENTS = 20000

log = logging.getLogger("optout")
app = FastAPI()
client = Telnyx(timeout=5.0, max_retries=1)
client.webhooks.unsafe_unwrap('{"data": {}}')

_lock = threading.Lock()
_db = sqlite3.connect(DB_FILE, check_same_thread=False)
_db.executescript(
    """
    CREATE TABLE IF NOT EXISTS seen (n INTEGER PRIMARY KEY AUTOINCREMENT, event_id TEXT UNIQUE);
    CREATE TABLE IF NOT EXISTS optout (phone TEXT PRIMARY KEY, stopped INTEGER NOT NULL, changed REAL NOT NULL);
    """
)


def event_time(value) -> float:
    try:
        moment = datetime.fromisoformat(value.replace("Z", "+00:00"))
    except (AttributeError, ValueError):
        return time.time()
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=timezone.utc)
    return moment.timestamp()


def text_of(payload: dict) -> str:
    text = payload.get("text")
    if not text and isinstance(payload.get("body"), dict):  # RCS
        text = payload["body"].get("text")
    return text if isinstance(text, str) else ""


def sender_of(payload: dict):
    sender = payload.get("from")
    phone = sender.get("phone_number") if isinstance(sender, dict) else sender
    if not isinstance(phone, str) or not phone:
        return None
    return phone.encode("utf-8", "replace").decode()


def apply(event_id, phone: str, stopped, changed: float) -> bool:
    """Record the event and its effect; False for an event that was there already."""
    with _lock, _db:
        if event_id:
            row = _db.execute("INSERT OR IGNORE INTO seen (event_id) VALUES (?)", (event_id,))
            if row.rowcount == 0:
                return False
            _db.execute("DELETE FROM seen WHERE n <= (SELECT MAX(n) FROM seen) - ?", (KEEP_EVENTS,))
        if stopped is not None:
            _db.execute(
                "INSERT INTO optout VALUES (?, ?, ?) ON CONFLICT (phone) DO UPDATE SET "
                "stopped = excluded.stopped, changed = excluded.changed WHERE excluded.changed >= optout.changed",
                (phone, int(stopped), changed),
            )
    return True


def send_help(phone: str, event_id) -> None:
    try:
        client.messages.send(
            from_=os.environ.get("TELNYX_FROM_NUMBER", "+13125550102"), to=phone, text=HELP_TEXT,
            idempotency_key=f"help-{event_id}",
        )
    except Exception:
        log.exception("help text was not sent")


@app.post(PATH)
async def messages(request: Request, background: BackgroundTasks):
    try:
        raw = (await request.body()).decode("utf-8")
        client.webhooks.unwrap(raw, headers=request.headers)
    except Exception as exc:
        log.warning("refused: %s", exc)
        return JSONResponse({"error": "signature"}, status_code=401)

    event = json.loads(raw)
    data = event.get("data") if isinstance(event, dict) else None
    if not isinstance(data, dict) or data.get("event_type") != "message.received":
        return {"status": "ignored"}
    payload = data.get("payload")
    phone = sender_of(payload) if isinstance(payload, dict) else None
    if phone is None:
        return {"status": "ignored"}

    word = text_of(payload).strip().strip(".!\"'").lower()
    stopped = True if word in STOP_WORDS else False if word in START_WORDS else None
    event_id = str(data.get("id") or "").encode("utf-8", "replace").decode()
    fresh = await run_in_threadpool(apply, event_id, phone, stopped, event_time(data.get("occurred_at")))
    # Telnyx answers HELP itself when the profile does so; autoresponse_type tells.
    if fresh and word == "help" and not payload.get("autoresponse_type"):
        background.add_task(send_help, phone, event_id)
    return {"status": "ok" if fresh else "duplicate"}
