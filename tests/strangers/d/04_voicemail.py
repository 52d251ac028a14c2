"""Voicemail box for the night line.

Incoming calls are answered, greeted and recorded; the link of each recording is
mailed to the office through our mail gateway.
"""
import base64
import json
import logging
import os
import sqlite3
import tempfile
import threading
from collections import OrderedDict
from contextlib import closing

import requests
import telnyx
from flask import Flask, jsonify, request

log = logging.getLogger("voicemail")

client = telnyx.Telnyx(
    api_key=os.environ["TELNYX_API_KEY"],
    public_key=os.environ["TELNYX_PUBLIC_KEY"],
    timeout=1.0,
    max_retries=0,
)

GREETING = os.environ.get(
    "VOICEMAIL_GREETING",
    "Thank you for calling. Please leave a message after the tone.",
)
MAIL_URL = os.environ.get("MAIL_GATEWAY_URL", "https://mail.office.example.com/send")
MAIL_TO = os.environ.get("VOICEMAIL_TO", "frontdesk@office.example.com")
DB_PATH = os.environ.get("VOICEMAIL_DB") or os.path.join(
    tempfile.mkdtemp(prefix="voicemail-"), "voicemail.db"
)
STATE_TAG = base64.b64encode(b"voicemail:v1").decode()
REMEMBER = 20000

app = Flask(__name__)


class Temporary(Exception):
    pass


class Memory:
    """What this process knows about events and calls; bounded."""

    def __init__(self):
        self.lock = threading.Lock()
        self.events = OrderedDict()
        self.stages = OrderedDict()

    def claim(self, event_id):
        with self.lock:
            if event_id in self.events:
                return False
            self.events[event_id] = True
            while len(self.events) > REMEMBER:
                self.events.popitem(last=False)
            return True

    def release(self, event_id):
        with self.lock:
            self.events.pop(event_id, None)

    def stage(self, call_id):
        with self.lock:
            return self.stages.get(call_id)

    def move(self, call_id, wanted, new):
        """Set the stage if the call is in one of the wanted stages."""
        with self.lock:
            current = self.stages.get(call_id)
            if current not in wanted:
                return False
            self.stages[call_id] = new
            while len(self.stages) > REMEMBER:
                self.stages.popitem(last=False)
            return True


memory = Memory()


def connect():
    return sqlite3.connect(DB_PATH, timeout=1)


with closing(connect()) as _db, _db:
    _db.execute(
        "CREATE TABLE IF NOT EXISTS recordings ("
        " id TEXT PRIMARY KEY, call_id TEXT, caller TEXT, url TEXT,"
        " tries INTEGER NOT NULL DEFAULT 0, mailed INTEGER NOT NULL DEFAULT 0)"
    )

wake = threading.Event()


def mail_pending():
    with closing(connect()) as db:
        rows = db.execute(
            "SELECT id, caller, url FROM recordings WHERE mailed = 0 AND tries < 20"
        ).fetchall()
    for rec_id, caller, url in rows:
        done = 0
        try:
            answer = requests.post(
                MAIL_URL,
                json={
                    "to": MAIL_TO,
                    "subject": f"Voicemail from {caller or 'unknown caller'}",
                    "text": f"Listen: {url}",
                },
                headers={"Idempotency-Key": base64.urlsafe_b64encode(rec_id.encode()).decode()},
                timeout=5,
            )
            done = 1 if answer.status_code < 400 else 0
        except Exception:
            log.warning("mail gateway not reachable, will retry")
        with closing(connect()) as db, db:
            db.execute(
                "UPDATE recordings SET tries = tries + 1, mailed = ? WHERE id = ?",
                (done, rec_id),
            )


def mailer():
    while True:
        wake.wait(timeout=30)
        wake.clear()
        try:
            mail_pending()
        except Exception:
            log.exception("mailer round failed")


threading.Thread(target=mailer, daemon=True, name="mailer").start()


def clean(value):
    if not isinstance(value, str):
        return ""
    return value.encode("utf-8", "replace").decode("utf-8")


