"""Porting of numbers to Telnyx: ``porting_order.*``.

Sources: the port-in notifications guide, and the SDK's models of the porting events API, which are
not part of its webhook union.
"""

from __future__ import annotations

from telnyx_mock.catalogue.declare import Family, event_id, field, optional, rare
from telnyx_mock.catalogue.kind_vocabulary import (
    always,
    boolean,
    by_app,
    cases,
    identifier,
    list_of,
    null,
    one_of,
    setting,
    struct,
    text,
    timestamp,
    token,
    url,
    words,
)
from telnyx_mock.provider_urls import GUIDES
from telnyx_mock.schema.event import Event, Status
from telnyx_mock.schema.kinds import Identifier

GUIDE = f"{GUIDES}/numbers/porting/port-in-notifications"
WHEN = timestamp("2021-03-19T10:07:15.527000Z")
FAMILY = Family("porting", occurred_at=WHEN, status=Status.DOCUMENTED, url=GUIDE)
FORM_UNSURE = "The guide prints Telnyx's internal form (flat, with urls and format); the usual envelope is an assumption."


def porting_order_id(number: int = 1) -> Identifier:
    """The id of a porting order; *number* 2 is the id of the order that was split off."""
    return identifier("porting_order_id", "96dfa9e4-c753-4fd3-97cd-42d66f26cf0c", number=number)


ORDER_ID = field("id", porting_order_id(), "of the order")
REFERENCE = optional("customer_reference", by_app(text("my-ref-001")), "what you call it")
SUPPORT_KEY = optional("support_key", token("sr_b1a2c3"), "the reference that Telnyx's support uses")

EXCEPTION = struct(
    field(
        "code",
        one_of(
            "ENTITY_NAME_MISMATCH",
            "ACCOUNT_NUMBER_MISMATCH",
            "AUTH_PERSON_MISMATCH",
            "BTN_ATN_MISMATCH",
            "FOC_EXPIRED",
            "FOC_REJECTED",
            "LOA_ILLEGIBLE",
            "LOCATION_MISMATCH",
            "LSR_PENDING",
            "MAIN_BTN_PORTING",
            "OSP_IRRESPONSIVE",
            "OTHER",
            "PASSCODE_PIN_INVALID",
            "PHONE_NUMBER_HAS_SPECIAL_FEATURE",
            "PHONE_NUMBER_MISMATCH",
            "PHONE_NUMBER_NOT_PORTABLE",
            "PORT_TYPE_INCORRECT",
            "PORTING_ORDER_SPLIT_REQUIRED",
            "POSTAL_CODE_MISMATCH",
            "RATE_CENTER_NOT_PORTABLE",
            "SV_CONFLICT",
            "SV_UNKNOWN_FAILURE",
        ),
        "what is wrong",
    ),
    field("description", words("The name is not the one on the service record"), "what is wrong, in a sentence"),
)

STATUS = struct(
    field(
        "value",
        one_of(
            "ported",
            "draft",
            "in-process",
            "submitted",
            "exception",
            "foc-date-confirmed",
            "cancelled",
            "cancel-pending",
        ),
        "how far the order is",
    ),
    field(
        "details",
        cases(".value", {"exception": list_of(EXCEPTION)}, otherwise=list_of(EXCEPTION, shown=0, max_items=0)),
        "the problems; empty unless the status is exception",
    ),
)

FAMILY.event(
    "porting_order.status_changed",
    ORDER_ID,
    REFERENCE,
    field("status", STATUS, "an object, not a word"),
    SUPPORT_KEY,
    optional("updated_at", WHEN, "when it changed"),
    rare("webhook_url", by_app(url()), "where events about it go"),
    trigger="A porting order has changed its status.",
    after=("porting_order.messaging_changed",),
    note="The guide lists one code, LOA_ILLEGIBLE, that the schema lacks.",
)

PORTED = cases(".messaging_port_status", {"ported": always(True)}, otherwise=always(False))

