"""Dynamic variables for a Telnyx AI assistant.

Telnyx asks this URL when a conversation starts and waits about one second, so the CRM gets
600 ms; if it does not answer in time the assistant starts with the defaults.
"""
import asyncio
import base64
import json
import logging
import os
import time
from collections import OrderedDict
from contextlib import asynccontextmanager

import httpx
from fastapi import FastAPI, Request, Response
from fastapi.responses import JSONResponse
from nacl.exceptions import BadSignatureError
from nacl.signing import VerifyKey

PATH = "/assistant/variables"
CRM = os.environ.get("CRM_BASE_URL", "https://crm.acme-dental.invalid")
CRM_DEADLINE = 0.6
CACHE_SECONDS = 300
DEFAULTS = {"first_name": "there", "plan": "none", "next_appointment": "not booked"}

log = logging.getLogger("assistant")


@asynccontextmanager
async def lifespan(app: FastAPI):
    async with httpx.AsyncClient(base_url=CRM, timeout=CRM_DEADLINE) as http:
        app.state.http = http
        yield


app = FastAPI(lifespan=lifespan, docs_url=None, redoc_url=None, openapi_url=None)
cache: "OrderedDict[str, tuple[float, dict]]" = OrderedDict()


def signature_ok(raw: bytes, headers) -> bool:
    key = os.environ.get("TELNYX_PUBLIC_KEY")
    timestamp = headers.get("telnyx-timestamp") or ""
    signature = headers.get("telnyx-signature-ed25519") or ""
    if not key:
        log.error("TELNYX_PUBLIC_KEY is missing, every request is refused")
        return False
    if not timestamp.isascii() or not timestamp.isdigit() or len(timestamp) > 12:
        return False
    if abs(time.time() - int(timestamp)) > 300:
        return False
    try:
        VerifyKey(base64.b64decode(key)).verify(
            timestamp.encode() + b"|" + raw, base64.b64decode(signature, validate=True)
        )
    except (BadSignatureError, ValueError):
        return False
    return True


async def fetch(app: FastAPI, phone: str) -> dict:
    http = getattr(app.state, "http", None)
    if http is None:  # started without lifespan
        async with httpx.AsyncClient(base_url=CRM, timeout=CRM_DEADLINE) as short:
            response = await short.get("/contacts", params={"phone": phone})
    else:
        response = await http.get("/contacts", params={"phone": phone})
    response.raise_for_status()
    found = response.json()
    return found if isinstance(found, dict) else {}


async def variables_for(app: FastAPI, phone) -> dict:
    if not isinstance(phone, str) or not phone:
        return dict(DEFAULTS)
    hit = cache.get(phone)
    if hit and time.monotonic() - hit[0] < CACHE_SECONDS:
        return hit[1]
    try:
        contact = await asyncio.wait_for(fetch(app, phone), CRM_DEADLINE)
    except Exception as exc:
        log.info("no CRM data: %r", exc)
        return dict(DEFAULTS)
    variables = {name: str(contact.get(name) or default) for name, default in DEFAULTS.items()}
    cache[phone] = (time.monotonic(), variables)
    while len(cache) > 2000:
        cache.popitem(last=False)
    return variables


@app.post(PATH)
async def assistant_webhook(request: Request):
    raw = await request.body()
    if not signature_ok(raw, request.headers):
        return JSONResponse({"error": "invalid signature"}, status_code=401)
    try:
        event = json.loads(raw)
    except (ValueError, RecursionError):
        return JSONResponse({"error": "invalid JSON"}, status_code=400)

    data = event.get("data", event) if isinstance(event, dict) else {}
    data = data if isinstance(data, dict) else {}
    payload = data.get("payload") if isinstance(data.get("payload"), dict) else {}
    if data.get("event_type") != "assistant.initialization":
        return {"status": "ignored"}
    variables = await variables_for(request.app, payload.get("telnyx_end_user_target"))
    # plain ASCII on the wire: names may hold anything the CRM has stored
    return Response(json.dumps({"dynamic_variables": variables}), media_type="application/json")
