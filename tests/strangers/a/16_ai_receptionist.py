"""AI receptionist: answer calls with a Telnyx AI assistant, file a summary afterwards."""
import base64
import json
import logging
import os
import threading
from collections import OrderedDict

import httpx
from fastapi import BackgroundTasks, FastAPI, HTTPException, Request
from telnyx import APIError, Telnyx
from telnyx.lib.webhooks_ed25519 import unwrap_with_ed25519

PATH = "/voice/receptionist"


class Settings:
    api_key = os.getenv("TELNYX_API_KEY")
    public_key = os.getenv("TELNYX_PUBLIC_KEY")
    assistant_id = os.getenv("TELNYX_ASSISTANT_ID", "assistant-d9082b56-ba2d-4ad1-a50c-58661eb1463d")
    helpdesk = os.getenv("HELPDESK_URL", "https://helpdesk.acme.invalid/api/tickets")


settings = Settings()
client = Telnyx(api_key=settings.api_key, public_key=settings.public_key)
logger = logging.getLogger("receptionist")
app = FastAPI(title="AI receptionist")

_events: "OrderedDict[str, None]" = OrderedDict()
_ended: "OrderedDict[str, None]" = OrderedDict()
_lock = threading.Lock()
INBOUND = base64.b64encode(b"receptionist").decode()


def is_new(event_id: str) -> bool:
    with _lock:
        if event_id in _events:
            return False
        _events[event_id] = None
        while len(_events) > 4096:
            _events.popitem(last=False)
        return True


def forget(event_id: str) -> None:
    with _lock:
        _events.pop(event_id, None)


def file_ticket(caller: str | None, summary: str) -> None:
    try:
        httpx.post(settings.helpdesk, json={"caller": caller, "summary": summary[:2000]}, timeout=5).raise_for_status()
    except Exception as exc:
        logger.warning("ticket not filed: %s", exc)


def answer(call_control_id: str, event_id: str) -> None:
    try:
        client.calls.actions.answer(
            call_control_id, client_state=INBOUND, command_id=f"{event_id}-answer"
        )
    except APIError as exc:
        logger.error("answer failed: %s", exc)


def start_assistant(call_control_id: str, event_id: str) -> None:
    try:
        client.calls.actions.start_ai_assistant(
            call_control_id,
            assistant={"id": settings.assistant_id},
            greeting="Hello, this is Acme. How can I help you?",
            command_id=f"{event_id}-assistant",
        )
    except APIError as exc:
        logger.error("assistant not started: %s", exc)


def last_words(messages: list) -> str:
    return f"{messages[-1]['role']}: {messages[-1]['content']}"


def handle(event_id: str, event_type: str, payload: dict, tasks: BackgroundTasks) -> None:
    call = payload.get("call_control_id")
    if event_type == "call.hangup":
        with _lock:
            _ended[call] = None
            while len(_ended) > 4096:
                _ended.popitem(last=False)
    elif event_type == "call.initiated":
        if call and call not in _ended and payload.get("direction") == "incoming":
            answer(call, event_id)
    elif event_type == "call.answered":
        # a leg the assistant has transferred to has another client_state
        if call and call not in _ended and payload.get("client_state") == INBOUND:
            start_assistant(call, event_id)
    elif event_type == "call.conversation.ended":
        summary = last_words(payload["messages"])
        tasks.add_task(file_ticket, payload.get("from"), summary)
    elif event_type == "call.conversation.start_failed":
        logger.error("conversation on %s did not start", call)


@app.post(PATH)
async def receptionist(request: Request, tasks: BackgroundTasks):
    raw = await request.body()
    try:
        unwrap_with_ed25519(client, raw, request.headers)
    except ValueError as exc:
        raise HTTPException(status_code=401, detail="invalid signature") from exc

    data = json.loads(raw).get("data") or {}
    event_id = str(data.get("id") or "")
    if event_id and not is_new(event_id):
        return {"duplicate": True}
    try:
        handle(event_id, data.get("event_type") or "", data.get("payload") or {}, tasks)
    except Exception:
        forget(event_id)  # so that the next attempt is not taken for a duplicate
        raise
    return {"ok": True}
