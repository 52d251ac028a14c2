"""A telephone menu in Flask: it answers, asks for a key, and transfers the call.

What the call waits for is in its ``client_state``, so the app itself remembers nothing of it.
"""

import base64
import json
import os

from flask import Flask, request
from telnyx import APIConnectionError, APIStatusError, InternalServerError, RateLimitError, Telnyx

VOICE = "AWS.Polly.Joanna"
MENU = "Welcome to Example. Press 1 for sales, 2 for support."
DEPARTMENTS = {"1": "+13125550171", "2": "+13125550172"}

app = Flask(__name__)
telnyx = Telnyx(
    api_key=os.environ["TELNYX_API_KEY"],
    public_key=os.environ["TELNYX_PUBLIC_KEY"],
    max_retries=0,  # Telnyx waits two seconds for an answer, then delivers again
    timeout=1,
)
unwrap = telnyx.webhooks.unwrap  # load it at start-up: this takes a second


@app.post("/webhooks")
def receive() -> tuple[str, int]:
    """Refuse forged requests; let the call go on; acknowledge."""
    body = request.get_data(as_text=True)
    try:
        unwrap(body, headers=dict(request.headers))
    except Exception:  # ValueError, or OverflowError for a timestamp of 400 digits
        return "", 401
    match json.loads(body):
        case {"data": {"event_type": str(event), "id": str(event_id), "payload": dict(payload)}}:
            try:
                proceed(event, payload, event_id)
            except (APIConnectionError, InternalServerError, RateLimitError):
                return "", 503  # another delivery may succeed
            except APIStatusError as error:
                app.logger.warning("The call has ended: %s", error)
    return "", 200


def proceed(event: str, payload: dict, event_id: str) -> None:
    """Do what comes next. Telnyx ignores a command whose ``command_id`` it knows."""
    call = payload.get("call_control_id")
    do = telnyx.calls.actions
    match event, step(payload.get("client_state")):
        case "call.initiated", _ if payload.get("direction") == "incoming":
            do.answer(call, client_state=state("menu"), command_id=event_id)
        case "call.answered", "menu":
            do.gather_using_speak(
                call,
                payload=MENU,
                voice=VOICE,
                maximum_digits=1,
                valid_digits="12",
                timeout_millis=5000,
                maximum_tries=2,
                command_id=event_id,
            )
        case "call.gather.ended", "menu" if payload.get("status") == "valid":
            to = DEPARTMENTS.get(payload.get("digits"), DEPARTMENTS["1"])
            do.transfer(call, to=to, client_state=state("transfer"), command_id=event_id)
        case "call.gather.ended", "menu" if payload.get("status") != "call_hangup":
            do.speak(
                call,
                payload="Goodbye.",
                voice=VOICE,
                client_state=state("goodbye"),
                command_id=event_id,
            )
        case "call.speak.ended", "goodbye":
            do.hangup(call, command_id=event_id)


def state(step: str) -> str:
    """Return a ``client_state`` that says what the call waits for."""
    return base64.b64encode(json.dumps({"step": step}).encode()).decode()


def step(client_state: object) -> str | None:
    """Return what the call waits for; None if this app has not said so."""
    try:
        return json.loads(base64.b64decode(str(client_state)))["step"]
    except (ValueError, LookupError, TypeError):
        return None
