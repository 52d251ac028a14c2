"""Number inventory: completed number orders are copied into the inventory database.

customer_reference is set by our order form to "<team>/<ticket>", e.g. "sales/1234".
"""
import base64
import json
import logging
import os
import sqlite3
import tempfile
from contextlib import contextmanager

from fastapi import FastAPI, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import JSONResponse
from nacl.exceptions import CryptoError
from nacl.signing import VerifyKey

log = logging.getLogger("inventory")

PATH = "/number-orders/webhook"
DB_PATH = os.getenv("INVENTORY_DB") or os.path.join(tempfile.mkdtemp(prefix="inventory-"), "inventory.db")
verify_key = VerifyKey(base64.b64decode(os.environ["TELNYX_PUBLIC_KEY"]))

app = FastAPI(title="number inventory")


@contextmanager
def database():
    connection = sqlite3.connect(DB_PATH, timeout=2)
    try:
        with connection:
            yield connection
    finally:
        connection.close()


with database() as connection:
    connection.execute(
        "CREATE TABLE IF NOT EXISTS numbers (phone_number TEXT PRIMARY KEY, order_id TEXT, team TEXT, ticket TEXT,"
        " country TEXT, kind TEXT, status TEXT)"
    )


def valid_signature(request: Request, body: dict) -> bool:
    signature = request.headers.get("telnyx-signature-ed25519")
    timestamp = request.headers.get("telnyx-timestamp")
    if not signature or not timestamp:
        return False
    message = timestamp + "|" + json.dumps(body, separators=(",", ":"))
    try:
        verify_key.verify(message.encode(), base64.b64decode(signature, validate=True))
    except (CryptoError, ValueError):
        return False
    return True


def save_order(order: dict) -> int:
    team, _, ticket = order.get("customer_reference").partition("/")
    rows = []
    for item in order.get("phone_numbers") or []:
        number = item.get("phone_number")
        if number:
            rows.append((
                number, order.get("id"), team, ticket,
                item.get("country_code") or item.get("country_iso_alpha2"),
                item.get("phone_number_type"), item.get("status") or order.get("status"),
            ))
    with database() as connection:
        # a finished number stays finished, whatever arrives later
        connection.executemany(
            "INSERT INTO numbers VALUES (?,?,?,?,?,?,?) ON CONFLICT(phone_number) DO UPDATE SET"
            " order_id=excluded.order_id, team=excluded.team, ticket=excluded.ticket, status=excluded.status"
            " WHERE numbers.status = 'pending' OR numbers.order_id IS NOT excluded.order_id",
            rows,
        )
    return len(rows)


@app.post(PATH)
async def order_webhook(request: Request):
    body = await request.json()
    if not valid_signature(request, body):
        return JSONResponse({"error": "signature"}, status_code=400)

    data = body.get("data") or {}
    payload = data.get("payload") or {}
    if data.get("event_type") != "number_order.complete":
        log.info("ignoring %s", data.get("event_type"))
        return {"status": "ignored"}
    count = await run_in_threadpool(save_order, payload)
    return {"status": "saved", "numbers": count}


@app.get("/numbers/{team}")
def team_numbers(team: str):
    with database() as connection:
        rows = connection.execute(
            "SELECT phone_number, kind, status, ticket FROM numbers WHERE team = ? ORDER BY phone_number", (team,)
        ).fetchall()
    return [dict(zip(("phone_number", "kind", "status", "ticket"), row)) for row in rows]
