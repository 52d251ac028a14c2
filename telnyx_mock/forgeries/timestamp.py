"""Lies about the time of signing.

The guides allow five minutes between timestamp and receipt
(https://developers.telnyx.com/docs/messaging/messages/receiving-webhooks); the official SDKs
allow them both ways. What is old needs no key, since it can be recorded and sent again. The future
needs the key.
"""

from __future__ import annotations

from collections.abc import Callable

from telnyx_mock.forgeries.forgery import Forgery, Group, Original
from telnyx_mock.request import TIMESTAMP_HEADER, Request
from telnyx_mock.severity import Severity

__all__ = ["TIMESTAMP_FORGERIES"]

MINUTE = 60
HOUR = 60 * MINUTE

MARGIN = 10
"""Seconds beyond the round figure, so that a window of just that size is judged the same every
time, however slow the delivery."""


def _missing(original: Original) -> Request:
    return original.request().with_headers((TIMESTAMP_HEADER, None))


def _not_a_number(original: Original) -> Request:
    # The signature is over the real timestamp: a signed word would need the key.
    return original.request().with_headers((TIMESTAMP_HEADER, b"yesterday"))


def _changed(original: Original) -> Request:
    recorded = original.request(-HOUR - MARGIN)
    return recorded.with_headers((TIMESTAMP_HEADER, str(int(original.now)).encode("ascii")))


def _signed(seconds: int) -> Callable[[Original], Request]:
    return lambda original: original.request(seconds)


TIMESTAMP_FORGERIES: tuple[Forgery, ...] = (
    Forgery(
        "timestamp-missing",
        Group.TIMESTAMP,
        "verifies only when both headers are there, so leaving one out is enough",
        Severity.ERROR,
        _missing,
    ),
    Forgery(
        "timestamp-not-a-number",
        Group.TIMESTAMP,
        "carries on when the timestamp cannot be read, or never looks at it",
        Severity.ERROR,
        _not_a_number,
    ),
    Forgery(
        "timestamp-changed",
        Group.TIMESTAMP,
        "does not bind the signature to the timestamp: a recorded webhook gets a new date",
        Severity.ERROR,
        _changed,
    ),
    Forgery(
        "timestamp-expired-1h",
        Group.TIMESTAMP,
        "accepts what was signed an hour ago, so a recorded webhook can be sent again",
        Severity.ERROR,
        _signed(-HOUR - MARGIN),
    ),
    Forgery(
        "timestamp-expired-10m",
        Group.TIMESTAMP,
        "accepts what was signed ten minutes ago, twice the five minutes that the guides allow",
        Severity.WARNING,
        _signed(-10 * MINUTE - MARGIN),
    ),
    Forgery(
        "timestamp-future-1h",
        Group.TIMESTAMP,
        "accepts what is dated an hour ahead, so one webhook can be sent again for an hour",
        Severity.WARNING,
        _signed(HOUR + MARGIN),
    ),
)
"""The forgeries of the timestamp, in the order in which they are tried."""
