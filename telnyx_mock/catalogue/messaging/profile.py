"""Events around messages: a click on a shortened link, a profile that reached its spend limit."""

from __future__ import annotations

from telnyx_mock.catalogue.declare import Family, field
from telnyx_mock.catalogue.kind_vocabulary import always, by_app, decimal, identifier, phone, setting, struct, timestamp, url
from telnyx_mock.provider_urls import GUIDES
from telnyx_mock.schema.event import Status
from telnyx_mock.schema.kinds import Text
from telnyx_mock.schema.text_formats import DECIMAL, TextFormat

FAMILY = Family("messaging", pretty=True)

FAMILY.raw_event(
    "replacedLinkClick",
    struct(
        field(
            "data",
            struct(
                field("record_type", always("link_clicked"), "all that identifies the event"),
                field("url", by_app(url("https://example.com/offer")), "the address behind the shortened link"),
                field("to", phone("+13125550142"), "who clicked"),
                field("message_id", identifier("message_id", "84cca175-9755-4859-b67f-4730d7f58aa3"), "the message with the link"),
                field("time_clicked", timestamp("2024-01-15T21:40:00.000+00:00"), "when"),
            ),
            "the click itself: there is no payload",
        )
    ),
    root=("data",),
    operation="replacedLinkClick",
    trigger="Someone opens a link that Telnyx shortened in a message of yours.",
    before=("message.sent",),
    note="The event has no event_type, no id and no meta, so it is named after its operation. The official Python SDK takes every "
    "event it does not know for this one.",
)

SPENT = TextFormat("decimal", pattern=DECIMAL.pattern, examples=lambda limit: ("10", "10.00", "10.5", "123.456789"))
"""As much as the limit of the sample, or more."""

FAMILY.event(
    "messaging-profile.spend-limit-reached",
    field("profile_id", setting("be3eb60a-a346-470a-886c-ab4e421711bd"), "the messaging profile"),
    field("configured_limit", by_app(decimal("10.00")), "the limit for a day"),
    field("current_cost", Text("10.02", SPENT), "what was spent; may slightly exceed the limit"),
    status=Status.DOCUMENTED,
    occurred_at=timestamp("2025-10-08T17:16:09.602+00:00"),
    url=f"{GUIDES}/messaging/messages/configurable-spend-limits",
    trigger="The messages of a profile have cost as much as its spend limit allows.",
    note="The name of this event has hyphens, unlike all other names.",
)

EVENTS = FAMILY.events
