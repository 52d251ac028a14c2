"""``message.received``: an incoming message by SMS, MMS, RCS or WhatsApp."""

from __future__ import annotations

from telnyx_mock.catalogue.declare import Family, field, optional, rare
from telnyx_mock.catalogue.field_groups import money
from telnyx_mock.catalogue.kind_vocabulary import (
    always,
    boolean,
    by_app,
    by_caller,
    cases,
    integer,
    list_of,
    map_of,
    null,
    number,
    one_of,
    phone,
    sender,
    struct,
    text,
    timestamp,
    token,
    url,
)
from telnyx_mock.catalogue.messaging.common import (
    ADDRESSES,
    CELLULAR,
    CHAT,
    COST_BREAKDOWN,
    ERRORS,
    IDENTITY,
    RCS,
    TAGS,
    TYPE,
    WHATSAPP,
    YOURS,
    cc,
    line,
    media,
    received_at,
)
from telnyx_mock.schema.kinds import Object

FAMILY = Family("messaging")

FILE = struct(
    optional("file_name", by_caller(text("photo.jpg")), "name"),
    optional("file_size_bytes", by_caller(integer(2048)), "size in bytes"),
    optional("file_uri", url("https://example.com/photo.jpg"), "where it is"),
    optional("mime_type", by_caller(token("image/jpeg")), "kind"),
)

MEDIA = struct(
    field("url", url("https://example.com/media/photo.jpg"), "the address of the file, valid for a limited time"),
    field("content_type", by_caller(token("image/jpeg")), "kind of file"),
    optional("size", by_caller(integer(60574)), "bytes"),
    rare("hash_sha256", token("ab1c2d3e4f5a6b7c8d9e0f1a2b3c4d5e"), "the hash under the schema's name for it (32 characters)"),
    optional("sha256", token("ab1c2d3e4f5a6b7c8d9e0f1a2b3c4d5e"), "as the guide names it"),
)

WAMID = token("wamid.HBgLMTMxMjU1NTAxNDI=")
"""Meta's id of a WhatsApp message."""

EDIT = struct(field("original_message_id", WAMID, "what was edited"), field("message", by_caller(map_of()), "what it says now"))
REVOKE = struct(field("original_message_id", WAMID, "what was taken back"))
PLACE = struct(
    optional("latitude", by_caller(number(41.88, -90, 90)), "degrees"),
    optional("longitude", by_caller(number(-87.63, -180, 180)), "degrees"),
)
PRESSED = struct(
    optional("text", by_app(text("Yes")), "what the button says"),
    optional("postback_data", by_app(text("answer_yes")), "what the agent gave it"),
)

WORDS = by_caller(cases("type", {"WHATSAPP": struct(optional("body", text("Hello"), "the words"))}, otherwise=text("Hello")))

BODY: Object = struct(
    optional("text", WORDS, "the words; WhatsApp wraps them"),
    optional("type", by_caller(token("text")), "the type of this content", when=WHATSAPP),
    rare("id", WAMID, "Meta's id of the message", when=WHATSAPP),
    rare("foreign_id", by_caller(token("foreign-1")), "id on the sender's side"),
    rare("from", sender("13125550142"), "the WhatsApp account", when=WHATSAPP),
    rare("from_user_id", by_caller(token("US.1234567890")), "the WhatsApp user", when=WHATSAPP),
    rare("timestamp", token("1705349767"), "Unix seconds, as a string", when=WHATSAPP),
    rare("location", PLACE, "a place that was shared"),
    rare("suggestion_response", PRESSED, "a suggested reply or action that was pressed", when=RCS),
    rare(
        "user_file",
        struct(optional("payload", FILE, "the file"), optional("thumbnail", FILE, "its preview")),
        "a file that was sent",
        when=RCS,
    ),
    rare("edit", EDIT, "the sender changed an earlier message", when=WHATSAPP),
    rare("revoke", REVOKE, "the sender took an earlier message back", when=WHATSAPP),
)

FROM = struct(
    field("phone_number", sender("+13125550142"), "who wrote"),
    *line("T-Mobile USA", "long_code"),
    rare("status", one_of("webhook_delivered", "received", "delivered"), "of this side"),
)

RECIPIENT = struct(
    *YOURS,
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
)

FAMILY.event(
    "message.received",
    *IDENTITY,
    field("direction", always("inbound"), "always towards you"),
    TYPE,
    field("from", FROM, "who wrote"),
    field(
        "to",
        cases("type", {"WHATSAPP": phone("+13125550199")}, otherwise=list_of(RECIPIENT, min_items=1)),
        "your numbers, or your agent; WhatsApp gives one number and no list",
    ),
    cc(sender("+13125550177")),
    *CELLULAR,
    media(MEDIA),
    field("body", BODY, "the content of an RCS or WhatsApp message", when=CHAT),
    ERRORS,
    received_at(0.085),
    field("sent_at", null(), "null for what you receive"),
    field("completed_at", null(), "null for what you receive"),
    field("valid_until", null(), "null for what you receive"),
    TAGS,
    optional("cost", money("0.0000"), "what it cost in all", nullable=True),
    rare("cost_breakdown", COST_BREAKDOWN, "what it cost, part by part", nullable=True),
    *ADDRESSES,
    rare("autoresponse_type", by_caller(one_of("STOP", "START", "HELP", extensible=True)), "the keyword that the text matched"),
    rare("is_spam", boolean(False), "the verdict of the spam filter"),
    operation="inboundMessage",
    occurred_at=timestamp("2024-01-15T20:16:07.588+00:00"),
    pretty=True,
    trigger="Someone writes to one of your numbers or agents.",
    note="The group guide prints cc as plain numbers, for which the official SDK has no type; telnyx-mock sends the schema's objects. "
    "Media hashes have two names, and both occur. A profile that redacts messages redacts the webhook too.",
)

EVENTS = FAMILY.events
