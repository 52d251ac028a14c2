"""Vote by SMS. Text A, B or C to the number; one vote per phone, the last one counts."""
import base64
import logging
import os
import sqlite3
import tempfile
import threading
import time

from fastapi import BackgroundTasks, FastAPI, HTTPException, Request
from nacl.exceptions import BadSignatureError
from nacl.signing import VerifyKey
from pydantic import BaseModel, Field
from telnyx import APIError, Telnyx

PATH = "/poll/webhook"
CHOICES = {"A": "Pizza", "B": "Tacos", "C": "Curry"}
POLL_NUMBER = os.environ.get("POLL_NUMBER", "+13125550160")

log = logging.getLogger("poll")
app = FastAPI(title="SMS poll")
client = Telnyx(timeout=4.0, max_retries=1)


class Party(BaseModel):
    phone_number: str
    carrier: str | None = None
    line_type: str | None = None
    status: str | None = None


class Message(BaseModel):
    id: str
    direction: str
    sender: Party = Field(alias="from")
    to: list[Party]
    text: str
    errors: list[dict] = []


class Event(BaseModel):
    id: str
    event_type: str
    occurred_at: str | None = None
    payload: Message


class Webhook(BaseModel):
    data: Event
    meta: dict | None = None


class Store:
    def __init__(self):
        path = os.path.join(tempfile.mkdtemp(prefix="poll-"), "votes.db")
        self.lock = threading.Lock()
        self.db = sqlite3.connect(path, check_same_thread=False)
        self.db.executescript(
            """
            CREATE TABLE events (n INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT UNIQUE);
            CREATE TABLE votes (phone TEXT PRIMARY KEY, choice TEXT NOT NULL);
            CREATE TABLE receipts (message_id TEXT PRIMARY KEY, status TEXT);
            """
        )

    def vote(self, event_id, phone, choice) -> bool:
        with self.lock, self.db:
            if self.db.execute("INSERT OR IGNORE INTO events (id) VALUES (?)", (event_id,)).rowcount == 0:
                return False
            self.db.execute("DELETE FROM events WHERE n <= (SELECT MAX(n) FROM events) - 20000")
            if choice:
                self.db.execute("INSERT OR REPLACE INTO votes VALUES (?, ?)", (phone, choice))
        return True

    def receipt(self, message_id, status) -> None:
        with self.lock, self.db:
            self.db.execute("INSERT OR REPLACE INTO receipts VALUES (?, ?)", (message_id, status))


store = Store()


def verify(raw: bytes, request: Request) -> None:
    timestamp = request.headers.get("telnyx-timestamp", "")
    signature = request.headers.get("telnyx-signature-ed25519", "")
    try:
        if abs(time.time() - int(timestamp)) > 300:
            raise ValueError("stale")
        VerifyKey(base64.b64decode(os.environ["TELNYX_PUBLIC_KEY"])).verify(
            f"{timestamp}|".encode() + raw, base64.b64decode(signature)
        )
    except (BadSignatureError, ValueError, OverflowError) as exc:
        raise HTTPException(401, "invalid signature") from exc


def confirm(phone: str, choice: str | None) -> None:
    text = f"Thanks, your vote is {CHOICES[choice]}." if choice else "Please text A, B or C."
    try:
        client.messages.send(from_=POLL_NUMBER, to=phone, text=text)
    except APIError as exc:
        log.error("confirmation: %s", exc)


@app.post(PATH)
async def poll(webhook: Webhook, request: Request, background: BackgroundTasks):
    event, message = webhook.data, webhook.data.payload
    if event.event_type == "message.received":
        verify(await request.body(), request)
        choice = message.text.strip().upper()[:1]
        choice = choice if choice in CHOICES else None
        if store.vote(event.id, message.sender.phone_number, choice):
            background.add_task(confirm, message.sender.phone_number, choice)
    elif event.event_type in ("message.sent", "message.finalized"):
        store.receipt(message.id, message.to[0].status if message.to else None)
    return {"ok": True}
