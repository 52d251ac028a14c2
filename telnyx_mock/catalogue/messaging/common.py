"""Fields that inbound and outbound messages share: ids, parties, SMS and MMS content, money."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from telnyx_mock.catalogue.declare import both, field, has, is_, is_not, optional, rare
from telnyx_mock.catalogue.field_groups import errors, money
from telnyx_mock.catalogue.kind_vocabulary import (
    always,
    anything,
    boolean,
    by_app,
    by_caller,
    cases,
    company,
    count_of,
    either,
    identifier,
    integer,
    list_of,
    mime_type,
    null,
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
from telnyx_mock.schema.json_values import Json
from telnyx_mock.schema.kind import Kind
from telnyx_mock.schema.kinds import Cases, Object

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
        optional("carrier", company(carrier), "network of the number; empty when unknown"),
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


SUBJECT = cases("type", {"MMS": either(by_caller(text("Photos")), null())}, otherwise=null())

IN_CAMPAIGN = both(NOT_CHAT, has("tcr_campaign_id"))

CELLULAR: tuple[Field, ...] = (
    field("text", by_caller(text("Hello, world")), "the words", when=NOT_CHAT),
    field("encoding", one_of("GSM-7", "UCS-2", extensible=True), "of the text on the air", when=NOT_CHAT),
    field("parts", integer(1, 1, 10), "number of segments into which the text was split", when=NOT_CHAT),
    rare("num_chars", count_of("text", 12), "characters of the text", when=NOT_CHAT),
    rare("subject", SUBJECT, "of an MMS; null for an SMS", when=NOT_CHAT),
    rare("tcr_campaign_id", token("CXYZ123"), "the 10DLC campaign of the message, if any", when=NOT_CHAT, nullable=True),
    rare("tcr_campaign_billable", boolean(True), "whether that campaign is billed", when=IN_CAMPAIGN),
    rare("tcr_campaign_registered", token("REGISTERED"), "state of that campaign", when=IN_CAMPAIGN, nullable=True),
)
"""The content of an SMS or MMS; that of RCS and WhatsApp is in ``body``."""


def recipients(recipient: Kind, others: Mapping[Json, Kind] = MappingProxyType({})) -> Cases:
    """The recipients of a message; only a group message, which is an MMS, may have several.

    *others* are the kinds for other types of message.
    """
    kinds = {"MMS": list_of(recipient, min_items=1), **others}
    return cases("type", kinds, otherwise=list_of(recipient, min_items=1, max_items=1))


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


def whatsapp_content(*more: str) -> tuple[Field, ...]:
    """The type of a WhatsApp message, and its content in a member named after the type, in Meta's form.

    *more* are types whose content the event declares itself.
    """
    files = {"image": "image/jpeg", "video": "video/mp4", "audio": "audio/ogg", "document": "application/pdf", "sticker": "image/webp"}
    types = by_caller(one_of("text", *files, *more, extensible=True))
    words = struct(field("body", by_caller(text("Hello")), "the words"))
    return (
        field("type", types, "the type of the content"),
        field("text", words, "the content of a text", when=is_(".type", "text")),
        *(
            field(name, _whatsapp_file(name, kind), f"the content of the type {name}", when=is_(".type", name))
            for name, kind in files.items()
        ),
    )


def _whatsapp_file(name: str, kind: str) -> Object:
    """A file of a WhatsApp message; Meta may send more members, such as a caption."""
    return struct(
        field("id", token(f"{name}-1"), "Meta's id of the file"),
        field("mime_type", by_caller(mime_type(kind)), "kind of file"),
        extra=anything(),
    )


ADDRESSES: tuple[Field, ...] = (
    optional("webhook_url", by_app(url()), "where events about it go", nullable=True),
    optional(
        "webhook_failover_url",
        either(by_app(url("https://backup.example.com/webhooks")), always("")),
        "the second address, used if the first fails; null or empty if not set",
        shown_null=True,
    ),
)

NO_ERRORS = field("errors", errors(max_items=0), "empty: nothing has gone wrong")
TAGS = optional("tags", by_app(list_of(text("campaign-7"), shown=0)), "the labels that the send request attached")

COST_BREAKDOWN = struct(
    optional("carrier_fee", money("0.00305"), "what carriers charge"),
    optional("rate", money("0.00205"), "what Telnyx charges"),
)
