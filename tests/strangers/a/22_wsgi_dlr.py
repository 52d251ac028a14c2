"""Delivery failures, as a plain WSGI application without a framework.

Runs anywhere:  gunicorn "22_wsgi_dlr:app"
"""
import json
import logging
import os
import sqlite3
import tempfile
import threading

from telnyx import Telnyx

PATH = "/dlr"

log = logging.getLogger("dlr")
client = Telnyx(public_key=os.environ.get("TELNYX_PUBLIC_KEY"))

# carrier error codes after which we do not try the number again
PERMANENT = {"40001", "40002", "40003", "40008", "40012", "40300"}

_lock = threading.Lock()
_db = sqlite3.connect(os.path.join(tempfile.mkdtemp(prefix="dlr-"), "dlr.sqlite"), check_same_thread=False)
_db.executescript(
    """
    CREATE TABLE events (n INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT UNIQUE);
    CREATE TABLE failures (message_id TEXT, phone TEXT, code TEXT, permanent INTEGER);
    """
)


def answer(start_response, status, payload):
    body = json.dumps(payload).encode()
    start_response(status, [("Content-Type", "application/json"), ("Content-Length", str(len(body)))])
    return [body]


def record(event_id, message_id, phone, code):
    with _lock, _db:
        if _db.execute("INSERT OR IGNORE INTO events (id) VALUES (?)", (event_id,)).rowcount == 0:
            return False
        _db.execute("DELETE FROM events WHERE n <= (SELECT MAX(n) FROM events) - 10000")
        _db.execute(
            "INSERT INTO failures VALUES (?, ?, ?, ?)",
            (message_id, phone, code, int(code in PERMANENT)),
        )
        _db.execute("DELETE FROM failures WHERE rowid <= (SELECT MAX(rowid) FROM failures) - 100000")
    return True


def telnyx_headers(environ):
    return {
        "telnyx-signature-ed25519": environ["HTTP_TELNYX_SIGNATURE_ED25519"],
        "telnyx-timestamp": environ["HTTP_TELNYX_TIMESTAMP"],
    }


def handle_finalized(data):
    payload = data.get("payload") or {}
    recipients = payload.get("to")
    recipient = recipients[0] if isinstance(recipients, list) and recipients else {}
    status = recipient.get("status")
    if status == "delivered":
        return False
    error = payload["errors"][0]
    log.info("message %s: %s (%s)", payload.get("id"), status, error.get("title"))
    return record(data.get("id"), payload.get("id"), recipient.get("phone_number"), str(error.get("code")))


def dlr(environ, start_response):
    if environ["REQUEST_METHOD"] != "POST":
        return answer(start_response, "405 Method Not Allowed", {"error": "POST only"})
    length = int(environ["CONTENT_LENGTH"])
    body = environ["wsgi.input"].read(length)
    headers = telnyx_headers(environ)
    try:
        text = body.decode("utf-8")
        client.webhooks.unwrap(text, headers=headers)
    except Exception as exc:
        log.warning("rejected: %s", exc)
        return answer(start_response, "401 Unauthorized", {"error": "invalid signature"})

    data = json.loads(text).get("data") or {}
    if data.get("event_type") != "message.finalized":
        return answer(start_response, "200 OK", {"status": "ignored"})
    stored = handle_finalized(data)
    return answer(start_response, "200 OK", {"status": "ok", "stored": stored})


def app(environ, start_response):
    if environ.get("PATH_INFO") == PATH:
        return dlr(environ, start_response)
    return answer(start_response, "404 Not Found", {"error": "not found"})


if __name__ == "__main__":
    from wsgiref.simple_server import make_server

    make_server("127.0.0.1", 8000, app).serve_forever()
