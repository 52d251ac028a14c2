"""Porting desk (Django, one file): text the on-duty colleague when a port changes state."""
import base64
import json
import logging
import os
import threading
import time
from collections import deque

import httpx
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from django.conf import settings

PATH = "/porting/events"

if not settings.configured:
    settings.configure(
        SECRET_KEY=os.environ.get("SECRET_KEY", "dev-only"),
        ALLOWED_HOSTS=os.environ.get("ALLOWED_HOSTS", "*").split(","),
        ROOT_URLCONF=__name__,
        DEBUG=False,
        MIDDLEWARE=[],
        PORTING={
            "notify": os.environ.get("PORTING_DUTY_NUMBER", "+12025550177"),
            "from": os.environ.get("PORTING_FROM_NUMBER", "+12025550100"),
        },
    )
import django

django.setup()

from django.core.wsgi import get_wsgi_application
from django.http import HttpResponse, HttpResponseNotAllowed
from django.urls import path

log = logging.getLogger("porting")
recent = deque(maxlen=3000)
recent_lock = threading.Lock()

TEXTS = {
    "submitted": "was submitted to the losing carrier",
    "exception": "has an exception, please look",
    "foc-date-confirmed": "has a confirmed date",
    "ported": "is done",
    "cancelled": "was cancelled",
}


def seen_before(event_id):
    with recent_lock:
        if event_id in recent:
            return True
        recent.append(event_id)
        return False


def verified(request):
    timestamp = request.headers.get("Telnyx-Timestamp", "")
    signature = request.headers.get("Telnyx-Signature-Ed25519", "")
    try:
        if abs(int(time.time()) - int(timestamp)) > 300:
            return False
        key = Ed25519PublicKey.from_public_bytes(base64.b64decode(os.environ["TELNYX_PUBLIC_KEY"]))
        key.verify(base64.b64decode(signature, validate=True), timestamp.encode() + b"|" + request.body)
    except (ValueError, InvalidSignature):
        return False
    return True


def text_duty(message):
    try:
        r = httpx.post(
            "https://api.telnyx.com/v2/messages",
            headers={"Authorization": "Bearer " + os.environ.get("TELNYX_API_KEY", "")},
            json={"from": settings.PORTING["from"], "to": settings.PORTING["notify"], "text": message[:600]},
            timeout=10,
        )
        if r.status_code >= 400:
            log.error("duty text refused: %s %s", r.status_code, r.text[:200])
    except httpx.HTTPError as exc:
        log.error("duty text not sent: %s", exc)


def notify(message):
    threading.Thread(target=text_duty, args=(message,), daemon=True).start()


def events(request):
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    try:
        data = json.loads(request.body)["data"]
        event_id, kind = str(data["id"]), str(data["event_type"])
        payload = data.get("payload") or {}
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return HttpResponse(status=400)

    if seen_before(event_id):
        return HttpResponse("duplicate", status=200)
    if not verified(request):
        return HttpResponse("bad signature", status=401)

    if kind == "porting_order.status_changed":
        status = payload.get("status")
        value = status.get("value") if isinstance(status, dict) else status
        reference = payload.get("customer_reference") or payload.get("support_key") or payload.get("id")
        if value in TEXTS:
            notify(f"Port {reference} {TEXTS[value]}.")
    elif kind == "porting_order.new_comment":
        comment = payload.get("comment")
        body = comment.get("body") if isinstance(comment, dict) else comment
        notify(f"New comment on port {payload.get('support_key') or payload.get('porting_order_id')}: {body or ''}")
    else:
        log.info("ignored %s", kind)
    return HttpResponse(status=200)


urlpatterns = [path(PATH.lstrip("/"), events)]
application = get_wsgi_application()
app = application
