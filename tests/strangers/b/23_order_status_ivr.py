"""IVR: "press the digits of your order number" (TeXML on Flask)."""
import base64
import logging
import os
import time
from xml.sax.saxutils import escape

import requests
from flask import Flask, Response, abort, request
from nacl.exceptions import BadSignatureError
from nacl.signing import VerifyKey

app = Flask(__name__)
log = logging.getLogger("order-ivr")

PATH = "/ivr/order-status"
SHOP_API = os.environ.get("SHOP_API", "https://shop-backend.internal.invalid/api")
SHOP_TOKEN = os.environ.get("SHOP_TOKEN", "")
VERIFY_KEY = VerifyKey(base64.b64decode(os.environ["TELNYX_PUBLIC_KEY"]))
TOLERANCE = 300


def texml(*verbs):
    document = '<?xml version="1.0" encoding="UTF-8"?><Response>' + "".join(verbs) + "</Response>"
    return Response(document, mimetype="application/xml")


def say(words):
    return "<Say>" + escape(words) + "</Say>"


def ask(prompt):
    return f'<Gather action="{PATH}/digits" timeout="8" finishOnKey="#" maxDigits="10">{say(prompt)}</Gather>'


@app.before_request
def only_telnyx():
    if not request.path.startswith(PATH):
        return
    app.logger.debug("%s %s", request.path, request.form.get("CallSid"))
    timestamp = request.headers.get("Telnyx-Timestamp", "")
    try:
        signature = base64.b64decode(request.headers.get("Telnyx-Signature-Ed25519", ""), validate=True)
        age = abs(time.time() - int(timestamp[:15]))
    except ValueError:
        abort(403)
    if age > TOLERANCE or not signature:
        abort(403)
    try:
        VERIFY_KEY.verify(timestamp.encode() + b"|" + request.get_data(), signature)
    except BadSignatureError:
        abort(403)


def order_status(number):
    """Text for the caller; the shop answers within a second or not at all."""
    try:
        answer = requests.get(f"{SHOP_API}/orders/{number}", timeout=1,
                              headers={"Authorization": f"Bearer {SHOP_TOKEN}"})
        if answer.status_code == 404:
            return "We do not know that order number."
        answer.raise_for_status()
        status = answer.json().get("status")
    except (requests.RequestException, ValueError, AttributeError) as exc:
        log.warning("shop lookup failed: %s", type(exc).__name__)
        return "We cannot look up orders right now. Please try again later."
    return f"Your order is {status}." if status else "Your order is being processed."


@app.post(PATH)
def start():
    return texml(say("Welcome to the order line."), ask("Please enter your order number, then press pound."),
                 say("We did not receive anything. Goodbye."), "<Hangup/>")


@app.post(PATH + "/digits")
def digits():
    number = request.form.get("Digits", "")
    if not number.isdecimal():
        return texml(ask("Sorry, I did not get that. Please enter your order number, then press pound."),
                     say("Goodbye."), "<Hangup/>")
    return texml(say(order_status(number)), ask("If you have another order, enter its number, then press pound."),
                 say("Goodbye."), "<Hangup/>")


@app.get("/healthz")
def healthz():
    return {"status": "ok"}
