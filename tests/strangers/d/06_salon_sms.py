"""SMS keywords of a hair salon: HOURS, PRICES, HELP. One-file Django app."""
import json
import logging
import os
import secrets
import threading
from collections import OrderedDict

import django
import telnyx
from django.conf import settings

if not settings.configured:
    settings.configure(
        DEBUG=False,
        SECRET_KEY=os.environ.get("DJANGO_SECRET_KEY") or secrets.token_urlsafe(40),
        ALLOWED_HOSTS=os.environ.get("DJANGO_ALLOWED_HOSTS", "*").split(","),
        ROOT_URLCONF=__name__,
        MIDDLEWARE=["django.middleware.common.CommonMiddleware"],
        USE_TZ=True,
    )
    django.setup()

from django.core.wsgi import get_wsgi_application  # noqa: E402
from django.http import JsonResponse  # noqa: E402
from django.urls import path  # noqa: E402
from django.views.decorators.csrf import csrf_exempt  # noqa: E402
from django.views.decorators.http import require_POST  # noqa: E402

logger = logging.getLogger("salon")

telnyx_client = telnyx.Telnyx(
    api_key=os.environ["TELNYX_API_KEY"],
    public_key=os.environ["TELNYX_PUBLIC_KEY"],
    timeout=1.0,
    max_retries=0,
)

SALON = os.environ.get("SALON_NAME", "Salon Élodie")
ANSWERS = {
    "HOURS": f"{SALON}: Tue-Fri 9-18, Sat 9-14.",
    "PRICES": f"{SALON}: cut 39, colour from 65, beard 18.",
    "HELP": f"{SALON}: send HOURS or PRICES, or call us.",
}
CARRIER_WORDS = {"STOP", "STOPALL", "UNSUBSCRIBE", "CANCEL", "END", "QUIT", "START", "UNSTOP"}

_lock = threading.Lock()
_handled = OrderedDict()


def claim(event_id):
    with _lock:
        if event_id in _handled:
            return False
        _handled[event_id] = None
        if len(_handled) > 50000:
            _handled.popitem(last=False)
        return True


def forget(event_id):
    with _lock:
        _handled.pop(event_id, None)


def number_of(value):
    if isinstance(value, dict):
        value = value.get("phone_number")
    return value if isinstance(value, str) and value.isascii() else ""


def answer_for(text):
    if not isinstance(text, str):
        return ANSWERS["HELP"]
    words = text.split()
    first = words[0].strip(".,!?").upper() if words else ""
    if first in CARRIER_WORDS:
        return None
    return ANSWERS.get(first, ANSWERS["HELP"])


def reply(payload, event_id):
    """Returns False when Telnyx should deliver the event again."""
    if payload.get("direction", "inbound") != "inbound":
        return True
    sender = number_of(payload.get("from"))
    to = payload.get("to")
    ours = number_of(to[0]) if isinstance(to, list) and to else number_of(to)
    if not sender or not ours or sender == ours:
        return True
    text = answer_for(payload.get("text"))
    if text is None:
        return True
    try:
        telnyx_client.messages.send(
            from_=ours, to=sender, text=text, idempotency_key=event_id
        )
    except telnyx.APIStatusError as exc:
        if exc.status_code in (408, 429) or exc.status_code >= 500:
            return False
        logger.warning("reply refused with %s", exc.status_code)
    except telnyx.APIConnectionError:
        return False
    except Exception:
        logger.exception("reply could not be built")
    return True


@csrf_exempt
@require_POST
def sms_webhook(request):
    try:
        body = request.body.decode("utf-8")
        telnyx_client.webhooks.unwrap(body, headers=request.headers)
    except Exception:
        return JsonResponse({"error": "forbidden"}, status=403)

    event = json.loads(body)
    data = event.get("data") if isinstance(event, dict) else None
    if not isinstance(data, dict) or data.get("event_type") != "message.received":
        return JsonResponse({"status": "ignored"})
    event_id, payload = data.get("id"), data.get("payload")
    if not isinstance(event_id, str) or not event_id.isascii() or not isinstance(payload, dict):
        return JsonResponse({"status": "ignored"})

    if not claim(event_id):
        return JsonResponse({"status": "duplicate"})
    if not reply(payload, event_id):
        forget(event_id)
        return JsonResponse({"error": "temporarily unavailable"}, status=503)
    return JsonResponse({"status": "ok"})


urlpatterns = [path("telnyx/sms/", sms_webhook)]

application = get_wsgi_application()
