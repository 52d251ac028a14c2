"""Messages: ``message.*``. Sources: each event's callback page and the messaging guides
(receiving webhooks, RCS, group messaging); the official SDK for the newest fields.
"""

from __future__ import annotations

from telnyx_mock.events.declare import event, field, is_, is_not, optional, rare
from telnyx_mock.events.groups import errors, money
from telnyx_mock.events.kinds import (
    Object,
    always,
    boolean,
    cases,
    identifier,
    integer,
    list_of,
    map_of,
    null,
    number,
    one_of,
    sender,
    struct,
    text,
    timestamp,
    token,
    url,
)
from telnyx_mock.events.model import Event, Field

OCCURRED_AT = timestamp("2024-01-15T20:16:07.503+00:00")
CHAT = is_("type", "RCS", "WHATSAPP")
NOT_CHAT = is_not("type", "RCS", "WHATSAPP")
RCS = is_("type", "RCS")
WHATSAPP = is_("type", "WHATSAPP")
MMS = is_("type", "MMS")


def message_id() -> Field:
    """The id of the message: the same in every event about it, unlike the event's own."""
    return field(
        "id", identifier("message_id", "84cca175-9755-4859-b67f-4730d7f58aa3"), "of the message"
    )


CARRIER: tuple[Field, ...] = (
    optional("carrier", text("T-Mobile USA"), "network of the number; empty when unknown"),
    optional(
        "line_type",
        one_of("Wireless", "Wireline", "VoWiFi", "VoIP", "Pre-Paid Wireless", ""),
        "kind of line; empty when unknown",
    ),
)
"""What is known of a phone number."""


COST_BREAKDOWN = struct(
    optional("carrier_fee", money("0.00305"), "what carriers charge"),
    optional("rate", money("0.00400"), "what Telnyx charges"),
)

COMMON: tuple[Field, ...] = (
    field("record_type", always("message"), "what the payload is"),
    field("type", one_of("SMS", "MMS", "RCS", "WHATSAPP"), "kind of message"),
    field(
        "messaging_profile_id",
        token("740572b6-099c-44a1-89b9-6c92163bc68d"),
        "the profile it runs in",
    ),
    optional(
        "organization_id", token("47a530f8-4362-4526-829b-bcee17fd9f7a"), "the account it runs in"
    ),
    field("text", text("Hello, world"), "the words of an SMS or MMS", when=NOT_CHAT),
    field("encoding", token("GSM-7"), "of the text on the air"),
    field("parts", integer(1, 1, 10), "segments that the text was cut into"),
    field("errors", errors(), "empty while all is well"),
    field(
        "received_at",
        timestamp("2024-01-15T20:16:07.503+00:00", offset=-0.5),
        "when Telnyx took it",
    ),
    optional("webhook_url", url(), "where events about it go", nullable=True),
    optional(
        "webhook_failover_url",
        url("https://backup.example.com/webhooks"),
        "where they go when that fails",
        shown_null=True,
    ),
    optional("tags", list_of(text("campaign-7"), shown=0), "labels given when it was sent"),
    optional("cost", money(), "what it cost in all", nullable=True),
    rare("cost_breakdown", COST_BREAKDOWN, "what it cost, part by part", nullable=True),
    rare("subject", text("Photos"), "of an MMS", nullable=True),
    rare("num_chars", integer(12), "characters of the text"),
    rare("tcr_campaign_id", token("CXYZ123"), "the 10DLC campaign it belongs to", nullable=True),
    rare("tcr_campaign_billable", boolean(True), "whether that campaign is billed"),
    rare("tcr_campaign_registered", token("REGISTERED"), "state of that campaign", nullable=True),
)

CC = struct(
    field("phone_number", sender("+13125550177"), "another member of the group"),
    *CARRIER,
    optional(
        "status",
        one_of(
            "queued",
            "sending",
            "sent",
            "delivered",
            "sending_failed",
            "delivery_failed",
            "delivery_unconfirmed",
        ),
        "how far the message got to that member",
    ),
)

