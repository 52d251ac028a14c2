"""Puts incoming callers through to a Telnyx AI assistant and files the insights in the CRM."""
import asyncio
import base64
import json
import logging
import os
import sqlite3
import tempfile
import threading
import time
from collections import OrderedDict
from contextlib import closing
from urllib.parse import quote

import httpx
from fastapi import FastAPI, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import JSONResponse
from nacl.signing import VerifyKey

log = logging.getLogger("frontdesk")

API = os.environ.get("TELNYX_BASE_URL", "https://api.telnyx.com/v2").rstrip("/")
API_KEY = os.environ["TELNYX_API_KEY"]
VERIFY_KEY = VerifyKey(base64.b64decode(os.environ["TELNYX_PUBLIC_KEY"]))
ASSISTANT_ID = os.environ.get("ASSISTANT_ID", "assistant-5b1c0a52-frontdesk")
CRM_URL = os.environ.get("CRM_URL", "https://crm.example.com/api/notes")
DB = os.path.join(os.environ.get("DATA_DIR") or tempfile.mkdtemp(prefix="frontdesk-"), "notes.db")
LIMIT = 20000

app = FastAPI()

# Touched by the event loop only.
seen: "OrderedDict[str, bool]" = OrderedDict()
calls: "OrderedDict[str, str]" = OrderedDict()


class TryAgain(Exception):
    pass


def remember(table, key, value):
    table[key] = value
    while len(table) > LIMIT:
        table.popitem(last=False)


def verified(headers, body: bytes) -> bool:
    try:
        timestamp = headers["telnyx-timestamp"]
        if abs(time.time() - int(timestamp)) > 300:
            return False
        signature = base64.b64decode(headers["telnyx-signature-ed25519"], validate=True)
        VERIFY_KEY.verify(timestamp.encode() + b"|" + body, signature)
        return True
    except Exception:
        return False


async def command(call_id: str, action: str, body: dict) -> bool:
    url = f"{API}/calls/{quote(call_id, safe='')}/actions/{action}"
    try:
        async with asyncio.timeout(1.5):
            async with httpx.AsyncClient(timeout=1.0) as http:
                answer = await http.post(
                    url, json=body, headers={"Authorization": f"Bearer {API_KEY}"}
                )
    except (httpx.HTTPError, TimeoutError) as exc:
        raise TryAgain() from exc
    if answer.status_code in (408, 429) or answer.status_code >= 500:
        raise TryAgain()
    if answer.status_code >= 400:
        log.info("%s refused: %s", action, answer.status_code)
        return False
    return True


async def step(call_id, wanted, busy, done, action, body):
    before = calls.get(call_id, "new")
    if before not in wanted:
        return
    remember(calls, call_id, busy)
    try:
        taken = await command(call_id, action, body)
    except BaseException:
        if calls.get(call_id) == busy:
            calls[call_id] = before
        raise
    if calls.get(call_id) == busy:
        calls[call_id] = done if taken else "failed"


def connect():
    return sqlite3.connect(DB, timeout=2)


with closing(connect()) as _c, _c:
    _c.execute(
        "CREATE TABLE IF NOT EXISTS notes (event_id TEXT PRIMARY KEY, body TEXT,"
        " sent INTEGER DEFAULT 0, tries INTEGER DEFAULT 0)"
    )

work = threading.Event()


def save_note(event_id, note):
    with closing(connect()) as db, db:
        db.execute(
            "INSERT OR IGNORE INTO notes (event_id, body) VALUES (?, ?)",
            (event_id, json.dumps(note)),
        )
    work.set()


def deliver_notes():
    while True:
        work.wait(30)
        work.clear()
        try:
            with closing(connect()) as db:
                rows = db.execute(
                    "SELECT event_id, body FROM notes WHERE sent = 0 AND tries < 40"
                ).fetchall()
            for event_id, body in rows:
                sent = 0
                try:
                    answer = httpx.post(
                        CRM_URL, json={"external_id": event_id, **json.loads(body)}, timeout=5
                    )
                    sent = int(answer.status_code < 400 or answer.status_code == 409)
                except Exception:
                    log.warning("CRM not reachable")
                with closing(connect()) as db, db:
                    db.execute(
                        "UPDATE notes SET sent = ?, tries = tries + 1 WHERE event_id = ?",
                        (sent, event_id),
                    )
        except Exception:
            log.exception("note delivery")


threading.Thread(target=deliver_notes, daemon=True).start()


def text(value):
    return value.encode("utf-8", "replace").decode() if isinstance(value, str) else ""


async def handle(kind, event_id, payload):
    call_id = text(payload.get("call_control_id"))
    if kind in ("call.conversation_insights.generated", "call.conversation.ended"):
        results = payload.get("results")
        note = {
            "kind": kind.rsplit(".", 1)[1],
            "conversation": text(payload.get("conversation_id")),
            "caller": text(payload.get("from")),
            "results": [
                text(r.get("result")) if isinstance(r, dict) and isinstance(r.get("result"), str)
                else r.get("result") if isinstance(r, dict) else None
                for r in (results if isinstance(results, list) else [])
            ],
        }
        await run_in_threadpool(save_note, event_id, note)
        return
    if not call_id:
        return
    if kind == "call.hangup":
        remember(calls, call_id, "ended")
    elif kind == "call.initiated":
        if payload.get("direction") == "incoming":
            await step(call_id, ("new",), "answering", "answered", "answer", {"command_id": event_id})
    elif kind == "call.answered":
        wanted = ["answering", "answered", "failed"]
        if payload.get("direction") == "incoming":
            wanted.append("new")
        await step(
            call_id, wanted, "starting", "talking", "ai_assistant_start",
            {"assistant": {"id": ASSISTANT_ID}, "command_id": event_id},
        )


@app.post("/telnyx/calls")
async def telnyx_calls(request: Request):
    body = await request.body()
    if not verified(request.headers, body):
        return JSONResponse({"detail": "bad signature"}, status_code=401)
    try:
        event = json.loads(body)
    except (ValueError, RecursionError):
        return {"status": "ignored"}
    data = event.get("data") if isinstance(event, dict) else None
    data = data if isinstance(data, dict) else {}
    kind, event_id, payload = data.get("event_type"), text(data.get("id")), data.get("payload")
    if not isinstance(kind, str) or not event_id or not isinstance(payload, dict):
        return {"status": "ignored"}

    if event_id in seen:
        return {"status": "duplicate"}
    remember(seen, event_id, True)
    try:
        await handle(kind, event_id, payload)
    except asyncio.CancelledError:
        seen.pop(event_id, None)
        raise
    except Exception as exc:
        seen.pop(event_id, None)
        if not isinstance(exc, TryAgain):
            log.exception("event %s", event_id)
        return JSONResponse({"detail": "try again"}, status_code=503)
    return {"status": "ok"}
