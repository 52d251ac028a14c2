"""TeXML call forwarding: ring the on-call engineer, apologise if nobody answers, keep call progress."""
import base64
import logging
import os
import threading
import time
import xml.etree.ElementTree as ET
from collections import OrderedDict
from urllib.parse import parse_qsl

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from fastapi import Depends, FastAPI, HTTPException, Request, Response

PATH = "/oncall/voice"
ENGINEER = os.getenv("ONCALL_NUMBER", "+16175550122")

log = logging.getLogger("oncall")
app = FastAPI(docs_url=None, redoc_url=None)

guard = threading.Lock()
progress: "OrderedDict[str, dict]" = OrderedDict()  # CallSid -> {"seq": highest, "status": ...}
LIMIT = 2000
FINAL = {"completed", "busy", "no-answer", "canceled", "failed"}


async def signed_form(request: Request) -> dict:
    raw = await request.body()
    timestamp = request.headers.get("telnyx-timestamp", "")
    signature = request.headers.get("telnyx-signature-ed25519", "")
    try:
        if abs(int(time.time()) - int(timestamp)) > 300:
            raise HTTPException(403, "stale")
        key = Ed25519PublicKey.from_public_bytes(base64.b64decode(os.environ["TELNYX_PUBLIC_KEY"]))
        key.verify(base64.b64decode(signature, validate=True), timestamp.encode() + b"|" + raw)
    except (InvalidSignature, ValueError):
        raise HTTPException(403, "signature")
    return dict(parse_qsl(raw.decode("utf-8", "replace"), keep_blank_values=True))


def xml(root: ET.Element) -> Response:
    return Response(ET.tostring(root, encoding="utf-8", xml_declaration=True), media_type="application/xml")


def printable(text: str) -> str:
    """XML 1.0 has no control characters, not even escaped ones."""
    return "".join(c for c in text if c.isprintable())[:80]


@app.post(PATH)
async def voice(form: dict = Depends(signed_form)):
    root = ET.Element("Response")
    name = printable(form.get("CallerId", ""))
    if name and not name.lstrip("+").isdigit():
        ET.SubElement(root, "Say").text = f"Hello {name}. Please hold."
    else:
        ET.SubElement(root, "Say").text = "Please hold while we reach the engineer on call."
    dial = ET.SubElement(root, "Dial", {"action": "/oncall/after-dial", "method": "POST", "timeout": "25"})
    number = ET.SubElement(dial, "Number", {
        "statusCallback": "/oncall/progress",
        "statusCallbackMethod": "POST",
        "statusCallbackEvent": "initiated ringing answered completed",
    })
    number.text = ENGINEER
    return xml(root)


@app.post("/oncall/after-dial")
async def after_dial(form: dict = Depends(signed_form)):
    root = ET.Element("Response")
    if form.get("DialCallStatus", "") != "completed":
        ET.SubElement(root, "Say").text = "Nobody is available right now. We will call you back."
    ET.SubElement(root, "Hangup")
    return xml(root)


@app.post("/oncall/progress")
async def on_progress(form: dict = Depends(signed_form)):
    sid, status = form.get("CallSid"), form.get("CallStatus", "unknown")
    if not sid:
        return Response(status_code=200)
    try:
        seq = int(form.get("SequenceNumber", "0"))
    except ValueError:
        seq = 0
    with guard:
        entry = progress.get(sid)
        # repeated or overtaken callbacks change nothing
        if entry is None or (seq > entry["seq"] and entry["status"] not in FINAL) or (
            status in FINAL and entry["status"] not in FINAL
        ):
            progress[sid] = {"seq": seq, "status": status}
            while len(progress) > LIMIT:
                progress.popitem(last=False)
            log.info("%s is %s", sid, status)
    return Response(status_code=200)
