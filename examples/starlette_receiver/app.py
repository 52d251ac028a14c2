"""A Telnyx receiver in Starlette: acknowledges, then leaves a message on answering machines."""

import json
import logging
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from starlette.applications import Starlette
from starlette.background import BackgroundTask
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from telnyx import APIError, AsyncTelnyx

telnyx = AsyncTelnyx(
    api_key=os.environ["TELNYX_API_KEY"],
    public_key=os.environ["TELNYX_PUBLIC_KEY"],
)
unwrap = telnyx.webhooks.unwrap  # load it at start-up: this takes a second


async def receive(request: Request) -> Response:
    """Refuse forged requests; acknowledge the rest, and work later."""
    try:
        body = (await request.body()).decode()
        unwrap(body, headers=dict(request.headers))
    except Exception:  # ValueError, or OverflowError for a timestamp of 400 digits
        return Response(status_code=401)
    match json.loads(body):
        case {
            "data": {
                "event_type": "call.machine.detection.ended",
                "id": str(event_id),
                "payload": {"call_control_id": str(call), "result": "machine"},
            }
        }:
            return Response(background=BackgroundTask(leave_message, call, event_id))
    return Response()


async def leave_message(call: str, event_id: str) -> None:
    """Speak to the machine. The webhook is acknowledged, so Telnyx does not deliver it again.

    If the event comes twice, both commands have the same id, and Telnyx executes only one.
    """
    try:
        await telnyx.calls.actions.speak(
            call,
            payload="Please call us back.",
            voice="female",
            language="en-GB",
            command_id=event_id,
        )
    except APIError as error:  # after the SDK's own retries
        logging.warning("No message was left: %s", error)


@asynccontextmanager
async def lifespan(app: Starlette) -> AsyncIterator[None]:
    """Close the connections to the API when the app stops."""
    yield
    await telnyx.close()


app = Starlette(routes=[Route("/webhooks", receive, methods=["POST"])], lifespan=lifespan)
