"""Call insights: collects what the AI assistant found out about each call, for the CRM export at night."""
import base64
import hashlib
import hmac
import json
import logging
import os
import threading
import time
from collections import OrderedDict

from django.conf import settings

if not settings.configured:
    settings.configure(
        DEBUG=False,
        SECRET_KEY=os.environ.get("SECRET_KEY", base64.b64encode(os.urandom(32)).decode()),
        ALLOWED_HOSTS=["*"],
        ROOT_URLCONF=__name__,
        MIDDLEWARE=[],
        USE_TZ=True,
    )

import django  # noqa: E402

django.setup()

from django.core.asgi import get_asgi_application  # noqa: E402
from django.http import JsonResponse  # noqa: E402
from django.urls import path  # noqa: E402
from django.views.decorators.csrf import csrf_exempt  # noqa: E402
from django.views.decorators.http import require_POST  # noqa: E402

log = logging.getLogger("insights")

PATH = "/ai/insights"
TOLERANCE = 300

lock = threading.Lock()
seen: OrderedDict = OrderedDict()
calls: OrderedDict = OrderedDict()


class WebhookError(Exception):
    pass


def verify_webhook(headers, body: bytes) -> None:
    """Checks telnyx-signature-ed25519 (same scheme as Standard Webhooks)."""
    secret = base64.b64decode(os.environ["TELNYX_PUBLIC_KEY"])
    signature = headers.get("telnyx-signature-ed25519", "")
    timestamp = headers.get("telnyx-timestamp", "")
    if not signature or not timestamp:
        raise WebhookError("missing header")
    try:
        if len(timestamp) > 12 or abs(time.time() - int(timestamp)) > TOLERANCE:
            raise WebhookError("timestamp outside of tolerance")
    except ValueError:
        raise WebhookError("bad timestamp") from None
    expected = base64.b64encode(
        hmac.new(secret, timestamp.encode() + b"|" + body, hashlib.sha256).digest()
    )
    if not hmac.compare_digest(expected, signature.encode()):
        raise WebhookError("no match")


def keep(store, key, value, limit):
    store[key] = value
    store.move_to_end(key)
    while len(store) > limit:
        store.popitem(last=False)


def insights(payload):
    session = str(payload.get("call_session_id") or payload.get("call_control_id"))
    results = []
    for item in payload.get("results") or []:
        if not isinstance(item, dict):
            continue
        result = item.get("result")
        results.append({"insight": item.get("insight_id"),
                        "value": result if isinstance(result, str) else json.dumps(result)})
    with lock:
        keep(calls, session, {**calls.get(session, {}), "insights": results}, 5000)


def conversation(payload):
    session = str(payload.get("call_session_id") or payload.get("call_control_id"))
    with lock:
        keep(calls, session, {
            **calls.get(session, {}),
            "from": payload.get("from"),
            "assistant": payload.get("assistant_id"),
            "seconds": payload.get("duration_sec"),
            "turns": len(payload.get("messages") or []),
        }, 5000)


HANDLERS = {
    "call.conversation_insights.generated": insights,
    "call.conversation.ended": conversation,
}


@csrf_exempt
@require_POST
def webhook(request):
    try:
        verify_webhook(request.headers, request.body)
    except WebhookError as exc:
        log.warning("webhook refused: %s", exc)
        return JsonResponse({"error": "unauthorized"}, status=401)
    try:
        data = json.loads(request.body)["data"]
        event_id, event_type, payload = str(data["id"]), str(data.get("event_type")), dict(data.get("payload") or {})
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return JsonResponse({"error": "unreadable"}, status=400)
    with lock:
        if event_id in seen:
            return JsonResponse({"status": "duplicate"})
        keep(seen, event_id, True, 20000)
    handler = HANDLERS.get(event_type)
    if handler:
        handler(payload)
    return JsonResponse({"status": "ok"})


urlpatterns = [path(PATH.lstrip("/"), webhook)]
application = get_asgi_application()
app = application
