"""Orders to host a number for messages only: ``messaging_hosted_numbers_orders.*``.

Sources: the callback page (one for all eight), and the guide to internal transfers. A transfer is
internal when the number already belongs to another Telnyx account, which has three days to object.
"""

from __future__ import annotations

from telnyx_mock.catalogue.declare import Family, field, optional, rare
from telnyx_mock.catalogue.kind_vocabulary import always, identifier, integer, list_of, null, one_of, phone, setting, struct, timestamp
from telnyx_mock.schema.event import Event
from telnyx_mock.schema.field import Field
from telnyx_mock.schema.kind import Kind

FAMILY = Family("hosted_messaging")

NUMBER = struct(
    field("value", phone("+13125550199"), "the number"),
    field(
        "status",
        one_of(
            "pending",
            "provisioning",
            "ownership_successful",
            "successful",
            "deleted",
            "failed",
            "failed_activation",
            "failed_carrier_rejected",
            "failed_ineligible_carrier",
            "failed_number_already_hosted",
            "failed_number_not_found",
            "failed_ownership_verification",
            "failed_timeout",
        ),
        "how far it is",
    ),
)

ORDER_STATUS = (
    "pending",
    "provisioning",
    "successful",
    "failed",
    "deleted",
    "carrier_rejected",
    "compliance_review_failed",
    "incomplete_documentation",
    "incorrect_billing_information",
    "ineligible_carrier",
    "loa_file_invalid",
    "loa_file_successful",
)

PENDING = always("pending")
DECISION = one_of("pending", "approved", "rejected")
DEADLINE = integer(4102444800)
NO_DEADLINE = field("approval_deadline", null(), "null, because nobody has to agree")
WINDOW = field("approval_deadline", DEADLINE, "until when the owner may object, in Unix seconds")
MAYBE_WINDOW = optional("approval_deadline", DEADLINE, "until when the owner could object, in Unix seconds", nullable=True)


def _order(
    name: str,
    trigger: str,
    *more: Field,
    order_status: str = "pending",
    decision: Kind = PENDING,
    deadline: Field = NO_DEADLINE,
    before: tuple[str, ...] = (),
    after: tuple[str, ...] = (),
    note: str = "",
) -> Event:
    """An event about an order. *before* and *after* name its neighbours in time by the last part of their names."""
    prefix = "messaging_hosted_numbers_orders"
    return FAMILY.event(
        f"{prefix}.{name}",
        field("order_id", identifier("hosted_order_id", "5a1f2f3e-2c2a-4c9a-9f5e-0c9c3c0f7b11"), "the order"),
        field("order_status", one_of(*ORDER_STATUS, sample=order_status), "how far it is"),
        field("numbers", list_of(NUMBER), "its numbers"),
        optional("profile_id", setting("740572b6-099c-44a1-89b9-6c92163bc68d"), "the messaging profile"),
        optional("user_id", setting("47a530f8-4362-4526-829b-bcee17fd9f7a"), "the account that ordered"),
        optional("decision", decision, "the owner's decision; pending if nobody needs to be asked"),
        deadline,
        *more,
        operation="hostedNumberOrderEvent",
        occurred_at=timestamp("2026-04-20T18:10:02.574Z"),
        trigger=trigger,
        before=tuple(f"{prefix}.{neighbour}" for neighbour in before),
        after=tuple(f"{prefix}.{neighbour}" for neighbour in after),
        note=note,
    )


VERDICTS = ("internal_transfer_approved", "internal_transfer_rejected", "internal_transfer_auto_approved")

_order("created", "An order is made.", after=("updated", "internal_transfer_detected", "deleted"))
_order(
    "updated",
    "The status of an order, or of one of its numbers, changes.",
    rare("approval_decision", one_of("approved", "pending", "rejected"), "the guide's name for decision"),
    order_status="provisioning",
    decision=DECISION,
    deadline=MAYBE_WINDOW,
    before=("created",),
    note="For an internal transfer the guide shows approval_decision where the schema has decision.",
)
_order(
    "deleted",
    "An order is deleted.",
    order_status="deleted",
    decision=DECISION,
    deadline=MAYBE_WINDOW,
    before=("created", "updated"),
)
_order(
    "internal_transfer_detected",
    "The number of an order turns out to belong to another Telnyx account.",
    deadline=MAYBE_WINDOW,
    before=("created",),
    after=("internal_transfer_approval_requested",),
)
_order(
    "internal_transfer_approval_requested",
    "The owner of the number is asked to agree.",
    deadline=WINDOW,
    before=("internal_transfer_detected",),
    after=VERDICTS,
)
_order(
    "internal_transfer_approved",
    "The owner of the number agrees.",
    decision=always("approved"),
    deadline=MAYBE_WINDOW,
    before=("internal_transfer_approval_requested",),
    after=("updated",),
)
_order(
    "internal_transfer_rejected",
    "The owner of the number objects, or the order is withdrawn.",
    order_status="failed",
    decision=one_of("rejected", "pending"),
    deadline=MAYBE_WINDOW,
    before=("internal_transfer_approval_requested",),
)
_order(
    "internal_transfer_auto_approved",
    "The owner of the number let the deadline pass.",
    decision=always("approved"),
    deadline=MAYBE_WINDOW,
    before=("internal_transfer_approval_requested",),
    after=("updated",),
)

EVENTS = FAMILY.events
