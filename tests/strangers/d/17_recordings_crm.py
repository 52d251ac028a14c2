"""Attaches call recordings to the customer's CRM record.

When we dial out or answer, `client_state` carries {"customer": "..."} as base64 JSON.
"""
import base64
import json
import logging
import os
import time

import requests
import telnyx
from fastapi import BackgroundTasks, FastAPI, HTTPException, Request

logger = logging.getLogger("uvicorn.error")

client = telnyx.Telnyx(
    api_key=os.environ["TELNYX_API_KEY"],
    public_key=os.environ["TELNYX_PUBLIC_KEY"],
)
CRM_URL = os.environ.get("CRM_URL", "https://crm.acme.example.com/api/v2/activities")
CRM_TOKEN = os.environ.get("CRM_TOKEN", "")

app = FastAPI(title="Recordings to CRM")
done = set()


def customer_of(client_state):
    try:
        state = json.loads(base64.b64decode(client_state))
        customer = state.get("customer")
        return customer if isinstance(customer, str) else None
    except Exception:
        return None


def add_to_crm(event_id: str, activity: dict):
    started = time.monotonic()
    try:
        response = requests.post(
            CRM_URL,
            json=activity,
            headers={"Authorization": f"Bearer {CRM_TOKEN}"},
            timeout=20,
        )
        response.raise_for_status()
    except requests.RequestException as exc:
        logger.error("CRM refused recording %s: %s", activity["recording"], type(exc).__name__)
    logger.info("CRM took %.1f s", time.monotonic() - started)
    done.add(event_id)


@app.post("/webhooks/recordings")
async def recordings(request: Request, background_tasks: BackgroundTasks):
    body = (await request.body()).decode("utf-8", "replace")
    try:
        client.webhooks.unwrap(body, headers=request.headers)
    except Exception:
        raise HTTPException(status_code=401, detail="Invalid signature")

    event = json.loads(body)
    data = event.get("data") if isinstance(event, dict) else None
    if not isinstance(data, dict) or data.get("event_type") != "call.recording.saved":
        return {"received": True}
    event_id, payload = data.get("id"), data.get("payload")
    if not isinstance(event_id, str) or not isinstance(payload, dict):
        return {"received": True}
    if event_id in done:
        return {"received": True, "duplicate": True}

    urls = payload.get("recording_urls") or {}
    activity = {
        "type": "call_recording",
        "customer": customer_of(payload.get("client_state")),
        "phone": payload.get("from"),
        "recording": urls["mp3"],
        "started_at": payload.get("recording_started_at"),
        "ended_at": payload.get("recording_ended_at"),
    }
    background_tasks.add_task(add_to_crm, event_id, activity)
    return {"received": True}
