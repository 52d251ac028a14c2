"""A Telnyx receiver in Django, in one module: verifies, and replies to each incoming message once.

Deploy ``app:wsgi`` (gunicorn) or ``app:asgi`` (uvicorn).
"""

import json
import os

import django
from django.conf import settings
from django.core.asgi import get_asgi_application
from django.core.cache import cache
from django.core.wsgi import get_wsgi_application
from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST
from telnyx import APIConnectionError, APIStatusError, InternalServerError, RateLimitError, Telnyx

settings.configure(
    ROOT_URLCONF=__name__,
    SECRET_KEY=os.environ.get("SECRET_KEY", "only-for-tests"),
    ALLOWED_HOSTS=["localhost", "127.0.0.1"],
    MIDDLEWARE=["django.middleware.csrf.CsrfViewMiddleware"],
    # In production, all processes share the cache: Redis, memcached, or a table.
    CACHES={"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}},
)
django.setup()

telnyx = Telnyx(
    api_key=os.environ["TELNYX_API_KEY"],
    public_key=os.environ["TELNYX_PUBLIC_KEY"],
    max_retries=0,  # Telnyx waits two seconds for an answer, then delivers again
    timeout=1,
)
unwrap = telnyx.webhooks.unwrap  # load it at start-up: this takes a second

DAY = 24 * 60 * 60


@csrf_exempt  # Telnyx has no CSRF cookie; its signature identifies it
@require_POST
def receive(request: HttpRequest) -> HttpResponse:
    """Refuse forged requests; reply to messages; acknowledge the rest."""
    try:
        body = request.body.decode()
        unwrap(body, headers=dict(request.headers))
    except Exception:  # ValueError, or OverflowError for a timestamp of 400 digits
        return HttpResponse(status=401)
    match json.loads(body):
        case {
            "data": {
                "event_type": "message.received",
                "id": str(event_id),
                "payload": {
                    "from": {"phone_number": str(sender)},
                    "to": [{"phone_number": str(us)}, *_],
                },
            }
        }:
            return HttpResponse(status=reply(event_id, sender, us))
    return HttpResponse()


def reply(event_id: str, sender: str, us: str) -> int:
    """Reply to a message once, even if its event is delivered again.

    Returns the status for Telnyx.
    """
    note = f"telnyx-{event_id}"
    if not cache.add(note, True, timeout=DAY):  # checks and stores in one step
        return 200
    try:
        telnyx.messages.send(from_=us, to=sender, text="Your table is booked.")
    except (APIConnectionError, InternalServerError, RateLimitError):
        cache.delete(note)
        return 503  # another delivery may succeed
    except APIStatusError:
        pass  # for example, the number accepts no messages: trying again is useless
    return 200


urlpatterns = [path("webhooks", receive)]
wsgi = get_wsgi_application()
asgi = get_asgi_application()
