"""A Telnyx receiver in Flask: verifies, answers each incoming call once, and acknowledges."""

import json
import os
import threading

from flask import Flask, request
from telnyx import APIConnectionError, APIStatusError, InternalServerError, RateLimitError, Telnyx

app = Flask(__name__)
telnyx = Telnyx(
    api_key=os.environ["TELNYX_API_KEY"],
    public_key=os.environ["TELNYX_PUBLIC_KEY"],
    max_retries=0,  # Telnyx waits two seconds for an answer, then delivers again
    timeout=1,
)
unwrap = telnyx.webhooks.unwrap  # load it at start-up: this takes a second
answered: set[str] = set()  # with several processes, a table with a unique key
lock = threading.Lock()


@app.post("/webhooks")
def receive() -> tuple[str, int]:
    """Refuse forged requests; answer incoming calls; acknowledge the rest."""
    body = request.get_data(as_text=True)
    try:
        unwrap(body, headers=dict(request.headers))
    except Exception:  # ValueError, or OverflowError for a timestamp of 400 digits
        return "", 401
    match json.loads(body):
        case {
            "data": {
                "event_type": "call.initiated",
                "id": str(event_id),
                "payload": {"direction": "incoming", "call_control_id": str(call)},
            }
        }:
            return "", answer(call, event_id)
    return "", 200


def answer(call: str, event_id: str) -> int:
    """Answer a call once, even if its event is delivered again. Returns the status for Telnyx."""
    with lock:
        if event_id in answered:
            return 200
        answered.add(event_id)
    try:
        telnyx.calls.actions.answer(call, command_id=event_id)
    except (APIConnectionError, InternalServerError, RateLimitError):
        answered.discard(event_id)
        return 503  # another delivery may succeed
    except APIStatusError as error:
        app.logger.warning("The call was not answered: %s", error)  # the call may have ended
    return 200
