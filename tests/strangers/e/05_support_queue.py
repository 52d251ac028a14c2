"""Support line: callers wait in a Telnyx queue, an agent who calls in gets the first one."""
import base64
import json
import logging
import os
import time

import httpx
from fastapi import FastAPI, Request, Response
from nacl.exceptions import CryptoError
from nacl.signing import VerifyKey

app = FastAPI()
log = logging.getLogger("queue")
QUEUE = "support"
AGENTS = set(os.environ.get("AGENT_NUMBERS", "+15550100010,+15550100011").split(","))

finished: set = set()
running: set = set()


class Again(Exception):
    pass


async def command(ccid, action, **body):
    headers = {"Authorization": f"Bearer {os.environ['TELNYX_API_KEY']}"}
    try:
        async with httpx.AsyncClient(timeout=1) as client:
            r = await client.post(f"https://api.telnyx.com/v2/calls/{ccid}/actions/{action}",
                                  json=body, headers=headers)
    except httpx.HTTPError as e:
        raise Again() from e
    if r.status_code == 429 or r.status_code >= 500:
        raise Again()
    if r.status_code >= 400:
        log.info("%s refused with %s", action, r.status_code)
        return False
    return True


def to_state(role):
    return base64.b64encode(json.dumps({"role": role}).encode()).decode()


def role_of(payload):
    try:
        st = json.loads(base64.b64decode(payload.get("client_state") or ""))
        return st.get("role") if isinstance(st, dict) else None
    except (ValueError, TypeError):
        return None


async def say(ccid, text, role, cid):
    return await command(ccid, "speak", payload=text, voice="female", language="en-US",
                         client_state=to_state(role), command_id=cid)


async def handle(kind, p, eid):
    ccid = p.get("call_control_id")
    if not ccid:
        return
    role = role_of(p)
    if kind == "call.initiated" and p.get("direction") == "incoming":
        role = "agent" if p.get("from") in AGENTS else "caller"
        await command(ccid, "answer", client_state=to_state(role), command_id=f"{eid}-answer")
    elif kind == "call.answered" and role == "caller":
        await say(ccid, "Thank you for calling. Please hold for the next agent.", "caller",
                  f"{eid}-hold")
    elif kind == "call.answered" and role == "agent":
        if not await command(ccid, "bridge", queue=QUEUE, command_id=f"{eid}-bridge"):
            await say(ccid, "Nobody is waiting. Goodbye.", "bye", f"{eid}-none")
    elif kind == "call.speak.ended" and p.get("status") != "call_hangup":
        if role == "caller":
            if not await command(ccid, "enqueue", queue_name=QUEUE, max_wait_time_secs=600,
                                 client_state=to_state("waiting"), command_id=f"{eid}-enqueue"):
                await say(ccid, "All lines are busy. Please call again later.", "bye",
                          f"{eid}-full")
        elif role == "bye":
            await command(ccid, "hangup", command_id=f"{eid}-hangup")
    elif kind == "call.dequeued" and role == "waiting" and p.get("reason") == "timeout":
        await say(ccid, "Sorry, no agent became free. Please call again later.", "bye",
                  f"{eid}-timeout")


def genuine(headers, raw):
    try:
        ts = headers["telnyx-timestamp"]
        if abs(time.time() - int(ts)) > 300:
            return False
        VerifyKey(base64.b64decode(os.environ["TELNYX_PUBLIC_KEY"])).verify(
            ts.encode() + b"|" + raw, base64.b64decode(headers["telnyx-signature-ed25519"]))
        return True
    except (KeyError, ValueError, TypeError, CryptoError):
        return False


@app.post("/webhooks")
async def webhooks(request: Request):
    raw = await request.body()
    if not genuine(request.headers, raw):
        return Response(status_code=401)
    try:
        body = json.loads(raw)
    except ValueError:
        return Response(status_code=200)
    data = body.get("data") if isinstance(body, dict) else None
    if not isinstance(data, dict) or not isinstance(data.get("payload"), dict):
        return Response(status_code=200)
    eid = data.get("id")
    if eid in finished:
        return Response(status_code=200)
    if eid in running:
        return Response(status_code=503)
    if eid:
        running.add(eid)
    try:
        await handle(data.get("event_type"), data["payload"], eid)
    except Again:
        return Response(status_code=503)
    else:
        if eid:
            finished.add(eid)
    finally:
        running.discard(eid)
    return Response(status_code=200)
