"""After-hours line: press 1 to be called back, 2 for opening hours."""
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
log = logging.getLogger("callback")
OFFICE = os.environ.get("OFFICE_MOBILE", "+15550100040")
LINE = os.environ.get("LINE_NUMBER", "+15550100041")
MENU = "Our office is closed. To be called back, press 1. For opening hours, press 2."

complete, active = set(), set()
notified = set()  # calls whose request has already been texted to the office


class Transient(Exception):
    pass


async def post(path, body):
    try:
        async with httpx.AsyncClient(timeout=1) as c:
            r = await c.post("https://api.telnyx.com/v2" + path, json=body,
                             headers={"Authorization": f"Bearer {os.environ['TELNYX_API_KEY']}"})
    except httpx.HTTPError as e:
        raise Transient(path) from e
    if r.status_code == 429 or r.status_code >= 500:
        raise Transient(path)
    if r.status_code >= 400:
        log.info("%s: %s", path, r.status_code)


async def act(call, name, eid, state=None, **body):
    if state is not None:
        body["client_state"] = base64.b64encode(json.dumps(state).encode()).decode()
    await post(f"/calls/{call}/actions/{name}", dict(body, command_id=f"{eid}/{name}"))


def read_state(p):
    try:
        st = json.loads(base64.b64decode(p.get("client_state") or ""))
    except (ValueError, TypeError):
        return {}
    return st if isinstance(st, dict) else {}


async def ask(call, eid, caller, n):
    await act(call, "gather_using_speak", eid, {"step": "menu", "caller": caller, "n": n},
              payload=MENU, voice="female", language="en-US", minimum_digits=1,
              maximum_digits=1, maximum_tries=1, timeout_millis=8000)


async def bye(call, eid, text):
    await act(call, "speak", eid, {"step": "bye"}, payload=text + " Goodbye.",
              voice="female", language="en-US")


async def handle(kind, p, eid):
    call = p.get("call_control_id")
    if not call:
        return
    st = read_state(p)
    caller = st.get("caller")
    if kind == "call.initiated" and p.get("direction") == "incoming":
        await act(call, "answer", eid, {"step": "new", "caller": p.get("from")})
    elif kind == "call.answered" and st.get("step") == "new":
        await ask(call, eid, caller, 1)
    elif kind == "call.gather.ended" and st.get("step") == "menu":
        if p.get("status") == "call_hangup":
            return
        digits = p.get("digits") or ""
        if digits == "1":
            if call not in notified:
                await post("/messages", {"from": LINE, "to": OFFICE,
                                         "text": f"Please call back {caller or 'unknown number'}"})
                notified.add(call)
            await bye(call, eid, "Thank you, we will call you back.")
        elif digits == "2":
            await bye(call, eid, "We are open Monday to Friday from nine to five.")
        elif st.get("n", 1) < 3:
            await ask(call, eid, caller, st.get("n", 1) + 1)
        else:
            await bye(call, eid, "We did not get your choice.")
    elif kind == "call.speak.ended" and st.get("step") == "bye":
        if p.get("status") != "call_hangup":
            await act(call, "hangup", eid)


def authentic(headers, raw):
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
    if not authentic(request.headers, raw):
        return Response(status_code=401)
    try:
        body = json.loads(raw)
    except ValueError:
        return Response(status_code=200)
    data = body.get("data") if isinstance(body, dict) else None
    if not isinstance(data, dict) or not isinstance(data.get("payload"), dict):
        return Response(status_code=200)
    eid = data.get("id")
    if eid in complete:
        return Response(status_code=200)
    if eid in active:
        return Response(status_code=503)
    if eid:
        active.add(eid)
    try:
        await handle(data.get("event_type"), data["payload"], eid)
        if eid:
            complete.add(eid)
    except Transient as e:
        log.warning("postponed: %s", e)
        return Response(status_code=503)
    finally:
        active.discard(eid)
    return Response(status_code=200)
