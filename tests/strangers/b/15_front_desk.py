"""Front desk menu on TeXML (Starlette).

POST /texml/front-desk          instruction request of an incoming call
POST /texml/front-desk/menu     Gather action
POST /texml/front-desk/status   status callback

Every request must carry a valid Telnyx signature over the raw, still encoded form.
"""
import base64
import logging
import os
import re
import time
from collections import Counter, OrderedDict
from urllib.parse import parse_qsl
from xml.sax.saxutils import escape, quoteattr

from nacl.exceptions import CryptoError
from nacl.signing import VerifyKey
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

log = logging.getLogger("front-desk")

PATH = "/texml/front-desk"
TOLERANCE = 300
MAX_BODY = 128 * 1024
VERIFY_KEY = VerifyKey(base64.b64decode(os.environ["TELNYX_PUBLIC_KEY"]))
COMPANY = os.environ.get("COMPANY_NAME", "Miller & Sons")
EXTENSIONS = {
    "1": ("sales", os.environ.get("SALES_NUMBER", "+15550100101")),
    "2": ("support", os.environ.get("SUPPORT_NUMBER", "+15550100102")),
}
NOT_XML = re.compile(r"[^\t\n\r\x20-\uD7FF\uE000-\uFFFD\U00010000-\U0010FFFF]")

call_states: Counter = Counter()
seen: "OrderedDict[tuple, None]" = OrderedDict()


def say(words: str) -> str:
    return f"<Say>{escape(NOT_XML.sub('', words))}</Say>"


def texml(*verbs: str) -> Response:
    return Response('<?xml version="1.0" encoding="UTF-8"?><Response>' + "".join(verbs) + "</Response>",
                    media_type="application/xml")


def signature_valid(request: Request, raw: bytes) -> bool:
    stamp = request.headers.get("telnyx-timestamp", "")
    signature = request.headers.get("telnyx-signature-ed25519", "")
    if not re.fullmatch("[0-9]{1,12}", stamp) or abs(time.time() - int(stamp)) > TOLERANCE:
        return False
    try:
        VERIFY_KEY.verify(stamp.encode("ascii") + b"|" + raw, base64.b64decode(signature, validate=True))
    except (CryptoError, ValueError):
        return False
    return True


async def signed_form(request: Request) -> dict:
    raw = b""
    async for chunk in request.stream():
        raw += chunk
        if len(raw) > MAX_BODY:
            raise HTTPException(413)
    if not signature_valid(request, raw):
        raise HTTPException(403, "invalid signature")
    form: dict = {}
    for name, value in parse_qsl(raw.decode("utf-8", "replace"), keep_blank_values=True):
        form.setdefault(name, value)
    return form


def menu(attempt: int) -> str:
    action = quoteattr(f"{PATH}/menu?attempt={attempt}")
    return (f'<Gather action={action} numDigits="1" timeout="6" validDigits="12">'
            + say("For sales, press 1. For support, press 2.") + "</Gather>")


async def front_desk(request: Request):
    form = await signed_form(request)
    log.info("call %s to %s", form.get("CallSid"), form.get("To"))
    return texml(say(f"Welcome to {COMPANY}."), menu(1), say("We did not hear you. Goodbye."), "<Hangup/>")


async def menu_choice(request: Request):
    form = await signed_form(request)
    attempt = request.query_params.get("attempt", "1")
    attempt = int(attempt) if re.fullmatch("[0-9]", attempt) else 1
    chosen = EXTENSIONS.get(form.get("Digits", ""))
    if chosen:
        name, number = chosen
        return texml(say(f"Connecting you to {name}."), f'<Dial timeout="20"><Number>{escape(number)}</Number></Dial>',
                     say("Thank you for calling. Goodbye."), "<Hangup/>")
    if attempt >= 3:
        return texml(say("Sorry, we did not get that. Goodbye."), "<Hangup/>")
    return texml(say("Sorry, we did not get that."), menu(attempt + 1), say("Goodbye."), "<Hangup/>")


async def status(request: Request):
    form = await signed_form(request)
    state = form.get("CallStatus", "")
    if form.get("CallbackSource", "call-progress-events") != "call-progress-events" or not state:
        return JSONResponse({"status": "ignored"})
    key = (form.get("CallSid"), form.get("SequenceNumber"), state)
    if key in seen:
        return JSONResponse({"status": "duplicate"})
    seen[key] = None
    while len(seen) > 20000:
        seen.popitem(last=False)
    call_states[state[:20]] += 1
    return JSONResponse({"status": "ok"})


app = Starlette(routes=[
    Route(PATH, front_desk, methods=["POST"]),
    Route(PATH + "/menu", menu_choice, methods=["POST"]),
    Route(PATH + "/status", status, methods=["POST"]),
])
