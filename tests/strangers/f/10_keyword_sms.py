"""Keywords by text message: INFO and PRICES are answered by text, "FAX <number>"
sends the brochure there.

FastAPI; the work runs in asyncio tasks.

    uvicorn 10_keyword_sms:app --port 8000
"""
import asyncio
import base64
import hashlib
import json
import logging
import os
import re
import time
from collections import OrderedDict

import httpx
from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse
from nacl.exceptions import BadSignatureError
from nacl.signing import VerifyKey

API = "https://api.telnyx.com/v2"
OWN_NUMBER = os.environ.get("OWN_NUMBER", "+13125550160")
CONNECTION_ID = os.environ.get("FAX_CONNECTION_ID", "1494404757140276705")
BROCHURE = os.environ.get("BROCHURE_URL", "https://example.com/brochure.pdf")
QUIET = {"STOP", "STOPALL", "UNSUBSCRIBE", "CANCEL", "END", "QUIT", "START", "UNSTOP"}
TEXTS = {
    "INFO": "We rent boats from April to October. Text PRICES for the prices.",
    "PRICES": "A rowing boat is 12 an hour, a motor boat 35 an hour.",
}
HELP = "Text INFO, PRICES, or FAX and your fax number for the brochure."

log = logging.getLogger("keyword_sms")


class Once:
    """Only ever used on the event loop; there is no await inside."""

    def __init__(self, limit=50000):
        self.limit = limit
        self.ids = OrderedDict()

    def take(self, event_id):
        if event_id in self.ids:
            return False
        self.ids[event_id] = None
        while len(self.ids) > self.limit:
            self.ids.popitem(last=False)
        return True


def authentic(raw, headers):
    timestamp = headers.get("telnyx-timestamp", "")
    try:
        if abs(time.time() - int(timestamp)) > 300:
            return False
        VerifyKey(base64.b64decode(os.environ.get("TELNYX_PUBLIC_KEY", ""))).verify(
            f"{timestamp}|".encode() + raw,
            base64.b64decode(headers.get("telnyx-signature-ed25519", ""), validate=True))
    except (ValueError, TypeError, BadSignatureError):
        return False
    return True


def first_number(party):
    if isinstance(party, list):
        party = party[0] if party else None
    if isinstance(party, dict):
        party = party.get("phone_number")
    return party if isinstance(party, str) else ""


def request_for(sender, ours, text):
    """Path and body of the API request that answers a text."""
    words = text.split()
    keyword = words[0].upper() if words else ""
    if keyword == "FAX":
        number = re.sub(r"[\s().-]", "", "".join(words[1:]))
        if re.fullmatch(r"\+[1-9]\d{7,14}", number):
            return "/faxes", {"connection_id": CONNECTION_ID, "from": ours, "to": number,
                              "media_url": BROCHURE}
    return "/messages", {"from": ours, "to": sender, "text": TEXTS.get(keyword, HELP)}


async def answer(event_id, sender, ours, text):
    try:
        await asyncio.sleep(0.05)  # contact list
        path, body = request_for(sender, ours, text)
        async with httpx.AsyncClient(timeout=10) as client:
            reply = await client.post(
                API + path, json=body,
                headers={"Authorization": f"Bearer {os.environ.get('TELNYX_API_KEY', '')}"})
        reply.raise_for_status()
    except httpx.HTTPError as error:
        log.warning("event %s: %s", event_id, error)
    except Exception:
        log.exception("event %s", event_id)


def make_app():
    app = FastAPI(title="Keyword SMS")
    once = Once()
    tasks = set()

    @app.post("/webhooks")
    async def webhooks(request: Request):
        raw = await request.body()
        if not authentic(raw, request.headers):
            return JSONResponse({"error": "signature"}, 401)
        try:
            body = json.loads(raw)
        except ValueError:
            return JSONResponse({"error": "not JSON"}, 400)
        data = body.get("data") if isinstance(body, dict) else None
        if not isinstance(data, dict) or data.get("event_type") != "message.received":
            return {"status": "ignored"}
        payload = data.get("payload")
        if not isinstance(payload, dict) or payload.get("direction") == "outbound":
            return {"status": "ignored"}
        sender = first_number(payload.get("from"))
        ours = first_number(payload.get("to")) or OWN_NUMBER
        text = payload.get("text")
        text = text if isinstance(text, str) else ""
        if not sender or sender in (ours, OWN_NUMBER) or text.strip().upper() in QUIET:
            return {"status": "ignored"}
        event_id = data.get("id")
        if not isinstance(event_id, str) or not event_id:
            event_id = hashlib.sha256(json.dumps(data, sort_keys=True).encode()).hexdigest()
        if not once.take(event_id):
            return {"status": "duplicate"}
        task = asyncio.create_task(answer(event_id, sender, ours, text))
        tasks.add(task)
        task.add_done_callback(tasks.discard)
        return {"status": "accepted"}

    return app


app = make_app()
