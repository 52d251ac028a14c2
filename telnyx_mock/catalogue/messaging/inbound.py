"""``message.received``: an incoming message by SMS, MMS, RCS or WhatsApp."""

from __future__ import annotations

from telnyx_mock.catalogue.declare import Family, both, field, has, has_no, is_, optional, rare
from telnyx_mock.catalogue.field_groups import money
from telnyx_mock.catalogue.kind_vocabulary import (
    always,
    anything,
    boolean,
    by_app,
    by_caller,
    cases,
    either,
    integer,
    mime_type,
    null,
    number,
    one_of,
    phone,
    sender,
    sha256,
    struct,
    text,
    timestamp,
    token,
    unix_time,
    url,
    wamid,
)
from telnyx_mock.catalogue.messaging.common import (
    ADDRESSES,
    CELLULAR,
    CHAT,
    COST_BREAKDOWN,
    IDENTITY,
    NO_ERRORS,
    NOT_CHAT,
    TAGS,
    TYPE,
    YOURS,
    cc,
    line,
    media,
    message_id,
    received_at,
    recipients,
    whatsapp_content,
)
from telnyx_mock.schema.kinds import Object
from telnyx_mock.settings import PRODUCTS

FAMILY = Family("messaging")

FILE = struct(
    optional("file_name", by_caller(text("photo.jpg")), "name"),
    optional("file_size_bytes", by_caller(integer(2048)), "size in bytes"),
    optional("file_uri", url("https://example.com/photo.jpg"), "where it is"),
    optional("mime_type", by_caller(mime_type("image/jpeg")), "kind"),
)

MEDIA = struct(
    field("url", url("https://example.com/media/photo.jpg"), "the address of the file, valid for a limited time"),
    field("content_type", by_caller(mime_type("image/jpeg")), "kind of file"),
    optional("size", by_caller(integer(60574)), "bytes"),
    rare("hash_sha256", sha256(), "the digest under the schema's name for it"),
    optional("sha256", sha256(), "the digest under the guide's name for it"),
)

EDITED = struct(
    field("type", always("text"), "the type of the content; only words can be edited"),
    field("text", struct(field("body", by_caller(text("Hello again")), "the words")), "the words"),
    extra=anything(),
)
EDIT = struct(field("original_message_id", wamid(), "what was edited"), field("message", EDITED, "what it says now"))
REVOKE = struct(field("original_message_id", wamid(), "what was taken back"))
PLACE = struct(
    optional("latitude", by_caller(number(41.88, -90, 90)), "degrees"),
    optional("longitude", by_caller(number(-87.63, -180, 180)), "degrees"),
)
PRESSED = struct(
    optional("text", by_app(text("Yes")), "what the button says"),
    optional("postback_data", by_app(text("answer_yes")), "what the agent gave it"),
)

RCS_BODY: Object = struct(
    rare("location", PLACE, "a place that was shared"),
    rare("suggestion_response", PRESSED, "the suggested reply or action that was pressed", when=has_no(".location")),
    rare(
        "user_file",
        struct(optional("payload", FILE, "the file"), optional("thumbnail", FILE, "its preview")),
        "a file that was sent",
        when=both(has_no(".location"), has_no(".suggestion_response")),
    ),
    field(
        "text",
        by_caller(text("Hello")),
        "the words",
        when=both(has_no(".user_file"), both(has_no(".location"), has_no(".suggestion_response"))),
    ),
)
"""An RCS message is one thing: words, a file, a place, or a suggestion that was pressed."""

HIDDEN = always("")

WHATSAPP_BODY: Object = struct(
    optional("id", message_id().kind, "Telnyx's id of the message, again"),
    optional("foreign_id", wamid(), "Meta's id of the message"),
    optional("from", either(sender("13125550142"), HIDDEN), "the WhatsApp account; empty if the user hides the number"),
    optional("from_user_id", token("US.13491208655302741918"), "the WhatsApp user, where Meta names one"),
    optional("timestamp", unix_time("1705349767"), "when it was written, in Unix seconds, as a string"),
    *whatsapp_content("edit", "revoke"),
    field("edit", EDIT, "the change of an earlier message", when=is_(".type", "edit")),
    field("revoke", REVOKE, "the earlier message that was taken back", when=is_(".type", "revoke")),
    extra=anything(),
)

BODY = cases("type", {"WHATSAPP": WHATSAPP_BODY}, otherwise=RCS_BODY)

FROM = struct(
    field("phone_number", sender("+13125550142"), "who wrote"),
    *line("T-Mobile USA", "long_code"),
    rare("status", one_of("webhook_delivered", "received", "delivered"), "of this side"),
)

RECIPIENT = struct(*YOURS, optional("status", one_of("webhook_delivered", "delivered"), "of this side"))

KEYWORDS = ("STOP", "START", "HELP")
KEYWORD = rare("autoresponse_type", by_caller(one_of(*KEYWORDS, extensible=True)), "the keyword that the text matched", when=NOT_CHAT)

TEXT = cases("autoresponse_type", {word: by_caller(always(word)) for word in KEYWORDS}, otherwise=by_caller(text("Hello, world")))
"""A text that matched a keyword is the keyword."""

FAMILY.event(
    "message.received",
    *IDENTITY,
    field("direction", always("inbound"), "always towards you"),
    TYPE,
    field("from", FROM, "who wrote"),
    field(
        "to",
        recipients(RECIPIENT, {"WHATSAPP": phone("+13125550199")}),
        "your numbers, or your agent; WhatsApp gives one number and no list",
    ),
    cc(sender("+13125550177")),
    KEYWORD,
    field("text", TEXT, "the words", when=NOT_CHAT),
    *CELLULAR[1:],
    media(MEDIA),
    field("body", BODY, "the content of an RCS or WhatsApp message", when=CHAT),
    NO_ERRORS,
    received_at(0.085),
    field("sent_at", null(), "null for what you receive"),
    field("completed_at", null(), "null for what you receive"),
    field("valid_until", null(), "null for what you receive"),
    TAGS,
    optional("cost", money("0.0000"), "what it cost in all", nullable=True),
    rare("cost_breakdown", COST_BREAKDOWN, "what it cost, part by part", when=has("cost"), nullable=True),
    *ADDRESSES,
    rare("is_spam", boolean(False), "the verdict of the spam filter"),
    operation="inboundMessage",
    occurred_at=timestamp("2024-01-15T20:16:07.588+00:00"),
    pretty=True,
    products=PRODUCTS,
    trigger="Someone writes to one of your numbers or agents.",
    note="The group guide prints cc as plain numbers, for which the official SDK has no type; telnyx-mock sends the schema's objects. "
    "Media hashes have two names, and both occur. A profile that redacts messages redacts the webhook too.",
)

EVENTS = FAMILY.events
