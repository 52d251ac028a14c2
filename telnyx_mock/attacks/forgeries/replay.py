"""Replays: an attacker records a webhook and sends it again after its first delivery."""

from __future__ import annotations

from telnyx_mock.attacks.forgeries.forgery import Expected, Forgery
from telnyx_mock.attacks.forgeries.timestamp import HOUR, MARGIN
from telnyx_mock.attacks.original import Original

REPLAY_FORGERIES: tuple[Forgery, ...] = (
    Forgery(
        "replay-exact",
        "fails at a webhook that it has already received, for example at a unique database key",
        Original.request,
        expected=Expected.SURVIVED,
        after_original=True,
    ),
    Forgery(
        "replay-expired",
        "acknowledges a webhook it has already seen without verifying the signature and timestamp",
        lambda original: original.request(-HOUR - MARGIN),
        plainer="timestamp-expired-1h",
        after_original=True,
    ),
)
"""The replays, in the order in which they are tried."""
