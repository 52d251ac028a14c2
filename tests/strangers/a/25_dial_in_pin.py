"""Dial-in with a PIN: the caller enters a room's PIN and is put through to its SIP address.

No state but the client_state of the call and two bounded tables, so several workers can run
behind one URL (Telnyx ignores a repeated command_id).
"""
import base64
import hmac
import json
import logging
import os
import threading
from collections import OrderedDict
from dataclasses import dataclass

from fastapi import BackgroundTasks, FastAPI, Request
from fastapi.responses import JSONResponse
from telnyx import Telnyx

PATH = "/dialin/events"
logger = logging.getLogger("dialin")


@dataclass(frozen=True)
class Settings:
    rooms: dict
    max_attempts: int = 3
    voice: str = "female"
    language: str = "en-US"

    @classmethod
    def from_env(cls):
        try:
            rooms = json.loads(os.environ.get("DIALIN_ROOMS", ""))
        except ValueError:
            rooms = {"4711": "sip:board@acme.sip.telnyx.com", "9021": "sip:support@acme.sip.telnyx.com"}
        return cls(rooms=rooms)

    def room_for(self, pin: str):
        found = None
        for known, target in self.rooms.items():
            if hmac.compare_digest(known.encode(), pin.encode("utf-8", "replace")):
                found = target
        return found


settings = Settings.from_env()
client = Telnyx(timeout=5.0, max_retries=2)
client.webhooks.unsafe_unwrap('{"data": {}}')  # pays for the SDK's lazy model building at start-up
app = FastAPI(docs_url=None, redoc_url=None)


class Recent:
    def __init__(self, limit: int):
        self.limit, self.items, self.lock = limit, OrderedDict(), threading.Lock()

    def add(self, item) -> bool:
        with self.lock:
            if item in self.items:
                return False
            self.items[item] = None
            if len(self.items) > self.limit:
                self.items.popitem(last=False)
            return True

    def __contains__(self, item) -> bool:
        with self.lock:
            return item in self.items


events, finished = Recent(20000), Recent(5000)


def pack(step: str, attempt: int = 0) -> str:
    return base64.b64encode(f"{step}:{attempt}".encode()).decode()


def unpack(value) -> tuple[str, int]:
    try:
        step, _, attempt = base64.b64decode(value, validate=True).decode().partition(":")
        return step, int(attempt)
    except (TypeError, ValueError):  # null, not base64, not UTF-8, not ours
        return "", 0


def ask(call: str, event_id: str, attempt: int, words: str) -> None:
    client.calls.actions.gather_using_speak(
        call, payload=words, voice=settings.voice, language=settings.language, minimum_digits=4,
        maximum_digits=4, terminating_digit="#", client_state=pack("pin", attempt), command_id=f"{event_id}-ask",
    )


def act(event_id: str, event_type: str, payload: dict) -> None:
    """Runs after the webhook was answered."""
    call = payload.get("call_control_id")
    if not isinstance(call, str) or not call or call in finished:
        return
    step, attempt = unpack(payload.get("client_state"))
    actions = client.calls.actions
    try:
        if event_type == "call.initiated":
            if payload.get("direction") == "incoming":
                actions.answer(call, client_state=pack("hello"), command_id=f"{event_id}-answer")
        elif event_type == "call.answered" and step == "hello":
            ask(call, event_id, 1, "Please enter your four digit PIN.")
        elif event_type == "call.gather.ended" and step == "pin" and payload.get("status") != "call_hangup":
            room = settings.room_for(str(payload.get("digits") or ""))
            if room:
                actions.transfer(call, to=room, client_state=pack("joined"), command_id=f"{event_id}-transfer")
            elif attempt < settings.max_attempts:
                ask(call, event_id, attempt + 1, "That PIN is not known. Please try again.")
            else:
                actions.speak(call, payload="Goodbye.", voice=settings.voice, language=settings.language,
                              client_state=pack("bye"), command_id=f"{event_id}-bye")
        elif event_type == "call.speak.ended" and step == "bye" and payload.get("status") != "call_hangup":
            actions.hangup(call, command_id=f"{event_id}-hangup")
    except Exception:
        # a 422 says that the call is over; after timeouts and 5xx the SDK has tried again already
        logger.exception("command after %s", event_type)


@app.post(PATH)
async def dialin(request: Request, background: BackgroundTasks):
    try:
        text = (await request.body()).decode("utf-8")
        client.webhooks.unwrap(text, headers=request.headers)
        event = json.loads(text)
    except Exception as exc:
        logger.warning("refused: %s", exc)
        return JSONResponse({"detail": "invalid signature"}, status_code=401)

    data = event.get("data", event) if isinstance(event, dict) else None
    if not isinstance(data, dict) or not isinstance(data.get("payload"), dict):
        return {"status": "ignored"}
    event_id, event_type, payload = data.get("id"), data.get("event_type"), data["payload"]
    if event_type == "call.hangup":
        finished.add(str(payload.get("call_control_id")))
    elif event_id and not events.add(str(event_id)):
        return {"status": "duplicate"}
    else:
        background.add_task(act, str(event_id), str(event_type), payload)
    return {"status": "ok"}
