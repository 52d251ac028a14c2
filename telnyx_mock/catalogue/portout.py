"""Porting of numbers away from Telnyx: ``portout.*``.

Sources: the port-out notifications guide, and the SDK's models of the port-out events API, which
are not part of its webhook union.
"""

from __future__ import annotations

from telnyx_mock.catalogue.declare import Family, field, is_, optional, rare
from telnyx_mock.catalogue.kind_vocabulary import (
    company,
    identifier,
    list_of,
    one_of,
    phone,
    setting,
    text,
    timestamp,
    token,
)
from telnyx_mock.provider_urls import GUIDES
from telnyx_mock.schema.event import Status

GUIDE = f"{GUIDES}/numbers/porting/port-out-notifications"
WHEN = timestamp("2021-03-19T10:07:15.527000Z")
FAMILY = Family("portout", occurred_at=WHEN, status=Status.DOCUMENTED, url=GUIDE)

PORTOUT_ID = identifier("portout_id", "d26109e5-0605-4671-a235-d3c649cc8406")
USER_ID = field("user_id", setting("1c45c968-c2e0-4559-b1dd-db073962fc61"), "the account")

FAMILY.event(
    "portout.status_changed",
    field("id", PORTOUT_ID, "of the port-out"),
    field("status", one_of("authorized", "pending", "ported", "rejected", "rejected-pending", "canceled"), "how far it is"),
    field("phone_numbers", list_of(phone("+13125550199"), min_items=1), "the numbers"),
    field("carrier_name", company("Testing Carrier"), "who takes them"),
    optional("spid", token("987H"), "that carrier's id"),
    optional("subscriber_name", text("Jane Roe"), "the name of the person or company said to own the numbers", nullable=True),
    field(
        "rejection_reason",
        text("The PIN does not match"),
        "why not",
        when=is_("status", "rejected", "rejected-pending"),
        nullable=True,
    ),
    rare("attempted_pin", token("1234"), "the PIN that the request gave; not in the guide's samples"),
    USER_ID,
    trigger="Another carrier requests your numbers, or the status of a request changes.",
)

FAMILY.event(
    "portout.new_comment",
    field("id", identifier("comment_id", "96dfa9e4-c753-4fd3-97cd-42d66f26cf0c"), "of the comment"),
    field("portout_id", PORTOUT_ID, "the port-out"),
    field("comment", text("This is a comment."), "the words"),
    USER_ID,
    trigger="Someone comments on a port-out.",
    before=("portout.status_changed",),
)

FAMILY.event(
    "portout.foc_date_changed",
    field("id", PORTOUT_ID, "of the port-out"),
    field("foc_date", timestamp("2021-03-26T10:07:15.527Z", offset=604800.0), "when the numbers will leave"),
    USER_ID,
    trigger="The date on which the numbers leave is set or changed.",
    before=("portout.status_changed",),
    after=("portout.status_changed",),
)

EVENTS = FAMILY.events
