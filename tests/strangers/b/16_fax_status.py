"""Outbound fax tracking for the claims department.

The claims application sends faxes through Telnyx and shows their state; this project receives the fax webhooks.
"""
import base64
import json
import logging
import os
import threading
import time
from collections import OrderedDict
from pathlib import Path

from django.conf import settings

BASE_DIR = Path(__file__).resolve().parent

if not settings.configured:
    settings.configure(
        BASE_DIR=BASE_DIR,
        DEBUG=False,
        SECRET_KEY=os.environ.get("DJANGO_SECRET_KEY", "claims-" + base64.b64encode(os.urandom(30)).decode()),
        ALLOWED_HOSTS=["*"],
        ROOT_URLCONF=__name__,
        INSTALLED_APPS=["django.contrib.contenttypes"],
        MIDDLEWARE=[
            "django.middleware.security.SecurityMiddleware",
            "django.middleware.csrf.CsrfViewMiddleware",
            "django.middleware.clickjacking.XFrameOptionsMiddleware",
        ],
        USE_TZ=True,
    )

import django  # noqa: E402

django.setup()

from django.core.wsgi import get_wsgi_application  # noqa: E402
from django.http import HttpResponse, JsonResponse  # noqa: E402
from django.urls import path  # noqa: E402
from django.utils.decorators import method_decorator  # noqa: E402
from django.views import View  # noqa: E402
from django.views.decorators.cache import never_cache  # noqa: E402
from nacl.exceptions import CryptoError  # noqa: E402
from nacl.signing import VerifyKey  # noqa: E402

logger = logging.getLogger("claims.fax")

PATH = "/claims/fax/events"
TOLERANCE = 300
VERIFY_KEY = VerifyKey(base64.b64decode(os.environ["TELNYX_PUBLIC_KEY"]))

ORDER = {"fax.queued": 1, "fax.media.processed": 2, "fax.sending.started": 3, "fax.delivered": 4, "fax.failed": 4}


class FaxBoard:
    """State of the last few thousand faxes."""

    def __init__(self, limit=5000):
        self.limit = limit
        self.lock = threading.Lock()
        self.events = OrderedDict()
        self.faxes = OrderedDict()

    def apply(self, event_id, event_type, payload):
        fax_id = payload.get("fax_id")
        with self.lock:
            if event_id in self.events:
                return "duplicate"
            self.events[event_id] = True
            while len(self.events) > 4 * self.limit:
                self.events.popitem(last=False)
            step = ORDER.get(event_type)
            if step is None or not isinstance(fax_id, str):
                return "ignored"
            known = self.faxes.get(fax_id)
            if known and known["step"] >= step:
                return "late"
            self.faxes[fax_id] = {
                "step": step,
                "status": event_type.split(".", 1)[1],
                "to": payload.get("to"),
                "pages": payload.get("page_count"),
                "reason": payload.get("failure_reason"),
                "claim": self.claim(payload.get("client_state")),
            }
            while len(self.faxes) > self.limit:
                self.faxes.popitem(last=False)
        return "ok"

    @staticmethod
    def claim(client_state):
        try:
            return base64.b64decode(client_state or "", validate=True).decode("utf-8", "replace") or None
        except (ValueError, TypeError):
            return None


board = FaxBoard()


def signed_by_telnyx(request):
    timestamp = request.headers.get("telnyx-timestamp", "")
    signature = request.headers.get("telnyx-signature-ed25519", "")
    try:
        if len(timestamp) > 15 or abs(time.time() - int(timestamp)) > TOLERANCE:
            return False
        VERIFY_KEY.verify(timestamp.encode() + b"|" + request.body, base64.b64decode(signature, validate=True))
    except (CryptoError, ValueError):
        return False
    return True


@method_decorator(never_cache, name="dispatch")
class FaxEvents(View):
    http_method_names = ["post"]

    def post(self, request):
        if not signed_by_telnyx(request):
            return HttpResponse("invalid signature", status=401)
        try:
            data = json.loads(request.body)["data"]
            event_id, event_type, payload = data["id"], str(data.get("event_type")), dict(data.get("payload") or {})
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
            return HttpResponse("not an event", status=400)
        result = board.apply(str(event_id), event_type, payload)
        logger.info("%s: %s", event_type, result)
        return JsonResponse({"result": result})


urlpatterns = [path(PATH.lstrip("/"), FaxEvents.as_view(), name="fax-events")]
application = get_wsgi_application()
app = application
