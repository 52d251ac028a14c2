"""SMS keyword bot for a farm shop: HOURS, BOX, STOP, START."""
import base64
import json
import logging
import os
import time

import httpx
from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse
from nacl.exceptions import CryptoError
from nacl.signing import VerifyKey

app = FastAPI(title="farm shop bot")
logger = logging.getLogger("bot")
REPLIES = {
    "HOURS": "We are open Thu-Sat, 9 to 6.",
    "BOX": "This week's box: leeks, carrots, eggs. Reply HOURS for opening times.",
}
HELP = "Sorry, I didn't get that. Try HOURS or BOX. Reply STOP to opt out."

seen_ids = set()
in_work = set()
opted_out = set()


class ApiBusy(Exception):
    pass


async def send_sms(frm, to, text):
    try:
        async with httpx.AsyncClient(timeout=1.0) as c:
            r = await c.post("https://api.telnyx.com/v2/messages",
                             json={"from": frm, "to": to, "text": text},
                             headers={"Authorization": f"Bearer {os.environ['TELNYX_API_KEY']}"})
    except httpx.HTTPError as exc:
        raise ApiBusy(str(exc))
    if r.status_code == 429 or r.status_code >= 500:
        raise ApiBusy(str(r.status_code))
    if r.status_code >= 400:
        logger.warning("message to %s refused: %s", to, r.status_code)


def valid(request, raw):
    try:
        ts = request.headers["telnyx-timestamp"]
        sig = base64.b64decode(request.headers["telnyx-signature-ed25519"])
        if abs(time.time() - int(ts)) > 300:
            return False
        VerifyKey(base64.b64decode(os.environ["TELNYX_PUBLIC_KEY"])).verify(
            ts.encode() + b"|" + raw, sig)
        return True
    except (KeyError, ValueError, TypeError, CryptoError):
        return False


async def on_message(p):
    sender = (p.get("from") or {}).get("phone_number")
    targets = p.get("to") or [{}]
    ours = targets[0].get("phone_number")
    if not sender or not ours:
        return
    word = (p.get("text") or "").strip().upper()
    if word in ("STOP", "STOPALL", "UNSUBSCRIBE", "CANCEL", "END", "QUIT"):
        opted_out.add(sender)  # Telnyx itself confirms the opt-out
        return
    if word in ("START", "UNSTOP"):
        opted_out.discard(sender)
        await send_sms(ours, sender, "Welcome back! Try HOURS or BOX.")
        return
    if word in REPLIES and sender not in opted_out:
        await send_sms(ours, sender, REPLIES[word])
        return
    await send_sms(ours, sender, HELP)


@app.post("/webhooks")
async def webhooks(request: Request):
    raw = await request.body()
    if not valid(request, raw):
        return JSONResponse({"error": "bad signature"}, status_code=401)
    try:
        body = json.loads(raw)
    except ValueError:
        return {"ignored": True}
    data = body.get("data") if isinstance(body, dict) else None
    payload = data.get("payload") if isinstance(data, dict) else None
    if not isinstance(payload, dict) or data.get("event_type") != "message.received":
        return {"ignored": True}
    eid = data.get("id")
    if eid in seen_ids:
        return {"duplicate": True}
    if eid in in_work:
        return JSONResponse({"error": "in work"}, status_code=503)
    if eid:
        in_work.add(eid)
    try:
        await on_message(payload)
    except ApiBusy as exc:
        logger.warning("Telnyx: %s", exc)
        return JSONResponse({"error": "busy"}, status_code=503)
    finally:
        in_work.discard(eid)
    if eid:
        seen_ids.add(eid)
    return {"ok": True}
