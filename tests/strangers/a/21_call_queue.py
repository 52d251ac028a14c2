"""Support queue: callers wait in a Telnyx queue until an agent is free. Starlette."""
import base64
import json
import logging
import os
import time
from collections import OrderedDict

from nacl.exceptions import BadSignatureError
from nacl.signing import VerifyKey
from starlette.applications import Starlette
from starlette.background import BackgroundTask
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from telnyx import AsyncTelnyx

PATH = "/queue/events"
QUEUE = os.environ.get("QUEUE_NAME", "support")
MAX_AGE = 300

log = logging.getLogger("queue")
telnyx = AsyncTelnyx(timeout=8.0, max_retries=1)
telnyx.calls.actions  # the SDK loads its resources lazily: do it now
CALLER = base64.b64encode(b"queue-caller").decode()
BYE = base64.b64encode(b"queue-bye").decode()

delivered: "OrderedDict[str, None]" = OrderedDict()
waiting: "OrderedDict[str, float]" = OrderedDict()
ended: "OrderedDict[str, None]" = OrderedDict()


def trim(table, limit=1000):
    while len(table) > limit:
        table.popitem(last=False)


def authentic(raw: bytes, request: Request) -> bool:
    try:
        timestamp = request.headers["telnyx-timestamp"]
        if time.time() - int(timestamp) > MAX_AGE:
            return False
        VerifyKey(base64.b64decode(os.environ["TELNYX_PUBLIC_KEY"])).verify(
            timestamp.encode() + b"|" + raw,
            base64.b64decode(request.headers["telnyx-signature-ed25519"]),
        )
    except (KeyError, ValueError, OverflowError, BadSignatureError):
        return False
    return True


async def command(name: str, call: str, **arguments) -> None:
    try:
        await getattr(telnyx.calls.actions, name)(call, **arguments)
    except Exception as exc:
        log.warning("%s on %s: %s", name, call, exc)


def next_step(data: dict, payload: dict):
    call, event_id = payload.get("call_control_id"), data.get("id")
    event_type, mine = data.get("event_type"), payload.get("client_state") == CALLER
    if event_type == "call.hangup":
        waiting.pop(call, None)
        ended[call] = None
        trim(ended)
        return None
    if event_type == "call.initiated" and payload.get("direction") == "incoming" and call not in ended:
        return BackgroundTask(command, "answer", call, client_state=CALLER, command_id=f"{event_id}-a")
    if event_type == "call.answered" and mine and call not in ended:
        return BackgroundTask(command, "enqueue", call, queue_name=QUEUE, max_wait_time_secs=1800,
                              client_state=CALLER, command_id=f"{event_id}-q")
    if event_type == "call.enqueued" and call not in ended:
        waiting[call] = time.time()
        trim(waiting)
    if event_type == "call.dequeued":
        waiting.pop(call, None)
        if mine and payload.get("reason") not in ("bridged", "bridging-in-process"):
            return BackgroundTask(command, "speak", call, voice="female", language="en-US",
                                  payload="All agents are busy. Please call again later.",
                                  client_state=BYE, command_id=f"{event_id}-s")
    if event_type == "call.speak.ended" and payload.get("client_state") == BYE and call not in ended:
        if payload.get("status") != "call_hangup":
            return BackgroundTask(command, "hangup", call, command_id=f"{event_id}-h")
    return None


async def events(request: Request) -> Response:
    raw = await request.body()
    try:
        data = json.loads(raw)["data"]
        event_id, payload = data["id"], data.get("payload") or {}
        payload.get("call_control_id")
        if event_id in delivered:  # Telnyx repeats deliveries, do not even check them again
            return JSONResponse({"status": "duplicate"})
        delivered[event_id] = None
        trim(delivered, 10000)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return JSONResponse({"error": "not a Telnyx event"}, status_code=400)

    if not authentic(raw, request):
        return JSONResponse({"error": "invalid signature"}, status_code=401)
    return JSONResponse({"status": "ok"}, background=next_step(data, payload))


async def metrics(request: Request) -> Response:
    oldest = max((time.time() - since for since in waiting.values()), default=0.0)
    return JSONResponse({"waiting": len(waiting), "oldest_seconds": round(oldest)})


app = Starlette(routes=[Route(PATH, events, methods=["POST"]), Route("/metrics", metrics)])
