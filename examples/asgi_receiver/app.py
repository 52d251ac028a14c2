"""A Telnyx receiver without a framework or SDK: plain ASGI, and PyNaCl to verify signatures.

It accepts JSON and TeXML forms on one path, and remembers the calls that have ended.
"""

import base64
import json
import os
import time
from collections.abc import Awaitable, Callable, Mapping
from typing import Any
from urllib.parse import parse_qsl

from nacl.signing import VerifyKey

PUBLIC_KEY = VerifyKey(base64.b64decode(os.environ["TELNYX_PUBLIC_KEY"]))
TOLERANCE = 300  # seconds
LARGEST = 1 << 20  # bytes
ended: set[str] = set()

Message = dict[str, Any]


async def app(
    scope: Mapping[str, Any],
    receive: Callable[[], Awaitable[Message]],
    send: Callable[[Message], Awaitable[None]],
) -> None:
    """Answer one request."""
    if scope["type"] != "http":
        raise NotImplementedError  # tells the server that the app has no lifespan
    if scope["path"] != "/webhooks":
        status = 404
    elif scope["method"] != "POST":
        status = 405
    else:
        status = await handle(dict(scope["headers"]), receive)
    await send({"type": "http.response.start", "status": status, "headers": []})
    await send({"type": "http.response.body", "body": b""})


async def handle(headers: Mapping[bytes, bytes], receive: Callable[[], Awaitable[Message]]) -> int:
    """Refuse forged requests; note calls that have ended; acknowledge the rest."""
    body = b""
    more = True
    while more:
        message = await receive()
        body += message.get("body", b"")
        more = message.get("more_body", False)
        if len(body) > LARGEST:
            return 413
    try:
        verify(headers, body)
        event = parse(headers.get(b"content-type", b""), body)
    except Exception:  # something is missing or malformed, so it is not from Telnyx
        return 401
    match event:
        case {"data": {"event_type": "call.hangup", "payload": {"call_session_id": str(call)}}}:
            ended.add(call)
        case {"CallSid": str(call), "CallStatus": "completed"}:
            ended.add(call)
    return 200


def verify(headers: Mapping[bytes, bytes], body: bytes) -> None:
    """Raise an exception if Telnyx did not sign the request."""
    timestamp = headers[b"telnyx-timestamp"]
    signature = base64.b64decode(headers[b"telnyx-signature-ed25519"], validate=True)
    PUBLIC_KEY.verify(timestamp + b"|" + body, signature)
    if abs(time.time() - int(timestamp)) > TOLERANCE:
        raise ValueError("The timestamp is too old or too far ahead.")


def parse(content_type: bytes, body: bytes) -> Any:
    """Return the event in *body*. Raises an exception if *body* holds no event."""
    if content_type.startswith(b"application/json"):
        return json.loads(body)
    return dict(parse_qsl(body.decode(), keep_blank_values=True))
