"""The answer says more than it should, or what is not so."""

from __future__ import annotations

import gzip
import json
import os
import traceback
from xml.sax.saxutils import escape, quoteattr

from telnyx_mock.severity import Severity
from tests.receivers.correct import Event, Headers, Receiver, kind
from tests.receivers.fault import breaks, changed


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


class Greeting(Receiver):
    """Greets each caller of a form by name, in a document."""

    document = b""

    def act(self, event: Event) -> int:
        self.document = b""
        if not kind(event):
            name, caller = str(event.get("CallerId", "")), str(event.get("From", ""))
            dial = f"<Dial callerId={self.attribute(caller)}>+13125550199</Dial>"
            document = f"<Response><Say>Hello {self.text(name)}.</Say>{dial}</Response>"
            self.document = document.encode("utf-8", "replace")
        return 200

    def text(self, value: str) -> str:
        return escape(printable(value))

    def attribute(self, value: str) -> str:
        return quoteattr(printable(value))

    def headers(self) -> list[tuple[bytes, bytes]]:
        return [(b"content-type", b"application/xml")]

    def body(self) -> bytes:
        return self.document


def printable(value: str) -> str:
    """The value without characters that XML cannot have."""
    return "".join(filter(str.isprintable, value))


FORMS = "call.initiated texml.instructions texml.http-request"

changed(
    "puts the name of a caller into the document as it comes",
    "escapes-values-in-documents",
    Greeting,
    text=lambda _, value: printable(value),
    events=FORMS,
)
changed(
    "escapes only the ampersand in the name of a caller",
    "escapes-values-in-documents",
    Greeting,
    text=lambda _, value: printable(value).replace("&", "&amp;"),
    events=FORMS,
)
changed(
    "puts the number of a caller between quotation marks as it comes",
    "escapes-values-in-documents",
    Greeting,
    attribute=lambda _, value: f'"{printable(value)}"',
    events=FORMS,
)


@breaks("survives-compressed")
class Unpacks(Receiver):
    """It unpacks what is said to be compressed, and verifies what comes out."""

    def handle(self, headers: Headers, body: bytes) -> int:
        if headers.get("content-encoding") == "gzip":
            body = gzip.decompress(body)
        return super().handle(headers, body)
