"""Pizza line on TeXML: the caller says the order, we read it back and record the address."""
import base64
import logging
import os
import threading
import time

import nacl.exceptions
import nacl.signing
from flask import Flask, Response, abort, request

logging.basicConfig(level=logging.INFO)
app = Flask(__name__)

PUBLIC_KEY = nacl.signing.VerifyKey(base64.b64decode(os.environ["TELNYX_PUBLIC_KEY"]))
SHOP = os.environ.get("SHOP_NAME", "Pizza Napoli")

lock = threading.Lock()
orders = {}
addresses = {}


@app.before_request
def only_telnyx():
    if request.method != "POST":
        return
    body = request.get_data()
    stamp = request.headers.get("Telnyx-Timestamp", "")
    signature = request.headers.get("Telnyx-Signature-Ed25519", "")
    try:
        if abs(time.time() - int(stamp)) > 300:
            abort(403)
        PUBLIC_KEY.verify(stamp.encode() + b"|" + body, base64.b64decode(signature))
    except (nacl.exceptions.BadSignatureError, ValueError, OverflowError, TypeError):
        abort(403)


def texml(inner):
    return Response(
        f'<?xml version="1.0" encoding="UTF-8"?>\n<Response>{inner}</Response>',
        mimetype="application/xml",
    )


@app.post("/texml/incoming")
def incoming():
    if request.form.get("Direction", "inbound").startswith("outbound"):
        return texml("")
    return texml(
        '<Gather input="speech" action="/texml/order" method="POST" timeout="6">'
        f"<Say>Welcome to {SHOP}. What would you like to order?</Say>"
        "</Gather>"
        "<Say>Sorry, we did not hear anything.</Say><Hangup/>"
    )


@app.post("/texml/order")
def order():
    call = request.form.get("CallSid", "")
    wish = request.form.get("SpeechResult", "").strip()
    if not wish:
        return texml('<Redirect method="POST">/texml/incoming</Redirect>')
    with lock:
        orders[call] = wish
    return texml(
        f"<Say>You ordered {wish}. Please say your address after the tone.</Say>"
        '<Record maxLength="30" playBeep="true" recordingStatusCallback="/texml/address"/>'
        "<Say>Thank you, good bye.</Say><Hangup/>"
    )


@app.post("/texml/address")
def address():
    call = request.form.get("CallSid", "")
    try:
        seconds = int(request.form["RecordingDuration"])
    except ValueError:
        seconds = 0
    url = request.form.get("RecordingUrl", "")
    if url and call:
        with lock:
            addresses[call] = (url, seconds)
    return Response(status=204)


@app.post("/texml/status")
def status():
    call = request.form.get("CallSid", "")
    if request.form.get("CallStatus") in ("completed", "failed", "canceled"):
        app.logger.info("call %s ended, order: %s", call, "yes" if call in orders else "no")
    return Response(status=204)
