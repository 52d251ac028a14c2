"""A malformed request: the body that it carries, and the content type that it declares."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from telnyx_mock.attacks.original import Original
from telnyx_mock.payload.request import Request
from telnyx_mock.payload.webhook import Webhook
from telnyx_mock.schema.event import ContentType


@dataclass(frozen=True, slots=True)
class Malformed:
    """A correctly signed request whose content makes no sense.

    *reason* completes the sentence "A receiver that fails at it ...". *write* makes the body from a
    webhook. *sent_as* is the declared content type: None means no content type header, and an empty
    text means the usual content type.
    """

    name: str
    reason: str
    write: Callable[[Webhook], bytes]
    sent_as: bytes | None = b""

    @property
    def content_type(self) -> ContentType:
        """The content type of the webhook: no other webhook can be malformed in this way."""
        return ContentType[self.name.partition("-")[0].upper()]

    def make(self, original: Original) -> Request:
        """Return the malformed request, signed like *original*."""
        body = self.write(original.webhook)
        request = original.signed_over(original.stamp + b"|" + body, body)
        if self.sent_as == b"":
            return request
        return request.with_headers((b"content-type", self.sent_as))
