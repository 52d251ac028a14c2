"""2FA service: Verify API delivery events, and RESEND by text message."""
import base64
import logging
import os
import time
from collections import OrderedDict

import httpx
from fastapi import BackgroundTasks, FastAPI, Request
from fastapi.responses import JSONResponse
from nacl.exceptions import BadSignatureError
from nacl.signing import VerifyKey

PATH = "/v1/2fa/telnyx"
log = logging.getLogger("2fa")


class Settings:
    public_key = os.environ.get("TELNYX_PUBLIC_KEY", "")
    api_key = os.environ.get("TELNYX_API_KEY", "")
    verify_profile = os.environ.get("VERIFY_PROFILE_ID", "12ade33a-21c0-473b-b055-b3c836e1c292")
    max_age = 300


settings = Settings()
app = FastAPI()
attempts: "OrderedDict[str, str]" = OrderedDict()
seen: "OrderedDict[str, float]" = OrderedDict()


def remember(store, key, value, limit=10000):
    store[key] = value
    while len(store) > limit:
        store.popitem(last=False)


def genuine(headers, raw: bytes) -> bool:
    try:
        timestamp = headers["telnyx-timestamp"]
        signature = base64.b64decode(headers["telnyx-signature-ed25519"])
        if abs(int(time.time()) - int(timestamp)) > settings.max_age:
            return False
        VerifyKey(base64.b64decode(settings.public_key)).verify(f"{timestamp}|".encode() + raw, signature)
        return True
    except (KeyError, ValueError, BadSignatureError):
        return False


async def resend(number: str):
    body = {"phone_number": number, "verify_profile_id": settings.verify_profile, "timeout_secs": 300}
    try:
        async with httpx.AsyncClient(timeout=8) as client:
            r = await client.post(
                "https://api.telnyx.com/v2/verifications/sms",
                json=body,
                headers={"Authorization": f"Bearer {settings.api_key}"},
            )
            if r.is_error:
                log.warning("verification for %s refused: %s", number, r.text[:200])
    except httpx.HTTPError as exc:
        log.warning("verification for %s: %s", number, exc)


def on_verify(kind: str, payload: dict):
    number = payload.get("phone_number") or "unknown"
    code_kind = "custom" if payload["custom_code"].isdigit() else "generated"
    state = "failed" if kind == "verify.failed" else payload.get("delivery_status", kind.split(".")[1])
    remember(attempts, number, state)
    log.info("%s code for %s: %s", code_kind, number, state)


@app.post(PATH)
async def telnyx(request: Request, tasks: BackgroundTasks):
    raw = await request.body()
    try:
        data = (await request.json())["data"]
        kind = data["event_type"]
        event_id = data["id"]
        payload = data["payload"]
    except (ValueError, KeyError, TypeError):
        return JSONResponse({"detail": "unexpected body"}, 400)

    if kind.startswith("verify."):
        if not genuine(request.headers, raw):
            return JSONResponse({"detail": "signature"}, 401)
        if event_id in seen:
            return {"status": "duplicate"}
        on_verify(kind, payload)
        remember(seen, event_id, time.time())
        return {"status": "ok"}

    if kind == "message.received":
        if event_id in seen:
            return {"status": "duplicate"}
        remember(seen, event_id, time.time())
        text = (payload.get("text") or "").strip().lower()
        number = (payload.get("from") or {}).get("phone_number")
        if text == "resend" and number:
            tasks.add_task(resend, number)
        return {"status": "ok"}

    return {"status": "ignored"}


@app.get("/v1/2fa/status/{number}")
def status(number: str):
    return {"number": number, "state": attempts.get(number, "none")}
