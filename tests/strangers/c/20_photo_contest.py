"""Photo contest by MMS: store the entry, thank the sender. Starlette and the official SDK."""
import json
import logging
import os
import sqlite3
import tempfile
import time

from starlette.applications import Starlette
from starlette.background import BackgroundTask
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from telnyx import Telnyx, TelnyxError

PATH = "/contest/mms"

log = logging.getLogger("contest")
client = Telnyx(
    api_key=os.environ.get("TELNYX_API_KEY", ""),
    public_key=os.environ.get("TELNYX_PUBLIC_KEY", ""),
    timeout=10,
    max_retries=1,
)
DB = os.path.join(tempfile.mkdtemp(prefix="contest-"), "entries.db")


def connect():
    return sqlite3.connect(DB, timeout=1)


with connect() as c:
    c.execute("CREATE TABLE entry (message_id TEXT, number TEXT, url TEXT, caption TEXT)")
    c.execute("CREATE TABLE event (id TEXT PRIMARY KEY, at REAL)")


def thank(number, ours, count):
    text = "Thanks, your photo is in!" if count else "Please attach a photo to take part."
    try:
        client.messages.send(to=number, from_=ours, text=text)
    except TelnyxError as exc:
        log.warning("no thanks for %s: %s", number, exc)


def save(event_id, payload):
    """Number of photos stored, or None for an event we have had before."""
    now = time.time()
    sender = (payload.get("from") or {}).get("phone_number")
    with connect() as c:
        c.execute("DELETE FROM event WHERE at < ?", (now - 2 * 86400,))
        if c.execute("INSERT OR IGNORE INTO event VALUES (?, ?)", (event_id, now)).rowcount == 0:
            return None
        media = [m.get("url") for m in payload.get("media") or [] if isinstance(m, dict) and m.get("url")]
        c.executemany(
            "INSERT INTO entry VALUES (?, ?, ?, ?)",
            [(payload.get("id"), sender, url, payload.get("text") or "") for url in media],
        )
    return len(media)


async def mms(request: Request):
    payload_bytes = await request.body()
    try:
        client.webhooks.unwrap(payload_bytes, headers=dict(request.headers))
    except Exception as exc:
        log.warning("webhook rejected: %s", exc)
        return JSONResponse({"error": "signature verification failed"}, status_code=401)

    data = json.loads(payload_bytes).get("data") or {}
    if data.get("event_type") != "message.received":
        return Response(status_code=200)
    payload = data.get("payload") or {}
    sender = (payload.get("from") or {}).get("phone_number")
    to = payload.get("to")
    ours = to[0].get("phone_number") if isinstance(to, list) and to else to
    try:
        count = save(str(data.get("id")), payload)
    except sqlite3.OperationalError:
        log.exception("database")
        return Response(status_code=503)
    if count is None or not sender or not ours:
        return Response(status_code=200)
    return Response(status_code=200, background=BackgroundTask(thank, sender, ours, count))


async def gallery(request: Request):
    with connect() as c:
        rows = c.execute("SELECT url, caption FROM entry ORDER BY rowid DESC LIMIT 50").fetchall()
    return JSONResponse([{"url": u, "caption": t} for u, t in rows])


app = Starlette(routes=[Route(PATH, mms, methods=["POST"]), Route("/contest", gallery)])
