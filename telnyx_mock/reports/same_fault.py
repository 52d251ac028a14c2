"""Decides which findings show one fault: the same crash, the same fields, the same missing check."""

from __future__ import annotations

import re

from telnyx_mock.attacks.forgeries import FORGERIES, Group
from telnyx_mock.contract.engine.finding import Finding
from telnyx_mock.delivery.delivery import crash_places

Key = tuple[object, ...]

_MISSING = frozenset(
    {
        "signature-missing",
        "signature-empty",
        "signature-blank",
        "signature-standard-webhooks",
        "signature-legacy-v1",
    }
)
"""These have no signature that the receiver could verify."""

_AGE = re.compile("timestamp-(expired|future|1970)|replay-expired")
"""These are genuine but for their age."""

_OWN = frozenset({"timestamp-missing", "timestamp-changed", "replay-exact", "body-query-added"})
"""Each of these shows something that no other forgery shows."""


_ABOUT_KEYS = frozenset({"fails-closed", "supports-key-rotation"})
"""A receiver that verifies nothing breaks these whatever its keys are."""


def same_fault(finding: Finding, *, verifies_nothing: bool = False) -> Key:
    """Return the key that findings of the same fault share.

    Exceptions of the same type at the same place in the app are one fault. Other findings show one
    fault if they have the same status and the same fields; without fields, if they have the same
    status and the same rule, or rules about forgeries that take the same missing check. A receiver
    that *verifies_nothing* accepts every forgery for one reason.
    """
    status = finding.status
    places = crash_places(finding.traceback) if (status or 500) >= 500 else ()
    if places:
        return ("crash", *places)
    accepted = status is not None and status < 300
    if verifies_nothing and accepted and finding.rule in _ABOUT_KEYS:
        return ("verifies nothing",)
    answer = status or finding.observed.partition(" after ")[0]
    forgery = finding.rule.partition("-")[2]
    if finding.rule.startswith(("refuses-", "survives-", "ignores-")) and forgery in FORGERIES:
        if verifies_nothing and accepted:
            return ("verifies nothing",)
        if status is not None and 400 <= status < 500:
            return ("acts before it verifies",)
        return ("forgery", _missing_check(forgery), answer)
    return (*sorted(finding.fields or (finding.rule,)), answer)


def _missing_check(forgery: str) -> str:
    """Return the check of the request that a receiver lacks if it does not stand this *forgery*."""
    group = FORGERIES[forgery].group
    if forgery in _OWN:
        return forgery
    if group is Group.HEADERS or forgery in _MISSING:
        return "the signature is there"
    if _AGE.match(forgery):
        return "the age of the timestamp"
    return f"the {group.value}"
