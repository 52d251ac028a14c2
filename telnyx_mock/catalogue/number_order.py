"""Orders of phone numbers: ``number_order.complete`` and ``advanced_order.*``.

Sources: the callback page of ``number_order.complete``, the only event whose schema requires ``meta``; and the guide to advanced orders,
which Telnyx's staff process.
"""

from __future__ import annotations

from telnyx_mock.catalogue.declare import Family, field, optional, rare
from telnyx_mock.catalogue.kind_vocabulary import (
    always,
    another,
    boolean,
    by_app,
    cases,
    count_of,
    identifier,
    list_of,
    one_of,
    phone,
    setting,
    struct,
    text,
    timestamp,
    token,
)
from telnyx_mock.provider_urls import GUIDES
from telnyx_mock.schema.event import Status

FAMILY = Family("number_order")

REQUIREMENT = struct(
    optional("record_type", always("phone_number_regulatory_requirement"), "what this is"),
    optional("requirement_id", token("8ffb3622-7c6b-4ccc-b65f-7a3dc0099576"), "the requirement"),
    optional("field_type", one_of("address", "textual", "datetime", "document"), "what answers it"),
    optional("field_value", setting("45f45a04-b4be-4592-95b1-9306b9db2b21"), "the answer, or its id"),
)

NO, YES = always(False), always(True)
OUTCOME = cases("status", {"pending": one_of("pending", "success"), "failure": one_of("failure", "success")}, otherwise=always("success"))
UNMET = ("pending", "requirement-info-exception", "requirement-info-pending", "requirement-info-under-review")
MET = cases(".requirements_status", {"approved": YES, **dict.fromkeys(UNMET, NO)}, otherwise=boolean(True))

NUMBER = struct(
    field("id", identifier("number_order_phone_number_id", "dc8e4d67-33a0-4cbb-af74-7b58f05bd494"), "id of this number within the order"),
    optional("record_type", always("number_order_phone_number"), "what this is"),
    field("phone_number", phone("+13125550199"), "the number"),
    field("status", OUTCOME, "how it went; none has failed or waits in an order that succeeded"),
    optional("requirements_met", MET, "whether the regulatory requirements are met"),
    optional("regulatory_requirements", list_of(REQUIREMENT), "what they ask for"),
    optional(
        "requirements_status",
        one_of(
            "approved",
            "pending",
            "cancelled",
            "deleted",
            "requirement-info-exception",
            "requirement-info-pending",
            "requirement-info-under-review",
        ),
        "the review status of the answers",
    ),
    optional("country_code", setting("US"), "its country"),
    optional("country_iso_alpha2", setting("US"), "its country, again"),
    optional("phone_number_type", by_app(one_of("local", "mobile", "national", "shared_cost", "toll_free")), "its kind"),
    rare("bundle_id", setting("bc8e4d67-33a0-4cbb-af74-7b58f05bd494"), "the bundle with which it was bought"),
)

ALL_MET = cases("phone_numbers[].requirements_met", {False: NO}, otherwise=YES)

FAMILY.event(
    "number_order.complete",
    field("id", identifier("number_order_id", "12ade33a-21c0-473b-b055-b3c836e1c292"), "of the order"),
    optional("record_type", always("number_order"), "what the payload is"),
    field("status", one_of("success", "pending", "failure"), "how the order went"),
    field("phone_numbers", list_of(NUMBER, min_items=1), "its numbers"),
    optional("phone_numbers_count", count_of("phone_numbers"), "how many"),
    optional("sub_number_orders_ids", list_of(identifier("sub_number_order_id", "2c6f1a3e-5d0b-4f0c-9f3a-7a5e2a1c8d40")), "its parts"),
    optional("requirements_met", ALL_MET, "whether the regulatory requirements of all numbers are met"),
    optional("customer_reference", by_app(text("MY REF 001")), "what you call it"),
    optional("connection_id", setting("7267000000000000001"), "the connection to which the numbers are assigned"),
    optional(
        "messaging_profile_id", setting("abc85f64-5717-4562-b3fc-2c963f66afa6"), "the messaging profile to which the numbers are assigned"
    ),
    rare("billing_group_id", setting("abc85f64-5717-4562-b3fc-2c963f66afa6"), "the billing group of the numbers"),
    optional("created_at", timestamp("2025-08-22T16:23:44.496464Z", offset=-10.0), "when it was made"),
    optional("updated_at", timestamp("2025-08-22T16:23:54.496464Z"), "when it last moved on"),
    operation="numberOrderStatusUpdate",
    occurred_at=timestamp("2025-08-22T16:23:54.496464Z"),
    meta_always=True,
    trigger="An order of phone numbers has changed its status.",
    note="Despite its name, the order may not be complete: the status may be pending or failure. Without meta, the official SDK parses "
    "the event as a link click.",
)

ADVANCED_ORDER = identifier("advanced_order_id", "a6d6633e-824b-4042-a2b7-5ac0cccd799b")
GUIDE = f"{GUIDES}/numbers/phone-numbers/advanced-orders"
WHEN = timestamp("2025-10-08T17:16:09.602+00:00")

OLD = ("pending", "created", "processing", "hold")

FAMILY.event(
    "advanced_order.status_update",
    field("order_id", ADVANCED_ORDER, "the order"),
    field("old_status", one_of(*OLD), "what it was"),
    field("new_status", another("old_status", OLD, "processing", "pending", "hold", "exception", "ordered", "failed"), "what it is now"),
    status=Status.DOCUMENTED,
    occurred_at=WHEN,
    url=GUIDE,
    trigger="The status of an order that Telnyx's staff work on changes.",
    after=("number_order.complete",),
    note="The id of the order is order_id here, but advanced_order_id in advanced_order.new_comment.",
)

FAMILY.event(
    "advanced_order.new_comment",
    field("advanced_order_id", ADVANCED_ORDER, "the order"),
    field("comment", text("We have found numbers for you"), "the comment"),
    status=Status.DOCUMENTED,
    occurred_at=WHEN,
    url=GUIDE,
    trigger="Telnyx's staff comment on an order that they work on.",
    note="The id of the order is advanced_order_id here, but order_id in advanced_order.status_update.",
)

EVENTS = FAMILY.events
