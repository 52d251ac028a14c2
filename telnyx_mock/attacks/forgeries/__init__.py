"""Every way to lie to a receiver, by name. A receiver refuses each with 4xx, but for legal variants.

What anyone can send is an error to accept; what takes the key, or what the sources leave open, is
a warning or advice. Never imports Hypothesis or anything that sends.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from telnyx_mock.attacks.forgeries.body import BODY_FORGERIES
from telnyx_mock.attacks.forgeries.encoding import ENCODING_FORGERIES
from telnyx_mock.attacks.forgeries.forgery import Expected, Forgery, Group, Original
from telnyx_mock.attacks.forgeries.headers import HEADER_FORGERIES
from telnyx_mock.attacks.forgeries.number import NUMBER_FORGERIES
from telnyx_mock.attacks.forgeries.replay import REPLAY_FORGERIES
from telnyx_mock.attacks.forgeries.scheme import SCHEME_FORGERIES
from telnyx_mock.attacks.forgeries.signature import SIGNATURE_FORGERIES
from telnyx_mock.attacks.forgeries.timestamp import TIMESTAMP_FORGERIES
from telnyx_mock.errors import unknown
from telnyx_mock.payload.request import Request
from telnyx_mock.payload.webhook import Webhook
from telnyx_mock.signing.keys import KeyPair

__all__ = ["FORGERIES", "Expected", "Forgery", "Group", "Original", "forge"]

FORGERIES: Mapping[str, Forgery] = {
    forgery.name: forgery
    for forgery in (
        *HEADER_FORGERIES,
        *SIGNATURE_FORGERIES,
        *SCHEME_FORGERIES,
        *ENCODING_FORGERIES,
        *TIMESTAMP_FORGERIES,
        *NUMBER_FORGERIES,
        *BODY_FORGERIES,
        *REPLAY_FORGERIES,
    )
}
"""Every forgery by name, group by group."""


def forge(name: str, webhook: Webhook, key: KeyPair, now: float) -> Request:
    """*webhook* as the forgery *name*, made at *now* (Unix seconds); *key* is Telnyx's.

    Raises UsageError for an unknown forgery.
    """
    if name not in FORGERIES:
        raise unknown("forgery", name, FORGERIES)
    request = FORGERIES[name].make(Original(webhook, key, now))
    return replace(request, forgery=name)
