"""Known-bad receivers that judge rightly, and say more than they should, or what is not so."""

from __future__ import annotations

import gzip
import json
import os
import traceback
from collections.abc import Mapping
from typing import Any

from tests.receivers.correct import Event, Headers, Receiver, kind


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


class Unpacks(Receiver):
    """It unpacks what is said to be compressed, and verifies what comes out."""

    def handle(self, headers: Headers, body: bytes) -> int:
        if headers.get("content-encoding") == "gzip":
            body = gzip.decompress(body)
        return super().handle(headers, body)


BAD_ANSWERS: Mapping[str, type[Any]] = {
    "answers-without-secrets": ShowsSettings,
    "answers-without-traces": ShowsTraceback,
    "answers-xml-as-xml": SaysHtml,
    "survives-compressed": Unpacks,
}
