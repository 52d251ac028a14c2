"""Phone menu for a small clinic, built on Telnyx Call Control and Flask."""
import base64
import os
import threading
import time

import requests
from flask import Flask, request
from nacl.exceptions import CryptoError
from nacl.signing import VerifyKey

app = Flask(__name__)
API = "https://api.telnyx.com/v2"
VOICE = "female"
MENU_TEXT = ("Welcome to Lakeside Clinic. For opening hours press 1. "
             "For our address press 2. For repeat prescriptions press 3.")
ANSWERS = [
    "We are open Monday to Friday, eight A M to five P M.",
    "You find us at 12 Harbour Street, opposite the library.",
    "Please order repeat prescriptions on our web site, lakeside clinic dot example.",
]

seen = set()
lock = threading.Lock()
tries = {}  # call_control_id -> how often the menu was played


class TryLater(Exception):
    pass


def verified(req):
    try:
        stamp = req.headers["telnyx-timestamp"]
        sig = base64.b64decode(req.headers["telnyx-signature-ed25519"])
        if abs(time.time() - int(stamp)) > 300:
            return False
        key = VerifyKey(base64.b64decode(os.environ["TELNYX_PUBLIC_KEY"]))
        key.verify(stamp.encode() + b"|" + req.get_data(), sig)
        return True
    except (KeyError, ValueError, TypeError, CryptoError):
        return False


def command(ccid, action, **params):
    try:
        r = requests.post(f"{API}/calls/{ccid}/actions/{action}", json=params, timeout=1,
                          headers={"Authorization": f"Bearer {os.environ['TELNYX_API_KEY']}"})
    except requests.RequestException as exc:
        raise TryLater(str(exc))
    if r.status_code == 429 or r.status_code >= 500:
        raise TryLater(r.status_code)
    if r.status_code >= 400:
        app.logger.warning("%s refused: %s", action, r.status_code)


def state(text):
    return base64.b64encode(text.encode()).decode()


def play_menu(ccid, event_id):
    command(ccid, "gather_using_speak", payload=MENU_TEXT, voice=VOICE, language="en-US",
            minimum_digits=1, maximum_digits=1, maximum_tries=1, timeout_millis=8000,
            command_id=f"menu-{event_id}")


def handle(kind, p, event_id):
    ccid = p.get("call_control_id")
    if not ccid:
        return
    if kind == "call.initiated" and p.get("direction") == "incoming":
        tries[ccid] = 0
        command(ccid, "answer", command_id=f"answer-{event_id}")
    elif kind == "call.answered" and ccid in tries:
        play_menu(ccid, event_id)
    elif kind == "call.gather.ended" and p.get("status") != "call_hangup" and ccid in tries:
        choice = int(p.get("digits"))
        if 1 <= choice <= len(ANSWERS):
            command(ccid, "speak", payload=ANSWERS[choice - 1] + " Goodbye.", voice=VOICE,
                    language="en-US", client_state=state("bye"), command_id=f"say-{event_id}")
        elif tries[ccid] < 2:
            play_menu(ccid, event_id)
            tries[ccid] += 1
        else:
            command(ccid, "speak", payload="Sorry, please call again later. Goodbye.", voice=VOICE,
                    language="en-US", client_state=state("bye"), command_id=f"say-{event_id}")
    elif kind == "call.speak.ended" and p.get("client_state") == state("bye"):
        command(ccid, "hangup", command_id=f"hangup-{event_id}")
    elif kind == "call.hangup":
        tries.pop(ccid, None)


@app.post("/webhooks")
def webhooks():
    if not verified(request):
        return "bad signature", 401
    body = request.get_json(force=True, silent=True)
    data = body.get("data") if isinstance(body, dict) else None
    if not isinstance(data, dict) or not isinstance(data.get("payload"), dict):
        return "", 200
    event_id = data.get("id")
    with lock:
        if event_id in seen:
            return "", 200
        try:
            handle(data.get("event_type"), data["payload"], event_id)
        except TryLater as exc:
            app.logger.warning("Telnyx busy: %s", exc)
            return "", 503
        if event_id:
            seen.add(event_id)
    return "", 200


if __name__ == "__main__":
    app.run(port=5000)
