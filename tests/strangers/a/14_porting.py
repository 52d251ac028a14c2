"""Porting notifications: keep the state of port-ins and port-outs, alert the port desk."""
import base64
import json
import logging
import os
import time
from collections import OrderedDict
from threading import Lock, Thread

import django
import requests
from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.http import HttpResponse, HttpResponseForbidden, JsonResponse
from django.urls import path
from django.utils.decorators import method_decorator
from django.views import View
from django.views.decorators.csrf import csrf_exempt
from nacl.exceptions import BadSignatureError
from nacl.signing import VerifyKey

PATH = "/porting/events"
DESK_URL = os.getenv("PORT_DESK_URL", "https://desk.carrier-ops.invalid/api/notes")

settings.configure(
    DEBUG=True,
    SECRET_KEY=os.getenv("SECRET_KEY", "porting-dev-key"),
    ALLOWED_HOSTS=["*"],
    ROOT_URLCONF=__name__,
    TELNYX_API_KEY=os.getenv("TELNYX_API_KEY"),
    TELNYX_PUBLIC_KEY=os.getenv("TELNYX_PUBLIC_KEY"),
    PORT_DESK_URL=DESK_URL,
)
django.setup()

logger = logging.getLogger("porting")

STATUS_TEXT = {
    "draft": "Draft",
    "in-process": "In process with the losing carrier",
    "submitted": "Submitted",
    "exception": "Needs attention",
    "foc-date-confirmed": "Date confirmed",
    "ported": "Ported",
    "cancel-pending": "Cancellation requested",
    "cancelled": "Cancelled",
    "authorized": "Port-out authorised",
    "rejected": "Port-out rejected",
    "pending": "Port-out requested",
}

state: "OrderedDict[str, dict]" = OrderedDict()
seen: "OrderedDict[str, bool]" = OrderedDict()
lock = Lock()


def verified(request) -> bool:
    signature = request.META["HTTP_TELNYX_SIGNATURE_ED25519"]
    timestamp = request.META["HTTP_TELNYX_TIMESTAMP"]
    if not timestamp.isdecimal() or len(timestamp) > 12 or abs(time.time() - int(timestamp)) > 300:
        return False
    key = VerifyKey(base64.b64decode(settings.TELNYX_PUBLIC_KEY))
    try:
        key.verify(timestamp.encode() + b"|" + request.body, base64.b64decode(signature))
    except (BadSignatureError, ValueError):
        return False
    return True


def once(event_id) -> bool:
    with lock:
        if event_id in seen:
            return False
        seen[event_id] = True
        if len(seen) > 5000:
            seen.popitem(last=False)
        return True


def alert(note: dict) -> None:
    try:
        requests.post(DESK_URL, json=note, timeout=5)
    except requests.RequestException as exc:
        logger.warning("port desk: %s", exc)


def remember(order_id, at, **values) -> None:
    with lock:
        entry = state.setdefault(order_id, {"at": ""})
        if str(at or "") < entry["at"]:
            return  # something newer has arrived before
        entry.update(values, at=str(at or ""))
        if len(state) > 5000:
            state.popitem(last=False)
    Thread(target=alert, args=({"order": order_id, **values},), daemon=True).start()


@method_decorator(csrf_exempt, name="dispatch")
class PortingWebhook(View):
    http_method_names = ["post"]

    def post(self, request):
        if not verified(request):
            return HttpResponseForbidden("bad signature")
        data = json.loads(request.body).get("data") or {}
        event_type = data.get("event_type") or ""
        payload = data.get("payload") or {}
        if event_type in ("porting_order.status_changed", "portout.status_changed"):
            self.status_changed(data, payload)
        elif event_type.endswith(".new_comment"):
            self.new_comment(data, payload)
        return JsonResponse({"received": True})

    def status_changed(self, data, payload):
        status = payload.get("status")
        text = STATUS_TEXT.get(status, status)
        if once(data.get("id")):
            remember(payload.get("id"), data.get("occurred_at"), status=text, reference=payload.get("customer_reference"))

    def new_comment(self, data, payload):
        comment = payload.get("comment") or {}
        order_id = payload.get("porting_order_id") or payload.get("portout_id")
        if once(data.get("id")):
            remember(order_id, data.get("occurred_at"), comment=str(comment.get("body") or comment.get("comment") or ""))


def robots(request):
    return HttpResponse("User-agent: *\nDisallow: /\n", content_type="text/plain")


urlpatterns = [path(PATH.lstrip("/"), PortingWebhook.as_view()), path("robots.txt", robots)]
application = get_wsgi_application()
