"""Daily stand-up bridge: everyone who calls the number lands in the room of that number."""
import asyncio
import base64
import json
import logging
import os
import time
from collections import OrderedDict
from urllib.parse import quote

import httpx
from nacl.exceptions import BadSignatureError
from nacl.signing import VerifyKey
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

log = logging.getLogger("standup")

API = os.environ.get("TELNYX_BASE_URL", "https://api.telnyx.com/v2").rstrip("/")
HEADERS = {"Authorization": f"Bearer {os.environ['TELNYX_API_KEY']}"}
KEY = VerifyKey(base64.b64decode(os.environ["TELNYX_PUBLIC_KEY"]))

seen = OrderedDict()       # data.id
live = OrderedDict()       # call_control_id -> number called
gone = OrderedDict()       # call_control_id of ended calls
rooms = {}                 # number called -> conference id
participants = {}          # conference id -> set of call_control_id


class Unavailable(Exception):
    pass


def put(table, key, value=True, limit=10000):
    table[key] = value
    while len(table) > limit:
        table.popitem(last=False)


async def api(path, body):
    try:
        async with httpx.AsyncClient(timeout=1.0, headers=HEADERS) as http:
            answer = await http.post(f"{API}{path}", json=body)
    except httpx.HTTPError as exc:
        raise Unavailable() from exc
    if answer.status_code in (408, 429) or answer.status_code >= 500:
        raise Unavailable()
    if answer.status_code >= 400:
        log.warning("%s: %s", path, answer.status_code)
        return None
    try:
        return answer.json().get("data") or {}
    except (ValueError, AttributeError):
        return {}


def signed(request, body):
    stamp = request.headers.get("telnyx-timestamp", "")
    try:
        if abs(time.time() - int(stamp)) > 300:
            return False
        KEY.verify(
            stamp.encode() + b"|" + body,
            base64.b64decode(request.headers.get("telnyx-signature-ed25519", "")),
        )
    except (BadSignatureError, ValueError, OverflowError, TypeError):
        return False
    return True


async def enter_room(call_id, number, event_id):
    if number not in rooms:
        created = await api(
            "/conferences",
            {
                "call_control_id": call_id,
                "name": f"standup-{number}",
                "beep_enabled": "always",
                "command_id": event_id,
            },
        )
        if created and isinstance(created.get("id"), str):
            rooms[number] = created["id"]
            participants[created["id"]] = {call_id}
        return
    conference = rooms[number]
    await api(
        f"/conferences/{quote(conference, safe='')}/actions/join",
        {"call_control_id": call_id, "command_id": event_id},
    )


async def handle(kind, event_id, payload):
    call_id = payload.get("call_control_id")
    call_id = call_id if isinstance(call_id, str) and call_id.isascii() else ""
    conference = payload.get("conference_id")
    conference = conference if isinstance(conference, str) else ""

    if kind == "call.hangup" and call_id:
        put(gone, call_id)
        live.pop(call_id, None)
    elif kind == "call.initiated" and call_id:
        number = payload.get("to")
        if payload.get("direction") == "incoming" and isinstance(number, str) and call_id not in gone:
            put(live, call_id, number)
            await api(
                f"/calls/{quote(call_id, safe='')}/actions/answer", {"command_id": event_id}
            )
    elif kind == "call.answered" and call_id:
        number = live.get(call_id)
        if number is None and payload.get("direction") == "incoming" and call_id not in gone:
            number = payload.get("to")
        if isinstance(number, str):
            await enter_room(call_id, number, event_id)
    elif kind == "conference.participant.joined" and conference and call_id:
        participants.setdefault(conference, set()).add(call_id)
    elif kind == "conference.participant.left" and conference:
        participants[conference].discard(call_id)
    elif kind == "conference.ended" and conference:
        participants.pop(conference, None)
        for number, current in list(rooms.items()):
            if current == conference:
                del rooms[number]


async def webhook(request: Request):
    body = await request.body()
    if not signed(request, body):
        return JSONResponse({"error": "unauthorized"}, status_code=401)
    try:
        event = json.loads(body)
    except (ValueError, RecursionError):
        return JSONResponse({"ok": True})
    data = event.get("data") if isinstance(event, dict) else None
    if not isinstance(data, dict):
        return JSONResponse({"ok": True})
    kind, event_id, payload = data.get("event_type"), data.get("id"), data.get("payload")
    if not isinstance(event_id, str) or not isinstance(payload, dict):
        return JSONResponse({"ok": True})
    if event_id in seen:
        return JSONResponse({"ok": True, "duplicate": True})
    put(seen, event_id)
    try:
        await handle(kind, event_id, payload)
    except Unavailable:
        seen.pop(event_id, None)
        return JSONResponse({"error": "try again"}, status_code=503)
    return JSONResponse({"ok": True})


app = Starlette(routes=[Route("/conference", webhook, methods=["POST"])])
