"""The genuine webhook that an attack starts from, and ways to alter its request."""

from __future__ import annotations

import base64
from dataclasses import dataclass, replace

from telnyx_mock.payload.request import SIGNATURE_HEADER, TIMESTAMP_HEADER, Request
from telnyx_mock.payload.webhook import Webhook, sample
from telnyx_mock.schema.event import ContentType
from telnyx_mock.signing.keys import KeyPair
from telnyx_mock.signing.sign import sign

__all__ = ["FALSE_SIGNATURE", "Original", "with_second"]

FALSE_SIGNATURE = base64.b64encode(bytes(range(64)))
"""Base64 of 64 bytes that are the signature of nothing."""


@dataclass(frozen=True, slots=True)
class Original:
    """A genuine *webhook*, the *key* that Telnyx signs with, and the time *now* (Unix seconds)."""

    webhook: Webhook
    key: KeyPair
    now: float

    @property
    def is_form(self) -> bool:
        """Whether the webhook is sent as a form, and not as JSON."""
        return self.webhook.event.content_type is ContentType.FORM

    @property
    def stamp(self) -> bytes:
        """The time *now*, as the timestamp header shows it."""
        return str(int(self.now)).encode("ascii")

    def request(self, seconds: int = 0) -> Request:
        """The genuine request, signed *seconds* after now (negative: before)."""
        return sign(self.webhook, self.key, timestamp=int(self.now) + seconds)

    def signature(self) -> bytes:
        """The 64 bytes of the genuine signature."""
        return base64.b64decode(self.request().header(SIGNATURE_HEADER) or b"")

    def with_signature(self, value: bytes | None) -> Request:
        """The request with another value of the signature header, or without it."""
        return self.request().with_headers((SIGNATURE_HEADER, value))

    def with_timestamp(self, value: bytes | None) -> Request:
        """The request with another value of the timestamp header, or without it."""
        return self.request().with_headers((TIMESTAMP_HEADER, value))

    def signed_over(self, message: bytes, body: bytes | None = None) -> Request:
        """The request with the key's signature over *message*, and *body* unless it is None."""
        signature = base64.b64encode(self.key.sign_raw(message))
        request = self.with_signature(signature)
        return request if body is None else replace(request, body=body)

    def signed_at(self, stamp: bytes) -> Request:
        """The request with *stamp* in the timestamp header, correctly signed."""
        request = self.with_timestamp(stamp)
        return request.with_headers((SIGNATURE_HEADER, self.key.sign(stamp, request.body)))

    def other_request(self) -> Request:
        """The genuine request of another webhook of the same content type."""
        name = "texml.call.completed" if self.is_form else "call.initiated"
        return sign(sample(name).fresh(self.now), self.key, timestamp=int(self.now))


def with_second(request: Request, name: bytes, value: bytes, *, genuine_first: bool) -> Request:
    """*request* with a second header *name*, after all others or before them."""
    second = (name, value)
    headers = (*request.headers, second) if genuine_first else (second, *request.headers)
    return replace(request, headers=headers, draft=None)
