"""Fax inbox: store every fax that comes in, e-mail a notice to the office."""
import os
import pathlib
import smtplib
import tempfile
import time
from email.message import EmailMessage

import requests
from flask import Flask, request

PATH = "/fax"

STORE = pathlib.Path(os.environ.get("FAX_DIR", tempfile.mkdtemp(prefix="fax-")))
MAIL_HOST = os.environ.get("MAIL_HOST", "smtp.office-mail.invalid")
OFFICE = os.environ.get("OFFICE_EMAIL", "office@example.com")

app = Flask(__name__)


def already_stored(fax_id):
    return (STORE / f"{fax_id}.pdf").exists() or (STORE / f"{fax_id}.missing").exists()


def download(url):
    """The media link is sometimes not ready at once, so try a few times."""
    for attempt in range(4):
        try:
            r = requests.get(url, timeout=10)
            if r.status_code == 200:
                return r.content
            app.logger.warning("fax media: %s", r.status_code)
        except requests.RequestException as e:
            app.logger.warning("fax media: %s", e)
        time.sleep(1.5)
    return None


def notify(subject, text):
    msg = EmailMessage()
    msg["Subject"] = subject.replace("\n", " ").replace("\r", " ")
    msg["From"] = "fax@example.com"
    msg["To"] = OFFICE
    msg.set_content(text)
    try:
        with smtplib.SMTP(MAIL_HOST, timeout=2) as s:
            s.send_message(msg)
    except OSError as e:
        app.logger.warning("mail not sent: %s", e)


def safe(name):
    return "".join(ch for ch in str(name) if ch.isalnum() or ch == "-")[:64]


@app.route(PATH, methods=["POST"])
def fax():
    event = request.get_json(silent=True)
    if not isinstance(event, dict):
        return "", 400
    # fax events come with and without the data wrapper
    data = event.get("data") or event
    kind = data.get("event_type")
    payload = data.get("payload") or {}
    fax_id = safe(payload.get("fax_id") or "")

    if kind == "fax.received":
        if not fax_id or already_stored(fax_id):
            return "", 200
        content = download(payload.get("media_url") or "")
        if content is None:
            (STORE / f"{fax_id}.missing").touch()
            notify("Fax arrived but could not be fetched", f"Fax {fax_id}")
        else:
            (STORE / f"{fax_id}.pdf").write_bytes(content)
            notify(
                f"Fax from {payload.get('from', 'unknown')}",
                f"{payload.get('page_count', '?')} page(s), stored as {fax_id}.pdf",
            )
    elif kind == "fax.failed":
        app.logger.info("fax %s failed: %s", fax_id, payload.get("failure_reason", "unknown"))

    return "", 200


@app.get("/fax/count")
def count():
    return {"stored": len(list(STORE.glob("*.pdf")))}
