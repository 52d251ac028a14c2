"""Makes the answers of the fake API: a successful answer to each command.

The answers have the shapes that the official SDK parses (telnyx 4.189: ``CallDialResponse``,
``ActionAnswerResponse``, ``MessageSendResponse``). The fake API does not check commands, and no
command changes the state of the fake API.
"""

from __future__ import annotations

import json
import secrets
import uuid
from dataclasses import dataclass
from typing import Any

from telnyx_mock.fake_api.command import Command
from telnyx_mock.schema.placeholders import TimeStyle


class TimedOut(Exception):
    """No answer arrives in time. An interceptor raises the timeout error of its client at once."""


@dataclass(frozen=True, slots=True)
class ApiAnswer:
    """The answer to one call. *headers* are pairs; the client's mock adds ``Content-Length``."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes


def answer(status: int, body: Any, *, to: str) -> ApiAnswer:
    """Return an answer to the HTTP method *to*. The body is *body* as JSON, unless HTTP forbids it."""
    if status == 204 or to == "HEAD":
        return ApiAnswer(status, (), b"")
    headers = (("content-type", "application/json; charset=utf-8"),)
    return ApiAnswer(status, headers, json.dumps(body).encode())


def plausible(command: Command) -> dict[str, Any] | None:
    """Return the body of a successful answer of Telnyx to *command*, with new ids.

    Return None for a command whose true answer is not modelled.
    """
    if command.method != "POST":
        return None
    if command.name == "dial":
        return {"data": _call(command)}
    if command.call_control_id is not None:
        return {"data": {"result": "ok"}}
    if command.path.rstrip("/").endswith("/messages") or "/messages/" in command.path:
        return {"data": _message(command)}
    return None


def _call(command: Command) -> dict[str, Any]:
    call: dict[str, Any] = {
        "record_type": "call",
        "call_control_id": f"v3:{secrets.token_urlsafe(40)}",
        "call_leg_id": str(uuid.uuid4()),
        "call_session_id": str(uuid.uuid4()),
        "is_alive": False,  # "For Dial command it will always be false (dialing is asynchronous)."
    }
    if "client_state" in command.parameters:
        call["client_state"] = command.parameters["client_state"]
    return call


def _message(command: Command) -> dict[str, Any]:
    given = command.parameters
    to = given.get("to", [])
    media = given.get("media_urls") or []
    unknown = {"carrier": "", "line_type": ""}
    return {
        "record_type": "message",
        "direction": "outbound",
        "id": str(uuid.uuid4()),
        "type": given.get("type") or ("MMS" if media else "SMS"),
        "messaging_profile_id": given.get("messaging_profile_id") or str(uuid.uuid4()),
        "from": {"phone_number": given.get("from", ""), **unknown},
        "to": [
            {"phone_number": number, "status": "queued", **unknown}
            for number in (to if isinstance(to, list) else [to])
        ],
        "text": given.get("text", ""),
        "subject": given.get("subject"),
        "media": [
            {"url": url, "content_type": None, "sha256": None, "size": None} for url in media
        ],
        "webhook_url": given.get("webhook_url", ""),
        "webhook_failover_url": given.get("webhook_failover_url"),
        "encoding": "GSM-7",
        "parts": 1,
        "tags": given.get("tags") or [],
        "cost": None,
        "received_at": TimeStyle.MILLISECONDS_OFFSET.write(command.at),
        "sent_at": None,
        "completed_at": None,
        "valid_until": None,
        "errors": [],
    }