def command(action, call_id, **kwargs):
    """True when the command was taken, False when it never will be."""
    try:
        action(call_id, **kwargs)
        return True
    except telnyx.APIStatusError as exc:
        if exc.status_code in (408, 429) or exc.status_code >= 500:
            raise Temporary() from exc
        log.info("command refused: %s", exc.status_code)
    except telnyx.APIConnectionError as exc:
        raise Temporary() from exc
    except Exception:
        log.exception("command could not be sent")
    return False


def staged(call_id, wanted, busy, new, action, **kwargs):
    """Move the call to `busy`, run the command, then on to `new` (or back)."""
    before = memory.stage(call_id)
    if before not in wanted or not memory.move(call_id, (before,), busy):
        return
    try:
        taken = command(action, call_id, **kwargs)
    except Temporary:
        memory.move(call_id, (busy,), before)
        raise
    memory.move(call_id, (busy,), new if taken else "failed")


def on_initiated(call_id, payload, event_id):
    if payload.get("direction") != "incoming":
        return
    staged(
        call_id, (None,), "answering", "answered", client.calls.actions.answer,
        client_state=STATE_TAG, command_id=event_id,
    )


def on_answered(call_id, payload, event_id):
    ours = payload.get("direction") == "incoming" or payload.get("client_state") == STATE_TAG
    wanted = ("answering", "answered", "failed") + ((None,) if ours else ())
    staged(
        call_id, wanted, "greeting", "greeted", client.calls.actions.speak,
        payload=GREETING, voice="female", language="en-US", command_id=event_id,
    )


def on_speak_ended(call_id, payload, event_id):
    if payload.get("status") == "call_hangup":
        return
    staged(
        call_id, ("greeting", "greeted"), "starting", "recording",
        client.calls.actions.start_recording,
        channels="single", format="mp3", play_beep=True, max_length=180,
        command_id=event_id,
    )


def on_recording_saved(call_id, payload, event_id):
    url = ""
    for field in ("recording_urls", "public_recording_urls"):
        urls = payload.get(field)
        if isinstance(urls, dict):
            url = url or clean(urls.get("mp3")) or clean(urls.get("wav"))
    if not url:
        return
    rec_id = clean(payload.get("recording_id")) or event_id
    try:
        with closing(connect()) as db, db:
            db.execute(
                "INSERT OR IGNORE INTO recordings (id, call_id, caller, url) VALUES (?, ?, ?, ?)",
                (rec_id, call_id, clean(payload.get("from")), url),
            )
    except sqlite3.Error as exc:
        raise Temporary() from exc
    wake.set()


def on_hangup(call_id, payload, event_id):
    with memory.lock:
        memory.stages[call_id] = "ended"


HANDLERS = {
    "call.initiated": on_initiated,
    "call.answered": on_answered,
    "call.speak.ended": on_speak_ended,
    "call.recording.saved": on_recording_saved,
    "call.hangup": on_hangup,
}


@app.post("/webhooks/voicemail")
def webhook():
    body = request.get_data(as_text=True)
    try:
        client.webhooks.unwrap(body, headers=dict(request.headers))
    except Exception:
        return jsonify(error="invalid signature"), 401

    event = json.loads(body)
    data = event.get("data") if isinstance(event, dict) else None
    if not isinstance(data, dict):
        return jsonify(status="ignored")
    kind, event_id, payload = data.get("event_type"), clean(data.get("id")), data.get("payload")
    handler = HANDLERS.get(kind) if isinstance(kind, str) else None
    if handler is None or not event_id or not isinstance(payload, dict):
        return jsonify(status="ignored")
    call_id = clean(payload.get("call_control_id"))
    if not call_id:
        return jsonify(status="ignored")

    if not memory.claim(event_id):
        return jsonify(status="duplicate")
    try:
        handler(call_id, payload, event_id)
    except Temporary:
        memory.release(event_id)
        return jsonify(error="try again"), 503
    except Exception:
        memory.release(event_id)
        log.exception("event %s failed", event_id)
        return jsonify(error="try again"), 503
    return jsonify(status="ok")


@app.get("/healthz")
def healthz():
    return jsonify(ok=True)