FILE = struct(
    optional("file_name", text("photo.jpg"), "name"),
    optional("file_size_bytes", integer(2048), "size in bytes"),
    optional("file_uri", url("https://example.com/photo.jpg"), "where it is"),
    optional("mime_type", token("image/jpeg"), "kind"),
)

INBOUND_BODY: Object = struct(
    optional(
        "text",
        cases(
            "type",
            {"WHATSAPP": struct(optional("body", text("Hello"), "the words"))},
            otherwise=text("Hello"),
        ),
        "the words; WhatsApp wraps them",
    ),
    optional("type", token("text"), "which kind of content this is", when=WHATSAPP),
    rare("id", token("wamid.HBgLMTMxMjU1NTAxNDI="), "Meta's id of the message", when=WHATSAPP),
    rare("foreign_id", token("foreign-1"), "id on the sender's side"),
    rare("from", sender("13125550142"), "the WhatsApp account", when=WHATSAPP),
    rare("from_user_id", token("US.1234567890"), "the WhatsApp user", when=WHATSAPP),
    rare("timestamp", token("1705349767"), "Unix seconds, as a string", when=WHATSAPP),
    rare(
        "location",
        struct(
            optional("latitude", number(41.88, -90, 90), "degrees"),
            optional("longitude", number(-87.63, -180, 180), "degrees"),
        ),
        "a place that was shared",
    ),
    rare(
        "suggestion_response",
        struct(
            optional("text", text("Yes"), "what the button says"),
            optional("postback_data", text("answer_yes"), "what the agent gave it"),
        ),
        "an RCS button that was pressed",
        when=RCS,
    ),
    rare(
        "user_file",
        struct(optional("payload", FILE, "the file"), optional("thumbnail", FILE, "its preview")),
        "an RCS file",
        when=RCS,
    ),
    rare(
        "edit",
        struct(
            field("original_message_id", token("wamid.HBgLMTMxMjU1NTAxNDI="), "what was edited"),
            field("message", map_of(), "what it says now"),
        ),
        "the sender changed an earlier message",
        when=WHATSAPP,
    ),
    rare(
        "revoke",
        struct(
            field("original_message_id", token("wamid.HBgLMTMxMjU1NTAxNDI="), "what was taken back")
        ),
        "the sender took an earlier message back",
        when=WHATSAPP,
    ),
)

INBOUND_MEDIA = struct(
    field("url", url("https://example.com/media/photo.jpg"), "where the file is, for a while"),
    field("content_type", token("image/jpeg"), "kind of file"),
    optional("size", integer(60574), "bytes"),
    rare(
        "hash_sha256",
        token("ab1c2d3e4f5a6b7c8d9e0f1a2b3c4d5e"),
        "as the schema names it (32 characters)",
    ),
    optional("sha256", token("ab1c2d3e4f5a6b7c8d9e0f1a2b3c4d5e"), "as the guide names it"),
)

MESSAGE_RECEIVED = event(
    "message.received",
    "messaging",
    message_id(),
    field("direction", always("inbound"), "always towards you"),
    *COMMON,
    field(
        "from",
        struct(
            field("phone_number", sender("+13125550142"), "who wrote"),
            *CARRIER,
            optional(
                "status", one_of("webhook_delivered", "received", "delivered"), "of this side"
            ),
        ),
        "who wrote",
    ),
    field(
        "to",
        cases(
            "type",
            {"WHATSAPP": sender("+13125550199")},
            otherwise=list_of(
                struct(
                    optional("phone_number", sender("+13125550199"), "your number"),
                    *CARRIER,
                    optional(
                        "status",
                        one_of(
                            "webhook_delivered",
                            "queued",
                            "sending",
                            "sent",
                            "delivered",
                            "sending_failed",
                            "delivery_failed",
                            "delivery_unconfirmed",
                        ),
                        "of this side",
                    ),
                    optional("agent_id", token("agent_007"), "your RCS agent", when=RCS),
                    optional("agent_name", text("Example Agent"), "its name", when=RCS),
                ),
                min_items=1,
            ),
        ),
        "your numbers; WhatsApp gives one number, not a list",
    ),
    rare("cc", list_of(CC), "the other members of a group", when=MMS),
    field("media", list_of(INBOUND_MEDIA, shown=0), "files; empty for an SMS"),
    optional("body", INBOUND_BODY, "the content of an RCS or WhatsApp message", when=CHAT),
    field("sent_at", null(), "null for what you receive"),
    field("completed_at", null(), "null for what you receive"),
    field("valid_until", null(), "null for what you receive"),
    rare(
        "autoresponse_type",
        one_of("STOP", "START", "HELP", open=True),
        "the keyword that the text hit",
    ),
    rare("is_spam", boolean(False), "what the spam filter thinks"),
    operation="inboundMessage",
    occurred_at=OCCURRED_AT,
    pretty=True,
    trigger="Someone writes to one of your numbers or agents.",
    note="The group guide prints cc as plain numbers, which the official SDK cannot type; the "
    "schema's objects are sent. Media hashes have two names, and both occur.",
)

