"""Shows who is speaking in the board room conferences (wall display polls GET /floor)."""
import json
import logging
import os
import time
from base64 import b64decode
from collections import OrderedDict
from functools import lru_cache

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from fastapi import Depends, FastAPI, HTTPException, Request

logger = logging.getLogger("floor")

PATH = "/webhooks/telnyx/conferences"


class Settings:
    tolerance = int(os.getenv("WEBHOOK_TOLERANCE", "300"))
    max_rooms = int(os.getenv("MAX_ROOMS", "500"))

    @property
    def public_key(self) -> str:
        return os.environ["TELNYX_PUBLIC_KEY"]


settings = Settings()
app = FastAPI(title="floor-display")


@lru_cache(maxsize=1)
def public_key() -> Ed25519PublicKey:
    return Ed25519PublicKey.from_public_bytes(b64decode(settings.public_key))


class Rooms:
    """conference id -> {speaker, participants, since}; newest last, old rooms fall out."""

    def __init__(self, limit: int):
        self.limit = limit
        self.rooms: OrderedDict = OrderedDict()
        self.ended: OrderedDict = OrderedDict()
        self.events: OrderedDict = OrderedDict()

    def first_time(self, event_id) -> bool:
        if not isinstance(event_id, str):
            return True
        if event_id in self.events:
            return False
        self.events[event_id] = True
        while len(self.events) > 20000:
            self.events.popitem(last=False)
        return True

    def room(self, conference_id: str):
        if conference_id in self.ended:
            return None
        room = self.rooms.setdefault(conference_id, {"speaker": None, "since": None, "legs": {}})
        self.rooms.move_to_end(conference_id)
        while len(self.rooms) > self.limit:
            self.rooms.popitem(last=False)
        return room

    def close(self, conference_id: str) -> None:
        self.rooms.pop(conference_id, None)
        self.ended[conference_id] = True
        while len(self.ended) > 5000:
            self.ended.popitem(last=False)


rooms = Rooms(settings.max_rooms)


async def signed_body(request: Request) -> bytes:
    body = await request.body()
    signature = request.headers.get("telnyx-signature-ed25519", "")
    timestamp = request.headers.get("telnyx-timestamp", "")
    if not signature or not timestamp:
        raise HTTPException(status_code=401, detail="missing signature")
    sent_at = int(timestamp)
    if not -settings.tolerance <= int(time.time()) - sent_at <= settings.tolerance:
        raise HTTPException(status_code=401, detail="stale")
    try:
        public_key().verify(b64decode(signature, validate=True), timestamp.encode() + b"|" + body)
    except (InvalidSignature, ValueError):
        raise HTTPException(status_code=401, detail="bad signature")
    return body


@app.post(PATH)
async def conference_event(body: bytes = Depends(signed_body)):
    try:
        event = json.loads(body)
    except (ValueError, RecursionError):
        raise HTTPException(status_code=400, detail="not json")

    data = event["data"]
    kind = str(data.get("event_type") or "")
    occurred_at = data["occurred_at"]
    payload = data.get("payload") or {}
    conference_id = payload.get("conference_id")
    leg = payload.get("call_leg_id") or payload.get("call_control_id")

    if not rooms.first_time(data.get("id")):
        return {"status": "duplicate"}
    if not isinstance(conference_id, str) or not kind.startswith("conference."):
        return {"status": "ignored"}

    if kind == "conference.ended":
        rooms.close(conference_id)
        return {"status": "ok"}

    room = rooms.room(conference_id)
    if room is None:
        return {"status": "ended"}
    newer = room["since"] is None or occurred_at >= room["since"]
    if kind == "conference.floor.changed":
        if newer:
            room.update(speaker=leg, since=occurred_at)
    elif kind in ("conference.participant.joined", "conference.participant.left"):
        # deliveries come in any order: the latest word about a leg counts
        present = kind.endswith(".joined")
        if occurred_at >= room["legs"].get(leg, ("", False))[0]:
            room["legs"][leg] = (occurred_at, present)
            if not present and room["speaker"] == leg and newer:
                room.update(speaker=None, since=occurred_at)
    return {"status": "ok"}


@app.get("/floor")
async def floor():
    return [
        {"conference": cid, "speaker": r["speaker"], "since": r["since"],
         "people": sum(1 for _, present in r["legs"].values() if present)}
        for cid, r in rooms.rooms.items()
    ]
