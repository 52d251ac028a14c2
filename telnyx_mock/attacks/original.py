"""The genuine webhook from which an attack starts, and ways to alter its request."""

from __future__ import annotations

import base64
from dataclasses import dataclass, replace

from telnyx_mock.payload.request import SIGNATURE_HEADER, TIMESTAMP_HEADER, Request
from telnyx_mock.payload.webhook import Webhook, sample
from telnyx_mock.schema.event import ContentType
from telnyx_mock.signing.keys import KeyPair
from telnyx_mock.signing.sign import sign

FALSE_SIGNATURE = base64.b64encode(bytes(range(64)))
"""Base64 of 64 bytes that are not the signature of anything."""


@dataclass(frozen=True, slots=True)
class Original:
    """An attack's input: a genuine *webhook*, Telnyx's *key*, and the time *now* (Unix seconds)."""

    webhook: Webhook
    key: KeyPair
    now: float

    @property
    def is_form(self) -> bool:
        """Whether the webhook is sent as a form instead of JSON."""
        return self.webhook.event.content_type is ContentType.FORM

    @property
    def stamp(self) -> bytes:
        """The time *now*, as the timestamp header shows it."""
        return str(int(self.now)).encode("ascii")

    def request(self, seconds: int = 0) -> Request:
        """Return the genuine request, signed *seconds* after now (negative: before now)."""
        return sign(self.webhook, self.key, timestamp=int(self.now) + seconds)

    def signature(self) -> bytes:
        """Return the 64 bytes of the genuine signature."""
        return base64.b64decode(self.request().header(SIGNATURE_HEADER) or b"")

    def with_signature(self, value: bytes | None) -> Request:
        """Return the request with another value of the signature header; None removes the header."""
        return self.request().with_headers((SIGNATURE_HEADER, value))

    def with_timestamp(self, value: bytes | None) -> Request:
        """Return the request with another value of the timestamp header; None removes the header."""
        return self.request().with_headers((TIMESTAMP_HEADER, value))

    def signed_over(self, message: bytes, body: bytes | None = None) -> Request:
        """Return the request with the key's signature over *message*, and with *body* if it is given."""
        signature = base64.b64encode(self.key.sign_raw(message))
        request = self.with_signature(signature)
        return request if body is None else replace(request, body=body)

    def signed_at(self, stamp: bytes) -> Request:
        """Return the request with *stamp* in the timestamp header, correctly signed."""
        request = self.with_timestamp(stamp)
        return request.with_headers((SIGNATURE_HEADER, self.key.sign(stamp, request.body)))

    def other_request(self) -> Request:
        """Return the genuine request of another webhook with the same content type."""
        name = "texml.call.completed" if self.is_form else "call.initiated"
        return sign(sample(name).fresh(self.now), self.key, timestamp=int(self.now))


def with_second(request: Request, name: bytes, value: bytes, *, genuine_first: bool) -> Request:
    """Return *request* with a second header *name*, placed after all other headers or before them."""
    second = (name, value)
    headers = (*request.headers, second) if genuine_first else (second, *request.headers)
    return replace(request, headers=headers, draft=None)
