"""Fax inbox service.

Stores every inbound fax event in sqlite and lets a worker thread fetch the PDF while Telnyx's signed link is still
valid (10 minutes). The web handler never does anything slow.
"""
import base64
import json
import logging
import os
import sqlite3
import tempfile
import threading
import time
from contextlib import asynccontextmanager, closing
from pathlib import Path

import httpx
from fastapi import FastAPI, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import JSONResponse
from nacl.exceptions import CryptoError
from nacl.signing import VerifyKey

log = logging.getLogger("fax-inbox")

PATH = "/webhooks/fax"
TOLERANCE_SECONDS = 300
MAX_BODY = 1024 * 1024
VERIFY_KEY = VerifyKey(base64.b64decode(os.environ["TELNYX_PUBLIC_KEY"]))
DATA_DIR = Path(os.environ.get("FAX_DATA_DIR") or tempfile.mkdtemp(prefix="fax-inbox-"))
DB = DATA_DIR / "faxes.db"

RANK = {"fax.receiving.started": 1, "fax.media.processing.started": 2, "fax.received": 3, "fax.failed": 3}
wake = threading.Event()
stop = threading.Event()


def connect() -> sqlite3.Connection:
    return sqlite3.connect(DB, timeout=1.5)


def create_tables() -> None:
    with closing(connect()) as conn, conn:
        conn.execute("CREATE TABLE IF NOT EXISTS seen (id TEXT PRIMARY KEY, at REAL)")
        conn.execute(
            "CREATE TABLE IF NOT EXISTS faxes (fax_id TEXT PRIMARY KEY, sender TEXT, recipient TEXT, pages INTEGER,"
            " status TEXT, rank INTEGER, media_url TEXT, file TEXT, tries INTEGER DEFAULT 0)"
        )


def clean(value, limit: int = 200) -> "str | None":
    return None if value is None else str(value).encode("utf-8", "replace").decode()[:limit]


def verified(headers, body: bytes) -> bool:
    signature, stamp = headers.get("telnyx-signature-ed25519"), headers.get("telnyx-timestamp")
    if not signature or not stamp or len(stamp) > 20:
        return False
    try:
        if abs(time.time() - int(stamp)) > TOLERANCE_SECONDS:
            return False
        VERIFY_KEY.verify(stamp.encode() + b"|" + body, base64.b64decode(signature, validate=True))
    except (ValueError, CryptoError):
        return False
    return True


def store(event_id, event_type: str, payload: dict) -> bool:
    """One transaction: mark the event as seen and move the fax forward. False for a duplicate."""
    with closing(connect()) as conn, conn:
        if event_id:
            conn.execute("DELETE FROM seen WHERE at < ?", (time.time() - 3 * 86400,))
            if not conn.execute("INSERT OR IGNORE INTO seen VALUES (?,?)", (event_id, time.time())).rowcount:
                return False
        fax_id = clean(payload.get("fax_id"))
        if fax_id and event_type in RANK and payload.get("direction") != "outbound":
            pages = payload.get("page_count")
            media_url = payload.get("media_url")
            conn.execute(
                "INSERT INTO faxes (fax_id, sender, recipient, pages, status, rank, media_url) VALUES (?,?,?,?,?,?,?)"
                " ON CONFLICT(fax_id) DO UPDATE SET status=excluded.status, rank=excluded.rank,"
                " pages=COALESCE(excluded.pages, pages), media_url=COALESCE(excluded.media_url, media_url)"
                " WHERE excluded.rank >= faxes.rank",
                (fax_id, clean(payload.get("from") or payload.get("caller_id")), clean(payload.get("to")),
                 pages if isinstance(pages, int) else None, event_type.split(".", 1)[1], RANK[event_type],
                 clean(media_url, 4000) if isinstance(media_url, str) else None),
            )
    return True


def fetch_pending() -> None:
    with closing(connect()) as conn:
        rows = conn.execute("SELECT fax_id, media_url FROM faxes WHERE status='received' AND file IS NULL"
                            " AND media_url IS NOT NULL AND tries < 5").fetchall()
    for fax_id, url in rows:
        target = None
        try:
            answer = httpx.get(url, timeout=20, follow_redirects=True)
            answer.raise_for_status()
            target = DATA_DIR / (base64.urlsafe_b64encode(fax_id.encode()).decode() + ".pdf")
            target.write_bytes(answer.content)
        except Exception as exc:
            log.warning("download of fax %s failed: %s", fax_id, type(exc).__name__)
        with closing(connect()) as conn, conn:
            conn.execute("UPDATE faxes SET file=?, tries=tries+1 WHERE fax_id=?",
                         (str(target) if target and target.exists() else None, fax_id))


def worker() -> None:
    while not stop.is_set():
        wake.wait(timeout=15)
        wake.clear()
        try:
            fetch_pending()
        except Exception:
            log.exception("fax worker")


@asynccontextmanager
async def lifespan(_app):
    thread = threading.Thread(target=worker, daemon=True)
    thread.start()
    yield
    stop.set()
    wake.set()


create_tables()
app = FastAPI(lifespan=lifespan)


@app.post(PATH)
async def fax_webhook(request: Request):
    body = await request.body()
    if len(body) > MAX_BODY:
        return JSONResponse({"error": "too large"}, status_code=413)
    if not verified(request.headers, body):
        return JSONResponse({"error": "invalid signature"}, status_code=401)
    try:
        event = json.loads(body)
    except (ValueError, RecursionError):
        return JSONResponse({"error": "invalid json"}, status_code=400)
    event = event if isinstance(event, dict) else {}
    data = event.get("data") if isinstance(event.get("data"), dict) else event      # fax.* also seen without wrapper
    payload = data.get("payload") if isinstance(data.get("payload"), dict) else {}
    fresh = await run_in_threadpool(store, clean(data.get("id")), str(data.get("event_type")), payload)
    if fresh:
        wake.set()
    return {"status": "ok" if fresh else "duplicate"}
