"""Junk: requests that anyone can send without a key, at which code before the verification may fail.

Some have no signature, and the others a false one. All of them can be sent over HTTP, and common
servers pass them on to the app.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from telnyx_mock.attacks.malformed import malform
from telnyx_mock.attacks.malformed.json_content import raw_member
from telnyx_mock.attacks.original import FALSE_SIGNATURE, Original
from telnyx_mock.payload.request import SIGNATURE_HEADER, TIMESTAMP_HEADER, Request

UNSIGNED = ((SIGNATURE_HEADER, None), (TIMESTAMP_HEADER, None))

JSON_BODIES: Mapping[str, bytes] = {
    "an empty body": b"",
    "incomplete JSON": b'{"data": {',
    "an empty object": b"{}",
    "null": b"null",
    "a list": b"[]",
    "a string": b'"call.initiated"',
    "bytes that are not UTF-8": b'{"data": "\xff\xfe"}',
    "NaN and half a surrogate pair": b'{"data": {"id": "\\ud800", "payload": NaN}}',
    "JSON nested 2,000 deep": b"[" * 2000 + b"]" * 2000,
}
FORM_BODIES: Mapping[str, bytes] = {
    "an empty body": b"",
    "percent signs": b"%%%=%zz",
    "bytes that are not UTF-8": b"CallSid=%ff%fe&From=\xff",
    "JSON": b'{"CallSid": "v3:1"}',
}

JSON_EVENTS = (
    "json-data-null",
    "json-data-a-list",
    "json-data-a-string",
    "json-payload-missing",
    "json-payload-null",
    "json-payload-a-list",
    "json-type-missing",
    "json-type-number",
    "json-type-list",
    "json-type-twice",
    "json-nan",
    "json-infinity",
    "json-huge-integer",
    "json-lone-surrogates",
    "json-nul",
    "json-with-bom",
    "json-as-form",
    "json-untyped",
    "json-odd-type",
    "json-odd-charset",
)
FORM_EVENTS = (
    "form-as-json",
    "form-untyped",
    "form-multipart",
    "form-no-values",
    "form-repeated",
    "form-bad-escapes",
    "form-not-utf-8",
    "form-nul",
    "form-brackets",
)
"""Malformed requests that look like events. They are sent with a false signature."""

NESTED = raw_member(b"[" * 1000 + b"]" * 1000)


@dataclass(frozen=True, slots=True)
class Junk:
    """One *request*. *words* describe it. It *looks_like_event* if its body could be an event's."""

    words: str
    request: Request
    looks_like_event: bool

    @property
    def has_signature(self) -> bool:
        """Whether the request has a signature header, with a false signature."""
        return self.request.header(SIGNATURE_HEADER) is not None


def junk(original: Original) -> Iterator[Junk]:
    """Yield all junk with the content type of *original*."""
    genuine = original.request()
    false = genuine.with_headers((SIGNATURE_HEADER, FALSE_SIGNATURE))
    unsigned = genuine.with_headers(*UNSIGNED)
    bodies, names = (FORM_BODIES, FORM_EVENTS) if original.is_form else (JSON_BODIES, JSON_EVENTS)
    for words, body in bodies.items():
        yield _junk(f"with {words}, without a signature,", unsigned, body)
        yield _junk(f"with {words}, with a false signature,", false, body)
    for name in names:
        request = malform(name, original.webhook, original.key, original.now)
        yield _event(f"malformed as {name}", request)
    if not original.is_form:
        yield _event("with lists nested 1,000 deep", replace(false, body=NESTED(original.webhook)))
    yield _event("without a content length", false.with_headers((b"transfer-encoding", b"chunked")))
    yield _event(
        "with a header that is not ASCII", false.with_headers((b"user-agent", b"telnyx \xe9"))
    )


def _junk(words: str, request: Request, body: bytes) -> Junk:
    return Junk(words, _anonymous(replace(request, body=body)), looks_like_event=False)


def _event(words: str, request: Request) -> Junk:
    false = request.with_headers((SIGNATURE_HEADER, FALSE_SIGNATURE))
    return Junk(f"{words}, with a false signature,", _anonymous(false), looks_like_event=True)


def _anonymous(request: Request) -> Request:
    """Return *request* as one that nobody can take for a genuine webhook."""
    return replace(request, webhook=None, draft=None, malformed=None)
