"""Copies finished call recordings to the company archive and keeps their transcriptions.

    flask --app 18_recording_archive run
"""
import json
import logging
import os
import sqlite3
import tempfile
import threading
import time
from collections import OrderedDict
from concurrent.futures import ThreadPoolExecutor

import requests
from flask import Flask, jsonify, request
from telnyx import Telnyx, TelnyxError

log = logging.getLogger("archive")

PATH = "/webhooks/recordings"
ARCHIVE_URL = os.environ.get("ARCHIVE_URL", "https://archive.recordings.invalid/calls")
SEEN_LIMIT = 20000

client = Telnyx(api_key=os.environ.get("TELNYX_API_KEY", "unused"), public_key=os.environ["TELNYX_PUBLIC_KEY"])
# The SDK builds its table of event types on first use (more than a second); do that now and not on the first webhook.
client.webhooks.unsafe_unwrap('{"data": {"record_type": "event", "event_type": "warm.up"}}')

app = Flask(__name__)
app.config["MAX_CONTENT_LENGTH"] = 1024 * 1024
pool = ThreadPoolExecutor(max_workers=4, thread_name_prefix="archive")

_lock = threading.Lock()
_seen: "OrderedDict[str, bool]" = OrderedDict()
_db = sqlite3.connect(os.path.join(tempfile.mkdtemp(prefix="archive-"), "archive.db"), check_same_thread=False)
_db.execute("CREATE TABLE recordings (id TEXT PRIMARY KEY, call TEXT, state TEXT)")
_db.execute("CREATE TABLE transcripts (id TEXT PRIMARY KEY, recording_id TEXT, words TEXT)")


def first_time(event_id) -> bool:
    if not isinstance(event_id, str):
        return True
    with _lock:
        if event_id in _seen:
            return False
        _seen[event_id] = True
        while len(_seen) > SEEN_LIMIT:
            _seen.popitem(last=False)
    return True


def forget(event_id) -> None:
    with _lock:
        _seen.pop(event_id, None)


def clean(value) -> str:
    return "" if value is None else str(value).encode("utf-8", "replace").decode()


def write(sql: str, *values) -> None:
    with _lock, _db:
        _db.execute(sql, values)


def archive(recording_id: str, url: str, suffix: str) -> None:
    """Runs in the pool: three tries, the link is valid for ten minutes."""
    state = "failed"
    for attempt in range(3):
        if attempt:
            time.sleep(5 * attempt)
        try:
            with requests.get(url, timeout=(5, 60)) as audio:
                audio.raise_for_status()
                stored = requests.put(f"{ARCHIVE_URL}/{requests.utils.quote(recording_id, safe='')}.{suffix}",
                                      data=audio.content, timeout=(5, 60))
            stored.raise_for_status()
            state = "archived"
            break
        except requests.RequestException as exc:
            log.warning("recording %s, attempt %d: %s", recording_id, attempt + 1, type(exc).__name__)
        except Exception:
            log.exception("recording %s", recording_id)
            break
    write("UPDATE recordings SET state = ? WHERE id = ?", state, recording_id)


def recording_saved(event_id, payload: dict) -> None:
    recording_id = clean(payload.get("recording_id") or event_id)
    write("INSERT OR IGNORE INTO recordings VALUES (?,?,'new')", recording_id, clean(payload.get("call_session_id")))
    urls = payload.get("recording_urls")
    for suffix in ("mp3", "wav"):
        url = urls.get(suffix) if isinstance(urls, dict) else None
        if isinstance(url, str) and url:
            pool.submit(archive, recording_id, url, suffix)
            return
    log.warning("recording %s came without a link", recording_id)


def transcription_saved(event_id, payload: dict) -> None:
    write("INSERT OR REPLACE INTO transcripts VALUES (?,?,?)",
          clean(payload.get("recording_transcription_id") or event_id), clean(payload.get("recording_id")),
          clean(payload.get("transcription_text")))


HANDLERS = {
    "call.recording.saved": recording_saved,
    "conference.recording.saved": recording_saved,
    "call.recording.transcription.saved": transcription_saved,
    "call.recording.error": lambda _id, payload: log.error("recording failed: %s", clean(payload.get("reason"))),
}


@app.post(PATH)
def recording_webhook():
    text = request.get_data(as_text=True)
    try:
        client.webhooks.unwrap(text, headers=dict(request.headers))
        event = json.loads(text)
    except (ValueError, OverflowError, RecursionError, TelnyxError) as exc:
        log.warning("refused a request: %s", type(exc).__name__)
        return jsonify(error="invalid signature"), 401
    data = event.get("data") if isinstance(event, dict) else None
    payload = data.get("payload") if isinstance(data, dict) else None
    if not isinstance(payload, dict):
        return jsonify(status="ignored")
    handler = HANDLERS.get(str(data.get("event_type")))
    if handler is None:
        return jsonify(status="ignored")
    if not first_time(data.get("id")):
        return jsonify(status="duplicate")
    try:
        handler(data.get("id"), payload)
    except Exception:
        log.exception("could not keep event %s", data.get("id"))
        forget(data.get("id"))          # so that the redelivery is not taken for a duplicate
        return jsonify(error="try again"), 503
    return jsonify(status="ok")
