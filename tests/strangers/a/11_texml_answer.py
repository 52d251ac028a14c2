"""TeXML application: answer, offer a menu, take a message. Forms in, XML out.

Voice URL (POST):        https://<host>/texml/answer
Status callback (POST):  https://<host>/texml/status

GET is not accepted: the query string of a GET is not covered by Telnyx's signature.
"""
import base64
import functools
import logging
import os
import re
import threading
import time
from collections import OrderedDict
from urllib.parse import parse_qs
from xml.sax.saxutils import escape

from flask import Flask, Response, abort, request
from nacl.exceptions import BadSignatureError
from nacl.signing import VerifyKey

PATH = "/texml/answer"
AGENT = os.environ.get("AGENT_NUMBER", "+13125550140")

log = logging.getLogger("texml")
app = Flask(__name__)

calls = OrderedDict()      # CallSid -> (SequenceNumber, status), newest 2000
handled = OrderedDict()    # (CallSid, SequenceNumber) of status callbacks
lock = threading.Lock()


def public_key():
    value = os.environ.get("TELNYX_PUBLIC_KEY", "").strip()
    if not value:
        log.critical("TELNYX_PUBLIC_KEY is not set")
        abort(503)
    return VerifyKey(base64.b64decode(value))


def signed(view):
    @functools.wraps(view)
    def wrapper():
        raw = request.get_data(cache=True)
        signature = request.headers.get("Telnyx-Signature-Ed25519", "")
        timestamp = request.headers.get("Telnyx-Timestamp", "")
        if not (timestamp.isascii() and timestamp.isdigit() and len(timestamp) <= 12):
            abort(403)
        if abs(time.time() - int(timestamp)) > 300:
            abort(403)
        key = public_key()
        try:
            key.verify(timestamp.encode() + b"|" + raw, base64.b64decode(signature, validate=True))
        except (BadSignatureError, ValueError):
            abort(403)
        fields = parse_qs(raw.decode("utf-8", "replace"), keep_blank_values=True)
        return view({name: values[-1] for name, values in fields.items()})

    return wrapper


def texml(*verbs):
    document = '<?xml version="1.0" encoding="UTF-8"?>\n<Response>' + "".join(verbs) + "</Response>"
    return Response(document.encode("utf-8", "replace"), content_type="application/xml; charset=utf-8")


def say(text):
    return f'<Say voice="female" language="en-US">{escape(text)}</Say>'


def menu():
    prompt = say("Press 1 to talk to an agent, or 2 to leave a message.")
    return f'<Gather action="/texml/menu" numDigits="1" timeout="6">{prompt}</Gather>'


def remember(table, key, value):
    table[key] = value
    table.move_to_end(key)
    while len(table) > 2000:
        table.popitem(last=False)


@app.post(PATH, endpoint="answer")
@signed
def answer(form):
    return texml(say("Thank you for calling Acme."), menu(), say("We did not hear from you. Goodbye."), "<Hangup/>")


@app.post("/texml/menu", endpoint="menu")
@signed
def choose(form):
    digits = form.get("Digits", "")
    if digits == "1":
        called = form.get("To", "")
        caller_id = f' callerId="{called}"' if re.fullmatch(r"\+[0-9]{5,15}", called) else ""
        return texml(say("One moment please."), f"<Dial{caller_id}>{escape(AGENT)}</Dial>")
    if digits == "2":
        return texml(say("Please speak after the tone."), '<Record maxLength="120" playBeep="true"/>')
    if digits:
        return texml(say("That is not a choice."), menu(), "<Hangup/>")
    return texml(say("Goodbye."), "<Hangup/>")


@app.post("/texml/status", endpoint="status")
@signed
def status(form):
    sid, sequence = form.get("CallSid", ""), form.get("SequenceNumber", "")
    if not sid:
        return {"status": "ignored"}
    with lock:
        if sequence and (sid, sequence) in handled:
            return {"status": "duplicate"}
        if sequence:
            remember(handled, (sid, sequence), True)
        number = int(sequence) if sequence.isascii() and sequence.isdigit() and len(sequence) < 9 else 0
        known, last = calls.get(sid, (-1, ""))
        if number >= known and last not in ("completed", "busy", "no-answer", "canceled", "failed"):
            remember(calls, sid, (number, form.get("CallStatus", "")))
    log.info("call %s is %s", sid, form.get("CallStatus", ""))
    return {"status": "ok"}
