"""Receive SMS and answer automatically - Telnyx + Flask quickstart.

Set TELNYX_API_KEY, TELNYX_PUBLIC_KEY and TELNYX_FROM_NUMBER, point the messaging
profile's webhook at https://<your-host>/webhooks/sms and text the number.
"""
import logging
import os

import telnyx
from flask import Flask, jsonify, request
from telnyx import Telnyx

PATH = "/webhooks/sms"

logging.basicConfig(level=logging.INFO)
log = logging.getLogger("autoresponder")

client = Telnyx(
    api_key=os.environ.get("TELNYX_API_KEY"),
    public_key=os.environ.get("TELNYX_PUBLIC_KEY"),
)
FROM_NUMBER = os.environ.get("TELNYX_FROM_NUMBER", "+13125550101")

REPLIES = {
    "hours": "We are open Monday to Friday, 9am to 5pm.",
    "address": "123 Main Street, Chicago, IL 60601",
    "price": "See https://example.com/prices",
}
DEFAULT_REPLY = "Thanks for your message! Text HOURS, ADDRESS or PRICE."

app = Flask(__name__)


def pick_reply(text):
    words = (text or "").strip().lower().split()
    for word in words:
        if word in REPLIES:
            return REPLIES[word]
    return DEFAULT_REPLY


def send_reply(to, text):
    try:
        response = client.messages.send(from_=FROM_NUMBER, to=to, text=text)
    except telnyx.APIError as exc:
        log.error("Telnyx API error: %s", exc)
        return None
    message_id = response.data.id if response.data else None
    log.info("sent reply %s", message_id)
    return message_id


@app.route(PATH, methods=["POST"])
def receive_sms():
    # 1. verify
    try:
        event = client.webhooks.unwrap(request.get_data(as_text=True), headers=dict(request.headers))
    except Exception as exc:
        log.warning("signature verification failed: %s", exc)
        return jsonify({"error": "invalid signature"}), 401

    # 2. only messaging events are interesting
    event_type = getattr(event.data, "event_type", None) or ""
    if not event_type.startswith("message."):
        return jsonify({"status": "ignored"}), 200

    # 3. reply
    payload = event.data.payload
    if payload is None or payload.from_ is None:
        return jsonify({"status": "ignored"}), 200
    sender = payload.from_.phone_number
    log.info("%s from %s", event_type, sender)
    if sender:
        send_reply(sender, pick_reply(payload.text))
    return jsonify({"status": "ok"}), 200


if __name__ == "__main__":
    app.run(host="0.0.0.0", port=int(os.getenv("PORT", "5000")))
