"""The answer says more than it should, or what is not so."""

from __future__ import annotations

import gzip
import json
import os
import traceback

from telnyx_mock.severity import Severity
from tests.receivers.correct import Event, Headers, Receiver, kind
from tests.receivers.fault import breaks


@breaks("answers-without-secrets")
class ShowsSettings(Receiver):
    """It tells whom it refuses with which settings it runs."""

    settings = b""

    def handle(self, headers: Headers, body: bytes) -> int:
        self.settings = b""
        return super().handle(headers, body)

    def refuse(self) -> int:
        names = ("TELNYX_API_KEY", "TELNYX_PUBLIC_KEY")
        self.settings = json.dumps({name: os.environ.get(name) for name in names}).encode()
        return super().refuse()

    def body(self) -> bytes:
        return self.settings


@breaks("answers-without-traces", severity=Severity.WARNING)
class ShowsTraceback(Receiver):
    """It tells whom it refuses where in the code that was, as debug modes do."""

    story = b""

    def handle(self, headers: Headers, body: bytes) -> int:
        self.story = b""
        return super().handle(headers, body)

    def refuse(self) -> int:
        self.story = traceback.format_exc().encode()
        return super().refuse()

    def body(self) -> bytes:
        return self.story


@breaks("answers-xml-as-xml", events="call.initiated texml.http-request", severity=Severity.WARNING)
class SaysHtml(Receiver):
    """It answers forms with a document, as the plain string that its framework takes for HTML."""

    is_form = False

    def act(self, event: Event) -> int:
        self.is_form = not kind(event)
        return 200

    def headers(self) -> list[tuple[bytes, bytes]]:
        return [(b"content-type", b"text/html; charset=utf-8")]

    def body(self) -> bytes:
        document = b'<?xml version="1.0" encoding="UTF-8"?>\n<Response><Hangup/></Response>'
        return document if self.is_form else b"OK"


@breaks("survives-compressed")
class Unpacks(Receiver):
    """It unpacks what is said to be compressed, and verifies what comes out."""

    def handle(self, headers: Headers, body: bytes) -> int:
        if headers.get("content-encoding") == "gzip":
            body = gzip.decompress(body)
        return super().handle(headers, body)
