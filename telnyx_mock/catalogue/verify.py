"""Verifying that somebody owns a phone number: ``verify.*``, and ``verification.complete``.

Sources: the Verify webhooks guide, and the DTMF confirmation guide (a key pressed on a call).
"""

from __future__ import annotations

from telnyx_mock.catalogue.declare import Family, field, optional
from telnyx_mock.catalogue.kind_vocabulary import (
    always,
    by_app,
    cases,
    digits,
    identifier,
    integer,
    null,
    one_of,
    phone,
    setting,
    timestamp,
)
from telnyx_mock.provider_urls import GUIDES
from telnyx_mock.schema.event import Event, Status
from telnyx_mock.schema.kind import Kind

GUIDE = f"{GUIDES}/identity/verify/receiving-webhooks"
WHEN = timestamp("2025-10-08T17:16:09.602+00:00")
FAMILY = Family("verify", occurred_at=WHEN, status=Status.DOCUMENTED)

VERIFICATION_ID = field("id", identifier("verification_id", "010d9dee-d86d-47d0-8d6c-20c0f95a79ec"), "of the verification")


def _delivery(
    name: str,
    delivery_status: Kind,
    status: Kind,
    trigger: str,
    *,
    before: tuple[str, ...] = (),
    after: tuple[str, ...] = (),
    note: str = "Only verify.delivered has a published sample, so the fields are taken from this sample.",
) -> Event:
    """An event about the message or call with a code."""
    return FAMILY.event(
        f"verify.{name}",
        VERIFICATION_ID,
        field("record_type", always("verification"), "what the payload is"),
        field("phone_number", phone("+13125550142"), "the number to be checked"),
        field("profile_id", setting("49000192-1bdb-c56f-3de7-e008ef6da16b"), "the Verify profile"),
        field("type", by_app(one_of("sms", "call", "flashcall", "whatsapp", extensible=True)), "how the code travels"),
        field("delivery_status", delivery_status, "how far the code got"),
        field("status", status, "the status of the verification"),
        optional("custom_code", by_app(digits("25565")), "the code, if you chose it", nullable=True),
        optional("failed_attempts", integer(0, 0, 10), "wrong codes so far"),
        optional("extension", cases("type", {"call": by_app(digits("102"))}, otherwise=null()), "the extension to dial", shown_null=True),
        optional("mccmnc", digits("310260"), "the mobile network", shown_null=True),
        optional("timeout_secs", by_app(integer(300)), "how long the code is valid", shown_null=True),
        field("created_at", timestamp("2025-10-08T17:16:08.436941", offset=-1.165), "when it began, without a time zone"),
        field("updated_at", timestamp("2025-10-08T17:16:09.592765", offset=-0.009), "when it last changed, without a time zone"),
        url=GUIDE,
        trigger=trigger,
        before=before,
        after=after,
        note=note,
    )


_delivery(
    "sent",
    always("sent"),
    always("pending"),
    "The code is on its way.",
    after=("verify.delivered", "verify.failed"),
)
_delivery(
    "delivered",
    always("delivered"),
    one_of("pending", "accepted", "invalid", "expired", "error"),
    "The carrier says that the code has arrived.",
    before=("verify.sent",),
    note="",
)
_delivery(
    "failed",
    one_of("delivery_failed", "sending_failed", "delivery_unconfirmed"),
    one_of("pending", "expired", "error"),
    "The code has not arrived, or its delivery is unknown.",
    before=("verify.sent",),
)

FAMILY.event(
    "verification.complete",
    VERIFICATION_ID,
    field("phone_number", phone("+13125550142"), "the number that was called"),
    field("type", always("dtmf_confirm"), "a key pressed on a call"),
    field("status", one_of("accepted", "invalid", "expired", "error"), "right key, wrong key, no key, no answer"),
    field("verify_profile_id", setting("49000192-1bdb-c56f-3de7-e008ef6da16b"), "the Verify profile"),
    url=f"{GUIDES}/identity/verify/dtmf-confirm",
    trigger="The call that asks for a key has ended.",
    note="The published sample has only event_type and payload, probably for brevity; the usual envelope is an assumption. The profile "
    "is verify_profile_id here, but profile_id in verify.*.",
)

EVENTS = FAMILY.events
