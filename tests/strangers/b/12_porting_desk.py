"""Porting desk: a small Django app that mirrors the state of port-in orders for the support team."""
import base64
import json
import logging
import os
import tempfile
import time

import django
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from django.conf import settings

if not settings.configured:
    settings.configure(
        DEBUG=False,
        SECRET_KEY=os.environ.get("DJANGO_SECRET_KEY", "porting-desk-" + os.urandom(24).hex()),
        ALLOWED_HOSTS=["*"],
        ROOT_URLCONF=__name__,
        INSTALLED_APPS=[],
        MIDDLEWARE=[],
        DATABASES={
            "default": {
                "ENGINE": "django.db.backends.sqlite3",
                "NAME": os.path.join(tempfile.mkdtemp(prefix="porting-"), "porting.sqlite3"),
                "OPTIONS": {"timeout": 2, "transaction_mode": "IMMEDIATE"},
            }
        },
        DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
        USE_TZ=True,
    )
django.setup()

from django.core.wsgi import get_wsgi_application  # noqa: E402
from django.db import connection, models, transaction  # noqa: E402
from django.http import HttpResponseForbidden, JsonResponse  # noqa: E402
from django.urls import path  # noqa: E402
from django.views.decorators.csrf import csrf_exempt  # noqa: E402
from django.views.decorators.http import require_POST  # noqa: E402

log = logging.getLogger("porting")
PATH = "/webhooks/porting/"
PUBLIC_KEY = os.environ["TELNYX_PUBLIC_KEY"]
MAX_AGE = 300


class SeenEvent(models.Model):
    event_id = models.CharField(max_length=64, primary_key=True)
    created = models.DateTimeField(auto_now_add=True)

    class Meta:
        app_label = "porting"


class PortingOrder(models.Model):
    order_id = models.CharField(max_length=64, primary_key=True)
    support_key = models.CharField(max_length=40, blank=True)
    reference = models.CharField(max_length=200, blank=True)
    status = models.CharField(max_length=32, default="draft")
    updated_at = models.CharField(max_length=40, blank=True)

    class Meta:
        app_label = "porting"


class Comment(models.Model):
    comment_id = models.CharField(max_length=64, primary_key=True)
    order = models.ForeignKey(PortingOrder, on_delete=models.CASCADE)
    author = models.CharField(max_length=16, blank=True)
    body = models.CharField(max_length=255)

    class Meta:
        app_label = "porting"


with connection.schema_editor() as editor:
    for model in (SeenEvent, PortingOrder, Comment):
        editor.create_model(model)


def text(value):
    return "" if value is None else str(value).encode("utf-8", "replace").decode()


def signature_ok(request):
    signature = request.headers.get("Telnyx-Signature-Ed25519", "")
    timestamp = request.headers.get("Telnyx-Timestamp", "")
    try:
        if time.time() - int(timestamp[:20]) > MAX_AGE:
            return False
        key = Ed25519PublicKey.from_public_bytes(base64.b64decode(PUBLIC_KEY))
        key.verify(base64.b64decode(signature, validate=True), timestamp.encode() + b"|" + request.body)
    except (ValueError, InvalidSignature):
        return False
    return True


def on_status_changed(payload):
    status = payload["status"].replace("-", "_").lower()
    order, _ = PortingOrder.objects.get_or_create(order_id=text(payload.get("id")))
    updated_at = text(payload.get("updated_at"))
    if order.updated_at and updated_at < order.updated_at:
        return
    order.status = status
    order.updated_at = updated_at
    order.support_key = text(payload.get("support_key"))[:40]
    order.reference = text(payload.get("customer_reference"))[:200]
    order.full_clean()
    order.save()


def on_new_comment(payload):
    comment = payload.get("comment")
    if not isinstance(comment, dict) or not comment.get("id"):
        return
    order, _ = PortingOrder.objects.get_or_create(order_id=text(payload.get("porting_order_id")))
    if Comment.objects.filter(comment_id=text(comment.get("id"))).exists():
        return
    entry = Comment(
        comment_id=text(comment.get("id")),
        order=order,
        author=text(comment.get("user_type"))[:16],
        body=text(comment.get("body")) or "(empty)",
    )
    entry.full_clean()
    entry.save(force_insert=True)


HANDLERS = {
    "porting_order.status_changed": on_status_changed,
    "porting_order.new_comment": on_new_comment,
}


@csrf_exempt
@require_POST
def porting_webhook(request):
    if not signature_ok(request):
        return HttpResponseForbidden("invalid signature")
    try:
        data = json.loads(request.body)["data"]
        handler = HANDLERS.get(data.get("event_type"))
        event_id = text(data["id"])[:64]
        payload = data.get("payload") or {}
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return JsonResponse({"status": "unreadable"}, status=400)
    if handler is None:
        return JsonResponse({"status": "ignored"})
    with transaction.atomic():
        _, fresh = SeenEvent.objects.get_or_create(event_id=event_id)
        if fresh:
            handler(payload)
    return JsonResponse({"status": "ok" if fresh else "duplicate"})


urlpatterns = [path(PATH.lstrip("/"), porting_webhook)]
application = get_wsgi_application()
app = application
