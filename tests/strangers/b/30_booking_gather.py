"""Table booking by phone.

The TeXML document asks for name, day and party size with <AIGather>; Telnyx posts the result to the action URL below
and we confirm the booking to the caller.
"""
import base64
import json
import logging
import os
import re
import sqlite3
import tempfile
import threading
import time
from xml.sax.saxutils import escape

from django.conf import settings

if not settings.configured:
    settings.configure(
        DEBUG=False,
        SECRET_KEY=os.environ.get("SECRET_KEY") or os.urandom(32).hex(),
        ALLOWED_HOSTS=["*"],
        ROOT_URLCONF=__name__,
        MIDDLEWARE=[],
        USE_TZ=True,
    )

import django  # noqa: E402

django.setup()

from django.core.wsgi import get_wsgi_application  # noqa: E402
from django.http import HttpResponse, QueryDict  # noqa: E402
from django.urls import path  # noqa: E402
from django.views.decorators.csrf import csrf_exempt  # noqa: E402
from django.views.decorators.http import require_POST  # noqa: E402
from nacl.exceptions import CryptoError  # noqa: E402
from nacl.signing import VerifyKey  # noqa: E402

log = logging.getLogger("booking")

PATH = "/texml/booking"
DONE = PATH + "/result"
TOLERANCE = 300
VERIFY_KEY = VerifyKey(base64.b64decode(os.environ["TELNYX_PUBLIC_KEY"]))
RESTAURANT = os.environ.get("RESTAURANT_NAME", "Trattoria Da Nino")

SCHEMA = {
    "type": "object",
    "properties": {
        "name": {"type": "string", "description": "name of the guest"},
        "day": {"type": "string", "description": "day of the booking"},
        "people": {"type": "integer", "description": "number of guests"},
    },
    "required": ["name", "day", "people"],
}

_lock = threading.Lock()
_db = sqlite3.connect(os.path.join(tempfile.mkdtemp(prefix="booking-"), "bookings.db"), check_same_thread=False)
_db.execute("CREATE TABLE bookings (id INTEGER PRIMARY KEY, call TEXT, phone TEXT, name TEXT, day TEXT, people TEXT)")


def speakable(value):
    return re.sub(r"[^\t\n\r\x20-\uD7FF\uE000-\uFFFD\U00010000-\U0010FFFF]", "", str(value))[:120]


def texml(*verbs):
    return HttpResponse('<?xml version="1.0" encoding="UTF-8"?><Response>' + "".join(verbs) + "</Response>",
                        content_type="application/xml")


def say(words):
    return f"<Say>{escape(speakable(words))}</Say>"


def signed(view):
    @csrf_exempt
    @require_POST
    def checked(request):
        stamp = request.headers.get("Telnyx-Timestamp", "")
        signature = request.headers.get("Telnyx-Signature-Ed25519", "")
        try:
            if len(stamp) > 15 or abs(time.time() - int(stamp)) > TOLERANCE:
                return HttpResponse("stale", status=403)
            VERIFY_KEY.verify(stamp.encode() + b"|" + request.body, base64.b64decode(signature, validate=True))
        except (CryptoError, ValueError):
            return HttpResponse("invalid signature", status=403)
        return view(request, QueryDict(request.body.decode("utf-8", "replace")))
    return checked


@signed
def start(request, form):
    return texml(
        f'<AIGather action="{DONE}" method="POST">'
        f"<Greeting>{escape(f'Welcome to {RESTAURANT}. For when and how many people would you like a table?')}</Greeting>"
        f"<Parameters><![CDATA[{json.dumps(SCHEMA)}]]></Parameters>"
        "</AIGather>",
        say("Goodbye."),
    )


@signed
def result(request, form):
    answer = json.loads(base64.b64decode(form["Base64Result"]).decode("ascii"))
    booking = answer.get("result") if isinstance(answer.get("result"), dict) else answer
    name, day, people = booking.get("name"), booking.get("day"), booking.get("people")
    if form.get("Status") != "valid" or not (name and day and people):
        return texml(say("I am sorry, I could not write that down. Please call again."), "<Hangup/>")
    with _lock, _db:
        _db.execute("INSERT INTO bookings (call, phone, name, day, people) VALUES (?,?,?,?,?)",
                    (form.get("CallSid"), form.get("From"), speakable(name), speakable(day), speakable(people)))
    return texml(say(f"Thank you {name}. A table for {people} on {day} is booked. See you soon!"), "<Hangup/>")


urlpatterns = [path(PATH.lstrip("/"), start), path(DONE.lstrip("/"), result)]
application = get_wsgi_application()
app = application
