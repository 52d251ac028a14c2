"""Judges refused forgeries in a run without the receiver's key.

Without the key, no genuine webhook can be sent, so a refusal has no baseline and proves little. But
an accepted forgery is always a fault.
"""

from __future__ import annotations

from collections.abc import Iterable

from telnyx_mock.contract.engine.reason import Reason, Why
from telnyx_mock.contract.engine.result import Outcome
from telnyx_mock.payload.draft import Draft
from telnyx_mock.payload.request import Request
from telnyx_mock.payload.webhook import Webhook

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
"""The rules whose forgeries are wrong under any key, so that a refusal proves something."""

NOBODY_THERE = frozenset({404, 405, 410, 429})
"""The statuses of an address without a receiver, or of a gateway whose receiver is missing."""


def is_forged(what: Webhook | Draft | Request, forge: str | None = None) -> bool:
    """Whether Telnyx would never send *what*. If *forge* is given, the request has that forgery."""
    if isinstance(what, Request):
        return what.webhook is None or what.forgery is not None
    return forge is not None


def unproven(rule: str, statuses: Iterable[int | None]) -> tuple[Outcome, Reason]:
    """Return the outcome and reason of a check of *rule* that had no key and no finding.

    *statuses* are the statuses of all answers to the check.
    """
    if rule not in ANY_KEY:
        return Outcome.SKIPPED, Reason(Why.SIGNER_UNKNOWN)
    seen = set(statuses)
    if seen <= NOBODY_THERE:
        answers = " or ".join(str(status) for status in sorted(filter(None, seen)))
        return Outcome.INCONCLUSIVE, Reason(Why.NOBODY_THERE, details={"answers": answers})
    return Outcome.PASSED, Reason(Why.REFUSAL_UNPROVEN)
