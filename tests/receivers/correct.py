"""A correct receiver, in a few steps; those beside it and the faulty ones change one of them.

Each can be named as a target: ``telnyx-mock check 'tests.receivers.correct:Receiver()'``.
"""

from __future__ import annotations

import asyncio
import base64
import json
import os
import ssl
import threading
import time
import urllib.request
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from typing import Any
from urllib.parse import parse_qsl, quote

import httpx
from nacl.exceptions import BadSignatureError
from nacl.signing import VerifyKey

Headers = Mapping[str, str]
Event = Mapping[str, Any]

API = "https://api.telnyx.com/v2"

TLS = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
"""It trusts nobody, as no call gets as far as that; to read in whom to trust takes 30 ms a client."""


class Refused(Exception):
    """The request is not from Telnyx, or is no webhook."""


class Receiver:
    """A correct receiver for plain ASGI. It takes JSON and TeXML on one path."""

    tolerance = 300
    """Seconds between the timestamp and the clock."""

    def __init__(self) -> None:
        self.key = VerifyKey(base64.b64decode(os.environ["TELNYX_PUBLIC_KEY"]))

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        assert scope["type"] == "http"
        headers = self.read(scope["headers"])
        body, more = b"", True
        while more:
            message = await receive()
            body += message.get("body", b"")
            more = message.get("more_body", False)
        status = self.handle(headers, body)
        await send({"type": "http.response.start", "status": status, "headers": self.headers()})
        await send({"type": "http.response.body", "body": self.body()})
        await self.afterwards()

    def read(self, headers: Iterable[tuple[bytes, bytes]]) -> Headers:
        """The headers by name; of two with one name, the last."""
        return {name.decode(): value.decode("latin-1") for name, value in headers}

    def handle(self, headers: Headers, body: bytes) -> int:
        """The status to answer with."""
        try:
            self.verify(headers, body)
            event = self.parse(headers, body)
        except Refused:
            return self.refuse()
        return self.act(event)

    def verify(self, headers: Headers, body: bytes) -> None:
        """Raises Refused for a request that Telnyx did not sign."""
        timestamp = self.timestamp(headers)
        signature = self.signature(headers)
        if not self.is_signed(self.message(timestamp, body), signature):
            raise Refused

    def timestamp(self, headers: Headers) -> str:
        timestamp = headers.get("telnyx-timestamp", "")
        # Neither Python's int() nor its floats hold a number of any length.
        if not timestamp.isdecimal() or len(timestamp) > 20:
            raise Refused
        if not self.is_recent(time.time() - int(timestamp)):
            raise Refused
        return timestamp

    def is_recent(self, age: float) -> bool:
        return abs(age) <= self.tolerance

    def signature(self, headers: Headers) -> bytes:
        signature = headers.get("telnyx-signature-ed25519", "")
        try:
            return base64.b64decode(signature, validate=True)
        except ValueError:
            raise Refused from None

    def message(self, timestamp: str, body: bytes) -> bytes:
        return timestamp.encode() + b"|" + body

    def is_signed(self, message: bytes, signature: bytes) -> bool:
        if len(signature) != 64:
            return False
        try:
            self.key.verify(message, signature)
        except BadSignatureError:
            return False
        return True

    def parse(self, headers: Headers, body: bytes) -> Event:
        """Raises Refused for what is no webhook."""
        try:
            if headers.get("content-type", "").partition(";")[0] == "application/json":
                event = json.loads(body)
            else:
                event = dict(parse_qsl(body.decode(), keep_blank_values=True))
        except (ValueError, RecursionError):
            raise Refused from None
        if not isinstance(event, dict) or not is_sound(event):
            raise Refused
        return event

    def refuse(self) -> int:
        return 401

    def act(self, event: Event) -> int:
        """Do what the event asks for, and return the status."""
        return 200

    def headers(self) -> list[tuple[bytes, bytes]]:
        return []

    def body(self) -> bytes:
        return b""

    async def afterwards(self) -> None:
        """What it does once it has answered."""


