"""One webhook for everything: a small registry of handlers, one per event type."""
import logging
import os

import telnyx
from flask import Flask, jsonify, request

PATH = "/telnyx/webhook"

logging.basicConfig(level=logging.INFO)
log = logging.getLogger("router")

app = Flask(__name__)
client = telnyx.Telnyx(
    api_key=os.environ.get("TELNYX_API_KEY"),
    public_key=os.environ.get("TELNYX_PUBLIC_KEY"),
    timeout=1.5,
    max_retries=0,
)
MY_NUMBER = os.environ.get("TELNYX_NUMBER", "+13125550180")

handlers = {}


class UnknownEvent(Exception):
    pass


def on(event_type):
    def register(function):
        handlers[event_type] = function
        return function

    return register


def api(function, *args, **kwargs):
    """Call Telnyx; a refused command is logged, never raised."""
    try:
        return function(*args, **kwargs)
    except telnyx.APIError as exc:
        log.error("%s: %s", function.__name__, exc)
        return None


@on("call.initiated")
def initiated(data, payload):
    if payload.get("direction") == "incoming" and payload.get("call_control_id"):
        api(client.calls.actions.answer, payload["call_control_id"], client_state="cm91dGVy")


@on("call.answered")
def answered(data, payload):
    if payload.get("client_state") == "cm91dGVy" and payload.get("call_control_id"):
        api(
            client.calls.actions.speak,
            payload["call_control_id"],
            payload="This number is not in use any more. Please text us instead.",
            voice="female",
            language="en-US",
            client_state="cm91dGVy",
        )


@on("call.speak.ended")
def speak_ended(data, payload):
    call_control_id = data.get("call_control_id")
    if call_control_id and payload.get("status") != "call_hangup":
        api(client.calls.actions.hangup, call_control_id)


@on("call.speak.started")
@on("call.hangup")
@on("call.cost")
@on("message.sent")
@on("message.finalized")
def note(data, payload):
    log.info("%s %s", data.get("event_type"), payload.get("id") or payload.get("call_control_id"))


@on("message.received")
def message(data, payload):
    sender = payload.get("from")
    sender = sender.get("phone_number") if isinstance(sender, dict) else sender
    if sender and sender != MY_NUMBER:
        api(client.messages.send, from_=MY_NUMBER, to=sender, text="Got it. We answer within a day.")


@app.errorhandler(UnknownEvent)
def unknown(exc):
    return jsonify({"error": f"unknown event type {exc}"}), 400


@app.post(PATH)
def webhook():
    try:
        client.webhooks.unwrap(request.get_data(as_text=True), headers=request.headers)
    except Exception as exc:
        log.warning("verification failed: %s", exc)
        return jsonify({"error": "verification failed"}), 401

    event = request.get_json(force=True)
    data = event.get("data") or {}
    event_type = data.get("event_type")
    if event_type not in handlers:
        raise UnknownEvent(event_type)
    handlers[event_type](data, data.get("payload") or {})
    return jsonify({"status": "ok"})


if __name__ == "__main__":
    app.run(port=int(os.environ.get("PORT", 5000)))
