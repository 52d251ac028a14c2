import contextlib
import json
import sqlite3

import requests
from flask import Blueprint, current_app, request

from support.verify import is_genuine

bp = Blueprint("hooks", __name__, url_prefix="/hooks")


@contextlib.contextmanager
def database():
    with contextlib.closing(sqlite3.connect(current_app.config["DATABASE"])) as connection:
        with connection:
            yield connection


def telnyx(path, **body):
    answer = requests.post(
        f"https://api.telnyx.com/v2{path}",
        json=body,
        timeout=1,
        headers={"Authorization": f"Bearer {current_app.config['TELNYX_API_KEY']}"},
    )
    answer.raise_for_status()


@bp.post("/telnyx")
def receive():
    body = request.get_data()
    if not is_genuine(current_app.config["TELNYX_PUBLIC_KEY"], request.headers, body):
        return "", 403
    event = json.loads(body)["data"]
    payload = event["payload"]
    if event["event_type"] == "message.received":
        text = payload.get("text") or ""
        sender = payload["from"]["phone_number"]
        with database() as connection:
            row = (event["id"], sender, text)
            kept = connection.execute("INSERT OR IGNORE INTO messages VALUES (?, ?, ?)", row)
            if kept.rowcount and text.strip().upper() != "STOP":
                line = payload["to"][0]["phone_number"]
                telnyx("/messages", **{"from": line, "to": sender, "text": "We call you back."})
    elif payload.get("hangup_cause") == "originator_cancel":
        with database() as connection:
            row = (event["id"], payload["from"])
            connection.execute("INSERT OR IGNORE INTO missed VALUES (?, ?)", row)
    return "", 200
