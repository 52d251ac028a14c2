"""Customer survey by phone with TeXML and FastAPI.

Voice URL: https://<host>/survey/start   Callers rate us with a key and may add a comment.
"""
import logging
import os
from collections import Counter, deque
from urllib.parse import parse_qs

import httpx
from fastapi import BackgroundTasks, FastAPI, Request
from fastapi.responses import Response

PATH = "/survey/start"
COMPANY = os.getenv("COMPANY", "Acme Plumbing")
SHEET_URL = os.getenv("SHEET_URL", "https://sheets.acme.invalid/append")

logger = logging.getLogger("survey")
app = FastAPI(title="Phone survey")

ratings: Counter = Counter()
comments: deque = deque(maxlen=1000)
rated: deque = deque(maxlen=5000)
commented: deque = deque(maxlen=5000)


async def read_form(request: Request) -> dict:
    raw = await request.body()
    parsed = parse_qs(raw.decode("utf-8", errors="replace"), keep_blank_values=True)
    return {key: values[0] for key, values in parsed.items()}


def xml(body: str) -> Response:
    content = f'<?xml version="1.0" encoding="UTF-8"?><Response>{body}</Response>'
    return Response(content=content, media_type="application/xml")


def append_to_sheet(row: dict) -> None:
    try:
        httpx.post(SHEET_URL, json=row, timeout=5)
    except httpx.HTTPError as exc:
        logger.warning("sheet: %s", exc)


@app.post(PATH)
async def start():
    """First request for a call: ask for a rating."""
    return xml(
        f'<Gather action="/survey/rating" numDigits="1" timeout="8" validDigits="12345">'
        f"<Say>Thank you for calling {COMPANY}. How happy are you with our work? "
        f"Press a key from 1, not at all, to 5, very happy.</Say>"
        f"</Gather>"
        f'<Redirect method="POST">/survey/rating</Redirect>'
    )


@app.post("/survey/rating")
async def rating(request: Request):
    form = await read_form(request)
    score = form["Digits"]
    if score[:1] in {"1", "2", "3", "4", "5"} and form.get("CallSid") not in rated:
        rated.append(form.get("CallSid"))
        ratings[score[:1]] += 1
    return xml(
        '<Gather input="speech" action="/survey/comment" speechTimeout="3" timeout="10">'
        "<Say>Thank you. Tell us why, in a few words.</Say>"
        "</Gather><Say>Goodbye.</Say><Hangup/>"
    )


@app.post("/survey/comment")
async def comment(request: Request, background: BackgroundTasks):
    form = await read_form(request)
    text = form.get("SpeechResult", "").strip()
    if text and form.get("CallSid") not in commented:
        commented.append(form.get("CallSid"))
        comments.append(text)
        background.add_task(append_to_sheet, {"caller": form.get("From"), "comment": text})
    return xml(f"<Say>We wrote down: {text}. Thank you, goodbye.</Say><Hangup/>")


@app.post("/survey/status")
async def status(request: Request):
    form = await read_form(request)
    logger.info("call %s: %s", form.get("CallSid"), form.get("CallStatus"))
    return Response(status_code=200)


@app.get("/survey/results")
async def results():
    total = sum(ratings.values())
    average = sum(int(k) * n for k, n in ratings.items()) / total if total else None
    return {"count": total, "average": average}
