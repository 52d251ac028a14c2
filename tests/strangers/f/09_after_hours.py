"""After hours: a short announcement, then a text message to the caller.

FastAPI in front, a worker thread behind a queue.Queue. What is known of a call
lives in `calls` until the call is over.
"""
import base64
import hashlib
import json
import logging
import os
import queue
import threading
import time
from urllib.parse import quote

import httpx
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from fastapi import FastAPI, Request, Response

API = "https://api.telnyx.com/v2"
OFFICE = os.environ.get("OFFICE_NUMBER", "+13125550155")
ORDER = ("call.initiated", "call.answered", "call.speak.ended", "call.hangup")

log = logging.getLogger("after_hours")


def trusted(raw, headers):
    timestamp = headers.get("telnyx-timestamp", "")
    try:
        if abs(time.time() - int(timestamp)) > 300:
            return False
        Ed25519PublicKey.from_public_bytes(
            base64.b64decode(os.environ.get("TELNYX_PUBLIC_KEY", ""))
        ).verify(
            base64.b64decode(headers.get("telnyx-signature-ed25519", ""), validate=True),
            f"{timestamp}|".encode() + raw,
        )
    except (ValueError, InvalidSignature):
        return False
    return True


def post(path, body):
    reply = httpx.post(
        API + path, json=body, timeout=10,
        headers={"Authorization": f"Bearer {os.environ.get('TELNYX_API_KEY', '')}"})
    reply.raise_for_status()


class AfterHours:
    def __init__(self):
        self.lock = threading.Lock()
        self.calls = {}
        self.jobs = queue.Queue()
        threading.Thread(target=self.work, name="after-hours", daemon=True).start()

    def accept(self, data):
        payload = data["payload"]
        event_type = data["event_type"]
        call_id = payload["call_control_id"]
        event_id = data.get("id")
        if not isinstance(event_id, str) or not event_id:
            event_id = hashlib.sha256(json.dumps(data, sort_keys=True).encode()).hexdigest()
        with self.lock:
            call = self.calls.setdefault(call_id, {"seen": set(), "step": 0})
            if event_id in call["seen"]:
                return
            call["seen"].add(event_id)
            if event_type == "call.hangup":
                del self.calls[call_id]
            elif ORDER.index(event_type) < call["step"]:
                return
            else:
                call["step"] = ORDER.index(event_type)
        self.jobs.put((event_type, payload))

    def work(self):
        while True:
            event_type, payload = self.jobs.get()
            try:
                self.act(event_type, payload)
            except Exception:
                log.exception("%s failed", event_type)

    def act(self, event_type, payload):
        call_id = payload["call_control_id"]
        time.sleep(0.1)  # calendar: when do we open again?
        if event_type == "call.hangup":
            caller = payload.get("from")
            if isinstance(caller, str) and caller.startswith("+"):
                office = payload.get("to")
                office = office if isinstance(office, str) and office.startswith("+") else OFFICE
                post("/messages", {"from": office, "to": caller,
                                   "text": "Sorry we missed you. We open at 8 and will call back."})
            return
        with self.lock:
            if call_id not in self.calls:
                return  # hung up meanwhile
        actions = f"/calls/{quote(call_id, safe=':')}/actions"
        if event_type == "call.initiated":
            post(f"{actions}/answer", {})
        elif event_type == "call.answered":
            post(f"{actions}/speak", {
                "payload": "Our office is closed. We open at eight. You will get a message from us.",
                "voice": "female", "language": "en-US"})
        elif event_type == "call.speak.ended":
            post(f"{actions}/hangup", {})


def make_app():
    app = FastAPI(title="After hours")
    service = AfterHours()

    @app.post("/webhooks")
    async def webhooks(request: Request):
        raw = await request.body()
        if not trusted(raw, request.headers):
            return Response(status_code=403)
        try:
            body = json.loads(raw)
        except ValueError:
            return Response(status_code=400)
        data = body.get("data") if isinstance(body, dict) else None
        payload = data.get("payload") if isinstance(data, dict) else None
        if not isinstance(payload, dict) or data.get("event_type") not in ORDER:
            return Response(status_code=200)
        call_id = payload.get("call_control_id")
        if not isinstance(call_id, str) or not call_id:
            return Response(status_code=200)
        if payload.get("direction") == "outgoing":
            return Response(status_code=200)
        if data["event_type"] == "call.speak.ended" and payload.get("status") == "call_hangup":
            return Response(status_code=200)
        if data["event_type"] == "call.initiated" and payload.get("direction") != "incoming":
            return Response(status_code=200)
        service.accept(data)
        return Response(status_code=200)

    return app


app = make_app()
