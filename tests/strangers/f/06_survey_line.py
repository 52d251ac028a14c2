"""Customer survey by phone: three questions, one digit each.

FastAPI; the webhook is answered at once, the command runs in an asyncio task.
"""
import asyncio
import base64
import json
import logging
import os
import time
from collections import OrderedDict
from urllib.parse import quote

import httpx
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse

API = "https://api.telnyx.com/v2"
LIMIT = 20000
QUESTIONS = [
    "How happy are you with our service? Press a digit from 1 to 5.",
    "How easy was it to reach us? Press a digit from 1 to 5.",
    "Would you recommend us? Press 1 for yes, 2 for no.",
]
VOICE = {"voice": "female", "language": "en-US"}
RANK = {"call.initiated": 1, "call.answered": 2, "call.gather.ended": 3, "call.speak.ended": 4}

log = logging.getLogger("survey_line")
app = FastAPI()

processed = OrderedDict()   # events that were taken
ended = OrderedDict()       # calls that are over
progress = OrderedDict()    # call -> {"rank": n, "answers": [...]}
running = set()             # keeps the tasks from being collected


def remember(store, key, value=True):
    store[key] = value
    while len(store) > LIMIT:
        store.popitem(last=False)


def valid(raw, headers):
    timestamp = headers.get("telnyx-timestamp", "")
    try:
        signature = base64.b64decode(headers.get("telnyx-signature-ed25519", ""), validate=True)
        public = Ed25519PublicKey.from_public_bytes(
            base64.b64decode(os.environ.get("TELNYX_PUBLIC_KEY", "")))
        public.verify(signature, f"{timestamp}|".encode() + raw)
        return abs(time.time() - int(timestamp)) <= 300
    except (ValueError, InvalidSignature):
        return False


def next_command(event_type, call, payload):
    if event_type == "call.initiated":
        return "answer", {}
    if event_type == "call.speak.ended":
        return "hangup", {}
    if event_type == "call.gather.ended":
        digits = payload.get("digits")
        call["answers"].append(digits if isinstance(digits, str) else "")
    position = len(call["answers"])
    if position < len(QUESTIONS):
        return "gather_using_speak", {
            "payload": QUESTIONS[position], "minimum_digits": 1, "maximum_digits": 1,
            "valid_digits": "12345", "timeout_millis": 8000, **VOICE}
    return "speak", {"payload": "Thank you for your time. Goodbye.", **VOICE}


async def run(call_control_id, action, body):
    try:
        await asyncio.sleep(0.06)  # the answers go to the survey database
        if call_control_id in ended:
            return
        async with httpx.AsyncClient(timeout=10) as client:
            reply = await client.post(
                f"{API}/calls/{quote(call_control_id, safe=':')}/actions/{action}",
                json=body,
                headers={"Authorization": f"Bearer {os.environ.get('TELNYX_API_KEY', '')}"})
            reply.raise_for_status()
    except Exception:
        log.exception("%s on %s failed", action, call_control_id)


@app.post("/webhooks")
async def webhooks(request: Request):
    raw = await request.body()
    if not valid(raw, request.headers):
        return JSONResponse({"error": "signature"}, status_code=401)
    try:
        body = json.loads(raw)
    except ValueError:
        return JSONResponse({"error": "not JSON"}, status_code=400)

    data = body.get("data") if isinstance(body, dict) else None
    payload = data.get("payload") if isinstance(data, dict) else None
    if not isinstance(payload, dict):
        return {"status": "ignored"}
    event_type = data.get("event_type")
    call_control_id = payload.get("call_control_id")
    if not isinstance(event_type, str) or not isinstance(call_control_id, str) or not call_control_id:
        return {"status": "ignored"}

    if event_type == "call.hangup":
        remember(ended, call_control_id)
        progress.pop(call_control_id, None)
        return {"status": "ok"}
    if event_type not in RANK or call_control_id in ended:
        return {"status": "ignored"}
    if payload.get("direction") == "outgoing" or payload.get("status") == "call_hangup":
        return {"status": "ignored"}
    if event_type == "call.initiated" and payload.get("direction") != "incoming":
        return {"status": "ignored"}

    # no await between the look and the mark: one delivery wins
    key = (call_control_id, event_type)
    if key in processed:
        return {"status": "duplicate"}
    remember(processed, key)

    call = progress.get(call_control_id)
    if call is None:
        call = {"rank": 0, "answers": []}
        remember(progress, call_control_id, call)
    if RANK[event_type] < call["rank"]:
        return {"status": "stale"}
    call["rank"] = RANK[event_type]

    action, command = next_command(event_type, call, payload)
    task = asyncio.create_task(run(call_control_id, action, command))
    running.add(task)
    task.add_done_callback(running.discard)
    return {"status": "ok"}
