"""A Telnyx receiver in FastAPI: verifies, acknowledges, and works after it has answered."""

import os
from typing import Any

from fastapi import BackgroundTasks, FastAPI, Request, Response
from telnyx import AsyncTelnyx

app = FastAPI()
telnyx = AsyncTelnyx(
    api_key=os.environ["TELNYX_API_KEY"],
    public_key=os.environ["TELNYX_PUBLIC_KEY"],
)
seen: set[str] = set()


@app.post("/webhooks")
async def receive(request: Request, background: BackgroundTasks) -> Response:
    """Refuse what Telnyx did not sign; acknowledge everything else, and work later."""
    body = (await request.body()).decode("utf-8", errors="replace")
    try:
        event = telnyx.webhooks.unwrap(body, headers=dict(request.headers))
    except ValueError:
        return Response(status_code=401)
    background.add_task(handle, getattr(event, "data", None))
    return Response(status_code=200)


async def handle(data: Any) -> None:
    """Thank for a message, once, however often its event is delivered."""
    event_id = getattr(data, "id", None)
    if event_id is None or event_id in seen:
        return
    seen.add(event_id)
    if getattr(data, "event_type", None) == "message.received" and data.payload.type == "SMS":
        await telnyx.messages.send(
            from_=data.payload.to[0].phone_number,
            to=data.payload.from_.phone_number,
            text="Thank you, we have got your message.",
        )
