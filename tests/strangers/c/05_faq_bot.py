"""SMS FAQ bot on Starlette. Keyword in, canned answer out."""
import base64
import json
import os
import sqlite3
import tempfile
import time

import httpx
from nacl.signing import VerifyKey
from starlette.applications import Starlette
from starlette.background import BackgroundTask
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

PATH = "/telnyx/sms"

FAQ = {
    "hours": "We are open daily from 9am to 6pm.",
    "price": "A basic clean is $89. See our site for the rest.",
    "address": "22 Mill Lane, Portland.",
}
DEFAULT = "Hi! Text HOURS, PRICE or ADDRESS."

database = os.path.join(tempfile.gettempdir(), f"faqbot-{os.getpid()}.db")
conn = sqlite3.connect(database, check_same_thread=False)
conn.executescript(
    """
    DROP TABLE IF EXISTS chat;
    DROP TABLE IF EXISTS done;
    CREATE TABLE chat (
        id INTEGER PRIMARY KEY,
        number VARCHAR(20),
        body VARCHAR(160) CHECK (length(body) <= 160),
        at INTEGER
    );
    CREATE TABLE done (event_id TEXT PRIMARY KEY, at INTEGER);
    """
)


def verify(headers, body: bytes):
    """Raises ValueError when the request is not from Telnyx."""
    timestamp = headers.get("telnyx-timestamp")
    signature = headers.get("telnyx-signature-ed25519")
    if not timestamp or not signature:
        raise ValueError("missing header")
    if abs(int(time.time()) - int(timestamp)) > 300:
        raise ValueError("stale")
    key = VerifyKey(base64.b64decode(os.environ["TELNYX_PUBLIC_KEY"]))
    key.verify(timestamp.encode() + b"|" + body, base64.b64decode(signature))


async def reply(to, sender, text):
    try:
        async with httpx.AsyncClient(timeout=10) as http:
            r = await http.post(
                "https://api.telnyx.com/v2/messages",
                headers={"Authorization": f"Bearer {os.environ['TELNYX_API_KEY']}"},
                json={"from": sender, "to": to, "text": text},
            )
        if r.status_code >= 400:
            print("send failed", r.status_code, r.text[:300])
    except httpx.HTTPError as e:
        print("send failed", e)


def is_new(event_id):
    with conn:
        conn.execute("DELETE FROM done WHERE at < ?", (int(time.time()) - 86400,))
        cur = conn.execute("INSERT OR IGNORE INTO done VALUES (?, ?)", (event_id, int(time.time())))
    return cur.rowcount == 1


def forget(event_id):
    with conn:
        conn.execute("DELETE FROM done WHERE event_id = ?", (event_id,))


async def sms(request: Request):
    body = await request.body()
    try:
        verify(request.headers, body)
    except ValueError as e:
        return JSONResponse({"error": str(e)}, status_code=401)

    data = json.loads(body).get("data") or {}
    if not str(data.get("event_type", "")).startswith("message."):
        return JSONResponse({"status": "ignored"})
    if not is_new(data.get("id")):
        return JSONResponse({"status": "duplicate"})

    payload = data.get("payload") or {}
    text = payload.get("text") or ""
    customer = (payload.get("from") or {}).get("phone_number")
    to = payload.get("to")
    ours = to[0].get("phone_number") if isinstance(to, list) and to else to
    if not customer or not ours:
        return JSONResponse({"status": "ignored"})

    try:
        with conn:
            conn.execute(
                "INSERT INTO chat (number, body, at) VALUES (?, ?, ?)", (customer, text, int(time.time()))
            )
    except sqlite3.Error:
        forget(data.get("id"))
        raise

    words = text.lower().split()
    answer = next((FAQ[w] for w in words if w in FAQ), DEFAULT)
    return JSONResponse({"status": "ok"}, background=BackgroundTask(reply, customer, ours, answer))


app = Starlette(routes=[Route(PATH, sms, methods=["POST"])])
