"""Phone menu (IVR) on Telnyx Call Control.

    pip install flask "telnyx[webhooks]"
    export TELNYX_API_KEY=KEY...  TELNYX_PUBLIC_KEY=...
    flask --app 01_ivr_menu run --port 5000

Commands are sent by a worker thread, so the webhook is answered at once.
"""
import base64
import json
import logging
import os
import queue
import threading
from collections import OrderedDict

from flask import Flask, jsonify, request
from telnyx import Telnyx

PATH = "/webhooks/ivr"
VOICE = "female"
MAX_TRIES = 3
DEPARTMENTS = {
    "1": ("sales", os.environ.get("SALES_NUMBER", "+13125550110")),
    "2": ("support", os.environ.get("SUPPORT_NUMBER", "+13125550120")),
}
MENU = "Welcome to Acme. For sales press 1. For support press 2."

log = logging.getLogger("ivr")
app = Flask(__name__)
client = Telnyx(timeout=5.0, max_retries=1)
client.webhooks.unsafe_unwrap('{"data": {}}')  # build the SDK's event models now, not on the first call


class RecentIds:
    """A bounded, thread-safe memory of identifiers."""

    def __init__(self, size=5000):
        self._size, self._ids, self._lock = size, OrderedDict(), threading.Lock()

    def add(self, key):
        with self._lock:
            if key in self._ids:
                return False
            self._ids[key] = True
            while len(self._ids) > self._size:
                self._ids.popitem(last=False)
            return True

    def discard(self, key):
        with self._lock:
            self._ids.pop(key, None)

    def __contains__(self, key):
        with self._lock:
            return key in self._ids


seen, ended = RecentIds(), RecentIds()
jobs = queue.Queue(maxsize=1000)
_worker_lock = threading.Lock()
_worker = None


def encode_state(**state):
    return base64.b64encode(json.dumps(state).encode()).decode()


def decode_state(value):
    if not value:
        return {}
    try:
        state = json.loads(base64.b64decode(value, validate=True))
    except (ValueError, TypeError):
        return {}
    return state if isinstance(state, dict) else {}


def play_menu(call, event_id, tries):
    client.calls.actions.gather_using_speak(
        call, payload=MENU, voice=VOICE, language="en-US", minimum_digits=1, maximum_digits=1,
        timeout_millis=8000, client_state=encode_state(step="menu", tries=tries), command_id=f"{event_id}-menu")


def run_command(event_id, event_type, payload):
    call = payload.get("call_control_id")
    if not call or call in ended:
        return
    actions = client.calls.actions
    state = decode_state(payload.get("client_state"))
    if event_type == "call.initiated" and payload.get("direction") == "incoming":
        actions.answer(call, client_state=encode_state(step="answering"), command_id=f"{event_id}-answer")
    elif event_type == "call.answered" and state.get("step") == "answering":
        play_menu(call, event_id, 1)
    elif event_type == "call.gather.ended" and state.get("step") == "menu":
        if payload.get("status") in ("call_hangup", "cancelled"):
            return
        choice = DEPARTMENTS.get(payload.get("digits") or "")
        tries = state.get("tries") if isinstance(state.get("tries"), int) else 1
        if choice:
            actions.transfer(call, to=choice[1], client_state=encode_state(step=choice[0]),
                             command_id=f"{event_id}-transfer")
        elif tries < MAX_TRIES:
            play_menu(call, event_id, tries + 1)
        else:
            actions.hangup(call, command_id=f"{event_id}-hangup")


def work():
    while True:
        job = jobs.get()
        try:
            run_command(*job)
        except Exception:  # 422 for a call that is gone, timeouts: nothing left to do for this call
            log.exception("command for %s failed", job[1])


def start_worker():
    global _worker
    with _worker_lock:
        if _worker is None or not _worker.is_alive():
            _worker = threading.Thread(target=work, daemon=True)
            _worker.start()


@app.post(PATH)
def ivr_webhook():
    try:
        client.webhooks.unwrap(request.get_data(as_text=True), headers=request.headers)
    except Exception as exc:
        log.warning("webhook refused: %s", exc)
        return jsonify(error="invalid signature"), 403

    event = request.get_json(force=True, silent=True)
    data = event.get("data", event) if isinstance(event, dict) else None
    if not isinstance(data, dict):
        return jsonify(error="not an event"), 400
    payload = data.get("payload") if isinstance(data.get("payload"), dict) else {}
    event_id, event_type = str(data.get("id") or ""), str(data.get("event_type") or "")

    if event_type == "call.hangup":
        ended.add(payload.get("call_control_id"))
        return jsonify(status="ok")
    if event_type not in ("call.initiated", "call.answered", "call.gather.ended"):
        return jsonify(status="ignored")
    if event_id and not seen.add(event_id):
        return jsonify(status="duplicate")
    start_worker()
    try:
        jobs.put_nowait((event_id, event_type, payload))
    except queue.Full:
        seen.discard(event_id)
        return jsonify(error="busy"), 503
    return jsonify(status="ok")


if __name__ == "__main__":
    app.run(port=int(os.environ.get("PORT", "5000")))
