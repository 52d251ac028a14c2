"""A receiver as one finds them: it answers calls, it verifies signatures, and it has five faults.

Each fault has happened to somebody. ``telnyx-mock demo`` finds all of them. It is written for
plain ASGI, so that nothing has to be installed to see it fail.
"""

from __future__ import annotations

import base64
import json
import os
from typing import Any

from nacl.exceptions import BadSignatureError
from nacl.signing import VerifyKey

__all__ = ["FAULTS", "app"]

FAULTS = {
    "old requests are accepted": "refuses-timestamp-expired-1h",
    "a missing signature makes it fail": "refuses-signature-missing",
    "client_state is null when it was never set": "accepts-null",
    "caller_id_name is text of any length": "accepts-each-choice",
    "an event it does not know is refused": "accepts-unknown-event",
}
"""What is wrong with it, and the check that finds it."""

COLUMN_WIDTH = 40
"""Characters of a caller's name that the database has room for."""

calls: dict[str, dict[str, str]] = {}


def verify(headers: dict[bytes, bytes], body: bytes) -> None:
    """Raises BadSignatureError for a request that Telnyx did not sign."""
    key = VerifyKey(base64.b64decode(os.environ["TELNYX_PUBLIC_KEY"]))
    # Fault: nothing compares the timestamp with the clock, so what is recorded can be replayed.
    timestamp = headers.get(b"telnyx-timestamp", b"")
    # Fault: a header that is missing is a KeyError, not a refusal.
    signature = base64.b64decode(headers[b"telnyx-signature-ed25519"])
    try:
        key.verify(timestamp + b"|" + body, signature)
    except ValueError as error:
        raise BadSignatureError from error


def handle(event: dict[str, Any]) -> int:
    """Do what *event* asks for, and return the status to answer with."""
    payload = event["data"]["payload"]
    match event["data"]["event_type"]:
        case "call.initiated":
            # Fault: client_state is null until a command has set it.
            state = base64.b64decode(payload["client_state"])
            save(payload["call_control_id"], payload.get("caller_id_name", ""), state)
            return 200
        case "call.answered" | "call.hangup" | "message.received" | "message.finalized":
            return 200
        case _:
            # Fault: events that Telnyx adds later are refused, and so delivered again and again.
            return 422


def save(call: str, name: str, state: bytes) -> None:
    """Keep a call as the database would."""
    # Fault: a caller chooses the name, and the column is narrow.
    if len(name) > COLUMN_WIDTH:
        raise ValueError(f"value too long for type character varying({COLUMN_WIDTH})")
    calls[call] = {"name": name, "state": state.decode("utf-8", "replace")}


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
