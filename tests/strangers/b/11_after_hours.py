"""After-hours line: TeXML voicemail without any framework and without any package besides the standard library.

Set the TeXML application's voice URL to https://<host>/texml/after-hours (POST).  The Ed25519 check below is the
reference algorithm of RFC 8032 with plain integers: a few milliseconds per request, which is plenty for a voicemail.
"""
import base64
import hashlib
import json
import logging
import os
import re
import sqlite3
import tempfile
import threading
import time
from urllib.parse import parse_qsl
from wsgiref.util import setup_testing_defaults
from xml.sax.saxutils import escape

log = logging.getLogger("after-hours")

PATH = "/texml/after-hours"
LIMIT = 256 * 1024
TOLERANCE = 300
KEY = base64.b64decode(os.environ["TELNYX_PUBLIC_KEY"])

# --- Ed25519, verification only -------------------------------------------------------------------------------------
P = 2**255 - 19
L = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
I = pow(2, (P - 1) // 4, P)


def recover_x(y, sign):
    if y >= P:
        return None
    x2 = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    if x2 == 0:
        return None if sign else 0
    x = pow(x2, (P + 3) // 8, P)
    if (x * x - x2) % P:
        x = x * I % P
    if (x * x - x2) % P:
        return None
    return P - x if (x & 1) != sign else x


def decompress(data):
    y = int.from_bytes(data, "little")
    sign, y = y >> 255, y & ((1 << 255) - 1)
    x = recover_x(y, sign)
    return None if x is None else (x, y, 1, x * y % P)


def add(p, q):
    a, b = (p[1] - p[0]) * (q[1] - q[0]) % P, (p[1] + p[0]) * (q[1] + q[0]) % P
    c, d = 2 * p[3] * q[3] * D % P, 2 * p[2] * q[2] % P
    e, f, g, h = b - a, d - c, d + c, b + a
    return e * f % P, g * h % P, f * g % P, e * h % P


def mul(s, p):
    q = (0, 1, 1, 0)
    while s:
        if s & 1:
            q = add(q, p)
        p, s = add(p, p), s >> 1
    return q


def equal(p, q):
    return (p[0] * q[2] - q[0] * p[2]) % P == 0 and (p[1] * q[2] - q[1] * p[2]) % P == 0


BASE_Y = 4 * pow(5, P - 2, P) % P
BASE = decompress(BASE_Y.to_bytes(32, "little"))
POINT = decompress(KEY) if len(KEY) == 32 else None
if POINT is None or equal(mul(8, POINT), (0, 1, 1, 0)):
    raise SystemExit("TELNYX_PUBLIC_KEY is not a usable Ed25519 key")


def ed25519_ok(message, signature):
    if len(signature) != 64:
        return False
    r, s = decompress(signature[:32]), int.from_bytes(signature[32:], "little")
    if r is None or s >= L:
        return False
    h = int.from_bytes(hashlib.sha512(signature[:32] + KEY + message).digest(), "little") % L
    return equal(mul(s, BASE), add(r, mul(h, POINT)))


def signed(environ, body):
    stamp = environ.get("HTTP_TELNYX_TIMESTAMP", "")
    if not re.fullmatch(r"[0-9]{1,12}", stamp) or abs(time.time() - int(stamp)) > TOLERANCE:
        return False
    try:
        signature = base64.b64decode(environ.get("HTTP_TELNYX_SIGNATURE_ED25519", ""), validate=True)
    except ValueError:
        return False
    return ed25519_ok(stamp.encode() + b"|" + body, signature)


# --- the application ------------------------------------------------------------------------------------------------
_lock = threading.Lock()
_db = sqlite3.connect(os.path.join(tempfile.mkdtemp(prefix="after-hours-"), "box.db"), check_same_thread=False)
_db.execute("CREATE TABLE messages (sid TEXT PRIMARY KEY, call TEXT, url TEXT, seconds TEXT, at REAL)")


def speakable(value):
    """Only what XML 1.0 allows, escaped, not endless."""
    return escape(re.sub(r"[^\t\n\r\x20-\uD7FF\uE000-\uFFFD\U00010000-\U0010FFFF]", "", value)[:80])


def greeting(form):
    caller = form.get("CallerId", "")
    hello = f"Hello {speakable(caller)}. " if re.search(r"[^\W\d_]", caller) else "Hello. "
    return (f"<Say>{hello}We are closed. Please leave a message after the tone.</Say>"
            f'<Record action="{PATH}/thanks" maxLength="180" timeout="10" finishOnKey="#" '
            f'recordingStatusCallback="{PATH}/recording"/><Hangup/>')


def thanks(_form):
    return "<Say>Thank you, goodbye.</Say><Hangup/>"


def recording(form):
    sid = form.get("RecordingSid", "")
    if form.get("RecordingStatus") != "completed" or not sid:
        return None
    with _lock, _db:
        _db.execute("INSERT OR IGNORE INTO messages VALUES (?,?,?,?,?)",
                    (sid, form.get("CallSid", ""), form.get("RecordingUrl"), form.get("RecordingDuration"), time.time()))
    return None


ROUTES = {PATH: greeting, PATH + "/thanks": thanks, PATH + "/recording": recording}


def app(environ, start_response):
    setup_testing_defaults(environ)

    def answer(status, content, kind="application/json"):
        data = content.encode("utf-8")
        start_response(status, [("Content-Type", kind), ("Content-Length", str(len(data)))])
        return [data]

    view = ROUTES.get(environ.get("PATH_INFO", ""))
    if view is None:
        return answer("404 Not Found", json.dumps({"error": "not found"}))
    if environ["REQUEST_METHOD"] != "POST":      # the signature does not cover a query string, so no GET here
        return answer("405 Method Not Allowed", json.dumps({"error": "POST only"}))
    length = environ.get("CONTENT_LENGTH") or "0"
    if not re.fullmatch(r"[0-9]{1,9}", length) or int(length) > LIMIT:
        return answer("413 Content Too Large", json.dumps({"error": "too large"}))
    body = environ["wsgi.input"].read(int(length))
    if not signed(environ, body):
        return answer("403 Forbidden", json.dumps({"error": "signature"}))
    form = {}
    for name, value in parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True):
        form.setdefault(name, value)
    xml = view(form)
    if xml is None:
        return answer("200 OK", json.dumps({"ok": True}))
    return answer("200 OK", f'<?xml version="1.0" encoding="UTF-8"?><Response>{xml}</Response>', "application/xml")
