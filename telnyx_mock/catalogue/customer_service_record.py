"""Records about a number at its carrier, requested before it is ported.

Source: the OpenAPI document until November 2025. Today's document lacks the event, but a request for a
record still takes ``webhook_url``.
"""

from __future__ import annotations

from telnyx_mock.catalogue.declare import Family, field
from telnyx_mock.catalogue.kind_vocabulary import identifier, one_of, phone, timestamp
from telnyx_mock.schema.event import Status

FAMILY = Family("customer_service_record")

FAMILY.event(
    "customer_service_record.status_changed",
    field("id", identifier("customer_service_record_id", "f1486bae-f067-460c-ad43-73a92848f902"), "of the record"),
    field("phone_number", phone("+13125550199"), "the number"),
    field("status", one_of("completed", "pending", "failed"), "how far it is"),
    field("updated_at", timestamp("2021-03-19T10:07:15.527Z"), "when it changed"),
    operation="CustomerServiceRecordStatusChanged",
    status=Status.DOCUMENTED,
    occurred_at=timestamp("2021-03-19T10:07:15.527Z"),
    trigger="A record that you requested is ready, or the request has failed.",
    after=("porting_order.status_changed",),
    note="In 2022 the event was called customer_service_request.status_changed.",
)

EVENTS = FAMILY.events
