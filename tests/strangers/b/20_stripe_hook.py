"""Prepaid calling credit: Stripe tells us about payments, we top up the customer's balance.

Telnyx is only used to send the confirmation text message.
"""
import hashlib
import hmac
import json
import logging
import os
import threading
import time
from collections import OrderedDict

import httpx
from fastapi import BackgroundTasks, FastAPI, Request
from fastapi.responses import JSONResponse

log = logging.getLogger("topup")

PATH = "/stripe/webhook"
TOLERANCE = 300
FROM_NUMBER = os.environ.get("TELNYX_FROM_NUMBER", "+15550100111")

app = FastAPI(title="top-up")
balances: dict = {}
processed: "OrderedDict[str, bool]" = OrderedDict()
lock = threading.Lock()


def stripe_signature_ok(header: str, body: bytes, secret: str) -> bool:
    """Stripe-Signature: t=<unix seconds>,v1=<hex hmac>[,v1=...]"""
    stamp, candidates = "", []
    for part in header.split(","):
        name, _, value = part.strip().partition("=")
        if name == "t":
            stamp = value
        elif name == "v1":
            candidates.append(value)
    if not (stamp.isascii() and stamp.isdigit() and len(stamp) < 15):
        return False
    if abs(time.time() - int(stamp)) > TOLERANCE:
        return False
    expected = hmac.new(secret.encode(), stamp.encode() + b"." + body, hashlib.sha256).hexdigest()
    return any(hmac.compare_digest(expected.encode(), c.encode()) for c in candidates)


def confirm(phone: str, amount: int) -> None:
    try:
        answer = httpx.post(
            "https://api.telnyx.com/v2/messages",
            headers={"Authorization": f"Bearer {os.environ.get('TELNYX_API_KEY', '')}"},
            json={"from": FROM_NUMBER, "to": phone, "text": f"Your top-up of ${amount / 100:.2f} has arrived."},
            timeout=10,
        )
        if answer.status_code >= 400:
            log.warning("confirmation refused: %s", answer.status_code)
    except (httpx.HTTPError, ValueError) as exc:
        log.warning("confirmation failed: %s", type(exc).__name__)


@app.post(PATH)
async def stripe_webhook(request: Request, background: BackgroundTasks):
    body = await request.body()
    secret = os.environ.get("STRIPE_WEBHOOK_SECRET", "")
    if not secret or not stripe_signature_ok(request.headers.get("stripe-signature", ""), body, secret):
        return JSONResponse({"error": "invalid signature"}, status_code=400)
    try:
        event = json.loads(body)
    except (ValueError, RecursionError):
        return JSONResponse({"error": "invalid payload"}, status_code=400)
    if not isinstance(event, dict) or not isinstance(event.get("id"), str):
        return JSONResponse({"error": "invalid payload"}, status_code=400)
    with lock:
        if event["id"] in processed:
            return {"received": True, "duplicate": True}
        processed[event["id"]] = True
        while len(processed) > 10000:
            processed.popitem(last=False)

    if event.get("type") == "checkout.session.completed":
        session = (event.get("data") or {}).get("object") or {}
        customer, amount = session.get("client_reference_id"), session.get("amount_total")
        if isinstance(customer, str) and isinstance(amount, int) and session.get("payment_status") == "paid":
            with lock:
                balances[customer] = balances.get(customer, 0) + amount
            phone = (session.get("customer_details") or {}).get("phone")
            if isinstance(phone, str) and phone:
                background.add_task(confirm, phone, amount)
    return {"received": True}
