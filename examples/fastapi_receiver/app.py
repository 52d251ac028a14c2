"""A Telnyx receiver in FastAPI: verifies, acknowledges, and works after it has answered."""

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
unwrap = telnyx.webhooks.unwrap  # now, for it takes a second to load
thanked: set[str] = set()  # with several processes, a table with a unique key


@app.post("/webhooks")
async def receive(request: Request, background: BackgroundTasks) -> Response:
    """Refuse what Telnyx did not sign; acknowledge everything else, and work later."""
    body = (await request.body()).decode(errors="replace")
    try:
        unwrap(body, headers=dict(request.headers))
    except Exception:  # mostly ValueError; an endless number for a timestamp is an OverflowError
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
            thanked.add(event_id)  # nothing is awaited between the look and this
            background.add_task(thank, sender, us)
    return Response()


async def thank(sender: str, us: str) -> None:
    """Thank for a message. The webhook is acknowledged, so Telnyx will not deliver it again."""
    try:
        await telnyx.messages.send(from_=us, to=sender, text="Thank you, we have got your message.")
    except APIError as error:  # after the SDK's own retries
        logging.warning("No thanks were sent: %s", error)
