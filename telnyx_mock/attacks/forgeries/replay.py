"""A webhook that was delivered, and that somebody who recorded it sends again.

Each of these is the second delivery, of the same webhook and at the same time as the first.
"""

from __future__ import annotations

from telnyx_mock.attacks.forgeries.forgery import Expected, Forgery, Original
from telnyx_mock.attacks.forgeries.timestamp import HOUR, MARGIN
from telnyx_mock.payload.request import Request

__all__ = ["REPLAY_FORGERIES"]


def _exact(original: Original) -> Request:
    return original.request()


def _expired(original: Original) -> Request:
    return original.request(-HOUR - MARGIN)


REPLAY_FORGERIES: tuple[Forgery, ...] = (
    Forgery(
        "replay-exact",
        "fails at a webhook that it has had already, as at a key that is in the database",
        _exact,
        expected=Expected.SURVIVED,
        after_original=True,
    ),
    Forgery(
        "replay-expired",
        "acknowledges what it has had already before it verifies it and looks at its date",
        _expired,
        plainer="timestamp-expired-1h",
        after_original=True,
    ),
)
"""The replays, in the order in which they are tried."""
