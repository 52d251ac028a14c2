"""Dial-in conference bridge. Everybody who calls the number lands in the same room.

Run:  TELNYX_API_KEY=... TELNYX_PUBLIC_KEY=... flask --app 08_conference_bridge run
"""
import json
import logging
import os
from collections import deque
from threading import Lock

import telnyx
from flask import Flask, Response, request

PATH = "/conference"
ROOM = os.environ.get("CONFERENCE_NAME", "weekly-standup")
HOLD_MUSIC = os.environ.get("HOLD_MUSIC_URL", "https://media.example.com/hold.mp3")

logging.basicConfig(level=logging.INFO)
logger = logging.getLogger(__name__)
client = telnyx.Telnyx()
app = Flask(__name__)

conference_id = None          # the running conference
participants = {}             # call_control_id -> caller, removed when they leave
ended = deque(maxlen=1000)    # legs that have hung up; late events for them are skipped
recent = deque(maxlen=1000)
recent_lock = Lock()


def is_duplicate(event_id):
    with recent_lock:
        if event_id in recent:
            return True
        recent.append(event_id)
        return False


def answer(ccid, event_id):
    try:
        client.calls.actions.answer(ccid, command_id=f"{event_id}:answer")
    except telnyx.APIError as e:
        logger.error("answer: %s", e)


def join(ccid, event_id):
    global conference_id
    try:
        if conference_id is None:
            created = client.conferences.create(
                call_control_id=ccid,
                name=ROOM,
                beep_enabled="on_enter",
                hold_audio_url=HOLD_MUSIC,
                command_id=f"{event_id}:create",
            )
            conference_id = created.data.id
            logger.info("conference %s created", conference_id)
        else:
            client.conferences.actions.join(
                conference_id,
                call_control_id=ccid,
                command_id=f"{event_id}:join",
            )
    except telnyx.APIError as e:
        logger.error("join: %s", e)


@app.route(PATH, methods=["POST"])
def conference_webhook():
    body = request.get_data(as_text=True)
    try:
        client.webhooks.unwrap(body, headers=request.headers)
    except (ValueError, OverflowError) as e:
        logger.warning("invalid webhook: %s", e)
        return Response("invalid signature", status=400)

    data = json.loads(body).get("data") or {}
    if is_duplicate(data.get("id")):
        return Response(status=200)

    payload = data.get("payload") or {}
    ccid = payload.get("call_control_id")
    event_type = data.get("event_type")
    logger.info("%s %s", event_type, ccid)

    if not ccid:
        return Response(status=200)
    if event_type == "call.hangup":
        ended.append(ccid)
        participants.pop(ccid, None)
    elif ccid in ended:
        logger.info("late event for a finished leg")
    elif event_type == "call.initiated":
        answer(ccid, data.get("id"))
    elif event_type == "call.answered":
        join(ccid, data.get("id"))
    elif event_type == "conference.participant.joined":
        participants[ccid] = payload.get("call_session_id")
        logger.info("%d participants", len(participants))
    elif event_type == "conference.participant.left":
        participants.pop(ccid, None)
    return Response(status=200)


@app.get("/participants/count")
def count():
    return {"room": ROOM, "participants": len(participants)}


if __name__ == "__main__":
    app.run(port=5000)
