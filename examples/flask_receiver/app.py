"""A Telnyx receiver in Flask: verifies, acknowledges at once, answers each incoming call once."""

import os

from flask import Flask, request
from telnyx import Telnyx

app = Flask(__name__)
telnyx = Telnyx(
    api_key=os.environ["TELNYX_API_KEY"],
    public_key=os.environ["TELNYX_PUBLIC_KEY"],
)
seen: set[str] = set()


@app.post("/webhooks")
def receive() -> tuple[str, int]:
    """Refuse what Telnyx did not sign; acknowledge everything else."""
    try:
        event = telnyx.webhooks.unwrap(
            request.get_data(as_text=True), headers=dict(request.headers)
        )
    except ValueError:
        return "", 401
    handle(getattr(event, "data", None))
    return "", 200


def handle(data: object) -> None:
    """Answer an incoming call, once, however often its event is delivered."""
    event_id = getattr(data, "id", None)
    if event_id is None or event_id in seen:
        return
    seen.add(event_id)
    payload = getattr(data, "payload", None)
    if getattr(data, "event_type", None) == "call.initiated" and payload.direction == "incoming":
        telnyx.calls.actions.answer(payload.call_control_id, command_id=event_id)
