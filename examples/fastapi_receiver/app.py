"""A Telnyx receiver in FastAPI: verifies, acknowledges, and then works in the background."""

import json
import logging
import os

from fastapi import BackgroundTasks, FastAPI, Request, Response
from telnyx import APIError, AsyncTelnyx

app = FastAPI()
telnyx = AsyncTelnyx(
    api_key=os.environ["TELNYX_API_KEY"],
    public_key=os.environ["TELNYX_PUBLIC_KEY"],
)
unwrap = telnyx.webhooks.unwrap  # load it at start-up: this takes a second
thanked: set[str] = set()  # with several processes, a table with a unique key


@app.post("/webhooks")
async def receive(request: Request, background: BackgroundTasks) -> Response:
    """Refuse forged requests; acknowledge the rest, and work later."""
    body = (await request.body()).decode(errors="replace")
    try:
        unwrap(body, headers=dict(request.headers))
    except Exception:  # ValueError, or OverflowError for a timestamp of 400 digits
        return Response(status_code=401)
    match json.loads(body):
        case {
            "data": {
                "event_type": "message.received",
                "id": str(event_id),
                "payload": {
                    "type": "SMS",
                    "from": {"phone_number": str(sender)},
                    "to": [{"phone_number": str(us)}, *_],
                },
            }
        } if event_id not in thanked:
            thanked.add(
                event_id
            )  # there is no await since the check, so no other task came between
            background.add_task(thank, sender, us)
    return Response()


async def thank(sender: str, us: str) -> None:
    """Reply to a message. The webhook is acknowledged, so Telnyx does not deliver it again."""
    try:
        await telnyx.messages.send(from_=us, to=sender, text="Thank you, we have got your message.")
    except APIError as error:  # after the SDK's own retries
        logging.warning("No thanks were sent: %s", error)
