"""Requests that are rightly signed, and make no sense: a receiver must not fail at them.

Only a holder of the key could send them, or Telnyx by mistake, so they are worth advice and no
more. Never imports anything that sends.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from telnyx_mock.attacks.malformed.case import Malformed
from telnyx_mock.attacks.malformed.content import CONTENT_CASES
from telnyx_mock.attacks.malformed.envelope import ENVELOPE_CASES
from telnyx_mock.attacks.malformed.form import FORM_CASES
from telnyx_mock.attacks.malformed.text import TEXT_CASES
from telnyx_mock.errors import UsageError, unknown
from telnyx_mock.payload.request import Request
from telnyx_mock.payload.webhook import Webhook
from telnyx_mock.signing.keys import KeyPair

__all__ = ["MALFORMED", "Malformed", "malform"]

MALFORMED: Mapping[str, Malformed] = {
    case.name: case for case in (*TEXT_CASES, *ENVELOPE_CASES, *CONTENT_CASES, *FORM_CASES)
}
"""Every malformed request by name; those for JSON begin with ``json-``, for forms with ``form-``."""


def malform(name: str, webhook: Webhook, key: KeyPair, now: float) -> Request:
    """*webhook* malformed as *name* says, and rightly signed at *now* (Unix seconds) by *key*.

    Raises UsageError for an unknown name, and for a JSON case of a form or the other way round.
    """
    if name not in MALFORMED:
        raise unknown("malformed request", name, MALFORMED)
    case = MALFORMED[name]
    if webhook.event.content_type is not case.content_type:
        raise UsageError(
            f"{name} does not go with {webhook.event.name}, which is sent as "
            f"{webhook.event.content_type.value}."
        )
    return replace(case.request(webhook, key, int(now)), malformed=name)
