"""Dynamic variables for the AI receptionist.

Telnyx asks this endpoint when a conversation starts (assistant.initialization) and uses the JSON we answer with; it
waits about a second, so everything comes out of a local table. Ended conversations are kept for the weekly report.
"""
import base64
import json
import logging
import os
import sqlite3
import tempfile
import threading
import time

from django.conf import settings

if not settings.configured:
    settings.configure(
        DEBUG=False,
        SECRET_KEY=os.environ.get("DJANGO_SECRET_KEY") or base64.b64encode(os.urandom(40)).decode(),
        ALLOWED_HOSTS=os.environ.get("ALLOWED_HOSTS", "*").split(","),
        ROOT_URLCONF=__name__,
        MIDDLEWARE=["django.middleware.security.SecurityMiddleware"],
        DATA_UPLOAD_MAX_MEMORY_SIZE=1024 * 1024,
        USE_TZ=True,
    )

import django  # noqa: E402

django.setup()

from django.core.asgi import get_asgi_application  # noqa: E402
from django.http import JsonResponse  # noqa: E402
from django.urls import path  # noqa: E402
from django.views.decorators.csrf import csrf_exempt  # noqa: E402
from django.views.decorators.http import require_POST  # noqa: E402
from nacl.exceptions import CryptoError  # noqa: E402
from nacl.signing import VerifyKey  # noqa: E402

log = logging.getLogger("assistant")

PATH = "/assistant/events"
TOLERANCE = 300
VERIFY_KEY = VerifyKey(base64.b64decode(os.environ["TELNYX_PUBLIC_KEY"]))
DEFAULTS = {"customer_name": "there", "account_status": "unknown", "open_tickets": "0"}

_lock = threading.Lock()
_db = sqlite3.connect(os.path.join(tempfile.mkdtemp(prefix="assistant-"), "crm.db"), check_same_thread=False)
with _lock, _db:
    _db.execute("CREATE TABLE customers (phone TEXT PRIMARY KEY, name TEXT, status TEXT, tickets INTEGER)")
    _db.execute("CREATE TABLE conversations (id TEXT PRIMARY KEY, phone TEXT, seconds REAL, transcript TEXT)")
    _db.executemany("INSERT INTO customers VALUES (?,?,?,?)", [
        ("+15551234567", "Zoë Müller", "gold", 2),
        ("+13128675309", "Bob O'Neil", "standard", 0),
    ])


def text(value, limit=200) -> str:
    return "" if value is None else str(value).encode("utf-8", "replace").decode()[:limit]


def is_genuine(request) -> bool:
    stamp = request.headers.get("Telnyx-Timestamp") or ""
    signature = request.headers.get("Telnyx-Signature-Ed25519") or ""
    try:
        if len(stamp) > 16 or abs(time.time() - int(stamp)) > TOLERANCE:
            return False
        VERIFY_KEY.verify(stamp.encode() + b"|" + request.body, base64.b64decode(signature, validate=True))
        return True
    except (ValueError, CryptoError):
        return False


def variables_for(payload: dict) -> dict:
    values = dict(DEFAULTS)
    phone = payload.get("telnyx_end_user_target")
    if isinstance(phone, str):
        with _lock:
            row = _db.execute("SELECT name, status, tickets FROM customers WHERE phone = ?", (text(phone),)).fetchone()
        if row:
            values.update(customer_name=row[0], account_status=row[1], open_tickets=str(row[2]))
    return values


def conversation_ended(payload: dict) -> None:
    conversation_id = text(payload.get("conversation_id"))
    if not conversation_id:
        return
    lines = []
    for message in payload.get("messages") or []:
        if isinstance(message, dict) and message.get("content"):
            lines.append(f"{text(message.get('role'))}: {text(message['content'], 4000)}")
    seconds = payload.get("duration_sec")
    with _lock, _db:
        _db.execute("INSERT OR REPLACE INTO conversations VALUES (?,?,?,?)",
                    (conversation_id, text(payload.get("from")),
                     float(seconds) if isinstance(seconds, (int, float)) else None, "\n".join(lines)))


@csrf_exempt
@require_POST
def assistant_event(request):
    if not is_genuine(request):
        return JsonResponse({"error": "invalid signature"}, status=401)
    try:
        event = json.loads(request.body)
    except (ValueError, RecursionError):
        return JsonResponse({"error": "invalid json"}, status=400)
    data = event.get("data") if isinstance(event, dict) else None
    data = data if isinstance(data, dict) else {}
    payload = data.get("payload") if isinstance(data.get("payload"), dict) else {}
    event_type = data.get("event_type")
    if event_type == "assistant.initialization":
        return JsonResponse({"dynamic_variables": variables_for(payload)})
    if event_type == "call.conversation.ended":
        conversation_ended(payload)         # keyed by conversation id: a second delivery changes nothing
    else:
        log.debug("ignored %s", event_type)
    return JsonResponse({"status": "ok"})


urlpatterns = [path(PATH.lstrip("/"), assistant_event)]
application = get_asgi_application()
app = application
