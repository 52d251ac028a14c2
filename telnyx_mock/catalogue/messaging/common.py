"""Fields that inbound and outbound messages share: ids, parties, SMS and MMS content, money."""

from __future__ import annotations

from telnyx_mock.catalogue.declare import field, is_, is_not, optional, rare
from telnyx_mock.catalogue.field_groups import errors, money
from telnyx_mock.catalogue.kind_vocabulary import (
    always,
    boolean,
    by_app,
    by_caller,
    cases,
    either,
    identifier,
    integer,
    list_of,
    one_of,
    sender,
    setting,
    struct,
    text,
    timestamp,
    token,
    url,
)
from telnyx_mock.schema.field import Field
from telnyx_mock.schema.kind import Kind

CHAT = is_("type", "RCS", "WHATSAPP")
NOT_CHAT = is_not("type", "RCS", "WHATSAPP")
RCS = is_("type", "RCS")
NOT_RCS = is_not("type", "RCS")
WHATSAPP = is_("type", "WHATSAPP")
MMS = is_("type", "MMS")

TYPE = field("type", one_of("SMS", "MMS", "RCS", "WHATSAPP"), "kind of message")

LINES = ("Wireless", "Wireline", "VoWiFi", "VoIP", "Pre-Paid Wireless", "")
"""The types of telephone lines; empty if the type is unknown."""


def message_id() -> Field:
    """The id of the message, which is the same in every event about it."""
    return field("id", identifier("message_id", "84cca175-9755-4859-b67f-4730d7f58aa3"), "of the message")


def line(carrier: str = "T-Mobile USA", *more: str) -> tuple[Field, ...]:
    """A phone number with its carrier and line; *more* are further types of line."""
    return (
        optional("carrier", text(carrier), "network of the number; empty when unknown"),
        optional("line_type", one_of(*LINES, *more), "kind of line; empty when unknown"),
    )


YOURS: tuple[Field, ...] = (
    field("phone_number", by_app(sender("+13125550199")), "your number", when=NOT_RCS),
    field("agent_id", setting("agent_007"), "your RCS agent", when=RCS),
    optional("agent_name", by_app(text("Example Agent")), "its name", when=RCS),
    *line("Telnyx"),
)
"""The user's side: a number, or an RCS agent."""

IDENTITY: tuple[Field, ...] = (
    message_id(),
    field("record_type", always("message"), "what the payload is"),
    field("messaging_profile_id", setting("740572b6-099c-44a1-89b9-6c92163bc68d"), "the profile it runs in"),
    optional("organization_id", setting("47a530f8-4362-4526-829b-bcee17fd9f7a"), "the account it runs in"),
)
"""The ids of the message, its profile and its organization."""


def received_at(seconds_before: float) -> Field:
    """The time at which Telnyx received the message, some seconds before the event."""
    return field("received_at", timestamp("2024-01-15T20:16:07.503+00:00", offset=-seconds_before), "when Telnyx took it")


CELLULAR: tuple[Field, ...] = (
    field("text", by_caller(text("Hello, world")), "the words", when=NOT_CHAT),
    field("encoding", token("GSM-7"), "of the text on the air", when=NOT_CHAT),
    field("parts", integer(1, 1, 10), "number of segments into which the text was split", when=NOT_CHAT),
    rare("num_chars", integer(12), "characters of the text", when=NOT_CHAT),
    rare("subject", by_caller(text("Photos")), "of an MMS", nullable=True),
    rare("tcr_campaign_id", token("CXYZ123"), "the 10DLC campaign of the message, if any", nullable=True),
    rare("tcr_campaign_billable", boolean(True), "whether that campaign is billed"),
    rare("tcr_campaign_registered", token("REGISTERED"), "state of that campaign", nullable=True),
)
"""The content of an SMS or MMS; that of RCS and WhatsApp is in ``body``."""


def media(item: Kind) -> Field:
    """The files of an MMS; the list of an SMS is empty."""
    files = {"SMS": list_of(item, shown=0, max_items=0), "MMS": list_of(item)}
    return field("media", cases("type", files, otherwise=list_of(item, shown=0)), "files; empty for an SMS", when=NOT_CHAT)


MEMBER_STATUS = one_of("queued", "sending", "sent", "delivered", "sending_failed", "delivery_failed", "delivery_unconfirmed")


def cc(number: Kind) -> Field:
    """The other members of a group, each with a *number*."""
    member = struct(
        field("phone_number", number, "another member of the group"),
        *line(),
        optional("status", MEMBER_STATUS, "the delivery status for that member"),
    )
    members = cases("type", {"MMS": list_of(member)}, otherwise=list_of(member, shown=0, max_items=0))
    return rare("cc", members, "the other members of a group; empty outside MMS", when=NOT_CHAT)


ADDRESSES: tuple[Field, ...] = (
    optional("webhook_url", by_app(url()), "where events about it go", nullable=True),
    optional(
        "webhook_failover_url",
        either(by_app(url("https://backup.example.com/webhooks")), always("")),
        "the second address, used if the first fails; null or empty if not set",
        shown_null=True,
    ),
)

ERRORS = field("errors", errors(), "empty while all is well")
TAGS = optional("tags", by_app(list_of(text("campaign-7"), shown=0)), "the labels that the send request attached")

COST_BREAKDOWN = struct(
    optional("carrier_fee", money("0.00305"), "what carriers charge"),
    optional("rate", money("0.00205"), "what Telnyx charges"),
)
