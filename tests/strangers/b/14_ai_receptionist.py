"""AI receptionist: answer the call, hand it to a Telnyx AI assistant, say goodbye when the conversation is over."""
import base64
import json
import logging
import os
import threading
from collections import OrderedDict

import telnyx
from fastapi import BackgroundTasks, FastAPI, HTTPException, Request
from telnyx import Telnyx
from telnyx.lib import SpeechToTextStreamParams  # used by the live captions module

logging.basicConfig(level=os.environ.get("LOG_LEVEL", "INFO"))
log = logging.getLogger("receptionist")

PATH = "/telnyx/voice"
ASSISTANT_ID = os.environ.get("AI_ASSISTANT_ID", "assistant-00000000-0000-0000-0000-000000000000")
VOICE = os.environ.get("TTS_VOICE", "AWS.Polly.Joanna-Neural")

client = Telnyx(
    api_key=os.environ.get("TELNYX_API_KEY"),
    public_key=os.environ.get("TELNYX_PUBLIC_KEY"),
    timeout=8,
    max_retries=1,
)
app = FastAPI()
CAPTIONS = SpeechToTextStreamParams

_seen: OrderedDict = OrderedDict()
_seen_lock = threading.Lock()


def is_duplicate(event_id: str) -> bool:
    with _seen_lock:
        if event_id in _seen:
            return True
        _seen[event_id] = None
        if len(_seen) > 10_000:
            _seen.popitem(last=False)
        return False


def encode_state(**state) -> str:
    return base64.b64encode(json.dumps(state).encode()).decode()


def decode_state(payload: dict) -> dict:
    return json.loads(base64.b64decode(payload["client_state"]))


def run(command, call_control_id: str, **arguments):
    """Background tasks end here, so that a refused command never reaches the web server."""
    try:
        command(call_control_id, **arguments)
    except telnyx.TelnyxError as exc:
        log.warning("%s failed: %s", command.__name__, exc)


@app.post(PATH)
async def voice(request: Request, background: BackgroundTasks):
    raw = await request.body()
    try:
        client.webhooks.unwrap(raw.decode(), headers=dict(request.headers))
    except ValueError as exc:
        log.warning("rejected webhook: %s", exc)
        raise HTTPException(status_code=401, detail="invalid signature")

    data = json.loads(raw).get("data") or {}
    event_type = data.get("event_type", "")
    payload = data.get("payload") or {}
    ccid = payload.get("call_control_id")
    if not ccid:
        return {"status": "ignored"}
    if is_duplicate(data.get("id")):
        return {"status": "duplicate"}

    if event_type == "call.initiated":
        background.add_task(
            run, client.calls.actions.answer, ccid,
            client_state=encode_state(step="answering", caller=payload.get("from")),
            command_id=f"{data.get('id')}-answer",
        )
    elif event_type == "call.answered":
        state = decode_state(payload)
        if state.get("step") == "answering":
            background.add_task(
                run, client.calls.actions.start_ai_assistant, ccid,
                assistant={"id": ASSISTANT_ID},
                client_state=encode_state(step="talking", caller=state.get("caller")),
                command_id=f"{data.get('id')}-assistant",
            )
    elif event_type == "call.conversation.ended":
        background.add_task(
            run, client.calls.actions.speak, ccid,
            payload="Thank you for calling. Goodbye!", voice=VOICE,
            command_id=f"{data.get('id')}-bye",
        )
    elif event_type == "call.hangup":
        state = decode_state(payload)
        log.info("call from %s is over (%s)", state.get("caller"), payload.get("hangup_cause"))
    return {"status": "ok"}
