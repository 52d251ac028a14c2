"""What a forgery is, and the original that it is made from."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum

from telnyx_mock.request import Request
from telnyx_mock.severity import Severity
from telnyx_mock.signing import KeyPair, sign
from telnyx_mock.webhook import Webhook, sample

__all__ = ["Forgery", "Group", "Original"]


class Group(Enum):
    """What a forgery lies about."""

    SIGNATURE = "signature"
    TIMESTAMP = "timestamp"
    BODY = "body"
    REPLAY = "replay"


@dataclass(frozen=True, slots=True)
class Original:
    """The genuine article: *webhook*, the *key* that Telnyx signs with, and the time *now*.

    *now* is in Unix seconds. What only a holder of the key could make of it is no error to accept.
    """

    webhook: Webhook
    key: KeyPair
    now: float

    def request(self, seconds: int = 0) -> Request:
        """The webhook, genuinely signed *seconds* from now (before: negative)."""
        return sign(self.webhook, self.key, timestamp=int(self.now) + seconds)

    def request_by_stranger(self) -> Request:
        """The webhook, signed just now by a key that nobody knows."""
        return sign(self.webhook, KeyPair.generate(), timestamp=int(self.now))

    def other_request(self) -> Request:
        """Another webhook, genuinely signed just now: a call, which no event without ids equals."""
        other = sample("call.initiated").fresh(self.now)
        return sign(other, self.key, timestamp=int(self.now))


@dataclass(frozen=True, slots=True)
class Forgery:
    """A way to lie.

    *reason* is one line: what a receiver that accepts it gets wrong. *severity* follows from who
    can send it: an error needs no key. *make* turns an original into the lie.
    """

    name: str
    group: Group
    reason: str
    severity: Severity
    make: Callable[[Original], Request]
