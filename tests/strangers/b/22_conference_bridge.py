"""Conference bridge: every dialled number is a room of its own.

call.initiated  -> answer                       (room name travels in client_state)
call.answered   -> create the room or join it
conference.ended / call.hangup -> forget
"""
import asyncio
import base64
import json
import logging
import os
import uuid
from collections import OrderedDict
from contextlib import asynccontextmanager

from fastapi import BackgroundTasks, FastAPI, Request
from fastapi.responses import JSONResponse
from telnyx import APIStatusError, AsyncTelnyx, TelnyxError

log = logging.getLogger("bridge")

PATH = "/webhooks/conference"
NAMESPACE = uuid.UUID("5c0a2c59-7f64-4a43-a2a1-8f2a2d8e7f10")

client = AsyncTelnyx(
    api_key=os.environ.get("TELNYX_API_KEY", "unset"),
    public_key=os.environ["TELNYX_PUBLIC_KEY"],
    timeout=6,
    max_retries=1,
)


class Bounded(OrderedDict):
    """A dict that forgets its oldest entries."""

    def __init__(self, limit):
        super().__init__()
        self.limit = limit

    def __setitem__(self, key, value):
        super().__setitem__(key, value)
        while len(self) > self.limit:
            self.popitem(last=False)


seen, ended, rooms, locks = Bounded(20000), Bounded(20000), Bounded(2000), Bounded(2000)


@asynccontextmanager
async def lifespan(_app):
    client.webhooks.unsafe_unwrap('{"data": {"event_type": "warm.up"}}')    # builds the SDK's models before traffic
    yield
    await client.close()


app = FastAPI(title="conference bridge", lifespan=lifespan)


def command_id(event_id, action: str) -> str:
    """The same event gives the same id, so Telnyx drops a repeated command."""
    return str(uuid.uuid5(NAMESPACE, f"{event_id}:{action}"))


def pack(room: str) -> str:
    return base64.b64encode(json.dumps({"room": room}).encode()).decode()


def unpack(client_state) -> "str | None":
    try:
        state = json.loads(base64.b64decode(client_state, validate=True))
        room = state.get("room") if isinstance(state, dict) else None
        return room if isinstance(room, str) else None
    except (TypeError, ValueError, RecursionError):
        return None


async def answer(leg: str, room: str, event_id) -> None:
    if leg in ended:
        return
    try:
        await client.calls.actions.answer(leg, client_state=pack(room), command_id=command_id(event_id, "answer"))
    except (TelnyxError, ValueError) as exc:
        log.warning("answer failed: %s", type(exc).__name__)


async def enter_room(leg: str, room: str, event_id) -> None:
    lock = locks.get(room)
    if lock is None:
        lock = locks[room] = asyncio.Lock()
    async with lock:                        # two people at once must not open two conferences
        try:
            if leg in ended:
                return
            conference = rooms.get(room)
            if conference:
                try:
                    await client.conferences.actions.join(
                        conference, call_control_id=leg, command_id=command_id(event_id, "join"))
                    return
                except APIStatusError as exc:
                    if exc.status_code != 404:
                        raise
                    log.info("room %s is gone, opening a new one", room)
                    if rooms.get(room) == conference:
                        rooms.pop(room, None)
            if leg in ended:
                return
            created = await client.conferences.create(
                call_control_id=leg, name=f"{room}-{uuid.uuid4().hex[:8]}", beep_enabled="always",
                command_id=command_id(event_id, "create"))
            if created.data and created.data.id:
                rooms[room] = created.data.id
        except (TelnyxError, ValueError) as exc:
            log.warning("room %s: %s", room, type(exc).__name__)


@app.post(PATH)
async def webhook(request: Request, background: BackgroundTasks):
    raw = await request.body()
    try:
        text = raw.decode("utf-8")
        client.webhooks.unwrap(text, headers=request.headers)
        event = json.loads(text)
    except (ValueError, OverflowError, RecursionError):
        return JSONResponse({"error": "invalid signature"}, status_code=401)

    event = event if isinstance(event, dict) else {}
    data = event.get("data") if isinstance(event.get("data"), dict) else event
    payload = data.get("payload") if isinstance(data.get("payload"), dict) else {}
    event_id, kind = data.get("id"), data.get("event_type")
    if isinstance(event_id, str):
        if event_id in seen:
            return {"status": "duplicate"}
        seen[event_id] = True

    leg = payload.get("call_control_id")
    if kind == "conference.ended":
        for room, conference in list(rooms.items()):
            if conference == payload.get("conference_id"):
                rooms.pop(room, None)
    elif not isinstance(leg, str):
        pass
    elif kind == "call.hangup":
        ended[leg] = True
    elif kind == "call.initiated" and payload.get("direction") == "incoming":
        background.add_task(answer, leg, str(payload.get("to") or "lobby"), event_id)
    elif kind == "call.answered":
        room = unpack(payload.get("client_state"))
        if room is not None:                # other legs on this connection are none of our business
            background.add_task(enter_room, leg, room, event_id)
    return {"status": "ok"}
