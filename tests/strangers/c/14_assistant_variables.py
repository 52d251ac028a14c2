"""Dynamic variables for the AI assistant: look the caller up in the CRM, hand name and plan to the assistant."""
import base64
import os
import re
import time
import traceback

import httpx
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse, PlainTextResponse

PATH = "/assistant/variables"

CRM_URL = os.environ.get("CRM_URL", "https://crm.example-company.invalid/api/v2")
CRM_TOKEN = os.environ.get("CRM_TOKEN", "")

app = FastAPI(title="assistant variables")


@app.exception_handler(Exception)
async def on_error(request: Request, exc: Exception):
    return PlainTextResponse("".join(traceback.format_exception(exc)), status_code=500)


def check(headers, raw):
    timestamp = headers.get("telnyx-timestamp")
    signature = headers.get("telnyx-signature-ed25519")
    if not timestamp or not signature:
        return False
    try:
        if abs(int(time.time()) - int(timestamp)) > 300:
            return False
        Ed25519PublicKey.from_public_bytes(base64.b64decode(os.environ["TELNYX_PUBLIC_KEY"])).verify(
            base64.b64decode(signature), timestamp.encode() + b"|" + raw
        )
    except (InvalidSignature, ValueError):
        return False
    return True


def national_format(number):
    area, exchange, line = re.match(r"^\+1(\d{3})(\d{3})(\d{4})$", number).groups()
    return f"({area}) {exchange}-{line}"


def crm_lookup(number):
    for attempt in range(3):
        try:
            r = httpx.get(
                f"{CRM_URL}/contacts",
                params={"phone": number},
                headers={"Authorization": f"Bearer {CRM_TOKEN}"},
                timeout=4,
            )
            r.raise_for_status()
            found = r.json().get("contacts") or []
            return found[0] if found else None
        except (httpx.HTTPError, ValueError, AttributeError) as exc:
            print(f"crm attempt {attempt + 1}: {exc}")
            time.sleep(1)
    return None


def variables_for(payload):
    number = payload.get("telnyx_end_user_target") or ""
    pretty = national_format(number)
    contact = crm_lookup(number) or {}
    return {
        "customer_name": contact.get("name") or "there",
        "customer_plan": contact.get("plan") or "unknown",
        "callback_number": pretty,
    }


@app.post(PATH)
def variables(body: dict, request: Request):
    # the signature is checked by the middleware below, on the raw body
    data = body.get("data") or {}
    if data.get("event_type") != "assistant.initialization":
        return {}
    found = variables_for(data.get("payload") or {})
    return {"dynamic_variables": found, "conversation": {"metadata": {"source": "phone"}}}


@app.middleware("http")
async def signature_middleware(request: Request, call_next):
    if request.method == "POST":
        raw = await request.body()
        if not check(request.headers, raw):
            return JSONResponse({"error": "invalid signature"}, status_code=401)
    return await call_next(request)
