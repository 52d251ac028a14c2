"""Correct receivers as people write them: Flask and FastAPI, by the official SDK and by hand."""

from __future__ import annotations

import base64
import json
import os
import threading
import time
from collections.abc import Mapping
from contextlib import suppress
from typing import Any
from urllib.parse import quote

import httpx
from fastapi import BackgroundTasks, FastAPI, Request, Response
from flask import Flask, request
from nacl.exceptions import CryptoError
from nacl.signing import VerifyKey
from telnyx import AsyncTelnyx, Telnyx

from tests.receivers.correct import API, TLS


def is_text(value: object) -> bool:
    """Whether *value* is a text that fits into an address."""
    return isinstance(value, str) and value.isprintable()


def flask_sdk() -> Flask:
    """Flask; the official SDK verifies."""
    app = Flask("flask_sdk")
    telnyx = Telnyx(public_key=os.environ["TELNYX_PUBLIC_KEY"])

    @app.post("/")
    def receive() -> tuple[str, int]:
        try:
            telnyx.webhooks.unwrap(request.get_data(as_text=True), headers=dict(request.headers))
        except (ValueError, OverflowError, RecursionError):  # all that escapes from it
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
        except (ValueError, OverflowError, RecursionError):  # all that escapes from it
            return Response(status_code=400)
        data = getattr(event, "data", None)  # what is signed may still be no event
        payload = getattr(data, "payload", None)
        call = getattr(payload, "call_control_id", None)
        comes_in = getattr(payload, "direction", None) == "incoming"
        if getattr(data, "event_type", None) == "call.initiated" and comes_in and is_text(call):
            answer = telnyx.calls.actions.answer
            background.add_task(answer, call, command_id=str(data.id))
        return Response()

    return app


def flask_pynacl() -> Flask:
    """Flask; verified by hand, and the call is answered by a thread after the webhook."""
    app = Flask("flask_pynacl")
    key = VerifyKey(base64.b64decode(os.environ["TELNYX_PUBLIC_KEY"]))
    api = httpx.Client(base_url=API, verify=TLS)
    answered: set[str] = set()
    lock = threading.Lock()

    def command(path: str) -> None:
        with suppress(httpx.HTTPError):  # the webhook is acknowledged, so nothing else can be done
            api.post(path)

    @app.post("/")
    def receive() -> tuple[str, int]:
        timestamp = request.headers.get("Telnyx-Timestamp", "")
        signature = request.headers.get("Telnyx-Signature-Ed25519", "")
        body = request.get_data()
        try:
            age = time.time() - int(timestamp)
            key.verify(timestamp.encode() + b"|" + body, base64.b64decode(signature))
        except (ValueError, OverflowError, CryptoError):
            return "", 403
        if abs(age) > 300:
            return "", 403
        try:
            event = json.loads(body)
        except (ValueError, RecursionError):
            return "", 400  # signed, and yet no event
        match event:
            case {
                "data": {
                    "event_type": "call.initiated",
                    "id": str(event_id),
                    "payload": {"call_control_id": str(call), "direction": "incoming"},
                }
            }:
                with lock:
                    if event_id in answered:
                        return "", 200
                    answered.add(event_id)
                path = f"/calls/{quote(call, errors='replace')}/actions/answer"
                threading.Timer(0.02, command, (path,)).start()
        return "", 200

    return app


RECEIVERS = (flask_sdk, fastapi_sdk, flask_pynacl)

CHOICES: Mapping[Any, frozenset[str]] = {
    flask_sdk: frozenset({"accepts-key-spelling"}),
    fastapi_sdk: frozenset({"accepts-key-spelling"}),
}
"""Checks that have advice about what the official SDK does."""
