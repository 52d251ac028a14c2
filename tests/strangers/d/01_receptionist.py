"""Phone receptionist: answers, reads the menu, puts the caller through.

export TELNYX_API_KEY=KEY...
export TELNYX_PUBLIC_KEY=...
flask --app 01_receptionist run -p 5000
"""
import json
import logging
import os
import threading
from collections import OrderedDict

import telnyx
from flask import Flask, Response, request

logging.basicConfig(level=os.environ.get("LOG_LEVEL", "INFO"))
logger = logging.getLogger("receptionist")

client = telnyx.Telnyx(
    api_key=os.environ["TELNYX_API_KEY"],
    public_key=os.environ["TELNYX_PUBLIC_KEY"],
    timeout=1.0,
    max_retries=0,
)

app = Flask(__name__)

MENU = "Welcome to Harbour Logistics. For dispatch press 1, for billing press 2, for anything else press 3."
DEPARTMENTS = {
    1: os.environ.get("DISPATCH_NUMBER", "+13125550101"),
    2: os.environ.get("BILLING_NUMBER", "+13125550102"),
    3: os.environ.get("OFFICE_NUMBER", "+13125550103"),
}

lock = threading.Lock()
processed = OrderedDict()
ended = OrderedDict()


class TelnyxUnavailable(Exception):
    pass


def first_time(event_id):
    with lock:
        if event_id in processed:
            return False
        processed[event_id] = 1
        if len(processed) > 10000:
            processed.popitem(last=False)
        return True


def is_live(call_id):
    with lock:
        return call_id not in ended


def run(command, *args, **kwargs):
    try:
        command(*args, **kwargs)
    except telnyx.APIStatusError as e:
        if e.status_code in (408, 429) or e.status_code >= 500:
            raise TelnyxUnavailable() from e
        logger.warning("Telnyx said %s", e.status_code)
    except telnyx.APIConnectionError as e:
        raise TelnyxUnavailable() from e


def play_menu(call_id, event_id):
    run(
        client.calls.actions.gather_using_speak,
        call_id,
        payload=MENU,
        voice="female",
        language="en-US",
        maximum_digits=1,
        timeout_millis=8000,
        command_id=event_id,
    )


def handle(event_type, event_id, payload):
    call_id = payload.get("call_control_id")
    if not isinstance(call_id, str) or not call_id:
        return

    if event_type == "call.hangup":
        with lock:
            ended[call_id] = 1
            if len(ended) > 10000:
                ended.popitem(last=False)
        return
    if not is_live(call_id):
        return

    if event_type == "call.initiated":
        logger.info("call from %s", payload.get("from"))
        run(client.calls.actions.answer, call_id, command_id=event_id)
    elif event_type == "call.answered":
        play_menu(call_id, event_id)
    elif event_type == "call.gather.ended":
        if payload.get("status") == "call_hangup":
            return
        digits = payload.get("digits")
        if not isinstance(digits, str) or not digits:
            run(client.calls.actions.hangup, call_id, command_id=event_id)
            return
        number = DEPARTMENTS.get(int(digits))
        if number is None:
            play_menu(call_id, event_id)
        else:
            run(client.calls.actions.transfer, call_id, to=number, command_id=event_id)


@app.route("/webhooks/voice", methods=["POST"])
def voice():
    body = request.get_data(as_text=True)
    try:
        client.webhooks.unwrap(body, headers=dict(request.headers))
    except Exception as e:
        logger.warning("rejected webhook: %s", type(e).__name__)
        return Response(status=401)

    event = json.loads(body)
    data = event.get("data") if isinstance(event, dict) else None
    if not isinstance(data, dict):
        return Response(status=200)
    event_id, payload = data.get("id"), data.get("payload")
    if not isinstance(event_id, str) or not isinstance(payload, dict):
        return Response(status=200)
    if not first_time(event_id):
        return Response(status=200)

    try:
        handle(data.get("event_type"), event_id, payload)
    except TelnyxUnavailable:
        with lock:
            processed.pop(event_id, None)
        return Response(status=503)
    return Response(status=200)
