"""Posts port-in and port-out news of our numbers into the operations chat.

Signatures are checked with the helper of the official SDK; the chat is served by one worker thread.
"""
import json
import logging
import os
import queue
import threading
import time
from collections import OrderedDict

import requests
from django.conf import settings

if not settings.configured:
    settings.configure(
        DEBUG=False,
        SECRET_KEY=os.environ.get("DJANGO_SECRET_KEY") or os.urandom(32).hex(),
        ALLOWED_HOSTS=["*"],
        ROOT_URLCONF=__name__,
        MIDDLEWARE=[],
        DATA_UPLOAD_MAX_MEMORY_SIZE=1024 * 1024,
        USE_TZ=True,
    )

import django  # noqa: E402

django.setup()

from django.core.wsgi import get_wsgi_application  # noqa: E402
from django.http import JsonResponse  # noqa: E402
from django.urls import path  # noqa: E402
from django.views.decorators.csrf import csrf_exempt  # noqa: E402
from django.views.decorators.http import require_POST  # noqa: E402
from telnyx.lib.webhook_verification import WebhookVerificationError, verify_webhook_signature  # noqa: E402

log = logging.getLogger("port-news")

PATH = "/webhooks/ports"
CHAT_URL = os.environ.get("CHAT_WEBHOOK_URL", "https://chat.ops.invalid/hooks/porting")
PUBLIC_KEY = os.environ["TELNYX_PUBLIC_KEY"]

news: "queue.Queue[str]" = queue.Queue(maxsize=2000)
lock = threading.Lock()
seen: "OrderedDict[str, bool]" = OrderedDict()
started = False


def poster():
    """Delivers one message after the other; three tries each."""
    while True:
        text = news.get()
        for attempt in range(3):
            try:
                requests.post(CHAT_URL, json={"text": text}, timeout=10).raise_for_status()
                break
            except requests.RequestException as exc:
                log.warning("chat: %s", type(exc).__name__)
                time.sleep(2 * (attempt + 1))
            except Exception:
                log.exception("chat")
                break
        else:
            log.error("lost: %s", text)


def ensure_worker():
    """Started with the first event, so that it also runs in forked gunicorn workers."""
    global started
    with lock:
        if not started:
            threading.Thread(target=poster, name="chat", daemon=True).start()
            started = True


def short(value, limit=300):
    words = "" if value is None else str(value)
    return words if len(words) <= limit else words[: limit - 1] + "…"


def status_value(payload):
    """port-in: {"value": …, "details": […]}, port-out: a plain string."""
    status = payload.get("status")
    if isinstance(status, dict):
        reasons = [short(d.get("code"), 60) for d in status.get("details") or [] if isinstance(d, dict)]
        return short(status.get("value"), 60) + (f" ({', '.join(reasons)})" if reasons else "")
    return short(status, 60)


def describe(event_type, payload):
    if event_type == "porting_order.status_changed":
        name = payload.get("customer_reference") or payload.get("support_key") or payload.get("id")
        return f"Port-in {short(name, 80)}: {status_value(payload)}"
    if event_type == "porting_order.new_comment":
        comment = payload.get("comment")
        body = comment.get("body") if isinstance(comment, dict) else comment
        return f"Port-in {short(payload.get('support_key') or payload.get('porting_order_id'), 80)}: {short(body)}"
    if event_type == "portout.status_changed":
        numbers = payload.get("phone_numbers")
        numbers = ", ".join(short(n, 20) for n in numbers[:10]) if isinstance(numbers, list) else ""
        return (f"Port-out {short(payload.get('id'), 40)} {numbers}: {status_value(payload)} "
                f"{short(payload.get('rejection_reason'), 100)}").strip()
    if event_type == "portout.new_comment":
        return f"Port-out {short(payload.get('portout_id') or payload.get('id'), 40)}: {short(payload.get('comment'))}"
    return None


@csrf_exempt
@require_POST
def port_webhook(request):
    try:
        text = request.body.decode("utf-8")
        verify_webhook_signature(text, request.headers, PUBLIC_KEY)
    except (UnicodeDecodeError, WebhookVerificationError) as exc:
        log.warning("refused: %s", type(exc).__name__)
        return JsonResponse({"error": "invalid signature"}, status=401)
    try:
        event = json.loads(text)
    except (ValueError, RecursionError):
        return JsonResponse({"error": "invalid json"}, status=400)
    data = event.get("data") if isinstance(event, dict) else None
    if not isinstance(data, dict) or not isinstance(data.get("payload"), dict):
        return JsonResponse({"status": "ignored"})
    message, event_id = describe(data.get("event_type"), data["payload"]), data.get("id")
    if message is None:
        return JsonResponse({"status": "ignored"})
    ensure_worker()
    with lock:
        if isinstance(event_id, str):
            if event_id in seen:
                return JsonResponse({"status": "duplicate"})
            seen[event_id] = True
            while len(seen) > 20000:
                seen.popitem(last=False)
        try:
            news.put_nowait(message)
        except queue.Full:
            if isinstance(event_id, str):
                del seen[event_id]
            return JsonResponse({"status": "busy"}, status=503)
    return JsonResponse({"status": "ok"})


urlpatterns = [path(PATH.lstrip("/"), port_webhook)]
application = get_wsgi_application()
app = application
