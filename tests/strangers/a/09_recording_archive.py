"""Archive of call recordings.

Telnyx's links are good for ten minutes only, so each recording is fetched as soon as
`call.recording.saved` arrives and kept below ARCHIVE_DIR.
"""
import base64
import json
import logging
import os
import re
import tempfile
import time
from pathlib import Path

import requests
from fastapi import FastAPI, Header, HTTPException, Request
from nacl.exceptions import BadSignatureError
from nacl.signing import VerifyKey

PATH = "/recordings/webhook"
ARCHIVE_DIR = Path(os.getenv("ARCHIVE_DIR", tempfile.mkdtemp(prefix="recordings-")))
MAX_EVENTS = 5000

log = logging.getLogger("archive")
app = FastAPI()
seen: dict[str, float] = {}


class Verifier:
    def __init__(self, public_key: str, tolerance: int = 300):
        self.key = VerifyKey(base64.b64decode(public_key))
        self.tolerance = tolerance

    def __call__(self, body: bytes, signature: str | None, timestamp: str | None) -> None:
        if not signature or not timestamp:
            raise HTTPException(401, "missing signature headers")
        if not re.fullmatch(r"[0-9]{1,12}", timestamp):
            raise HTTPException(401, "bad timestamp")
        if abs(time.time() - int(timestamp)) > self.tolerance:
            raise HTTPException(401, "stale webhook")
        try:
            self.key.verify(timestamp.encode() + b"|" + body, base64.b64decode(signature, validate=True))
        except (BadSignatureError, ValueError):
            raise HTTPException(401, "bad signature") from None


verify = Verifier(os.environ["TELNYX_PUBLIC_KEY"])


def already_handled(event_id: str) -> bool:
    if event_id in seen:
        return True
    seen[event_id] = time.time()
    if len(seen) > MAX_EVENTS:
        seen.pop(next(iter(seen)))
    return False


def download(url: str, target: Path) -> int:
    part = target.with_suffix(".part")
    size = 0
    with requests.get(url, stream=True, timeout=30) as response:
        response.raise_for_status()
        with part.open("wb") as out:
            for chunk in response.iter_content(64 * 1024):
                out.write(chunk)
                size += len(chunk)
    part.rename(target)
    return size


def target_for(payload: dict) -> Path:
    name = payload.get("recording_id") or payload.get("call_leg_id") or str(time.time_ns())
    safe = re.sub(r"[^A-Za-z0-9_-]", "_", name)
    return ARCHIVE_DIR / f"{safe}.mp3"


@app.post(PATH)
async def recording_webhook(
    request: Request,
    telnyx_signature_ed25519: str | None = Header(default=None),
    telnyx_timestamp: str | None = Header(default=None),
):
    body = await request.body()
    verify(body, telnyx_signature_ed25519, telnyx_timestamp)

    data = json.loads(body).get("data") or {}
    if data.get("event_type") != "call.recording.saved":
        return {"status": "ignored"}
    if already_handled(str(data.get("id"))):
        return {"status": "duplicate"}

    payload = data.get("payload") or {}
    url = payload["recording_urls"]["mp3"]
    target = target_for(payload)
    try:
        size = download(url, target)
    except requests.RequestException as exc:
        # let Telnyx deliver the event again, perhaps the storage answers then
        log.error("download of %s failed: %s", payload.get("recording_id"), exc)
        raise HTTPException(503, "recording not available yet") from exc
    log.info("archived %s (%d bytes)", target.name, size)
    return {"status": "archived"}
