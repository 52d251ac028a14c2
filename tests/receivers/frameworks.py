"""Correct receivers as people write them: Flask and FastAPI, by the official SDK and by hand."""

from __future__ import annotations

import base64
import os
import threading
import time

import httpx
from fastapi import BackgroundTasks, FastAPI, Request, Response
from flask import Flask, request
from nacl.exceptions import CryptoError
from nacl.signing import VerifyKey
from telnyx import AsyncTelnyx, Telnyx


def flask_sdk() -> Flask:
    """Flask; the official SDK verifies."""
    app = Flask("flask_sdk")
    telnyx = Telnyx(public_key=os.environ["TELNYX_PUBLIC_KEY"])

    @app.post("/")
    def receive() -> tuple[str, int]:
        try:
            telnyx.webhooks.unwrap(request.get_data(as_text=True), headers=dict(request.headers))
        except ValueError:
            return "", 401
        return "", 200

    return app


def fastapi_sdk() -> FastAPI:
    """FastAPI; the official SDK verifies, and the work is a background task."""
    app = FastAPI()
    telnyx = AsyncTelnyx(public_key=os.environ["TELNYX_PUBLIC_KEY"])

    @app.post("/")
    async def receive(request: Request, background: BackgroundTasks) -> Response:
        body = (await request.body()).decode(errors="replace")
        try:
            event = telnyx.webhooks.unwrap(body, headers=dict(request.headers))
        except ValueError:
            return Response(status_code=400)
        if event.data and event.data.event_type == "call.initiated":
            call = event.data.payload.call_control_id
            background.add_task(telnyx.calls.actions.answer, call)
        return Response()

    return app


def flask_pynacl() -> Flask:
    """Flask; verified by hand, and the call is answered by a thread after the webhook."""
    app = Flask("flask_pynacl")
    key = VerifyKey(base64.b64decode(os.environ["TELNYX_PUBLIC_KEY"]))
    api = httpx.Client(base_url="https://api.telnyx.com/v2")

    @app.post("/")
    def receive() -> tuple[str, int]:
        timestamp = request.headers.get("Telnyx-Timestamp", "")
        signature = request.headers.get("Telnyx-Signature-Ed25519", "")
        body = request.get_data()
        try:
            age = time.time() - int(timestamp)
            key.verify(timestamp.encode() + b"|" + body, base64.b64decode(signature))
        except (ValueError, CryptoError):
            return "", 403
        if abs(age) > 300:
            return "", 403
        data = request.get_json()["data"]
        if data["event_type"] == "call.initiated":
            call = data["payload"]["call_control_id"]
            threading.Timer(0.02, api.post, (f"/calls/{call}/actions/answer",)).start()
        return "", 200

    return app


RECEIVERS = (flask_sdk, fastapi_sdk, flask_pynacl)
