"""A receiver with five faults, which ``telnyx-mock demo`` finds.

Each fault has occurred in a real receiver. The receiver is plain ASGI, so it needs no other
package.
"""

from __future__ import annotations

import base64
import json
import os
from typing import Any

from nacl.exceptions import BadSignatureError
from nacl.signing import VerifyKey

FAULTS = {
    "ignores-age",
    "fails-at-missing-header",
    "fails-at-null",
    "fails-at-long-text",
    "refuses-unknown-events",
}
"""The faults of the receiver."""

COLUMN_WIDTH = 40
"""The number of characters of a caller's name that fit into the database."""

calls: dict[str, str] = {}
quality: dict[str, Any] = {}


def verify(headers: dict[bytes, bytes], body: bytes) -> None:
    """Raise BadSignatureError if Telnyx did not sign the request."""
    key = VerifyKey(base64.b64decode(os.environ["TELNYX_PUBLIC_KEY"]))
    # Fault: nothing compares the timestamp with the clock, so old requests can be replayed.
    timestamp = headers.get(b"telnyx-timestamp", b"")
    # Fault: a missing header raises KeyError, where the app should refuse the request.
    signature = base64.b64decode(headers[b"telnyx-signature-ed25519"])
    try:
        key.verify(timestamp + b"|" + body, signature)
    except ValueError as error:
        raise BadSignatureError from error


def handle(event: dict[str, Any]) -> int:
    """Handle *event*, and return the status of the answer."""
    payload = event["data"]["payload"]
    match event["data"]["event_type"]:
        case "call.initiated":
            save(payload["call_control_id"], payload.get("caller_id_name", ""))
            return 200
        case "call.hangup":
            # Fault: the statistics are null if the call had no media.
            quality[payload["call_control_id"]] = payload.get("call_quality_stats", {}).get(
                "inbound"
            )
            return 200
        case "call.answered" | "message.received" | "message.finalized":
            return 200
        case _:
            # Fault: this refuses events that Telnyx adds later, so they are delivered again.
            return 422


def save(call: str, name: str) -> None:
    """Store a call with the limits of a real database."""
    # Fault: a caller chooses the name, and the column is narrow.
    if len(name) > COLUMN_WIDTH:
        raise ValueError(f"value too long for type character varying({COLUMN_WIDTH})")
    calls[call] = name


async def app(scope: dict[str, Any], receive: Any, send: Any) -> None:
    """The ASGI app."""
    assert scope["type"] == "http"
    body = b""
    while True:
        message = await receive()
        body += message.get("body", b"")
        if not message.get("more_body"):
            break
    try:
        verify(dict(scope["headers"]), body)
        status = handle(json.loads(body))
    except BadSignatureError:
        status = 401
    await send({"type": "http.response.start", "status": status, "headers": []})
    await send({"type": "http.response.body", "body": b""})
