"""The reputation of numbers with carriers: ``number_reputation.*``.

Source: the official SDK, whose models require every field, ``meta`` included.
"""

from __future__ import annotations

from telnyx_mock.catalogue.declare import Family, field, is_, optional
from telnyx_mock.catalogue.kind_vocabulary import always, by_app, one_of, phone, setting, text, timestamp
from telnyx_mock.schema.field import Field

ENTERPRISE_ID = field("enterprise_id", setting("0f512bda-ae1e-4597-8e11-e5f5686b97d3"), "the enterprise the numbers belong to")

NUMBER: tuple[Field, ...] = (
    field("record_type", always("reputation_phone_number"), "what the payload is"),
    ENTERPRISE_ID,
    field("phone_number", phone("+13125550199"), "the number"),
    field("source", by_app(one_of("telnyx", "external")), "whether Telnyx hosts it"),
)

SAME_ID = "A redelivery carries the same data.id."
FAMILY = Family("number_reputation", meta_always=True, note=SAME_ID)

FAMILY.event(
    "number_reputation.external_verification.status_changed",
    field("record_type", always("reputation_external_verification"), "what the payload is"),
    ENTERPRISE_ID,
    field("status", one_of("approved", "rejected"), "the verdict"),
    field("reviewed_at", timestamp("2026-05-04T09:12:33.104512Z", offset=-1.0), "when it was given"),
    optional("rejection_reason", text("The letter of authorisation is not signed"), "why not", when=is_("status", "rejected")),
    operation="numberReputationExternalVerificationStatusChanged",
    occurred_at=timestamp("2026-05-04T09:12:34.104512Z"),
    trigger="Telnyx has reviewed the proof that numbers hosted elsewhere are yours.",
)

FAMILY.event(
    "number_reputation.number.flagged",
    *NUMBER,
    field("ownership_status", always("pending_confirmation"), "always this"),
    field("flag_reason", one_of("carrier_changed", "reverification_due"), "why"),
    field(
        "confirm_by",
        timestamp("2026-05-18T09:12:34.104512Z", offset=1209600.0),
        "until when you can confirm that the number is still yours",
    ),
    operation="numberReputationNumberFlagged",
    occurred_at=timestamp("2026-05-04T09:12:34.104512Z"),
    trigger="Telnyx doubts that a number is still yours.",
    after=("number_reputation.number.removed",),
)

FAMILY.event(
    "number_reputation.number.removed",
    *NUMBER,
    field("ownership_status", always("removed"), "always this"),
    field("removal_reason", one_of("unconfirmed_ownership", "ported_away", "reassigned", "customer_reported"), "why"),
    field("removed_at", timestamp("2026-05-18T09:12:33.104512Z", offset=-1.0), "when"),
    operation="numberReputationNumberRemoved",
    occurred_at=timestamp("2026-05-18T09:12:34.104512Z"),
    trigger="Telnyx stops monitoring a number, because it is not yours any more.",
    before=("number_reputation.number.flagged",),
)

EVENTS = FAMILY.events
