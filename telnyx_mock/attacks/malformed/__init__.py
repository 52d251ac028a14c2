"""Every malformed request by name: the signature is correct, but the content makes no sense.

A receiver must not fail at them. Only Telnyx could send one, by mistake, or
somebody else with Telnyx's key, so a failure counts as advice.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from telnyx_mock.attacks.malformed.form_body import FORM_BODY
from telnyx_mock.attacks.malformed.json_content import JSON_CONTENT
from telnyx_mock.attacks.malformed.json_envelope import JSON_ENVELOPE
from telnyx_mock.attacks.malformed.json_text import JSON_TEXT
from telnyx_mock.attacks.malformed.malformed_request import Malformed
from telnyx_mock.attacks.original import Original
from telnyx_mock.errors import UsageError, unknown
from telnyx_mock.payload.request import Request
from telnyx_mock.payload.webhook import Webhook
from telnyx_mock.signing.keys import KeyPair

__all__ = ["MALFORMED", "Malformed", "malform"]

MALFORMED: Mapping[str, Malformed] = {
    malformed.name: malformed
    for malformed in (*JSON_TEXT, *JSON_ENVELOPE, *JSON_CONTENT, *FORM_BODY)
}
"""Every malformed request by name; ``json-`` begins names for JSON, ``form-`` names for forms."""


def malform(name: str, webhook: Webhook, key: KeyPair, now: float) -> Request:
    """Return the malformed request *name* of *webhook*, signed by *key* at *now* (Unix seconds).

    Raises UsageError for an unknown name, and for a webhook whose content type does not match it.
    """
    if name not in MALFORMED:
        raise unknown("malformed request", name, MALFORMED)
    malformed = MALFORMED[name]
    if webhook.event.content_type is not malformed.content_type:
        raise UsageError(
            f"{name} does not apply to {webhook.event.name}, which is sent as "
            f"{webhook.event.content_type.value}."
        )
    return replace(malformed.make(Original(webhook, key, now)), malformed=name)
