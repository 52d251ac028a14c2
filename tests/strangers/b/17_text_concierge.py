"""Text concierge: guests text the hotel, a language model answers."""
import base64
import logging
import os
import time
from collections import OrderedDict, deque

import requests
from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse, PlainTextResponse
from nacl.exceptions import CryptoError
from nacl.signing import VerifyKey

logging.basicConfig(level="INFO")
log = logging.getLogger("concierge")

PATH = "/sms"
TELNYX = "https://api.telnyx.com/v2"
TELNYX_API_KEY = os.environ.get("TELNYX_API_KEY", "")
TELNYX_NUMBER = os.environ.get("TELNYX_FROM_NUMBER", "+15550100999")
MODEL = os.environ.get("AI_MODEL", "meta-llama/Meta-Llama-3.1-8B-Instruct")
SYSTEM_PROMPT = (
    "You are the concierge of the Hotel Miramar. Breakfast is from 7 to 10, check-out at 11, the pool closes at 21. "
    "Answer in at most two sentences and in the language of the guest."
)

app = FastAPI()
session = requests.Session()
session.headers["Authorization"] = f"Bearer {TELNYX_API_KEY}"
conversations: "OrderedDict[str, deque]" = OrderedDict()


def verify(request: Request, body: bytes) -> bool:
    try:
        key = VerifyKey(base64.b64decode(os.environ["TELNYX_PUBLIC_KEY"]))
        stamp = request.headers["telnyx-timestamp"]
        if len(stamp) > 16 or abs(int(time.time()) - int(stamp)) > 300:
            return False
        signature = base64.b64decode(request.headers["telnyx-signature-ed25519"])
        key.verify(stamp.encode() + b"|" + body, signature)
        return True
    except (KeyError, ValueError, CryptoError):
        return False


def history(guest: str) -> deque:
    turns = conversations.setdefault(guest, deque(maxlen=12))
    conversations.move_to_end(guest)
    if len(conversations) > 2000:
        conversations.popitem(last=False)
    return turns


def ask_model(guest: str, text: str) -> str:
    turns = history(guest)
    turns.append({"role": "user", "content": text})
    messages = [{"role": "system", "content": SYSTEM_PROMPT}, *turns]
    try:
        response = session.post(
            f"{TELNYX}/ai/chat/completions",
            json={"model": MODEL, "messages": messages, "max_tokens": 120},
            timeout=30,
        )
        response.raise_for_status()
        answer = response.json()["choices"][0]["message"]["content"] or ""
    except (requests.RequestException, ValueError, KeyError, IndexError, TypeError) as exc:
        log.error("model failed: %s", exc)
        answer = "Sorry, I cannot answer right now. Please call the front desk."
    turns.append({"role": "assistant", "content": answer})
    return answer[:1500]


def send(to: str, text: str) -> None:
    try:
        response = session.post(
            f"{TELNYX}/messages", json={"from": TELNYX_NUMBER, "to": to, "text": text}, timeout=30
        )
        if response.status_code >= 400:
            log.error("message to %s refused: %s", to, response.status_code)
    except requests.RequestException as exc:
        log.error("message to %s failed: %s", to, exc)


@app.post(PATH)
async def incoming(request: Request):
    body = await request.body()
    if not verify(request, body):
        return JSONResponse({"detail": "signature mismatch"}, status_code=401)
    try:
        data = (await request.json())["data"]
        event_type = data.get("event_type") or ""
        payload = data.get("payload") or {}
    except (ValueError, KeyError, TypeError, AttributeError):
        return JSONResponse({"detail": "not an event"}, status_code=400)

    if not event_type.startswith("message."):
        return {"status": "ignored"}
    if payload.get("autoresponse_type"):
        # STOP, START and HELP are answered by Telnyx
        return {"status": "keyword"}

    guest = (payload.get("from") or {}).get("phone_number")
    text = payload["text"].strip()
    if not guest or not text:
        return {"status": "empty"}
    log.info("%s characters from %s", len(text), guest)
    send(guest, ask_model(guest, text))
    return {"status": "answered"}


@app.get("/", response_class=PlainTextResponse)
async def index():
    return f"concierge, {len(conversations)} conversations"
