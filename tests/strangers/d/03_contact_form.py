"""Contact form of the company page: stores the enquiry and tells the team on Slack."""
import logging
import os
import re
import sqlite3
import tempfile
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

import requests
from flask import Flask, jsonify, request

app = Flask(__name__)
app.config["MAX_CONTENT_LENGTH"] = 64 * 1024

SLACK_WEBHOOK = os.environ.get("SLACK_WEBHOOK_URL", "https://hooks.slack.example.com/services/T0/B0/x")
CALLBACK_COUNTRIES = ("+1", "+44", "+49")
DB = os.environ.get("CONTACT_DB") or os.path.join(tempfile.mkdtemp(prefix="contact-"), "contact.db")
EMAIL = re.compile(r"^[^@\s]+@[^@\s]+\.[^@\s]+$")

pool = ThreadPoolExecutor(max_workers=2)

with closing(sqlite3.connect(DB)) as db, db:
    db.execute(
        "CREATE TABLE IF NOT EXISTS enquiries (id INTEGER PRIMARY KEY, name TEXT, email TEXT,"
        " phone TEXT, message TEXT, at TEXT DEFAULT CURRENT_TIMESTAMP)"
    )


def tell_slack(name, email, message):
    try:
        requests.post(
            SLACK_WEBHOOK,
            json={"text": f"New enquiry from {name} <{email}>:\n>{message[:300]}"},
            timeout=5,
        )
    except requests.RequestException:
        logging.exception("slack")


@app.post("/contact")
def contact():
    form = request.get_json(silent=True) if request.is_json else request.form
    if not hasattr(form, "get"):
        return jsonify(error="form expected"), 400
    name, email = str(form.get("name", "")).strip(), str(form.get("email", "")).strip()
    phone, message = str(form.get("phone", "")).strip(), str(form.get("message", "")).strip()
    if str(form.get("website", "")):  # honeypot
        return jsonify(ok=True)
    errors = {}
    if not 1 <= len(name) <= 100:
        errors["name"] = "Please tell us your name."
    if not EMAIL.match(email):
        errors["email"] = "This does not look like an e-mail address."
    if phone and not phone.startswith(CALLBACK_COUNTRIES):
        errors["phone"] = "We can call back to US, UK and German numbers only."
    if not message:
        errors["message"] = "Please write a message."
    if errors:
        return jsonify(errors=errors), 422
    with closing(sqlite3.connect(DB)) as db, db:
        db.execute(
            "INSERT INTO enquiries (name, email, phone, message) VALUES (?, ?, ?, ?)",
            (name, email, phone, message[:5000]),
        )
    pool.submit(tell_slack, name, email, message)
    return jsonify(ok=True), 201
