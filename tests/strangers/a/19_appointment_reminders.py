"""Appointment reminders by phone: the other half of the dialer.

The dialer places calls with answering machine detection and a client_state of
{"appt": <id>, "step": "dialing"}; this service speaks, listens and records the outcome.
"""
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
from flask import Flask, abort, jsonify, request
from nacl.exceptions import BadSignatureError
from nacl.signing import VerifyKey

PATH = "/reminders/events"
API = "https://api.telnyx.com/v2"
DB = os.environ.get("REMINDERS_DB") or os.path.join(tempfile.mkdtemp(prefix="remind-"), "db.sqlite3")

log = logging.getLogger("reminders")
app = Flask(__name__)
key = VerifyKey(base64.b64decode(os.environ["TELNYX_PUBLIC_KEY"]))

lock = threading.Lock()
db = sqlite3.connect(DB, check_same_thread=False)
db.executescript(
    """
    CREATE TABLE IF NOT EXISTS events (n INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT UNIQUE);
    CREATE TABLE IF NOT EXISTS ended (n INTEGER PRIMARY KEY AUTOINCREMENT, call TEXT UNIQUE);
    CREATE TABLE IF NOT EXISTS appointments (id INTEGER PRIMARY KEY, spoken TEXT, outcome TEXT);
    INSERT OR IGNORE INTO appointments VALUES (1, 'Tuesday at ten thirty', NULL), (2, 'Friday at noon', NULL);
    """
)
commands = queue.Queue(maxsize=2000)
_sender = None


def verify():
    raw = request.get_data()
    stamp = request.headers.get("telnyx-timestamp", "")
    if not (stamp.isascii() and stamp.isdigit()) or len(stamp) > 12 or abs(time.time() - int(stamp)) > 300:
        abort(401)
    try:
        signature = base64.b64decode(request.headers.get("telnyx-signature-ed25519", ""), validate=True)
        key.verify(b"%s|%s" % (stamp.encode(), raw), signature)
    except (BadSignatureError, ValueError):
        abort(401)
    return raw


def read_state(value):
    try:
        state = json.loads(base64.b64decode(value or "", validate=True))
    except (ValueError, TypeError):
        return {}
    return state if isinstance(state, dict) else {}


def write_state(appt, step):
    return base64.b64encode(json.dumps({"appt": appt, "step": step}).encode()).decode()


def sender_loop():
    session = requests.Session()
    session.headers["Authorization"] = f"Bearer {os.environ.get('TELNYX_API_KEY', '')}"
    while True:
        call, action, body = commands.get()
        for attempt in range(3):
            try:
                answer = session.post(f"{API}/calls/{call}/actions/{action}", json=body, timeout=(3, 5))
                if answer.status_code < 500 and answer.status_code != 429:
                    if answer.status_code >= 400:  # the call is over, most likely
                        log.warning("%s refused: %s", action, answer.text[:300])
                    break
            except requests.RequestException as exc:
                log.warning("%s: %s", action, exc)
            time.sleep(1 + attempt)  # command_id keeps a repetition harmless


def plan(event_type, payload):
    """What to do for an event: (action, body, outcome); any of them may be None."""
    state = read_state(payload.get("client_state"))
    appt, step = state.get("appt"), state.get("step")
    row = db.execute("SELECT spoken FROM appointments WHERE id = ?", (appt,)).fetchone() if type(appt) is int else None
    if row is None:
        return None, None, None, None
    reminder = f"This is Doctor Lee's office. You have an appointment on {row[0]}."
    talk = {"voice": "female", "language": "en-US"}
    if event_type == "call.machine.detection.ended" and payload.get("result") == "human" and step == "dialing":
        body = {**talk, "payload": reminder + " Press 1 to confirm, 2 to cancel.", "valid_digits": "12",
                "maximum_digits": 1, "maximum_tries": 2, "client_state": write_state(appt, "asked")}
        return appt, "gather_using_speak", body, None
    if event_type == "call.machine.greeting.ended" and step == "dialing":
        return appt, "speak", {**talk, "payload": reminder, "client_state": write_state(appt, "bye")}, "voicemail"
    if event_type == "call.gather.ended" and step == "asked" and payload.get("status") != "call_hangup":
        outcome = {"1": "confirmed", "2": "cancelled"}.get(payload.get("digits") or "", "no answer")
        return appt, "speak", {**talk, "payload": "Thank you. Goodbye.", "client_state": write_state(appt, "bye")}, outcome
    if event_type == "call.speak.ended" and step == "bye" and payload.get("status") != "call_hangup":
        return appt, "hangup", {}, None
    return appt, None, None, None


@app.post(PATH)
def events():
    global _sender
    raw = verify()
    try:
        data = json.loads(raw)["data"]
        event_id, event_type = data.get("id"), data.get("event_type")
        payload = data.get("payload") or {}
        call = payload.get("call_control_id")
    except (ValueError, KeyError, TypeError, AttributeError):
        return jsonify(status="ignored")

    with lock, db:
        if event_id and db.execute("INSERT OR IGNORE INTO events (id) VALUES (?)", (event_id,)).rowcount == 0:
            return jsonify(status="duplicate")
        db.execute("DELETE FROM events WHERE n <= (SELECT MAX(n) FROM events) - 20000")
        db.execute("DELETE FROM ended WHERE n <= (SELECT MAX(n) FROM ended) - 20000")
        if event_type == "call.hangup":
            db.execute("INSERT OR IGNORE INTO ended (call) VALUES (?)", (call,))
            return jsonify(status="ok")
        appt, action, body, outcome = plan(event_type, payload)
        if outcome:
            db.execute("UPDATE appointments SET outcome = ? WHERE id = ?", (outcome, appt))
        over = db.execute("SELECT 1 FROM ended WHERE call = ?", (call,)).fetchone()
        if action and call and not over:
            if _sender is None or not _sender.is_alive():
                _sender = threading.Thread(target=sender_loop, daemon=True)
                _sender.start()
            body["command_id"] = f"{event_id}-{action}"
            commands.put_nowait((call, action, body))  # queue.Full rolls the event back and answers 500
    return jsonify(status="ok")
