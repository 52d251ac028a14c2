"""Conference bridge: each of our numbers is its own room; whoever calls it joins."""
import logging
import os
import threading
from collections import OrderedDict

from fastapi import BackgroundTasks, FastAPI, HTTPException, Request
from telnyx import APIError, Telnyx

PATH = "/bridge/events"

logger = logging.getLogger("bridge")
app = FastAPI()
telnyx_client = Telnyx(
    api_key=os.environ["TELNYX_API_KEY"], public_key=os.environ["TELNYX_PUBLIC_KEY"], max_retries=1, timeout=5
)

conference_id = None  # id of the running conference
mutex = threading.Lock()
processed: "OrderedDict[str, None]" = OrderedDict()


def answer(call, event_id):
    try:
        telnyx_client.calls.actions.answer(call, command_id=event_id)
    except APIError as e:
        logger.warning("answer: %s", e)


def enter(call, room, event_id):
    global conference_id
    with mutex:
        try:
            if conference_id is None:
                created = telnyx_client.conferences.create(
                    call_control_id=call, name=room, beep_enabled="always", command_id=event_id
                )
                conference_id = created.data.id if created.data else None
            else:
                telnyx_client.conferences.actions.join(
                    conference_id, call_control_id=call, command_id=event_id
                )
        except APIError as e:
            logger.warning("conference: %s", e)


def on_initiated(event_id, payload, tasks):
    if payload.get("direction") == "incoming" and payload.get("call_control_id"):
        tasks.add_task(answer, payload["call_control_id"], event_id)


def on_answered(event_id, payload, tasks):
    if payload.get("call_control_id"):
        room = "room-" + str(payload.get("to") or "main").lstrip("+")
        tasks.add_task(enter, payload["call_control_id"], room, event_id)


def on_conference_ended(event_id, payload, tasks):
    global conference_id
    if payload.get("conference_id") == conference_id:
        conference_id = None


def on_other(event_id, payload, tasks):
    logger.debug("%s %s", event_id, payload.get("conference_id"))


HANDLERS = {
    "call.initiated": on_initiated,
    "call.answered": on_answered,
    "call.hangup": on_other,
    "conference.created": on_other,
    "conference.participant.joined": on_other,
    "conference.participant.left": on_other,
    "conference.ended": on_conference_ended,
}


@app.post(PATH)
async def events(request: Request, tasks: BackgroundTasks):
    raw = await request.body()
    try:
        telnyx_client.webhooks.unwrap(raw.decode("utf-8"), headers=request.headers)
    except Exception as e:
        raise HTTPException(status_code=400, detail="invalid webhook") from e

    data = (await request.json()).get("data") or {}
    event_id = str(data.get("id"))
    if event_id in processed:
        return {"ok": True}

    HANDLERS[data["event_type"]](event_id, data.get("payload") or {}, tasks)

    processed[event_id] = None
    while len(processed) > 1000:
        processed.popitem(last=False)
    return {"ok": True}
