"""Internal JSON API of the practice software: queue appointment reminders, list them, cancel them.

Reminders go out as text messages through Telnyx. This service is only called by our own front end.
"""
import hmac
import json
import os
import threading
import uuid
from datetime import datetime, timezone

import requests
from django.conf import settings

if not settings.configured:
    settings.configure(
        DEBUG=False,
        SECRET_KEY=os.environ.get("DJANGO_SECRET_KEY") or uuid.uuid4().hex * 2,
        ALLOWED_HOSTS=["*"],
        ROOT_URLCONF=__name__,
        MIDDLEWARE=["django.middleware.security.SecurityMiddleware"],
        USE_TZ=True,
    )

import django  # noqa: E402

django.setup()

from django.core.wsgi import get_wsgi_application  # noqa: E402
from django.http import JsonResponse  # noqa: E402
from django.urls import path  # noqa: E402
from django.views.decorators.csrf import csrf_exempt  # noqa: E402
from django.views.decorators.http import require_http_methods  # noqa: E402

PATH = "/api/v1/reminders"
API_TOKEN = os.environ.get("REMINDERS_TOKEN", "")
FROM_NUMBER = os.environ.get("TELNYX_FROM_NUMBER", "+15550100100")

_lock = threading.Lock()
_reminders: dict = {}


def authorised(request) -> bool:
    given = request.headers.get("Authorization", "")
    return bool(API_TOKEN) and hmac.compare_digest(given.encode(), f"Bearer {API_TOKEN}".encode())


def error(status: int, text: str) -> JsonResponse:
    return JsonResponse({"error": text}, status=status)


def send_sms(to: str, text: str):
    """Message id, or None when Telnyx did not take it."""
    try:
        answer = requests.post(
            "https://api.telnyx.com/v2/messages",
            headers={"Authorization": f"Bearer {os.environ.get('TELNYX_API_KEY', '')}"},
            json={"from": FROM_NUMBER, "to": to, "text": text},
            timeout=10,
        )
        if answer.status_code >= 400:
            return None
        body = answer.json()
    except (requests.RequestException, ValueError):
        return None
    data = body.get("data") if isinstance(body, dict) else None
    return data.get("id") if isinstance(data, dict) else None


@csrf_exempt
@require_http_methods(["GET", "POST"])
def reminders(request):
    if not authorised(request):
        return error(401, "unauthorized")
    if request.method == "GET":
        with _lock:
            return JsonResponse({"reminders": list(_reminders.values())[-200:]})
    try:
        body = json.loads(request.body)
    except (ValueError, RecursionError):
        return error(400, "body is not JSON")
    if not isinstance(body, dict):
        return error(400, "body must be an object")
    to, text = body.get("to"), body.get("text")
    if not isinstance(to, str) or not to.startswith("+") or not to[1:].isdecimal():
        return error(422, "to must be an E.164 number")
    if not isinstance(text, str) or not text.strip() or len(text) > 1000:
        return error(422, "text must have 1 to 1000 characters")
    entry = {"id": str(uuid.uuid4()), "to": to, "text": text, "status": "queued",
             "created_at": datetime.now(timezone.utc).isoformat()}
    message_id = send_sms(to, text)
    entry["status"] = "sent" if message_id else "failed"
    entry["message_id"] = message_id
    with _lock:
        _reminders[entry["id"]] = entry
        while len(_reminders) > 5000:
            _reminders.pop(next(iter(_reminders)))
    return JsonResponse(entry, status=201 if message_id else 502)


@csrf_exempt
@require_http_methods(["DELETE"])
def reminder(request, reminder_id):
    if not authorised(request):
        return error(401, "unauthorized")
    with _lock:
        if _reminders.pop(str(reminder_id), None) is None:
            return error(404, "no such reminder")
    return JsonResponse({"deleted": str(reminder_id)})


urlpatterns = [
    path(PATH.lstrip("/"), reminders),
    path(PATH.lstrip("/") + "/<uuid:reminder_id>", reminder),
]
application = get_wsgi_application()
app = application
