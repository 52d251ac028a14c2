"""Reminders by telephone in FastAPI: calls people, and leaves word with their answering machines.

A person is spoken to at once, a machine after its greeting. What a call is about is in its
``client_state``.
"""

import base64
import json
import os

from fastapi import FastAPI, Request, Response
from telnyx import APIConnectionError, APIStatusError, AsyncTelnyx

NUMBER = "+13125550199"
CONNECTION = "7267000000000000001"
VOICE = "AWS.Polly.Joanna"

app = FastAPI()
telnyx = AsyncTelnyx(
    api_key=os.environ["TELNYX_API_KEY"],
    public_key=os.environ["TELNYX_PUBLIC_KEY"],
    max_retries=0,  # Telnyx waits two seconds for an answer, then delivers again
    timeout=1,
)
unwrap = telnyx.webhooks.unwrap  # load it at start-up: this takes a second


async def remind(to: str, text: str) -> None:
    """Call *to*, and say *text* to whoever or whatever answers."""
    await telnyx.calls.dial(
        connection_id=CONNECTION,
        from_=NUMBER,
        to=to,
        answering_machine_detection="premium",
        client_state=written({"text": text}),
    )


@app.post("/webhooks")
async def receive(request: Request) -> Response:
    """Refuse forged requests; let the call go on; acknowledge."""
    body = (await request.body()).decode(errors="replace")
    try:
        unwrap(body, headers=dict(request.headers))
    except Exception:  # ValueError, or OverflowError for a timestamp of 400 digits
        return Response(status_code=401)
    match json.loads(body):
        case {"data": {"event_type": str(event), "id": str(event_id), "payload": dict(payload)}}:
            try:
                await proceed(event, payload, event_id)
            except APIStatusError as error:
                if error.status_code == 429 or error.status_code >= 500:
                    return Response(status_code=503)  # another delivery may succeed
            except APIConnectionError:
                return Response(status_code=503)
    return Response()


async def proceed(event: str, payload: dict, event_id: str) -> None:
    """Do what comes next. Telnyx ignores a command whose ``command_id`` it knows."""
    call, about = payload.get("call_control_id"), read(payload.get("client_state"))
    if about is None:
        return  # not a call of ours
    match event, payload.get("result"):
        case "call.machine.premium.detection.ended", "machine":
            return  # its greeting goes on
        case "call.machine.premium.detection.ended", "fax_detected":
            await telnyx.calls.actions.hangup(call, command_id=event_id)
        case "call.machine.premium.detection.ended" | "call.machine.premium.greeting.ended", _:
            await telnyx.calls.actions.speak(
                call, payload=about["text"], voice=VOICE, command_id=event_id
            )
        case "call.speak.ended", _:
            await telnyx.calls.actions.hangup(call, command_id=event_id)


def written(about: dict[str, str]) -> str:
    """Return *about* as a ``client_state``."""
    return base64.b64encode(json.dumps(about).encode()).decode()


def read(client_state: object) -> dict[str, str] | None:
    """Return what a call is about; None if this app has not said so."""
    try:
        about = json.loads(base64.b64decode(str(client_state)))
    except ValueError:
        return None
    return about if isinstance(about, dict) and isinstance(about.get("text"), str) else None
