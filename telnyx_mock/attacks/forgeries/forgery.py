"""What a forgery is, and the original that it is made from."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum

from telnyx_mock.payload.request import SIGNATURE_HEADER, TIMESTAMP_HEADER, Request
from telnyx_mock.payload.webhook import Webhook, sample
from telnyx_mock.schema.event import ContentType
from telnyx_mock.severity import Severity
from telnyx_mock.signing.keys import KeyPair
from telnyx_mock.signing.sign import sign

__all__ = ["Expected", "Forgery", "Group", "Original"]


class Group(Enum):
    """What a forgery lies about; its name begins with it."""

    HEADERS = "headers"
    """That neither of Telnyx's headers is needed."""
    SIGNATURE = "signature"
    TIMESTAMP = "timestamp"
    BODY = "body"
    REPLAY = "replay"
    """Delivered already, and sent again by somebody else."""


class Expected(Enum):
    """What a receiver owes a forgery."""

    REFUSED = "refused"
    """An answer of 4xx, and no effect."""
    SURVIVED = "survived"
    """An answer that is no failure. It may be accepted: all that is signed is as Telnyx signed it."""
    IGNORED = "ignored"
    """An answer that is no failure, and no effect."""


@dataclass(frozen=True, slots=True)
class Original:
    """The genuine article: *webhook*, the *key* that Telnyx signs with, and the time *now*.

    *now* is in Unix seconds. What only a holder of the key could make of it is no error to accept.
    """

    webhook: Webhook
    key: KeyPair
    now: float

    @property
    def stamp(self) -> bytes:
        """The timestamp as it stands in its header."""
        return str(int(self.now)).encode("ascii")

    def request(self, seconds: int = 0) -> Request:
        """The webhook, genuinely signed *seconds* from now (before: negative)."""
        return sign(self.webhook, self.key, timestamp=int(self.now) + seconds)

    def signed_over(self, message: bytes, body: bytes | None = None) -> Request:
        """The webhook, or *body* in its place, with the key's signature over *message* instead."""
        signature = self.key.sign(b"", message, separator=b"")
        return replaced(self.request(), body, (SIGNATURE_HEADER, signature))

    def signed_at(self, stamp: bytes) -> Request:
        """The webhook with *stamp* for a timestamp, signed as it stands there."""
        request = self.request()
        signature = self.key.sign(stamp, request.body)
        return replaced(request, None, (TIMESTAMP_HEADER, stamp), (SIGNATURE_HEADER, signature))

    def request_by_stranger(self) -> Request:
        """The webhook, signed just now by a key that nobody knows."""
        return sign(self.webhook, KeyPair.generate(), timestamp=int(self.now))

    def other_request(self) -> Request:
        """Another webhook of the same content type, genuinely signed just now."""
        is_form = self.webhook.event.content_type is ContentType.FORM
        other = sample("texml.call.completed" if is_form else "call.initiated").fresh(self.now)
        return sign(other, self.key, timestamp=int(self.now))


def replaced(request: Request, body: bytes | None, *headers: tuple[bytes, bytes | None]) -> Request:
    """*request* with another body, unless it is None, and other headers in their old places."""
    values = dict(headers)
    pairs = ((name, values.get(name, value)) for name, value in request.headers)
    return Request(
        tuple((name, value) for name, value in pairs if value is not None),
        request.body if body is None else body,
        request.method,
        request.query,
        request.webhook,
    )


@dataclass(frozen=True, slots=True)
class Forgery:
    """A way to lie.

    *reason* is one line: what a receiver gets wrong that does not do what is *expected*. *make*
    turns an original into the lie. *severity* follows from who can send it: it is an error only
    if that takes no key (*needs_key*), and is legal for HTTP to carry (*in_process_only*). *plainer*
    names another forgery: whoever does wrong by that one does wrong by this one too. One that comes
    *after_original* shows something only where the genuine webhook was delivered just before, at
    the same second.
    """

    name: str
    reason: str
    make: Callable[[Original], Request]
    severity: Severity = Severity.ERROR
    expected: Expected = Expected.REFUSED
    needs_key: bool = False
    in_process_only: bool = False
    plainer: str = ""
    after_original: bool = False

    @property
    def group(self) -> Group:
        """What it lies about."""
        return Group(self.name.partition("-")[0])

    @property
    def must_be_refused(self) -> bool:
        """Whether it is an error to accept it: anyone can send it, and it is no legal variant."""
        return self.expected is Expected.REFUSED and self.severity is Severity.ERROR

    @property
    def failing(self) -> Severity:
        """How much it matters if a receiver fails at it instead of answering."""
        return Severity.ADVICE if self.needs_key or self.in_process_only else Severity.ERROR

    def allows(self, status: int | None) -> bool:
        """Whether a receiver may answer with *status* (None: not at all)."""
        if status is None:
            return False
        return 400 <= status < 500 or (self.expected is not Expected.REFUSED and status < 500)
