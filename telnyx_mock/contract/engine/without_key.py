"""What can be told without the receiver's key: that lies are accepted, and seldom that they are not.

No genuine webhook can be made then, so no refusal has a twin that was accepted. What is accepted
is a fault all the same.
"""

from __future__ import annotations

from collections.abc import Iterable

from telnyx_mock.delivery import Delivery
from telnyx_mock.payload.draft import Draft
from telnyx_mock.payload.request import Request
from telnyx_mock.payload.webhook import Webhook
from telnyx_mock.severity import Outcome

__all__ = ["NOBODY_THERE", "WITHOUT_KEY", "is_forged", "strange_key", "unproven"]

WITHOUT_KEY = (
    "no genuine webhook can be made without the receiver's key (--forgeries-only), so what needs "
    "one is left out, and that forgeries are refused is unproven: who refuses everything does too"
)
"""Why a check that sends genuine webhooks is not selected."""

ANY_KEY = frozenset(
    {
        "refuses-headers-missing",
        "refuses-headers-missing-as-text",
        "refuses-headers-missing-mistyped",
        "refuses-headers-missing-untyped",
        "refuses-signature-missing",
        "refuses-signature-empty",
        "refuses-signature-blank",
        "refuses-signature-not-base64",
        "refuses-signature-truncated",
        "refuses-signature-63-bytes",
        "refuses-signature-all-zero",
        "refuses-signature-random",
        "refuses-signature-by-another-key",
        "refuses-signature-standard-webhooks",
        "refuses-signature-legacy-v1",
        "refuses-timestamp-missing",
        "refuses-timestamp-not-a-number",
        "refuses-timestamp-empty",
        "refuses-at-failover",
        "survives-junk",
        "survives-methods",
        "survives-large",
        "survives-compressed",
    }
)
"""The checks whose requests are as wrong whatever the key is. All others differ from what is
genuine in more than a signature that another key made, and are refused for that alone."""

NOBODY_THERE = frozenset({404, 405, 410, 429})
"""What anything is answered where there is no receiver, or by what stands in front of it."""


def strange_key(delivery: Delivery) -> str:
    """Why it shows nothing that a genuine *delivery* was refused by who cannot know the key."""
    return (
        f"genuine webhooks were refused ({delivery.answer()}), as they may be: they are signed with "
        "a key that was made for this run, which a receiver that was started before cannot know. "
        "Make a pair with 'telnyx-mock keys new', start the receiver with its public key as "
        "TELNYX_PUBLIC_KEY, and name the private one with --key file:PATH"
    )


def is_forged(what: Webhook | Draft | Request, forge: str | None = None) -> bool:
    """Whether *what*, forged as *forge* if that is given, is nothing that Telnyx would send."""
    if isinstance(what, Request):
        return what.webhook is None or what.forgery is not None
    return forge is not None


def unproven(check: str, statuses: Iterable[int | None]) -> tuple[Outcome, str]:
    """How *check* ends, and why, that found nothing in a run without the receiver's key.

    *statuses* are those of all answers it was given.
    """
    if check not in ANY_KEY:
        return (
            Outcome.SKIPPED,
            "without the receiver's key, some forgeries are refused for who signed them, whatever "
            "else they lie about",
        )
    seen = set(statuses)
    if seen <= NOBODY_THERE:
        told = " or ".join(str(status) for status in sorted(filter(None, seen)))
        return (
            Outcome.INCONCLUSIVE,
            f"every answer was {told}, as it is where there is no receiver; check the path",
        )
    return Outcome.PASSED, "refused; unproven without a genuine webhook that is accepted"
