"""Fax desk: follows sent faxes and forwards received ones to the mail gateway."""
import base64
import json
import logging
import os
import queue
import sqlite3
import tempfile
import threading
import time
from contextlib import closing

import httpx
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from fastapi import Depends, FastAPI, Request
from fastapi.responses import JSONResponse

logger = logging.getLogger("faxdesk")

public_key = Ed25519PublicKey.from_public_bytes(base64.b64decode(os.environ["TELNYX_PUBLIC_KEY"]))
MAIL_URL = os.environ.get("FAX_MAIL_URL", "https://mail.faxdesk.example.com/v1/messages")
MAIL_TO = os.environ.get("FAX_MAIL_TO", "fax@faxdesk.example.com")
DB = os.environ.get("FAX_DB") or os.path.join(tempfile.mkdtemp(prefix="fax-"), "fax.db")

STATUSES = {
    "fax.queued": "queued",
    "fax.media.processed": "media processed",
    "fax.sending.started": "sending",
    "fax.delivered": "delivered",
    "fax.failed": "failed",
    "fax.received": "received",
}

app = FastAPI()
outgoing: "queue.Queue[dict]" = queue.Queue()


def connect():
    return sqlite3.connect(DB, timeout=2)


with closing(connect()) as db, db:
    db.execute("CREATE TABLE IF NOT EXISTS seen (fax_id TEXT PRIMARY KEY)")
    db.execute(
        "CREATE TABLE IF NOT EXISTS faxes (fax_id TEXT PRIMARY KEY, status TEXT,"
        " sender TEXT, recipient TEXT, pages TEXT, reason TEXT)"
    )


def mailer():
    while True:
        mail = outgoing.get()
        for pause in (1, 5, 30, 120):
            try:
                httpx.post(MAIL_URL, json=mail, timeout=10).raise_for_status()
                break
            except Exception as exc:
                logger.warning("mail gateway: %s", type(exc).__name__)
                time.sleep(pause)


threading.Thread(target=mailer, daemon=True).start()


async def raw_body(request: Request) -> bytes:
    return await request.body()


def is_signed(request: Request, body: bytes) -> bool:
    timestamp = request.headers.get("telnyx-timestamp") or ""
    signature = request.headers.get("telnyx-signature-ed25519") or ""
    try:
        if abs(time.time() - int(timestamp)) > 300:
            return False
        public_key.verify(base64.b64decode(signature), timestamp.encode() + b"|" + body)
        return True
    except (InvalidSignature, ValueError, OverflowError):
        return False


def text(value):
    if value is None:
        return ""
    return str(value).encode("utf-8", "replace").decode()


@app.post("/fax/events")
def fax_event(request: Request, body: bytes = Depends(raw_body)):
    try:
        event = json.loads(body)
    except (ValueError, RecursionError):
        return JSONResponse({"error": "JSON expected"}, status_code=400)
    data = event["data"]
    event_type = data["event_type"]
    logger.info("fax event %s, id %s", event_type, data.get("id"))

    if not is_signed(request, body):
        return JSONResponse({"error": "invalid signature"}, status_code=401)

    status = STATUSES.get(event_type) if isinstance(event_type, str) else None
    if status is None:
        return JSONResponse({"error": f"unknown event {event_type}"}, status_code=400)

    payload = data.get("payload")
    if not isinstance(payload, dict) or not payload.get("fax_id"):
        return {"status": "ignored"}
    fax_id = text(payload["fax_id"])

    with closing(connect()) as db, db:
        new = db.execute("INSERT OR IGNORE INTO seen VALUES (?)", (fax_id,)).rowcount
        if not new:
            return {"status": "duplicate"}
        db.execute(
            "INSERT OR REPLACE INTO faxes VALUES (?, ?, ?, ?, ?, ?)",
            (
                fax_id,
                status,
                text(payload.get("from")),
                text(payload.get("to")),
                text(payload.get("page_count")),
                text(payload.get("failure_reason")),
            ),
        )
    if status == "received" and payload.get("media_url"):
        outgoing.put(
            {
                "to": MAIL_TO,
                "subject": f"Fax from {text(payload.get('from')) or 'unknown'}",
                "link": text(payload["media_url"]),
            }
        )
    return {"status": "ok"}


@app.get("/fax/{fax_id}")
def fax(fax_id: str, request: Request):
    token = os.environ.get("FAX_DESK_TOKEN")
    if not token or request.headers.get("authorization") != f"Bearer {token}":
        return JSONResponse({"error": "unauthorized"}, status_code=401)
    with closing(connect()) as db:
        row = db.execute("SELECT status, pages, reason FROM faxes WHERE fax_id = ?", (fax_id,)).fetchone()
    if row is None:
        return JSONResponse({"error": "not found"}, status_code=404)
    return {"status": row[0], "pages": row[1], "reason": row[2]}
