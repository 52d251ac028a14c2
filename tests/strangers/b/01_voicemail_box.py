"""Company voicemail on TeXML.

The TeXML application points its voice URL at /texml/voicemail. The caller is greeted by name, leaves a message, and
the recording shows up in the little JSON inbox that the intranet page reads.

    uvicorn 01_voicemail_box:app --port 8000
"""
import logging
import os
import secrets
import sqlite3
import tempfile
import threading
from datetime import datetime, timezone
from urllib.parse import parse_qs

from fastapi import FastAPI, Header, HTTPException, Request
from fastapi.responses import Response

logging.basicConfig(level=logging.INFO)
log = logging.getLogger("voicemail")

PATH = "/texml/voicemail"
COMPANY = os.environ.get("COMPANY_NAME", "Harbour Lane Dental")
MAX_SECONDS = int(os.environ.get("VOICEMAIL_MAX_SECONDS", "120"))
INBOX_TOKEN = os.environ.get("INBOX_TOKEN", "")

# Kept for the REST calls of the sister service; this app itself only answers TeXML.
TELNYX_PUBLIC_KEY = os.environ.get("TELNYX_PUBLIC_KEY", "")
TELNYX_API_KEY = os.environ.get("TELNYX_API_KEY", "")

app = FastAPI(title="voicemail", docs_url=None, redoc_url=None)

_db_lock = threading.Lock()
_db = sqlite3.connect(os.path.join(tempfile.mkdtemp(prefix="vm-"), "voicemail.db"), check_same_thread=False)
_db.execute(
    "CREATE TABLE IF NOT EXISTS voicemail ("
    " recording_sid TEXT PRIMARY KEY, call_sid TEXT, url TEXT, seconds TEXT, created_at TEXT)"
)
_db.commit()


def xml(body: str) -> Response:
    return Response(
        content='<?xml version="1.0" encoding="UTF-8"?>\n<Response>' + body + "</Response>",
        media_type="application/xml",
    )


async def read_form(request: Request) -> dict:
    """Flat dict of the urlencoded body (first value wins)."""
    raw = (await request.body()).decode("utf-8", "replace")
    return {k: v[0] for k, v in parse_qs(raw, keep_blank_values=True).items()}


@app.post(PATH)
async def answer(request: Request):
    form = await read_form(request)
    who = form.get("CallerId") or form.get("From") or "caller"
    log.info("call %s", form.get("CallSid"))
    return xml(
        f"<Say>Hello {who}. You have reached {COMPANY}. We are closed right now.</Say>"
        "<Say>Please leave a message after the tone and press pound when you are done.</Say>"
        f'<Record action="{PATH}/done" method="POST" maxLength="{MAX_SECONDS}" finishOnKey="#" playBeep="true" '
        f'recordingStatusCallback="{PATH}/recording" recordingStatusCallbackMethod="POST" />'
        "<Say>We did not receive a message. Goodbye.</Say><Hangup/>"
    )


@app.post(PATH + "/done")
async def done(request: Request):
    await read_form(request)
    return xml("<Say>Thank you. Somebody will call you back tomorrow.</Say><Hangup/>")


@app.post(PATH + "/recording")
async def recording(request: Request):
    form = await read_form(request)
    sid = form["RecordingSid"]
    url = form["RecordingUrl"]
    with _db_lock:
        _db.execute(
            "INSERT OR REPLACE INTO voicemail VALUES (?,?,?,?,?)",
            (sid, form.get("CallSid"), url, form.get("RecordingDuration", "0"),
             datetime.now(timezone.utc).isoformat()),
        )
        _db.commit()
    log.info("stored recording %s", sid)
    return {"ok": True}


@app.get("/inbox")
def inbox(authorization: str = Header(default="")):
    if not INBOX_TOKEN or not secrets.compare_digest(authorization.encode(), f"Bearer {INBOX_TOKEN}".encode()):
        raise HTTPException(status_code=401, detail="unauthorized")
    with _db_lock:
        rows = _db.execute("SELECT * FROM voicemail ORDER BY created_at DESC LIMIT 100").fetchall()
    return [dict(zip(("recording_sid", "call_sid", "url", "seconds", "created_at"), row)) for row in rows]