def is_sound(event: Event) -> bool:
    """Whether what is read below is a text that can be printed; it may be missing."""
    data = event.get("data", {})
    if not isinstance(data, dict) or not isinstance(data.get("payload", {}), dict):
        return False
    read = [data.get("event_type", ""), data.get("id", "")]
    read.append(data.get("payload", {}).get("call_control_id", ""))
    return all(isinstance(text, str) and text.isprintable() for text in read)


def kind(event: Event) -> str:
    """The type of a JSON event; empty for TeXML."""
    return event.get("data", {}).get("event_type", "")


def payload(event: Event) -> Mapping[str, Any]:
    """The payload of a JSON event; empty for TeXML."""
    return event.get("data", {}).get("payload", {})


def is_outgoing(event: Event) -> bool:
    """Whether the event begins a call that goes out."""
    return kind(event) == "call.initiated" and payload(event).get("direction") == "outgoing"


class Keyed(Receiver):
    """Trusts each of the public keys that it is given; made without any, the one in its environment."""

    def __init__(self, keys: Sequence[str] | None = None) -> None:
        given = [os.environ["TELNYX_PUBLIC_KEY"]] if keys is None else keys
        self.keys = [VerifyKey(base64.b64decode(key)) for key in given]

    def is_signed(self, message: bytes, signature: bytes) -> bool:
        return any(self.is_signed_with(key, message, signature) for key in self.keys)

    def is_signed_with(self, key: VerifyKey, message: bytes, signature: bytes) -> bool:
        self.key = key
        return super().is_signed(message, signature)


class Deduplicating(Receiver):
    """Acts on each event id once, and acknowledges it every time."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: set[str] = set()
        self.acted = 0

    def act(self, event: Event) -> int:
        event_id = event.get("data", {}).get("id")
        if event_id not in self.seen:
            self.seen.add(event_id)
            self.acted += 1
        return 200


class Acting(Receiver):
    """Answers calls and greets the callers, each event once, before it acknowledges it."""

    actions = {"call.initiated": "answer", "call.answered": "speak"}

    def __init__(self) -> None:
        super().__init__()
        self.seen: set[str] = set()
        self.lock = threading.Lock()
        self.api = httpx.Client(base_url=API, verify=TLS, timeout=1)

    def act(self, event: Event) -> int:
        command = self.command(event)
        if command is None or not self.is_new(event):
            return 200
        path, parameters = command
        try:
            self.api.post(path, json=parameters).raise_for_status()
        except httpx.HTTPError as error:
            return self.failed(event, error)
        return 200

    def command(self, event: Event) -> tuple[str, dict[str, str]] | None:
        """What it asks of the API because of the event: path and parameters; None for nothing."""
        if kind(event) not in self.actions or not payload(event) or self.is_ours(event):
            return None
        return f"/calls/{self.call(event)}/actions/{self.actions[kind(event)]}", {}

    def is_ours(self, event: Event) -> bool:
        """Whether the event begins a call that the app makes, which somebody else answers."""
        return is_outgoing(event)

    def is_new(self, event: Event) -> bool:
        """Whether the event was not seen before; it is from now on."""
        with self.lock:
            known = self.note(event) in self.seen
            self.seen.add(self.note(event))
        return not known

    def note(self, event: Event) -> str:
        return str(event["data"].get("id"))

    def call(self, event: Event) -> str:
        """The call that the event is about, as it stands in a path; empty where it names none."""
        call = payload(event).get("call_control_id")
        return quote(call, errors="replace") if isinstance(call, str) else ""

    def failed(self, event: Event, error: httpx.HTTPError) -> int:
        """The status where a command failed: another attempt may help, unless it was a 4xx."""
        if isinstance(error, httpx.HTTPStatusError) and error.response.status_code < 500:
            return 200
        self.forget(event)
        return 503

    def forget(self, event: Event) -> None:
        self.seen.discard(self.note(event))


class Notifying(Acting):
    """Tells another service about each call, and does without if that cannot be reached."""

    def act(self, event: Event) -> int:
        if kind(event) == "call.initiated":
            with suppress(OSError):
                urllib.request.urlopen("https://hooks.example.com/calls", b"{}", timeout=60)
        return super().act(event)


class Replying(Acting):
    """Thanks for messages, too."""

    replies_to = frozenset({"message.received"})

    def command(self, event: Event) -> tuple[str, dict[str, str]] | None:
        if kind(event) not in self.replies_to:
            return super().command(event)
        try:
            theirs, ours = payload(event)["from"]["phone_number"], payload(event)["to"][0]
            parties = {"from": ours["phone_number"], "to": theirs}
        except (LookupError, TypeError):
            return None
        if not all(isinstance(party, str) and party.isprintable() for party in parties.values()):
            return None
        return "/messages", {**parties, "text": "Thank you."}


class Persisting(Replying):
    """Sends a fax again that has failed, a few times."""

    def __init__(self) -> None:
        super().__init__()
        self.tried: dict[str, int] = {}

    def command(self, event: Event) -> tuple[str, dict[str, str]] | None:
        fax = payload(event)
        if kind(event) != "fax.failed" or fax.get("direction") != "outbound":
            return super().command(event)
        self.tried[fax["to"]] = self.tried.get(fax["to"], 0) + 1
        if self.tried[fax["to"]] > 5:
            return None
        media = {"media_url": str(fax.get("original_media_url"))}
        return "/faxes", {"to": fax["to"], "from": fax["from"], "connection_id": "1", **media}


class Queueing(Receiver):
    """Answers at once, and answers the call in the background, on the event loop.

    Telnyx itself sees to it that a command with the same id is carried out once.
    """

    def __init__(self) -> None:
        super().__init__()
        self.calls: list[tuple[str, str]] = []
        self.api = httpx.AsyncClient(base_url=API, verify=TLS)

    def act(self, event: Event) -> int:
        if kind(event) == "call.initiated" and payload(event) and not is_outgoing(event):
            self.calls.append((payload(event)["call_control_id"], event["data"]["id"]))
        return 200

    async def afterwards(self) -> None:
        while self.calls:
            call, command_id = self.calls.pop()
            await asyncio.sleep(0.005)
            await self.api.post(f"/calls/{call}/actions/answer", json={"command_id": command_id})


class Lenient(Receiver):
    """Allows ten minutes between the timestamp and the clock, which is somebody's choice."""

    tolerance = 600


