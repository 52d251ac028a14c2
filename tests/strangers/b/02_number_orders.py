"""Follow number orders and put finished numbers on our voice connection.

    gunicorn "02_number_orders:application"
"""
import base64
import binascii
import json
import logging
import os
import queue
import sqlite3
import tempfile
import threading
import time
from contextlib import closing

import requests
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from django.conf import settings

if not settings.configured:
    settings.configure(
        DEBUG=False,
        SECRET_KEY=os.environ.get("DJANGO_SECRET_KEY") or os.urandom(32).hex(),
        ALLOWED_HOSTS=["*"],
        ROOT_URLCONF=__name__,
        MIDDLEWARE=[],
        USE_TZ=True,
    )

import django  # noqa: E402

django.setup()

from django.core.wsgi import get_wsgi_application  # noqa: E402
from django.http import HttpResponse, JsonResponse  # noqa: E402
from django.urls import path  # noqa: E402
from django.views.decorators.csrf import csrf_exempt  # noqa: E402
from django.views.decorators.http import require_POST  # noqa: E402

log = logging.getLogger("number_orders")

PATH = "/hooks/number-orders"
TOLERANCE = 300
KEEP_EVENTS = 7 * 24 * 3600
CONNECTION_ID = os.environ.get("VOICE_CONNECTION_ID", "")
PUBLIC_KEY = Ed25519PublicKey.from_public_bytes(base64.b64decode(os.environ["TELNYX_PUBLIC_KEY"]))
DB_FILE = os.path.join(tempfile.mkdtemp(prefix="orders-"), "orders.sqlite3")
JOBS: "queue.Queue[str]" = queue.Queue(maxsize=5000)
FINAL = ("success", "failure")


def db():
    return sqlite3.connect(DB_FILE, timeout=1.5)


with closing(db()) as conn, conn:
    conn.execute("CREATE TABLE seen (event_id TEXT PRIMARY KEY, at REAL)")
    conn.execute("CREATE TABLE orders (order_id TEXT PRIMARY KEY, status TEXT, reference TEXT)")
    conn.execute("CREATE TABLE numbers (number TEXT PRIMARY KEY, order_id TEXT, status TEXT)")


def genuine(request) -> bool:
    stamp = request.headers.get("telnyx-timestamp", "")
    signature = request.headers.get("telnyx-signature-ed25519", "")
    if not stamp or not signature or len(stamp) > 12:
        return False
    try:
        if abs(time.time() - int(stamp)) > TOLERANCE:
            return False
        PUBLIC_KEY.verify(base64.b64decode(signature, validate=True), stamp.encode() + b"|" + request.body)
    except (ValueError, binascii.Error, InvalidSignature):
        return False
    return True


def worker():
    http = requests.Session()
    http.headers["Authorization"] = "Bearer " + os.environ.get("TELNYX_API_KEY", "")
    while True:
        number = JOBS.get()
        try:
            answer = http.patch(
                f"https://api.telnyx.com/v2/phone_numbers/{requests.utils.quote(number, safe='')}",
                json={"connection_id": CONNECTION_ID}, timeout=10,
            )
            if answer.status_code >= 400:
                log.error("configuring %s failed: %s", number, answer.status_code)
        except requests.RequestException as exc:
            log.error("configuring %s failed: %s", number, type(exc).__name__)
        except Exception:
            log.exception("configuring %s failed", number)


threading.Thread(target=worker, name="number-config", daemon=True).start()


def text(value) -> str:
    return str(value or "").encode("utf-8", "replace").decode()[:100]


def order_complete(conn, payload) -> list:
    """Write the order down; gives the numbers that are new and ready."""
    order_id, status = text(payload.get("id")), text(payload.get("status")) or "pending"
    if not order_id:
        return []
    row = conn.execute("SELECT status FROM orders WHERE order_id = ?", (order_id,)).fetchone()
    if not (row and row[0] in FINAL and status not in FINAL):        # a late "pending" must not undo a result
        conn.execute("INSERT OR REPLACE INTO orders VALUES (?,?,?)",
                     (order_id, status, json.dumps(payload.get("customer_reference"))))
    ready = []
    for item in payload.get("phone_numbers") or []:
        number = text(item.get("phone_number")) if isinstance(item, dict) else ""
        if not number or item.get("status") != "success":
            continue
        fresh = conn.execute("INSERT OR IGNORE INTO numbers VALUES (?,?,'success')", (number, order_id))
        if fresh.rowcount:
            ready.append(number)
    return ready


@csrf_exempt
@require_POST
def number_order_hook(request):
    if not genuine(request):
        return HttpResponse("bad signature", status=401)
    try:
        data = json.loads(request.body)["data"]
        event_id, kind, payload = text(data["id"]), data.get("event_type"), data.get("payload")
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return JsonResponse({"status": "not an event"})
    ready = []
    with closing(db()) as conn, conn:
        if not conn.execute("INSERT OR IGNORE INTO seen VALUES (?,?)", (event_id, time.time())).rowcount:
            return JsonResponse({"status": "duplicate"})
        conn.execute("DELETE FROM seen WHERE at < ?", (time.time() - KEEP_EVENTS,))
        if kind == "number_order.complete" and isinstance(payload, dict):
            ready = order_complete(conn, payload)
    for number in ready if CONNECTION_ID else []:
        try:
            JOBS.put_nowait(number)
        except queue.Full:
            log.error("no room to configure %s", number)
    return JsonResponse({"status": "ok"})


urlpatterns = [path(PATH.lstrip("/"), number_order_hook)]
application = get_wsgi_application()
app = application
