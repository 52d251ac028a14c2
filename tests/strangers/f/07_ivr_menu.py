"""Phone menu: 1 sales, 2 support, 3 opening hours.

Flask in front, one worker thread behind a queue.Queue.

    flask --app 07_ivr_menu run --port 8000
"""
import base64
import hashlib
import json
import logging
import os
import queue
import threading
import time
from collections import OrderedDict
from urllib.parse import quote

import requests
from flask import Flask, abort, request
from nacl.exceptions import BadSignatureError
from nacl.signing import VerifyKey

API = "https://api.telnyx.com/v2"
SALES = os.environ.get("SALES_NUMBER", "+13125550111")
SUPPORT = os.environ.get("SUPPORT_NUMBER", "+13125550112")
AGENT_LEG = base64.b64encode(b"agent-leg").decode()
MENU = "Welcome. Press 1 for sales, 2 for support, 3 for our opening hours."
VOICE = {"voice": "female", "language": "en-US"}
STEPS = {"call.initiated": 1, "call.answered": 2, "call.gather.ended": 3, "call.speak.ended": 4}
MAX_PROMPTS = 3
LIMIT = 20000

log = logging.getLogger("ivr")


class State:
    def __init__(self):
        self.lock = threading.Lock()
        self.events = OrderedDict()
        self.calls = OrderedDict()

    def admit(self, event_id, call_id, step):
        """One atomic decision: is the event new, and is the call still there?"""
        with self.lock:
            if event_id in self.events:
                return False
            self.events[event_id] = True
            while len(self.events) > LIMIT:
                self.events.popitem(last=False)
            call = self._call(call_id)
            if call["over"] or step < call["step"]:
                return False
            call["step"] = step
            return True

    def end(self, call_id):
        with self.lock:
            self._call(call_id)["over"] = True

    def over(self, call_id):
        with self.lock:
            return self._call(call_id)["over"]

    def prompts(self, call_id):
        with self.lock:
            call = self._call(call_id)
            call["prompts"] += 1
            return call["prompts"]

    def _call(self, call_id):
        call = self.calls.setdefault(call_id, {"over": False, "step": 0, "prompts": 0})
        self.calls.move_to_end(call_id)
        while len(self.calls) > LIMIT:
            self.calls.popitem(last=False)
        return call


state = State()
jobs = queue.Queue()


def command(call_id, action, event_id, **body):
    reply = requests.post(
        f"{API}/calls/{quote(call_id, safe=':')}/actions/{action}",
        json={**body, "command_id": event_id},
        headers={"Authorization": f"Bearer {os.environ.get('TELNYX_API_KEY', '')}"},
        timeout=10,
    )
    reply.raise_for_status()


def menu(call_id, event_id, text=MENU):
    command(call_id, "gather_using_speak", event_id, payload=text, minimum_digits=1,
            maximum_digits=1, valid_digits="123", timeout_millis=8000, **VOICE)


def process(event_id, event_type, payload):
    call_id = payload["call_control_id"]
    time.sleep(0.03)  # call log
    if state.over(call_id):
        return
    if event_type == "call.initiated":
        command(call_id, "answer", event_id)
    elif event_type == "call.answered":
        state.prompts(call_id)
        menu(call_id, event_id)
    elif event_type == "call.gather.ended":
        digits = payload.get("digits")
        if digits == "1":
            command(call_id, "transfer", event_id, to=SALES, target_leg_client_state=AGENT_LEG)
        elif digits == "2":
            command(call_id, "transfer", event_id, to=SUPPORT, target_leg_client_state=AGENT_LEG)
        elif digits == "3":
            command(call_id, "speak", event_id,
                    payload="We are open Monday to Friday, nine to five. Goodbye.", **VOICE)
        elif state.prompts(call_id) <= MAX_PROMPTS:
            menu(call_id, event_id, "Sorry, I did not get that. " + MENU)
        else:
            command(call_id, "speak", event_id, payload="Goodbye.", **VOICE)
    elif event_type == "call.speak.ended":
        command(call_id, "hangup", event_id)


def worker():
    while True:
        job = jobs.get()
        try:
            process(*job)
        except requests.RequestException as error:
            log.warning("%s: %s", job[1], error)
        except Exception:
            log.exception("%s", job[1])
        finally:
            jobs.task_done()


threading.Thread(target=worker, name="ivr-worker", daemon=True).start()

app = Flask(__name__)


def verify(raw):
    timestamp = request.headers.get("telnyx-timestamp", "")
    try:
        if abs(time.time() - int(timestamp)) > 300:
            abort(401)
        key = VerifyKey(base64.b64decode(os.environ.get("TELNYX_PUBLIC_KEY", "")))
        key.verify(
            f"{timestamp}|".encode() + raw,
            base64.b64decode(request.headers.get("telnyx-signature-ed25519", ""), validate=True))
    except (ValueError, TypeError, BadSignatureError):
        abort(401)


@app.post("/webhooks")
def webhooks():
    raw = request.get_data()
    verify(raw)
    try:
        body = json.loads(raw)
    except ValueError:
        abort(400)
    data = body.get("data") if isinstance(body, dict) else None
    payload = data.get("payload") if isinstance(data, dict) else None
    if not isinstance(payload, dict):
        return "", 200
    event_type = data.get("event_type")
    call_id = payload.get("call_control_id")
    if not isinstance(event_type, str) or not isinstance(call_id, str) or not call_id:
        return "", 200
    if event_type == "call.hangup":
        state.end(call_id)  # here and not in the queue: waiting jobs must see it
        return "", 200
    if event_type not in STEPS or payload.get("status") == "call_hangup":
        return "", 200
    if payload.get("direction") == "outgoing" or payload.get("client_state") == AGENT_LEG:
        return "", 200
    if event_type == "call.initiated" and payload.get("direction") != "incoming":
        return "", 200
    event_id = data.get("id")
    if not isinstance(event_id, str) or not event_id:
        event_id = hashlib.sha256(json.dumps(data, sort_keys=True).encode()).hexdigest()
    if state.admit(event_id, call_id, STEPS[event_type]):
        jobs.put((event_id, event_type, payload))
    return "", 200


if __name__ == "__main__":
    app.run(port=8000)
