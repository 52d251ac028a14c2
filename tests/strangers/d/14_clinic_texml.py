"""TeXML application of a small clinic: menu, spoken message, recording list."""
import base64
import logging
import os
import re
import sqlite3
import tempfile
import time
from contextlib import closing
from urllib.parse import parse_qsl
from xml.sax.saxutils import escape, quoteattr

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from fastapi import Depends, FastAPI, HTTPException, Request, Response

logger = logging.getLogger("clinic")

KEY = Ed25519PublicKey.from_public_bytes(base64.b64decode(os.environ["TELNYX_PUBLIC_KEY"]))
CLINIC = os.environ.get("CLINIC_NAME", "Praxis Müller & Söhne")
NURSE = os.environ.get("NURSE_NUMBER", "+493055501234")
DB = os.path.join(os.environ.get("CLINIC_DATA") or tempfile.mkdtemp(prefix="clinic-"), "clinic.db")
OVER = {"completed", "failed", "busy", "no-answer", "canceled"}

# Not allowed in XML 1.0, whatever the escaping.
BAD_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")

app = FastAPI()


def db():
    return sqlite3.connect(DB, timeout=1)


with closing(db()) as con, con:
    con.execute(
        "CREATE TABLE IF NOT EXISTS recordings (sid TEXT PRIMARY KEY, call_sid TEXT,"
        " caller TEXT, url TEXT, seconds INTEGER)"
    )
    con.execute(
        "CREATE TABLE IF NOT EXISTS finished (call_sid TEXT PRIMARY KEY, status TEXT, at REAL)"
    )


async def form(request: Request) -> dict:
    body = await request.body()
    try:
        stamp = request.headers["telnyx-timestamp"]
        age = time.time() - int(stamp)
        if not -300 <= age <= 300:
            raise ValueError("stale")
        KEY.verify(
            base64.b64decode(request.headers["telnyx-signature-ed25519"], validate=True),
            stamp.encode("ascii") + b"|" + body,
        )
    except Exception:
        raise HTTPException(status_code=403, detail="forbidden")
    pairs = parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True)
    return dict(pairs)


def say(text):
    return f'<Say language="en-US">{escape(BAD_XML.sub(" ", text))}</Say>'


def texml(*verbs):
    document = '<?xml version="1.0" encoding="UTF-8"?><Response>' + "".join(verbs) + "</Response>"
    return Response(document, media_type="application/xml")


def is_live_inbound(fields):
    if fields.get("CallStatus", "").lower() in OVER:
        return False
    return not fields.get("Direction", "inbound").lower().startswith("outbound")


def menu():
    return (
        '<Gather input="dtmf speech" numDigits="1" timeout="6" action="/texml/choice" method="POST">'
        + say(f"Welcome to {CLINIC}. Press 1 for the nurse, or 2 to leave a message.")
        + "</Gather>"
        + say("We did not hear you. Goodbye.")
        + "<Hangup/>"
    )


@app.post("/texml/voice")
def voice(fields: dict = Depends(form)):
    if not is_live_inbound(fields):
        return texml()
    return texml(menu())


@app.post("/texml/choice")
def choice(fields: dict = Depends(form)):
    if not is_live_inbound(fields):
        return texml()
    digits = fields.get("Digits", "").strip()
    speech = fields.get("SpeechResult", "").strip()
    if digits == "1" or "nurse" in speech.lower():
        return texml(f"<Dial timeout=\"20\"><Number>{escape(NURSE)}</Number></Dial>")
    if digits == "2" or "message" in speech.lower():
        return texml(
            say("Please speak after the tone."),
            f'<Record maxLength="120" playBeep="true" recordingStatusCallback={quoteattr("/texml/recording")}/>',
        )
    if speech:
        return texml(say(f"You said {speech[:80]}. I did not understand that."), menu())
    return texml(menu())


@app.post("/texml/recording")
def recording(fields: dict = Depends(form)):
    sid, url = fields.get("RecordingSid", ""), fields.get("RecordingUrl", "")
    if not sid or not url:
        return Response(status_code=204)
    try:
        seconds = max(0, min(int(fields.get("RecordingDuration", "0")), 86400))
    except ValueError:
        seconds = None
    try:
        with closing(db()) as con, con:
            con.execute(
                "INSERT OR IGNORE INTO recordings VALUES (?, ?, ?, ?, ?)",
                (sid, fields.get("CallSid", ""), fields.get("From", ""), url, seconds),
            )
    except sqlite3.Error:
        logger.exception("database")
        raise HTTPException(status_code=503, detail="try again")
    return Response(status_code=204)


@app.post("/texml/status")
def status(fields: dict = Depends(form)):
    call_sid, state = fields.get("CallSid", ""), fields.get("CallStatus", "").lower()
    if call_sid and state in OVER:
        try:
            with closing(db()) as con, con:
                con.execute(
                    "INSERT OR IGNORE INTO finished VALUES (?, ?, ?)", (call_sid, state, time.time())
                )
        except sqlite3.Error:
            logger.exception("database")
            raise HTTPException(status_code=503, detail="try again")
    return Response(status_code=204)
