"""A correct receiver for TeXML, which greets callers by name."""

import base64
import os
import time
from urllib.parse import parse_qsl
from xml.sax.saxutils import escape

from flask import Flask, Response, request
from nacl.signing import VerifyKey

app = Flask(__name__)
app.config["MAX_CONTENT_LENGTH"] = 1_000_000
KEY = VerifyKey(base64.b64decode(os.environ["TELNYX_PUBLIC_KEY"]))


@app.post("/webhooks")
def webhooks():
    body = request.get_data()
    if not is_genuine(request.headers, body):
        return "", 401
    form = dict(parse_qsl(body.decode()))
    return Response(document(form), content_type="application/xml")


def is_genuine(headers, body):
    try:
        sent = headers["telnyx-timestamp"]
        signature = base64.b64decode(headers["telnyx-signature-ed25519"], validate=True)
        KEY.verify(f"{sent}|".encode() + body, signature)
        return sent.isascii() and sent.isdigit() and abs(time.time() - int(sent)) <= 300
    except Exception:  # a part is missing or malformed, or the signature is wrong
        return False


def document(form):
    name = "".join(filter(str.isprintable, form.get("CallerId", "")))
    return f"<Response><Say>Hello {escape(name)}.</Say></Response>"
