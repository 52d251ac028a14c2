"""Opt-out list (single-file Django). STOP / START / HELP, one confirmation each."""
import base64
import json
import logging
import os
import sqlite3
import tempfile
import time

import requests
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from django.conf import settings

PATH = "/sms/inbound/"

if not settings.configured:
    settings.configure(
        DEBUG=False,
        SECRET_KEY=os.environ.get("DJANGO_SECRET_KEY", "change-me"),
        ALLOWED_HOSTS=["*"],
        ROOT_URLCONF=__name__,
        MIDDLEWARE=["django.middleware.common.CommonMiddleware"],
        DATABASES={},
    )
import django

django.setup()

from django.core.wsgi import get_wsgi_application
from django.http import HttpResponse, HttpResponseForbidden, JsonResponse
from django.urls import path
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

log = logging.getLogger(__name__)
DB = os.path.join(tempfile.mkdtemp(prefix="optout-"), "optout.sqlite3")
STOP_WORDS = {"STOP", "STOPALL", "UNSUBSCRIBE", "CANCEL", "END", "QUIT"}
START_WORDS = {"START", "UNSTOP", "YES"}


def connect():
    return sqlite3.connect(DB, timeout=1)


with connect() as con:
    con.execute("CREATE TABLE optout (number TEXT PRIMARY KEY, at REAL)")
    con.execute("CREATE TABLE seen (id TEXT PRIMARY KEY, at REAL)")


def is_genuine(request, event):
    timestamp = request.META["HTTP_TELNYX_TIMESTAMP"]
    signature = request.META.get("HTTP_TELNYX_SIGNATURE_ED25519", "")
    try:
        if abs(int(time.time()) - int(timestamp)) > 300:
            return False
        public_key = Ed25519PublicKey.from_public_bytes(base64.b64decode(os.environ["TELNYX_PUBLIC_KEY"]))
        signed = timestamp + "|" + json.dumps(event, separators=(",", ":"))
        public_key.verify(base64.b64decode(signature), signed.encode("utf-8"))
        return True
    except (InvalidSignature, ValueError):
        return False


def send(to, from_, text):
    try:
        r = requests.post(
            "https://api.telnyx.com/v2/messages",
            json={"to": to, "from": from_, "text": text},
            headers={"Authorization": f"Bearer {os.environ.get('TELNYX_API_KEY', '')}"},
            timeout=1.5,
        )
        if not r.ok:
            log.warning("telnyx said %s for %s", r.status_code, to)
    except requests.RequestException as exc:
        log.warning("confirmation to %s not sent: %s", to, exc)


@csrf_exempt
@require_POST
def inbound(request):
    try:
        event = json.loads(request.body)
    except (ValueError, RecursionError):
        return JsonResponse({"error": "bad json"}, status=400)
    if not is_genuine(request, event):
        return HttpResponseForbidden("signature")

    data = event.get("data") or {}
    if data.get("event_type") != "message.received":
        return HttpResponse(status=200)
    payload = data.get("payload") or {}
    with connect() as con:
        con.execute("DELETE FROM seen WHERE at < ?", (time.time() - 86400,))
        new = con.execute("INSERT OR IGNORE INTO seen VALUES (?, ?)", (data.get("id"), time.time())).rowcount
    if not new:
        return HttpResponse(status=200)

    word = (payload.get("text") or "").strip().upper()
    sender = (payload.get("from") or {}).get("phone_number")
    to = payload.get("to")
    ours = to[0].get("phone_number") if isinstance(to, list) and to else to
    if not sender:
        return HttpResponse(status=200)
    if word in STOP_WORDS:
        with connect() as con:
            con.execute("INSERT OR REPLACE INTO optout VALUES (?, ?)", (sender, time.time()))
        send(sender, ours, "You are unsubscribed and will get no more messages. Reply START to come back.")
    elif word in START_WORDS:
        with connect() as con:
            con.execute("DELETE FROM optout WHERE number = ?", (sender,))
        send(sender, ours, "Welcome back! Reply STOP to end.")
    elif word == "HELP":
        send(sender, ours, "Corner Bakery offers: 2 messages a week. Reply STOP to end.")
    return HttpResponse(status=200)


urlpatterns = [path(PATH.lstrip("/"), inbound)]
application = get_wsgi_application()
app = application
