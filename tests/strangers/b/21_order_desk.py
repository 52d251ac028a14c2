"""Order desk: number orders and manual ("advanced") orders in one list.

settings come from the environment; DEBUG=0 in production.
"""
import base64
import hmac
import json
import logging
import os
import threading
import time
from collections import OrderedDict

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from django.conf import settings


def env_flag(name, default):
    return os.environ.get(name, default).lower() in ("1", "true", "yes", "on")


if not settings.configured:
    settings.configure(
        DEBUG=env_flag("DEBUG", "1"),
        SECRET_KEY=os.environ.get("SECRET_KEY", "django-insecure-" + base64.b64encode(os.urandom(24)).decode()),
        ALLOWED_HOSTS=os.environ.get("ALLOWED_HOSTS", "*").split(","),
        ROOT_URLCONF=__name__,
        MIDDLEWARE=["django.middleware.common.CommonMiddleware"],
        USE_TZ=True,
        LOGGING_CONFIG=None,
    )

import django  # noqa: E402

django.setup()

from django.core.wsgi import get_wsgi_application  # noqa: E402
from django.http import JsonResponse  # noqa: E402
from django.urls import path  # noqa: E402
from django.views.decorators.csrf import csrf_exempt  # noqa: E402
from django.views.decorators.http import require_GET, require_POST  # noqa: E402

logger = logging.getLogger("orders")

PATH = "/hooks/telnyx/orders"
PUBLIC_KEY = Ed25519PublicKey.from_public_bytes(base64.b64decode(os.environ["TELNYX_PUBLIC_KEY"]))

lock = threading.Lock()
orders = OrderedDict()      # order id -> dict
seen = OrderedDict()        # event id -> True
FINAL = {"success", "failure", "failed", "ordered"}


def verify(request):
    """True for a fresh request signed by Telnyx."""
    signature = request.headers["Telnyx-Signature-Ed25519"]
    timestamp = request.headers["Telnyx-Timestamp"]
    if not timestamp.isdecimal() or len(timestamp) > 12 or abs(time.time() - int(timestamp)) > 300:
        return False
    try:
        PUBLIC_KEY.verify(base64.b64decode(signature, validate=True), timestamp.encode() + b"|" + request.body)
    except (InvalidSignature, ValueError):
        return False
    return True


def bounded_put(store, key, value, limit):
    store[key] = value
    store.move_to_end(key)
    while len(store) > limit:
        store.popitem(last=False)


def update(order_id, kind, status, at, **more):
    with lock:
        known = orders.get(order_id, {})
        if known.get("at", "") > at or (known.get("status") in FINAL and status not in FINAL):
            return                      # arrived late
        bounded_put(orders, order_id, {**known, "kind": kind, "status": status, "at": at, **more}, 5000)


def note(order_id, comment):
    with lock:
        known = orders.get(order_id, {"kind": "advanced", "status": None})
        comments = (known.get("comments") or [])[-49:] + [comment]
        bounded_put(orders, order_id, {**known, "comments": comments}, 5000)


@csrf_exempt
@require_POST
def order_webhook(request):
    try:
        data = json.loads(request.body)["data"]
        event_type, event_id = str(data.get("event_type")), str(data["id"])
        payload, at = data.get("payload") or {}, str(data.get("occurred_at") or "")
        payload.get("status")
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return JsonResponse({"error": "not an event"}, status=400)

    if event_type.startswith("number_order"):
        if not verify(request):
            return JsonResponse({"error": "invalid signature"}, status=401)
        with lock:
            if event_id in seen:
                return JsonResponse({"result": "duplicate"})
            bounded_put(seen, event_id, True, 20000)
        numbers = [n.get("phone_number") for n in payload.get("phone_numbers") or [] if isinstance(n, dict)]
        update(str(payload.get("id")), "number order", str(payload.get("status")), at, numbers=numbers,
               reference=payload.get("customer_reference"))
    elif event_type == "advanced_order.status_update":
        update(str(payload.get("order_id")), "advanced", str(payload.get("new_status")), at)
    elif event_type == "advanced_order.new_comment":
        with lock:
            duplicate = event_id in seen
            bounded_put(seen, event_id, True, 20000)
        if not duplicate:
            note(str(payload.get("advanced_order_id")), str(payload.get("comment") or ""))
    else:
        logger.info("ignored %s", event_type)
    return JsonResponse({"result": "ok"})


@require_GET
def order_list(request):
    token, given = os.environ.get("DESK_TOKEN", ""), request.headers.get("X-Desk-Token", "")
    if not token or not hmac.compare_digest(token.encode(), given.encode()):
        return JsonResponse({"error": "unauthorized"}, status=401)
    with lock:
        return JsonResponse({"orders": [{"id": k, **v} for k, v in orders.items()]})


urlpatterns = [path(PATH.lstrip("/"), order_webhook), path("orders", order_list)]
application = get_wsgi_application()
app = application