FINAL_STATUS = one_of(
    "delivered", "delivery_failed", "delivery_unconfirmed", "sending_failed", "expired"
)

OUTBOUND_MEDIA = struct(
    field("url", url("https://example.com/media/photo.jpg"), "the file that was sent"),
    optional("content_type", token("image/jpeg"), "kind of file", nullable=True),
    optional(
        "sha256", token("ab1c2d3e4f5a6b7c8d9e0f1a2b3c4d5e"), "digest of the file", nullable=True
    ),
    optional("size", integer(60574), "bytes", nullable=True),
)


MESSAGE_FINALIZED = event(
    "message.finalized",
    "messaging",
    message_id(),
    field("direction", always("outbound"), "always away from you"),
    *COMMON,
    field(
        "from",
        struct(
            optional(
                "phone_number", sender("+13125550199"), "your number", when=is_not("type", "RCS")
            ),
            *CARRIER,
            optional("agent_id", token("agent_007"), "your RCS agent", when=RCS),
            optional("agent_name", text("Example Agent"), "its name", when=RCS),
            rare("status", token("webhook_delivered"), "in some samples of the guides"),
        ),
        "your number or agent",
    ),
    field(
        "to",
        list_of(
            struct(
                field("phone_number", sender("+13125550142"), "who it went to"),
                field("status", FINAL_STATUS, "how it ended"),
                *CARRIER,
            ),
            min_items=1,
        ),
        "who it went to",
    ),
    rare("cc", list_of(CC), "the other members of a group", when=MMS),
    rare(
        "group_message_id",
        identifier("group_message_id", "403189d4-b1d6-4993-b263-6470e5224430"),
        "shared by the messages to one group",
        when=MMS,
    ),
    field("media", list_of(OUTBOUND_MEDIA, shown=0), "files; empty for an SMS"),
    optional(
        "body",
        struct(optional("text", text("Hello"), "the words")),
        "the content of an RCS or WhatsApp message",
        when=CHAT,
    ),
    field(
        "sent_at",
        timestamp("2024-01-15T20:16:07.503+00:00", offset=-0.2),
        "when it left Telnyx",
        nullable=True,
    ),
    field("completed_at", timestamp("2024-01-15T20:16:07.503+00:00"), "when its fate was known"),
    optional(
        "valid_until",
        timestamp("2024-01-15T21:16:07.503+00:00", offset=3600.0),
        "until when it may wait in the queue",
        nullable=True,
    ),
    rare(
        "wait_seconds", number(0.5, 0), "how long a rate limit held it, in seconds", nullable=True
    ),
    rare("smart_encoding_applied", boolean(True), "whether characters were replaced to fit GSM-7"),
    rare("template_id", token("1234567890"), "of a WhatsApp template", when=WHATSAPP),
    rare("template_name", token("order_update"), "of a WhatsApp template", when=WHATSAPP),
    operation="deliveryUpdate",
    occurred_at=OCCURRED_AT,
    pretty=True,
    trigger="The fate of a message that you sent is known: delivered, failed, or not confirmed.",
    before=("message.sent",),
)

EVENTS: tuple[Event, ...] = (MESSAGE_RECEIVED, MESSAGE_FINALIZED)