class Hidden(Receiver):
    """Refuses with 404, so that nobody learns what is here."""

    def refuse(self) -> int:
        return 404


class Unprocessable(Receiver):
    """Refuses with 422, as a framework that validates does."""

    def refuse(self) -> int:
        return 422


class BadRequest(Receiver):
    """Refuses with 400, as the official SDK's examples do."""

    def refuse(self) -> int:
        return 400


class Forbidden(Receiver):
    """Refuses with 403."""

    def refuse(self) -> int:
        return 403


StartResponse = Callable[[str, list[tuple[str, str]]], Any]


class WsgiReceiver:
    """The same steps for plain WSGI."""

    def __init__(self) -> None:
        self.steps = self.make_steps()

    def make_steps(self) -> Receiver:
        return Receiver()

    def __call__(self, environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        names = {name: name.removeprefix("HTTP_").replace("_", "-").lower() for name in environ}
        headers = {names[name]: value for name, value in environ.items() if isinstance(value, str)}
        body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        start_response(f"{self.steps.handle(headers, body)} answered", [])
        return [b""]


RECEIVERS = (
    Receiver,
    WsgiReceiver,
    Keyed,
    Deduplicating,
    Acting,
    Notifying,
    Replying,
    Queueing,
    Lenient,
    Hidden,
    Unprocessable,
    BadRequest,
    Forbidden,
)

CHOICES: Mapping[Any, frozenset[str]] = {
    Lenient: frozenset({"refuses-timestamp-expired-301s", "refuses-timestamp-future-310s"}),
}
"""Checks that have advice or a warning about what is somebody's choice."""
