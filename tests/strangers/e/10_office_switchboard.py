"""Office switchboard: press 1 for sales, 2 for support, 0 for the front desk."""
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
log = logging.getLogger("switchboard")
LINE = os.environ.get("OFFICE_LINE", "+15550100020")
DESKS = {
    "1": ("sales", os.environ.get("SALES_NUMBER", "+15550100021")),
    "2": ("support", os.environ.get("SUPPORT_NUMBER", "+15550100022")),
    "0": ("the front desk", os.environ.get("DESK_NUMBER", "+15550100023")),
}
MENU = "Welcome to Brightwell. Press 1 for sales, 2 for support, or 0 for the front desk."

done, pending = set(), set()
menus = {}  # call_control_id -> times the menu was played


class Later(Exception):
    pass


async def call_action(ccid, action, eid, **body):
    body["command_id"] = f"{action}-{eid}"
    try:
        async with httpx.AsyncClient(timeout=1) as http:
            r = await http.post(f"https://api.telnyx.com/v2/calls/{ccid}/actions/{action}",
                                headers={"Authorization": f"Bearer {os.environ['TELNYX_API_KEY']}"},
                                json=body)
    except httpx.HTTPError as e:
        raise Later from e
    if r.status_code == 429 or r.status_code >= 500:
        raise Later
    if r.status_code >= 400:
        log.info("%s refused: %s", action, r.status_code)
    return r.status_code < 400


async def menu(ccid, eid):
    await call_action(ccid, "gather_using_speak", eid, payload=MENU, voice="female",
                      language="en-US", minimum_digits=1, maximum_digits=1, maximum_tries=1,
                      timeout_millis=8000)
    menus[ccid] = menus.get(ccid, 0) + 1


async def farewell(ccid, eid, text):
    await call_action(ccid, "speak", eid, payload=text, voice="female", language="en-US",
                      client_state=base64.b64encode(b"farewell").decode())


async def handle(kind, p, eid):
    ccid = p.get("call_control_id")
    if not ccid:
        return
    if kind == "call.initiated":
        await call_action(ccid, "answer", eid)
    elif kind == "call.answered":
        await menu(ccid, eid)
    elif kind == "call.gather.ended":
        if p.get("status") == "call_hangup":
            return
        desk = DESKS.get(p.get("digits") or "")
        if desk:
            if not await call_action(ccid, "transfer", eid, to=desk[1], timeout_secs=25,
                                     **{"from": LINE}):
                await farewell(ccid, eid, f"Sorry, {desk[0]} can't be reached. Goodbye.")
        elif menus.get(ccid, 0) < 3:
            await menu(ccid, eid)
        else:
            await farewell(ccid, eid, "Please call again later. Goodbye.")
    elif kind == "call.speak.ended":
        if p.get("client_state") == base64.b64encode(b"farewell").decode():
            await call_action(ccid, "hangup", eid)
    elif kind == "call.hangup":
        menus.pop(ccid, None)


def signature_valid(h, raw):
    try:
        ts = h["telnyx-timestamp"]
        if abs(time.time() - int(ts)) > 300:
            return False
        VerifyKey(base64.b64decode(os.environ["TELNYX_PUBLIC_KEY"])).verify(
            ts.encode() + b"|" + raw, base64.b64decode(h["telnyx-signature-ed25519"]))
        return True
    except (KeyError, ValueError, TypeError, CryptoError):
        return False


@app.post("/webhooks")
async def webhooks(request: Request):
    raw = await request.body()
    if not signature_valid(request.headers, raw):
        return Response(status_code=401)
    try:
        data = json.loads(raw).get("data")
        kind, payload, eid = data.get("event_type"), data.get("payload"), data.get("id")
    except (ValueError, AttributeError):
        return Response(status_code=200)
    if not isinstance(payload, dict) or eid in done:
        return Response(status_code=200)
    if eid in pending:
        return Response(status_code=503)
    if eid:
        pending.add(eid)
    try:
        await handle(kind, payload, eid)
        if eid:
            done.add(eid)
    except Later:
        return Response(status_code=503)
    finally:
        pending.discard(eid)
    return Response(status_code=200)
