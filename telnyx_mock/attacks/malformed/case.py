"""What a malformed request is, and how it is made of a webhook."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from telnyx_mock.payload.request import SIGNATURE_HEADER, Request
from telnyx_mock.payload.webhook import Webhook
from telnyx_mock.schema.event import ContentType
from telnyx_mock.schema.json_values import Json
from telnyx_mock.signing.keys import KeyPair
from telnyx_mock.signing.sign import sign

__all__ = ["Malformed", "with_inner"]


@dataclass(frozen=True, slots=True)
class Malformed:
    """A rightly signed request that makes no sense.

    *reason* is one line: what a receiver that fails at it took for granted. *write* makes the body
    of a webhook; *sent_as* is the content type to send it under, None for no such header, and
    the usual one unless given.
    """

    name: str
    reason: str
    write: Callable[[Webhook], bytes]
    sent_as: bytes | None = b""

    @property
    def content_type(self) -> ContentType:
        """Of which content type the webhook must be."""
        return ContentType[self.name.partition("-")[0].upper()]

    def request(self, webhook: Webhook, key: KeyPair, timestamp: int) -> Request:
        """The request, signed by *key* at *timestamp* (Unix seconds)."""
        genuine = sign(webhook, key, timestamp=timestamp)
        body = self.write(webhook)
        signature = key.sign(str(timestamp).encode("ascii"), body)
        request = replace(genuine, body=body)
        if self.sent_as != b"":
            request = request.with_headers((b"content-type", self.sent_as))
        return request.with_headers((SIGNATURE_HEADER, signature))


def with_inner(
    webhook: Webhook, place: str, change: Callable[[dict[str, Json], str], object]
) -> dict[str, Json]:
    """The webhook's body, in which *change* has changed what stands at *place*.

    *place* is ``data``, the outermost object, or ``payload``, the innermost. *change* gets the
    object that holds it, and its name. Where an event has no envelope, it is the first member.
    """
    body = dict(webhook.body)
    path = webhook.event.root or (next(iter(body)),)
    *outer, name = path[:1] if place == "data" else path
    holder = body
    for step in outer:
        holder[step] = holder = dict(holder[step])
    change(holder, name)
    return body
