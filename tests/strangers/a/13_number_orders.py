"""Number orders: when an order completes, put the new numbers on our messaging profile.

Single-file Django.  gunicorn "13_number_orders:application"
"""
import json
import logging
import os
import queue
import sqlite3
import tempfile
import threading

import django
from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.http import HttpResponse, JsonResponse
from django.urls import path
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST
from telnyx import Telnyx

PATH = "/telnyx/number-orders"
PROFILE_ID = os.environ.get("TELNYX_MESSAGING_PROFILE_ID", "")

if not settings.configured:
    settings.configure(
        DEBUG=False,
        SECRET_KEY=os.environ.get("DJANGO_SECRET_KEY") or os.urandom(32).hex(),
        ALLOWED_HOSTS=["*"],
        ROOT_URLCONF=__name__,
        MIDDLEWARE=["django.middleware.common.CommonMiddleware"],
        APPEND_SLASH=False,
        LOGGING_CONFIG=None,
    )
    django.setup()

log = logging.getLogger("number_orders")
client = Telnyx(timeout=10.0, max_retries=2)
client.webhooks.unsafe_unwrap('{"data": {}}')

db_lock = threading.Lock()
db = sqlite3.connect(os.path.join(tempfile.mkdtemp(prefix="orders-"), "orders.db"), check_same_thread=False)
db.executescript(
    """
    CREATE TABLE IF NOT EXISTS events (n INTEGER PRIMARY KEY AUTOINCREMENT, event_id TEXT UNIQUE);
    CREATE TABLE IF NOT EXISTS orders (order_id TEXT PRIMARY KEY, status TEXT, reference TEXT);
    CREATE TABLE IF NOT EXISTS numbers (phone_number TEXT PRIMARY KEY, order_id TEXT, status TEXT);
    """
)

assignments = queue.Queue()
_thread_lock, _thread = threading.Lock(), None


def clean(value):
    return None if value is None else str(value).encode("utf-8", "replace").decode()


def assign_numbers():
    while True:
        phone_number = assignments.get()
        try:
            client.phone_numbers.messaging.update(phone_number, messaging_profile_id=PROFILE_ID)
            log.info("%s is on the messaging profile", phone_number)
        except Exception:
            log.exception("could not assign %s", phone_number)


def enqueue(phone_number):
    global _thread
    with _thread_lock:
        if _thread is None or not _thread.is_alive():
            _thread = threading.Thread(target=assign_numbers, daemon=True)
            _thread.start()
    assignments.put(phone_number)


def store(event_id, order):
    """Record an order event; returns the numbers that became ours with it."""
    fresh = []
    with db_lock, db:
        if event_id:
            if db.execute("INSERT OR IGNORE INTO events (event_id) VALUES (?)", (event_id,)).rowcount == 0:
                return fresh
            db.execute("DELETE FROM events WHERE n <= (SELECT MAX(n) FROM events) - 5000")
        order_id, status = clean(order.get("id")), clean(order.get("status")) or "pending"
        db.execute(
            "INSERT INTO orders VALUES (?, ?, ?) ON CONFLICT (order_id) DO UPDATE SET status = excluded.status "
            "WHERE orders.status = 'pending'",
            (order_id, status, clean(order.get("customer_reference"))),
        )
        for item in order.get("phone_numbers") or []:
            number = clean(item.get("phone_number")) if isinstance(item, dict) else None
            if not number:
                continue
            row = db.execute(
                "INSERT INTO numbers VALUES (?, ?, ?) ON CONFLICT (phone_number) DO UPDATE SET "
                "status = excluded.status, order_id = excluded.order_id WHERE numbers.status <> 'success'",
                (number, order_id, clean(item.get("status")) or status),
            )
            if row.rowcount and (item.get("status") or status) == "success":
                fresh.append(number)
    return fresh


@csrf_exempt
@require_POST
def webhook(request):
    try:
        body = request.body.decode("utf-8")
        client.webhooks.unwrap(body, headers=request.headers)
    except Exception as exc:
        log.warning("webhook refused: %s", exc)
        return HttpResponse("invalid signature", status=401, content_type="text/plain")

    event = json.loads(body)
    data = event.get("data") if isinstance(event, dict) else None
    if not isinstance(data, dict) or data.get("event_type") != "number_order.complete":
        return JsonResponse({"status": "ignored"})
    order = data.get("payload")
    if not isinstance(order, dict):
        return JsonResponse({"status": "ignored"})

    fresh = store(clean(data.get("id")), order)
    if PROFILE_ID:
        for number in fresh:
            enqueue(number)
    return JsonResponse({"status": "ok"})


def health(request):
    return JsonResponse({"ok": True})


urlpatterns = [path(PATH.lstrip("/"), webhook), path("healthz", health)]
application = get_wsgi_application()
