"""TeXML receptionist: greet the caller by name, menu, message to a mailbox."""
import base64
import logging
import os
import time
from collections import deque

from flask import Flask, Response, abort, request, url_for
from nacl.exceptions import BadSignatureError
from nacl.signing import VerifyKey

PATH = "/texml/voice"

SALES = os.environ.get("SALES_NUMBER", "+13035550190")
SUPPORT = os.environ.get("SUPPORT_NUMBER", "+13035550191")

log = logging.getLogger("reception")
app = Flask(__name__)
messages = deque(maxlen=200)


@app.before_request
def only_telnyx():
    if request.method != "POST":
        return
    raw = request.get_data()
    timestamp = request.headers.get("telnyx-timestamp", "")
    signature = request.headers.get("telnyx-signature-ed25519", "")
    try:
        if abs(int(time.time()) - int(timestamp)) > 300:
            abort(403)
        VerifyKey(base64.b64decode(os.environ["TELNYX_PUBLIC_KEY"])).verify(
            timestamp.encode() + b"|" + raw, base64.b64decode(signature)
        )
    except (BadSignatureError, ValueError):
        abort(403)


def texml(inner):
    return Response(
        f'<?xml version="1.0" encoding="UTF-8"?>\n<Response>{inner}</Response>', mimetype="application/xml"
    )


def menu(greeting):
    action = url_for("choice")
    return texml(
        f'<Gather action="{action}" numDigits="1" timeout="6">'
        f"<Say>{greeting} For sales press 1, for support press 2, to leave a message press 3.</Say>"
        f"</Gather><Redirect>{PATH}</Redirect>"
    )


@app.post(PATH)
def voice():
    name = request.form.get("CallerId", "")
    if name and not name.startswith("+"):
        return menu(f"Hello {name}, welcome to Summit Outdoor.")
    return menu("Welcome to Summit Outdoor.")


@app.post("/texml/choice")
def choice():
    digit = request.form["Digits"]
    if digit == "1":
        return texml(f"<Dial timeout=\"20\">{SALES}</Dial>")
    if digit == "2":
        return texml(f"<Dial timeout=\"20\">{SUPPORT}</Dial>")
    if digit == "3":
        callback = url_for("recorded")
        return texml(
            "<Say>Please speak after the tone.</Say>"
            f'<Record maxLength="120" finishOnKey="#" recordingStatusCallback="{callback}"/>'
            "<Say>Thank you. Goodbye.</Say><Hangup/>"
        )
    return menu("Sorry, I did not get that.")


@app.post("/texml/recorded")
def recorded():
    messages.append(
        {
            "sid": request.form.get("RecordingSid"),
            "url": request.form.get("RecordingUrl"),
            "seconds": request.form.get("RecordingDuration", "0"),
        }
    )
    log.info("message from call %s", request.form.get("CallSid"))
    return "", 200


@app.get("/texml/messages")
def show():
    return {"messages": len(messages)}
