"""Makes the answers of the fake API: a successful answer to each command.

The answers have the shapes that the official SDK parses (telnyx 4.189); the examples are in
:mod:`telnyx_mock.fake_api.resources`. What Telnyx refuses is in
:mod:`telnyx_mock.fake_api.checks`. The fake API keeps no resources;
what it remembers of calls is in :mod:`telnyx_mock.fake_api.call_memory`.
"""

from __future__ import annotations

import json
import secrets
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any
from urllib.parse import unquote

from telnyx_mock.fake_api.command import Command
from telnyx_mock.fake_api.resources import COLLECTIONS, CONSTANT, LOOKUP, NAMED_BY, NUMBER
from telnyx_mock.operations.table import table
from telnyx_mock.schema.placeholders import TimeStyle


class NoAnswer(Exception):
    """The client gets no answer. An interceptor raises the error of its client at once."""


class TimedOut(NoAnswer):
    """No answer arrives in time."""


class WasReset(NoAnswer):
    """The connection is reset."""


@dataclass(frozen=True, slots=True)
class ApiAnswer:
    """The answer to one call. *headers* are pairs; the client's mock adds ``Content-Length``."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes

    @property
    def data(self) -> Mapping[str, Any]:
        """The object ``data`` of the body; empty if it has none, as an answer that a test prepared may."""
        try:
            data = json.loads(self.body)["data"]
        except (ValueError, LookupError, TypeError):
            return {}
        return data if isinstance(data, Mapping) else {}


def answer(status: int, body: Any, *, to: str) -> ApiAnswer:
    """Return an answer to the HTTP method *to*. The body is *body* as JSON, unless HTTP forbids it."""
    if status == 204 or to == "HEAD":
        return ApiAnswer(status, (), b"")
    headers = (("content-type", "application/json; charset=utf-8"),)
    return ApiAnswer(status, headers, json.dumps(body).encode())


def plausible(command: Command, *, is_alive: bool = True) -> dict[str, Any] | None:
    """Return the body of a successful answer of Telnyx to *command*, with new ids.

    *is_alive* tells whether the call of the command goes on. Return None for a command whose true
    answer is not modelled.
    """
    path = command.path.removeprefix("/v2/").strip("/")
    for (method, pattern), body in CONSTANT.items():
        if method != command.method or not fnmatchcase(path, pattern):
            continue
        segments = pattern.split("/")
        if "*" not in segments or _is_id(command, segments.index("*"), len(segments)):
            return dict(_filled(body, command))
    first, *rest = path.split("/")
    if command.name == "dial":
        return {"data": _call(command)}
    if command.call_control_id is not None:
        if rest[1:]:
            return None if command.is_read else {"data": {"result": "ok"}}
        return {"data": {**_call(command), "is_alive": is_alive}} if command.is_read else None
    if first == "messages":
        return _of_messages(command, rest)
    if first == "number_lookup" and command.is_read and len(rest) == 1:
        return {"data": {**LOOKUP, "phone_number": unquote(rest[0])}}
    if first == "verifications":
        return _of_verifications(command, rest)
    if first in COLLECTIONS:
        return _of_collection(command, first, rest)
    return None


_CHATS = {"rcs": ("RCS", "agent_message"), "whatsapp": ("WHATSAPP", "whatsapp_message")}
"""The types of message that have a content of their own, and the parameter that it is in."""


def _of_messages(command: Command, rest: list[str]) -> dict[str, Any] | None:
    if command.method == "POST" and len(rest) == 1 and rest[0] in _CHATS:
        return {"data": _chat_message(command, *_CHATS[rest[0]])}
    if command.method == "POST":
        return {"data": _message(command)}
    if command.method == "GET" and len(rest) == 1:
        return {"data": {**_message(command), "id": rest[0]}}
    return None


def _of_verifications(command: Command, rest: list[str]) -> dict[str, Any] | None:
    if rest[-2:] == ["actions", "verify"] and command.method == "POST":
        number = unquote(rest[1]) if rest[0] == "by_phone_number" else NUMBER
        return {"data": {"phone_number": number, "response_code": "accepted"}}
    if command.method == "POST" and len(rest) == 1:
        return {"data": {**_example("verifications", command), "type": rest[0]}}
    return _of_collection(command, "verifications", rest) if command.is_read and rest else None


def _of_collection(command: Command, name: str, rest: list[str]) -> dict[str, Any] | None:
    """Return the answer to a command for a whole collection or for one of its resources."""
    if not rest and command.method == "POST":
        return {"data": _example(name, command)}
    if not rest and command.method == "GET":
        number, size = (
            _page(command, what, usual) for what, usual in (("number", 1), ("size", 20))
        )
        page = {"page_number": number, "page_size": size, "total_pages": 1, "total_results": 1}
        return {"data": [_example(name, command)] if number == 1 else [], "meta": page}
    if len(rest) == 1 and command.method in ("GET", "PATCH") and _is_id(command, 1, 2):
        named = {NAMED_BY.get(name, "id"): unquote(rest[0])}
        return {"data": {**_example(name, command), **named}}
    return None


def _page(command: Command, what: str, usual: int) -> int:
    """Return the number or the size of the page that *command* asks for."""
    asked = command.query.get(f"page[{what}]", "")
    return int(asked) if asked.isdecimal() and len(asked) < 10 and int(asked) else usual


def _is_id(command: Command, position: int, length: int) -> bool:
    """Whether the segment at this *position* of the path is an id, and the path has so many segments.

    It may be a word of the API, such as the ``jobs`` of ``phone_numbers/jobs``.
    """
    found = table().find(command.method, command.path)
    if found is None:
        return True
    segments = found[0].path.strip("/").split("/")
    return len(segments) == length and segments[position].startswith("{")


def _example(name: str, command: Command) -> dict[str, Any]:
    """Return a new resource of the collection *name*, with what the command says about it.

    A parameter counts only if the example has a member of the same name and type.
    """
    example: dict[str, Any] = _filled(COLLECTIONS[name], command)
    asked = {key.removeprefix("filter[").rstrip("]"): value for key, value in command.query.items()}
    for key, value in {**asked, **command.parameters}.items():
        if key in example and type(value) is type(example[key]) and isinstance(value, str | bool):
            example[key] = value
    return example


def _filled(example: Any, command: Command) -> Any:
    """Return a copy of *example* with new ids, and with the time of *command*."""
    if isinstance(example, Mapping):
        return {name: _filled(value, command) for name, value in example.items()}
    if isinstance(example, list):
        return [_filled(value, command) for value in example]
    if not isinstance(example, str):
        return example
    now = TimeStyle.MILLISECONDS.write(command.at)
    return example.replace("{uuid}", str(uuid.uuid4())).replace("{now}", now)


def _call(command: Command) -> dict[str, Any]:
    call: dict[str, Any] = {
        "record_type": "call",
        "call_control_id": command.call_control_id or f"v3:{secrets.token_urlsafe(40)}",
        "call_leg_id": str(uuid.uuid4()),
        "call_session_id": str(uuid.uuid4()),
        "is_alive": False,  # "For Dial command it will always be false (dialing is asynchronous)."
    }
    if "client_state" in command.parameters:
        call["client_state"] = command.parameters["client_state"]
    return call


def _chat_message(command: Command, kind: str, content: str) -> dict[str, Any]:
    given, message = command.parameters, _message(command)
    named = ("record_type", "direction", "id", "messaging_profile_id", "to", "received_at")
    line = {"carrier": "Telnyx", "line_type": ""}
    sender = {"phone_number": given.get("from", ""), **line}
    return {
        **{name: message[name] for name in named},
        "type": kind,
        "from": {"agent_id": given.get("agent_id", "")} if kind == "RCS" else sender,
        "body": given.get(content),
    }


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
