"""After-hours voicemail. Answer, play the greeting, record."""
import logging
import os
import threading
from collections import deque

from flask import Flask, abort, request
from telnyx import Telnyx

PATH = "/voicemail"

GREETING = os.environ.get(
    "VOICEMAIL_GREETING", "You have reached Harbour Plumbing. Please leave a message after the tone."
)

logging.basicConfig(level=logging.INFO)
logger = logging.getLogger("voicemail")

app = Flask(__name__)
client = Telnyx(
    api_key=os.environ.get("TELNYX_API_KEY"),
    public_key=os.environ.get("TELNYX_PUBLIC_KEY"),
    max_retries=0,
    timeout=1.5,
)

lock = threading.Lock()
handled = deque(maxlen=2000)
in_progress = set()
inbox = deque(maxlen=500)


def begin(event_id):
    with lock:
        if event_id in handled or event_id in in_progress:
            return False
        in_progress.add(event_id)
        return True


def finish(event_id, ok):
    with lock:
        in_progress.discard(event_id)
        if ok:
            handled.append(event_id)


def on_event(event_id, kind, payload):
    call = payload.get("call_control_id")

    if kind == "call.initiated":
        if payload.get("direction") == "incoming":
            client.calls.actions.answer(call, command_id=event_id)

    elif kind == "call.answered":
        client.calls.actions.speak(
            call, payload=GREETING, voice="female", language="en-US", command_id=event_id
        )

    elif kind == "call.speak.ended":
        client.calls.actions.start_recording(
            call, channels="single", format="mp3", play_beep=True, max_length=180, timeout_secs=6,
            command_id=event_id,
        )

    elif kind == "call.recording.saved":
        urls = payload.get("recording_urls") or {}
        inbox.append(
            {
                "session": payload.get("call_session_id"),
                "url": urls.get("mp3") or urls.get("wav"),
                "started": payload.get("recording_started_at"),
            }
        )
        logger.info("new voicemail, %d in the inbox", len(inbox))

    elif kind == "call.hangup":
        logger.info("caller left: %s", payload.get("hangup_cause"))


@app.route(PATH, methods=["POST"])
def voicemail():
    body = request.get_data(as_text=True)
    try:
        client.webhooks.unwrap(body, headers=dict(request.headers))
    except Exception as exc:
        logger.warning("rejected: %s", exc)
        abort(403)

    data = (request.get_json(silent=True) or {}).get("data") or {}
    event_id = data.get("id") or ""
    if not begin(event_id):
        return "", 200
    done = False
    try:
        on_event(event_id, data.get("event_type"), data.get("payload") or {})
        done = True
    finally:
        finish(event_id, done)
    return "", 200


@app.get("/inbox")
def show_inbox():
    return {"count": len(inbox)}
