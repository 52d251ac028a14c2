"""Meeting recordings: takes finished conference recordings over into the bucket of the legal department.

Environment: TELNYX_API_KEY, TELNYX_PUBLIC_KEY, RECORDINGS_BUCKET (no default on purpose).
"""
import asyncio
import json
import logging
import os
from contextlib import asynccontextmanager

import httpx
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route
from telnyx import Telnyx

log = logging.getLogger("meeting-recordings")

PATH = "/hooks/conference-recordings"
BUCKET = os.environ["RECORDINGS_BUCKET"]
UPLOAD = os.environ.get("UPLOAD_ENDPOINT", "https://objects.legal.invalid")

client = Telnyx(api_key=os.environ.get("TELNYX_API_KEY", "none"), public_key=os.environ["TELNYX_PUBLIC_KEY"])

queue: "asyncio.Queue[dict]" = asyncio.Queue(maxsize=1000)
seen: set = set()


async def copy(job: dict) -> None:
    async with httpx.AsyncClient(timeout=60, follow_redirects=True) as http:
        audio = await http.get(job["url"])
        audio.raise_for_status()
        stored = await http.put(f"{UPLOAD}/{BUCKET}/{job['conference']}/{job['recording']}.mp3", content=audio.content)
        stored.raise_for_status()


async def worker() -> None:
    while True:
        job = await queue.get()
        for attempt in range(3):
            try:
                await copy(job)
                log.info("recording %s stored", job["recording"])
                break
            except Exception as exc:
                log.warning("recording %s, attempt %s: %s", job["recording"], attempt + 1, type(exc).__name__)
                await asyncio.sleep(3 * (attempt + 1))
        queue.task_done()


@asynccontextmanager
async def lifespan(_app):
    task = asyncio.create_task(worker())
    yield
    task.cancel()


async def conference_recording(request: Request):
    raw = await request.body()
    try:
        event = json.loads(raw)
    except (ValueError, RecursionError):
        return JSONResponse({"error": "invalid json"}, status_code=400)
    data = event.get("data", event) if isinstance(event, dict) else None
    if not isinstance(data, dict) or not isinstance(data.get("payload"), dict):
        return JSONResponse({"error": "no event"}, status_code=400)

    # Telnyx delivers at least once: drop repetitions before doing any work
    event_id = str(data.get("id"))
    if event_id in seen:
        return JSONResponse({"status": "duplicate"})
    seen.add(event_id)

    try:
        client.webhooks.unwrap(raw.decode("utf-8"), headers=request.headers)
    except ValueError:
        return JSONResponse({"error": "invalid signature"}, status_code=401)

    payload = data["payload"]
    if data.get("event_type") != "conference.recording.saved":
        return JSONResponse({"status": "ignored"})
    job = {
        "conference": payload.get("conference_id") or "unknown",
        "recording": payload.get("recording_id") or event_id,
        "url": payload["recording_urls"]["mp3"],
    }
    try:
        queue.put_nowait(job)
    except asyncio.QueueFull:
        seen.discard(event_id)
        return JSONResponse({"status": "busy"}, status_code=503)
    return JSONResponse({"status": "queued"})


app = Starlette(routes=[Route(PATH, conference_recording, methods=["POST"])], lifespan=lifespan)
