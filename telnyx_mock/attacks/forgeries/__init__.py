"""Every forgery by name: requests that an attacker could send without Telnyx's key.

A receiver must refuse most of them with 4xx. If anyone can send a forgery, accepting it is an
error. If sending it needs the key, or if the sources do not say what is right, accepting it is a
warning or advice.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from telnyx_mock.attacks.forgeries.altered_body import BODY_FORGERIES
from telnyx_mock.attacks.forgeries.forgery import Expected, Forgery, Group
from telnyx_mock.attacks.forgeries.missing_headers import HEADER_FORGERIES
from telnyx_mock.attacks.forgeries.replay import REPLAY_FORGERIES
from telnyx_mock.attacks.forgeries.signature import SIGNATURE_FORGERIES
from telnyx_mock.attacks.forgeries.signature_encoding import SIGNATURE_ENCODING_FORGERIES
from telnyx_mock.attacks.forgeries.signed_content import SIGNED_CONTENT_FORGERIES
from telnyx_mock.attacks.forgeries.timestamp import TIMESTAMP_FORGERIES
from telnyx_mock.attacks.forgeries.timestamp_format import TIMESTAMP_FORMAT_FORGERIES
from telnyx_mock.attacks.original import Original
from telnyx_mock.errors import unknown
from telnyx_mock.payload.request import Request
from telnyx_mock.payload.webhook import Webhook
from telnyx_mock.signing.keys import KeyPair

__all__ = ["FORGERIES", "Expected", "Forgery", "Group", "forge"]

FORGERIES: Mapping[str, Forgery] = {
    forgery.name: forgery
    for forgery in (
        *HEADER_FORGERIES,
        *SIGNATURE_FORGERIES,
        *SIGNED_CONTENT_FORGERIES,
        *SIGNATURE_ENCODING_FORGERIES,
        *TIMESTAMP_FORGERIES,
        *TIMESTAMP_FORMAT_FORGERIES,
        *BODY_FORGERIES,
        *REPLAY_FORGERIES,
    )
}
"""Every forgery by name, group by group."""


def forge(name: str, webhook: Webhook, key: KeyPair, now: float) -> Request:
    """Return the forgery *name* of *webhook*; *key* is Telnyx's key, *now* the Unix time.

    Raises UsageError for an unknown forgery.
    """
    if name not in FORGERIES:
        raise unknown("forgery", name, FORGERIES)
    request = FORGERIES[name].make(Original(webhook, key, now))
    return replace(request, forgery=name)
