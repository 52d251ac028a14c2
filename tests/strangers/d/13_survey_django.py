"""Customer survey by phone: three questions, digits 1 to 5. Django in a single file.

    TELNYX_API_KEY=... TELNYX_PUBLIC_KEY=... gunicorn 13_survey_django:application --threads 8
"""
import base64
import json
import logging
import os
import sqlite3
import tempfile
import threading
import time
from collections import OrderedDict
from contextlib import closing

import django
import nacl.exceptions
import nacl.signing
import telnyx
from django.conf import settings

if not settings.configured:
    settings.configure(
        DEBUG=False,
        SECRET_KEY=os.environ.get("SECRET_KEY", base64.b64encode(os.urandom(32)).decode()),
        ALLOWED_HOSTS=["*"],
        ROOT_URLCONF=__name__,
        MIDDLEWARE=[],
    )
    django.setup()

from django.core.wsgi import get_wsgi_application  # noqa: E402
from django.http import HttpResponse, JsonResponse  # noqa: E402
from django.urls import path  # noqa: E402
from django.views.decorators.csrf import csrf_exempt  # noqa: E402
from django.views.decorators.http import require_POST  # noqa: E402

log = logging.getLogger("survey")

VERIFY_KEY = nacl.signing.VerifyKey(base64.b64decode(os.environ["TELNYX_PUBLIC_KEY"]))
client = telnyx.Telnyx(api_key=os.environ["TELNYX_API_KEY"], timeout=1.0, max_retries=0)
DB = os.environ.get("SURVEY_DB") or os.path.join(tempfile.mkdtemp(prefix="survey-"), "survey.db")

QUESTIONS = [
    "How satisfied are you with our service? Press 1 for not at all to 5 for very.",
    "How friendly was our staff? Press 1 to 5.",
    "How likely would you recommend us? Press 1 to 5.",
]

with closing(sqlite3.connect(DB)) as db, db:
    db.execute("CREATE TABLE IF NOT EXISTS results (caller TEXT, answers TEXT, at REAL)")

lock = threading.Lock()
seen_events = OrderedDict()
finished_calls = OrderedDict()
answers = {}


class Temporary(Exception):
    pass


def already_seen(event_id):
    with lock:
        if event_id in seen_events:
            return True
        seen_events[event_id] = time.time()
        while len(seen_events) > 20000:
            seen_events.popitem(last=False)
        return False


def is_authentic(request):
    timestamp = request.headers.get("telnyx-timestamp", "")
    try:
        if abs(time.time() - int(timestamp)) > 300:
            return False
        signature = base64.b64decode(request.headers.get("telnyx-signature-ed25519", ""))
        VERIFY_KEY.verify(timestamp.encode() + b"|" + request.body, signature)
    except (nacl.exceptions.BadSignatureError, ValueError, OverflowError, TypeError):
        return False
    return True


def send(command, call_id, **params):
    try:
        command(call_id, **params)
    except telnyx.APIStatusError as exc:
        if exc.status_code in (408, 429) or exc.status_code >= 500:
            raise Temporary() from exc
        log.info("refused: %s", exc.status_code)
    except telnyx.APIConnectionError as exc:
        raise Temporary() from exc


def ask(call_id, number, event_id):
    send(
        client.calls.actions.gather_using_speak,
        call_id,
        payload=QUESTIONS[number],
        voice="female",
        language="en-US",
        valid_digits="12345",
        maximum_digits=1,
        command_id=event_id,
    )


def on_event(event_type, event_id, payload):
    call_id = payload.get("call_control_id")
    if not isinstance(call_id, str) or not call_id:
        return
    caller = payload.get("from")
    if not isinstance(caller, str):
        caller = call_id

    if event_type == "call.hangup":
        with lock:
            finished_calls[call_id] = True
            while len(finished_calls) > 20000:
                finished_calls.popitem(last=False)
            given = answers.pop(caller, None)
        if given:
            with closing(sqlite3.connect(DB, timeout=1)) as db, db:
                db.execute(
                    "INSERT INTO results VALUES (?, ?, ?)", (caller, json.dumps(given), time.time())
                )
        return

    with lock:
        if call_id in finished_calls:
            return

    if event_type == "call.initiated":
        if payload.get("direction") == "incoming":
            with lock:
                answers[caller] = []
            send(client.calls.actions.answer, call_id, command_id=event_id)
    elif event_type == "call.answered":
        with lock:
            known = caller in answers
            if not known and payload.get("direction") == "incoming":
                answers[caller] = []
                known = True
        if known:
            ask(call_id, 0, event_id)
    elif event_type == "call.gather.ended":
        if payload.get("status") == "call_hangup":
            return
        digits = payload.get("digits")
        with lock:
            given = answers.get(caller)
            if given is None:
                return
            if len(given) < len(QUESTIONS):
                given.append(digits if isinstance(digits, str) and digits else None)
            next_question = len(given)
        if next_question < len(QUESTIONS):
            ask(call_id, next_question, event_id)
        else:
            send(client.calls.actions.hangup, call_id, command_id=event_id)


@csrf_exempt
@require_POST
def webhook(request):
    if not is_authentic(request):
        return HttpResponse(status=401)
    try:
        event = json.loads(request.body)
    except (ValueError, RecursionError):
        return JsonResponse({"ok": True})
    data = event.get("data") if isinstance(event, dict) else None
    if not isinstance(data, dict):
        return JsonResponse({"ok": True})
    event_id, payload = data.get("id"), data.get("payload")
    if not isinstance(event_id, str) or not isinstance(payload, dict):
        return JsonResponse({"ok": True})
    if already_seen(event_id):
        return JsonResponse({"ok": True, "duplicate": True})
    try:
        on_event(data.get("event_type"), event_id, payload)
    except Temporary:
        log.warning("Telnyx API not available, asking for redelivery of %s", event_id)
        return JsonResponse({"error": "temporary"}, status=503)
    return JsonResponse({"ok": True})


urlpatterns = [path("survey/webhook", webhook)]
application = get_wsgi_application()
