"""Lies about the time of signing.

The guides allow five minutes between timestamp and receipt
(:data:`telnyx_mock.provider.MESSAGING_GUIDE`); the official SDKs
allow them both ways. What is old needs no key, since it can be recorded and sent again. The future
needs the key.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial

from telnyx_mock.attacks.forgeries.forgery import Expected, Forgery, Original, replaced
from telnyx_mock.payload.request import TIMESTAMP_HEADER, Request
from telnyx_mock.severity import Severity

__all__ = ["TIMESTAMP_FORGERIES"]

MINUTE = 60
HOUR = 60 * MINUTE
DAY = 24 * HOUR

MARGIN = 10
"""Seconds beyond the round figure, so that a window of just that size is judged the same every
time, however slow the delivery."""


def _missing(original: Original) -> Request:
    return replaced(original.request(), None, (TIMESTAMP_HEADER, None))


def _changed(original: Original) -> Request:
    recorded = original.request(-HOUR - MARGIN)
    return replaced(recorded, None, (TIMESTAMP_HEADER, original.stamp))


def _signed(seconds: int) -> Callable[[Original], Request]:
    return lambda original: original.request(seconds)


def _twice(*, genuine_first: bool) -> Callable[[Original], Request]:
    def make(original: Original) -> Request:
        request = original.request()
        false = (TIMESTAMP_HEADER, str(int(original.now) - DAY).encode("ascii"))
        headers = (*request.headers, false) if genuine_first else (false, *request.headers)
        return replace(request, headers=headers)

    return make


_future = partial(Forgery, severity=Severity.WARNING, needs_key=True)
_legal = partial(Forgery, expected=Expected.SURVIVED, plainer="timestamp-not-a-number")

TIMESTAMP_FORGERIES: tuple[Forgery, ...] = (
    Forgery(
        "timestamp-missing",
        "verifies only when both headers are there, so leaving one out is enough",
        _missing,
    ),
    Forgery(
        "timestamp-changed",
        "does not bind the signature to the timestamp: a recorded webhook gets a new date",
        _changed,
    ),
    Forgery(
        "timestamp-expired-1h",
        "accepts what was signed an hour ago, so a recorded webhook can be sent again",
        _signed(-HOUR - MARGIN),
    ),
    Forgery(
        "timestamp-expired-1d",
        "compares hours and minutes and forgets the days, as timedelta.seconds does",
        _signed(-DAY - MARGIN),
        plainer="timestamp-expired-1h",
    ),
    Forgery(
        "timestamp-expired-10m",
        "accepts what was signed ten minutes ago, twice the five minutes that the guides allow",
        _signed(-10 * MINUTE - MARGIN),
        Severity.WARNING,
        plainer="timestamp-expired-1h",
    ),
    Forgery(
        "timestamp-expired-301s",
        "accepts what is older than the five minutes that the guides allow",
        _signed(-5 * MINUTE - 1),
        Severity.ADVICE,
        plainer="timestamp-expired-10m",
    ),
    Forgery(
        "timestamp-1970",
        "takes a timestamp of 0 for none, and none for good",
        lambda original: original.signed_at(b"0"),
        Severity.ADVICE,
        needs_key=True,
        plainer="timestamp-expired-1h",
    ),
    _future(
        "timestamp-future-1h",
        "accepts what is dated an hour ahead, so one webhook can be sent again for an hour",
        _signed(HOUR + MARGIN),
    ),
    _future(
        "timestamp-future-1d",
        "compares hours and minutes and forgets the days, for what is dated ahead",
        _signed(DAY + MARGIN),
        plainer="timestamp-future-1h",
    ),
    _future(
        "timestamp-future-10m",
        "accepts what is dated ten minutes ahead, twice what the official SDKs allow",
        _signed(10 * MINUTE + MARGIN),
        plainer="timestamp-future-1h",
    ),
    _future(
        "timestamp-future-310s",
        "accepts what is dated further ahead than the five minutes that the official SDKs allow",
        _signed(5 * MINUTE + MARGIN),
        plainer="timestamp-future-10m",
    ),
    _legal(
        "timestamp-good-then-bad",
        "fails where the timestamp's header stands twice, the genuine one first",
        _twice(genuine_first=True),
    ),
    _legal(
        "timestamp-bad-then-good",
        "fails where the timestamp's header stands twice, the genuine one last",
        _twice(genuine_first=False),
    ),
)
"""The forgeries of the time, in the order in which they are tried."""
