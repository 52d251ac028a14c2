"""Delivery reports (DLR) of outbound messages: status, cost, error, per message."""
import base64
import json
import logging
import os
import threading
import time
from collections import OrderedDict
from contextlib import contextmanager

import httpx
from fastapi import BackgroundTasks, FastAPI, Request, Response
from nacl.exceptions import BadSignatureError
from nacl.signing import VerifyKey

PATH = "/hooks/telnyx/dlr"
BI_URL = os.environ.get("BI_URL", "https://bi.internal.acme.invalid/ingest")
RANK = {"queued": 0, "sending": 1, "sent": 2, "delivery_unconfirmed": 3, "delivered": 4,
        "sending_failed": 4, "delivery_failed": 4}

logger = logging.getLogger("dlr")
app = FastAPI(title="Delivery reports", docs_url=None, redoc_url=None)


class Reports:
    def __init__(self, limit: int = 10000):
        self.limit = limit
        self.by_id: "OrderedDict[str, dict]" = OrderedDict()
        self.processed: "OrderedDict[str, float]" = OrderedDict()
        self.lock = threading.Lock()

    @contextmanager
    def once(self, message_id):
        """Yields True the first time, False for a repeated delivery."""
        with self.lock:
            first = message_id not in self.processed
            if first:
                self.processed[message_id] = time.time()
                if len(self.processed) > self.limit:
                    self.processed.popitem(last=False)
        yield first

    def update(self, message_id, status, cost, error):
        with self.lock:
            known = self.by_id.get(message_id)
            if known and RANK.get(known["status"], 0) > RANK.get(status, 0):
                return known
            self.by_id[message_id] = {"id": message_id, "status": status, "cost": cost, "error": error}
            if len(self.by_id) > self.limit:
                self.by_id.popitem(last=False)
            return self.by_id[message_id]


reports = Reports()


def check_signature(raw: bytes, request: Request) -> bool:
    ts = request.headers.get("telnyx-timestamp", "")
    sig = request.headers.get("telnyx-signature-ed25519", "")
    if not (ts.isascii() and ts.isdigit() and len(ts) < 13):
        return False
    if abs(int(time.time()) - int(ts)) > 300:
        return False
    try:
        key = VerifyKey(base64.b64decode(os.environ["TELNYX_PUBLIC_KEY"]))
        key.verify(ts.encode() + b"|" + raw, base64.b64decode(sig, validate=True))
    except (BadSignatureError, ValueError):
        return False
    return True


def overall_status(recipients) -> str:
    statuses = [r.get("status", "") for r in recipients or [] if isinstance(r, dict)]
    return max(statuses, key=lambda s: RANK.get(s, 0), default="")


def export(record: dict) -> None:
    try:
        httpx.post(BI_URL, json=record, timeout=4.0)
    except httpx.HTTPError as exc:
        logger.info("BI export failed: %s", exc)


@app.post(PATH)
async def dlr(request: Request, tasks: BackgroundTasks):
    raw = await request.body()
    if not check_signature(raw, request):
        return Response(status_code=403)
    data = json.loads(raw).get("data") or {}
    if data.get("event_type") not in ("message.sent", "message.finalized"):
        return {"status": "ignored"}
    payload = data.get("payload") or {}

    with reports.once(payload.get("id")) as first:
        if not first:
            return {"status": "duplicate"}
        errors = payload.get("errors") or []
        record = reports.update(
            payload.get("id"),
            overall_status(payload.get("to")),
            float(payload["cost"]["amount"]),
            errors[0].get("code") if errors else None,
        )
        tasks.add_task(export, record)
    return {"status": "ok"}


@app.get("/healthz")
async def healthz():
    return {"ok": True}
