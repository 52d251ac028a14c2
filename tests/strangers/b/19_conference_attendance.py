"""Attendance log of TeXML conferences.

<Conference statusCallback="https://.../texml/conference-status" statusCallbackEvent="start end join leave">
"""
import base64
import csv
import io
import logging
import os
import secrets
import sqlite3
import tempfile
import time
from collections import OrderedDict
from contextlib import closing
from urllib.parse import parse_qs

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

log = logging.getLogger("attendance")

PATH = "/texml/conference-status"
TOLERANCE = 300
DATABASE = os.environ.get("ATTENDANCE_DB") or os.path.join(tempfile.mkdtemp(prefix="attendance-"), "attendance.db")
ADMIN_TOKEN = os.environ.get("ADMIN_TOKEN", "")
public_key = Ed25519PublicKey.from_public_bytes(base64.b64decode(os.environ["TELNYX_PUBLIC_KEY"]))

COLUMNS = ("conference", "room", "event", "call_sid", "phone", "label", "at")
handled: "OrderedDict[tuple, float]" = OrderedDict()


def db():
    return sqlite3.connect(DATABASE, timeout=1.5)


with closing(db()) as conn, conn:
    conn.execute(f"CREATE TABLE IF NOT EXISTS attendance ({', '.join(c + ' TEXT' for c in COLUMNS)})")


def valid(request: Request, body: bytes) -> bool:
    signature = request.headers.get("telnyx-signature-ed25519")
    timestamp = request.headers.get("telnyx-timestamp")
    if not signature or not timestamp or not timestamp.isascii() or not timestamp.isdigit() or len(timestamp) > 12:
        return False
    if abs(time.time() - int(timestamp)) > TOLERANCE:
        return False
    try:
        public_key.verify(base64.b64decode(signature), b"%s|%s" % (timestamp.encode(), body))
    except InvalidSignature:
        return False
    return True


def already_handled(form: dict) -> bool:
    """Callbacks are repeated when we were slow; do not log somebody twice."""
    key = (form.get("ConferenceSid"), form.get("CallSid"))
    if key in handled:
        return True
    handled[key] = time.time()
    while len(handled) > 10000:
        handled.popitem(last=False)
    return False


def write(row: tuple) -> None:
    with closing(db()) as conn, conn:
        conn.execute(f"INSERT INTO attendance VALUES ({', '.join('?' * len(COLUMNS))})", row)


async def conference_status(request: Request):
    body = await request.body()
    if not valid(request, body):
        return PlainTextResponse("invalid signature", status_code=403)
    form = {name: values[0] for name, values in parse_qs(body.decode("utf-8", "replace"), keep_blank_values=True).items()}

    event = form.get("StatusCallbackEvent", "")
    if event not in ("conference-start", "conference-end", "participant-join", "participant-leave"):
        return PlainTextResponse("ignored")
    phone = form["From"]
    label = form.get("ParticipantLabel", "")
    if already_handled(form):
        return PlainTextResponse("duplicate")
    try:
        await run_in_threadpool(write, (
            form.get("ConferenceSid"), form.get("FriendlyName"), event, form.get("CallSid"), phone, label,
            form.get("Timestamp"),
        ))
    except sqlite3.Error:
        handled.pop((form.get("ConferenceSid"), form.get("CallSid")), None)
        return PlainTextResponse("try again", status_code=503)
    return PlainTextResponse("ok")


async def export(request: Request):
    given = request.headers.get("authorization", "").encode()
    if not ADMIN_TOKEN or not secrets.compare_digest(given, f"Bearer {ADMIN_TOKEN}".encode()):
        return PlainTextResponse("unauthorized", status_code=401)

    def rows():
        with closing(db()) as conn:
            return conn.execute("SELECT * FROM attendance ORDER BY at LIMIT 10000").fetchall()

    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(COLUMNS)
    writer.writerows(await run_in_threadpool(rows))
    return Response(out.getvalue(), media_type="text/csv")


app = Starlette(routes=[
    Route(PATH, conference_status, methods=["POST"]),
    Route("/attendance.csv", export),
])
