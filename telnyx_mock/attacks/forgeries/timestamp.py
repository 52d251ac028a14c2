"""Forgeries of the time of signing: missing, changed, too old, or in the future.

Telnyx's guides allow five minutes between timestamp and receipt
(:data:`telnyx_mock.provider_urls.MESSAGING_GUIDE`). The official SDKs allow five minutes in both
directions. An attacker can record an old webhook and send it again. Only a holder of the key can
sign a future timestamp.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from telnyx_mock.attacks.forgeries.forgery import Expected, Forgery
from telnyx_mock.attacks.original import Original, with_second
from telnyx_mock.payload.request import TIMESTAMP_HEADER, Request
from telnyx_mock.severity import Severity

MINUTE = 60
HOUR = 60 * MINUTE
DAY = 24 * HOUR

MARGIN = 10
"""Seconds beyond the limit: even after a slow delivery, a future timestamp exceeds the limit."""


def _changed(original: Original) -> Request:
    recorded = original.request(-HOUR - MARGIN)
    return recorded.with_headers((TIMESTAMP_HEADER, original.stamp))


def _signed(seconds: int) -> Callable[[Original], Request]:
    return lambda original: original.request(seconds)


def _repeated(*, genuine_first: bool) -> Callable[[Original], Request]:
    def make(original: Original) -> Request:
        yesterday = str(int(original.now) - DAY).encode("ascii")
        request = original.request()
        return with_second(request, TIMESTAMP_HEADER, yesterday, genuine_first=genuine_first)

    return make


_future = partial(Forgery, severity=Severity.WARNING, needs_key=True)
_legal = partial(Forgery, expected=Expected.SURVIVED, plainer="timestamp-not-a-number")

TIMESTAMP_FORGERIES: tuple[Forgery, ...] = (
    Forgery(
        "timestamp-missing",
        "verifies a request only if it has both headers, so an attacker simply leaves one out",
        lambda original: original.with_timestamp(None),
    ),
    Forgery(
        "timestamp-changed",
        "verifies the signature without the timestamp, so an old request can get a new date",
        _changed,
    ),
    Forgery(
        "timestamp-expired-1h",
        "accepts a signature that is an hour old, so a recorded webhook can be sent again",
        _signed(-HOUR - MARGIN),
    ),
    Forgery(
        "timestamp-expired-1d",
        "accepts a signature that is a day old, as if it looked at hours and minutes alone",
        _signed(-DAY - MARGIN),
    ),
    Forgery(
        "timestamp-expired-10m",
        "accepts a signature that is ten minutes old, twice what the guides allow",
        _signed(-10 * MINUTE - MARGIN),
        Severity.WARNING,
        plainer="timestamp-expired-1h",
    ),
    Forgery(
        "timestamp-expired-301s",
        "accepts a signature older than the five minutes that the guides allow",
        _signed(-5 * MINUTE - 1),
        Severity.ADVICE,
        plainer="timestamp-expired-10m",
    ),
    Forgery(
        "timestamp-1970",
        "treats a timestamp of 0 as missing, and accepts requests without a timestamp",
        lambda original: original.signed_at(b"0"),
        Severity.ADVICE,
        needs_key=True,
        plainer="timestamp-expired-1h",
    ),
    _future(
        "timestamp-future-1h",
        "accepts a timestamp one hour ahead, so an old request stays valid for an hour",
        _signed(HOUR + MARGIN),
    ),
    _future(
        "timestamp-future-1d",
        "compares hours and minutes but ignores the days of timestamps in the future",
        _signed(DAY + MARGIN),
        plainer="timestamp-future-1h",
    ),
    _future(
        "timestamp-future-10m",
        "accepts a timestamp ten minutes ahead, twice what the official SDKs allow",
        _signed(10 * MINUTE + MARGIN),
        plainer="timestamp-future-1h",
    ),
    _future(
        "timestamp-future-310s",
        "accepts a timestamp further ahead than the five minutes that the official SDKs allow",
        _signed(5 * MINUTE + MARGIN),
        plainer="timestamp-future-10m",
    ),
    _legal(
        "timestamp-good-then-bad",
        "fails if the timestamp header comes twice, the genuine one first",
        _repeated(genuine_first=True),
    ),
    _legal(
        "timestamp-bad-then-good",
        "fails if the timestamp header comes twice, the genuine one last",
        _repeated(genuine_first=False),
    ),
)
"""The forgeries of the time, in the order in which they are tried."""
