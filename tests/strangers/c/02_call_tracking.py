"""Call tracking: every campaign number forwards to sales and we keep one row per call."""
import base64
import os
import sqlite3
import tempfile
from datetime import datetime

import httpx
from fastapi import BackgroundTasks, FastAPI, HTTPException, Request
from nacl.exceptions import CryptoError
from nacl.signing import VerifyKey

PATH = "/hooks/calltracking"

SALES = os.getenv("SALES_NUMBER", "+14155550111")
DB = os.path.join(tempfile.mkdtemp(prefix="calltrack-"), "calls.db")

app = FastAPI(title="call tracking")


def db():
    conn = sqlite3.connect(DB, timeout=2)
    conn.row_factory = sqlite3.Row
    return conn


with db() as c:
    c.execute("CREATE TABLE events (id TEXT PRIMARY KEY, at TEXT DEFAULT CURRENT_TIMESTAMP)")
    c.execute(
        "CREATE TABLE calls (session TEXT PRIMARY KEY, caller TEXT, campaign TEXT, name TEXT,"
        " seconds INTEGER, mos REAL, cause TEXT)"
    )


def check_signature(request: Request, body: bytes):
    signature = request.headers.get("telnyx-signature-ed25519")
    timestamp = request.headers.get("telnyx-timestamp")
    if not signature or not timestamp:
        raise HTTPException(401, "unsigned")
    try:
        key = VerifyKey(base64.b64decode(os.environ["TELNYX_PUBLIC_KEY"]))
        key.verify(f"{timestamp}|".encode() + body, base64.b64decode(signature))
    except (CryptoError, ValueError):
        raise HTTPException(401, "bad signature")


def call_action(call_control_id, action, **params):
    try:
        r = httpx.post(
            f"https://api.telnyx.com/v2/calls/{call_control_id}/actions/{action}",
            headers={"Authorization": "Bearer " + os.environ["TELNYX_API_KEY"]},
            json=params,
            timeout=5,
        )
        r.raise_for_status()
    except httpx.HTTPError as e:
        print(f"[calltracking] {action} failed: {e}")


def first_time(event_id):
    with db() as c:
        # keep a day of ids
        c.execute("DELETE FROM events WHERE at < datetime('now', '-1 day')")
        return c.execute("INSERT OR IGNORE INTO events (id) VALUES (?)", (event_id,)).rowcount == 1


def ts(value):
    return datetime.fromisoformat(value.replace("Z", "+00:00"))


def on_initiated(data, payload, tasks):
    if payload.get("direction") != "incoming":
        return
    with db() as c:
        c.execute(
            "INSERT OR IGNORE INTO calls (session, caller, campaign, name) VALUES (?,?,?,?)",
            (payload.get("call_session_id"), payload.get("from"), payload.get("to"), payload.get("caller_id_name")),
        )
    tasks.add_task(
        call_action, payload["call_control_id"], "transfer", to=SALES, command_id=data["id"],
    )


def on_bridged(data, payload, tasks):
    tasks.add_task(
        call_action, data.get("call_control_id"), "record_start", format="mp3", channels="dual",
        command_id=data["id"],
    )


def on_hangup(data, payload, tasks):
    seconds = 0
    if payload.get("start_time") and payload.get("end_time"):
        seconds = int((ts(payload["end_time"]) - ts(payload["start_time"])).total_seconds())
    mos = payload["call_quality_stats"]["inbound"]["mos"]
    with db() as c:
        c.execute(
            "UPDATE calls SET seconds=?, mos=?, cause=? WHERE session=?",
            (seconds, float(mos), payload.get("hangup_cause"), payload.get("call_session_id")),
        )


@app.post(PATH)
async def hook(request: Request, tasks: BackgroundTasks):
    body = await request.body()
    check_signature(request, body)
    data = (await request.json())["data"]
    payload = data.get("payload") or {}
    handler = {
        "call.initiated": on_initiated,
        "call.bridged": on_bridged,
        "call.hangup": on_hangup,
    }.get(data.get("event_type"))
    if handler is None or not first_time(data["id"]):
        return {"ok": True}
    try:
        handler(data, payload, tasks)
    except Exception:
        with db() as c:  # let the next attempt have it
            c.execute("DELETE FROM events WHERE id = ?", (data["id"],))
        raise
    return {"ok": True}


@app.get("/calls")
def calls():
    with db() as c:
        return [dict(r) for r in c.execute("SELECT * FROM calls")]
