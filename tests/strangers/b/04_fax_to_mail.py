"""fax2mail: every incoming fax becomes a mail with the PDF attached."""
import base64
import json
import logging
import os
import tempfile
import time

import requests
from flask import Flask, jsonify, request

app = Flask(__name__)
log = logging.getLogger("fax2mail")

PATH = "/telnyx/fax"

TELNYX_API_KEY = os.getenv("TELNYX_API_KEY")
TELNYX_PUBLIC_KEY = os.getenv("TELNYX_PUBLIC_KEY")
MAIL_API = os.getenv("MAIL_API", "https://mail-gateway.fax2mail.invalid/v1/send")
MAIL_TOKEN = os.getenv("MAIL_TOKEN", "")
FAX_MAILBOX = os.getenv("FAX_MAILBOX", "frontoffice@example.com")
SPOOL = os.getenv("FAX_SPOOL") or os.path.join(tempfile.gettempdir(), f"fax2mail-{os.getpid()}.jsonl")

# which mailbox belongs to which fax number
MAILBOXES = json.loads(os.getenv("FAX_MAILBOXES", "{}"))


def spool(entry):
    """Keep what could not be mailed, cron retries it every minute."""
    with open(SPOOL, "a", encoding="utf-8") as fh:
        fh.write(json.dumps(entry) + "\n")


def download(url):
    response = requests.get(url)
    response.raise_for_status()
    return response.content


def send_mail(to, subject, pdf):
    response = requests.post(
        MAIL_API,
        headers={"Authorization": f"Bearer {MAIL_TOKEN}"},
        json={
            "to": to,
            "subject": subject,
            "attachments": [{"name": "fax.pdf", "content": base64.b64encode(pdf).decode()}],
        },
    )
    response.raise_for_status()


def handle_fax(payload):
    fax_id = payload.get("fax_id")
    sender = payload.get("from", "unknown")
    number = str(payload.get("to"))
    mailbox = MAILBOXES.get(number, FAX_MAILBOX)
    media_url = payload["media_url"]
    subject = f"Fax from {sender} ({payload.get('page_count', '?')} pages)"
    try:
        pdf = download(media_url)
        send_mail(mailbox, subject, pdf)
        log.info("fax %s mailed to %s", fax_id, mailbox)
    except requests.RequestException as exc:
        log.error("fax %s could not be mailed: %s", fax_id, exc)
        spool({"fax_id": fax_id, "media_url": media_url, "to": mailbox, "subject": subject, "at": time.time()})


@app.route(PATH, methods=["POST"])
def fax_webhook():
    try:
        event = json.loads(request.get_data())
    except (ValueError, RecursionError):
        event = None
    if not isinstance(event, dict):
        return jsonify(error="not a webhook"), 400
    data = event.get("data", event)
    if not isinstance(data, dict):
        return jsonify(error="not a webhook"), 400
    payload = data.get("payload")
    if not isinstance(payload, dict):
        return jsonify(status="ignored")

    event_type = str(data.get("event_type") or "")
    if event_type.startswith("fax.") and payload.get("direction") == "inbound":
        handle_fax(payload)
    else:
        log.info("ignored %s", event_type)
    return jsonify(status="ok")


@app.get("/")
def index():
    return "fax2mail is running"


if __name__ == "__main__":
    app.run(port=int(os.getenv("PORT", "5000")))