FAMILY.event(
    "porting_order.messaging_changed",
    ORDER_ID,
    REFERENCE,
    SUPPORT_KEY,
    field(
        "messaging",
        struct(
            field("enable_messaging", by_app(boolean(True)), "whether messaging moves too"),
            field("messaging_capable", boolean(True), "whether they can"),
            optional("messaging_port_completed", PORTED, "whether messaging has moved; not in the guide's samples"),
            field(
                "messaging_port_status",
                one_of("ported", "not_applicable", "pending", "activating", "exception", "canceled", "partial_port_complete"),
                "how far that is",
            ),
        ),
        "the messaging of the numbers, which is ported separately",
    ),
    trigger="The status of a porting order's messaging changes.",
    before=("porting_order.status_changed",),
    note=FORM_UNSURE,
)

FAMILY.event(
    "porting_order.split",
    field("from", struct(field("id", porting_order_id(), "its id")), "the order that was split"),
    field("to", struct(field("id", porting_order_id(2), "its id")), "the order that was split off"),
    rare(
        "porting_phone_numbers",
        list_of(struct(field("id", identifier("porting_phone_number_id", "2f3c1a6e-7a0e-4a33-8b9f-8f2b1b6f1d52"), "its id"))),
        "the numbers that moved to the new order",
    ),
    trigger="Some numbers of a porting order get an order of their own.",
    note="The schema lists the numbers; the published sample does not. There is one webhook for each number.",
)

FAMILY.event(
    "porting_order.new_comment",
    field("porting_order_id", porting_order_id(), "the order"),
    SUPPORT_KEY,
    field(
        "comment",
        struct(
            field("id", identifier("comment_id", "5f6b3d0a-6f0c-4b2a-8f5d-2a8f0c9d1e77"), "of the comment"),
            field("body", text("This is a comment."), "the words"),
            field("user_type", one_of("user", "admin", "system"), "who wrote it: you, Telnyx's staff, or a machine"),
            field(
                "user_id",
                cases(".user_type", {"admin": null()}, otherwise=setting("47a530f8-4362-4526-829b-bcee17fd9f7a")),
                "the writer; null for Telnyx's staff",
                nullable=True,
            ),
            field("inserted_at", timestamp("2021-03-19T10:07:15.527Z"), "when"),
        ),
        "the comment",
    ),
    trigger="Someone comments on a porting order.",
)

FAMILY.event(
    "porting_order.deleted",
    ORDER_ID,
    optional("record_type", token("porting_event"), "what the payload is"),
    REFERENCE,
    optional("created_at", timestamp("2021-03-18T10:07:15.527000Z", offset=-86400.0), "when it was made"),
    optional("updated_at", timestamp("2021-03-19T10:07:15.527000Z"), "when it last changed"),
    field("deleted_at", timestamp("2021-03-19T10:07:15.527Z"), "when it was deleted"),
    trigger="A porting order is deleted while it is a draft.",
    note=FORM_UNSURE,
)


def _log_entry(name: str, trigger: str) -> Event:
    """An event that the porting events API lists without a payload."""
    data = struct(
        field("record_type", always("event"), "what ``data`` is"),
        field("event_type", always(name), "the name of the event"),
        field("id", event_id(), "the event's id"),
        field("occurred_at", WHEN, "when it happened"),
        field("payload", struct(), "nothing", shown_null=True),
    )
    return FAMILY.raw_event(
        name,
        struct(field("data", data, "the event")),
        root=("data", "payload"),
        status=Status.PARTIAL,
        trigger=trigger,
        note="The porting events API lists this event; its schema's name says that no webhook is sent. It is here for receivers that "
        "read that list.",
    )


_log_entry("porting_order.loa_updated", "The letter of authorisation of a porting order is replaced.")
_log_entry("porting_order.sharing_token_expired", "The token that shares a porting order expires.")

EVENTS = FAMILY.events
