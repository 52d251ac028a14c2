"""The fate of an outgoing message: ``message.sent``, ``message.finalized``, ``message.read``."""

from __future__ import annotations

from collections.abc import Callable

from telnyx_mock.catalogue.declare import Family, field, has, is_, is_not, optional, rare
from telnyx_mock.catalogue.field_groups import errors, money
from telnyx_mock.catalogue.kind_vocabulary import (
    always,
    anything,
    boolean,
    by_app,
    cases,
    either,
    identifier,
    integer,
    list_of,
    map_of,
    mime_type,
    null,
    number,
    one_of,
    sender,
    setting,
    sha256,
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
    IDENTITY,
    MMS,
    NO_ERRORS,
    NOT_CHAT,
    TAGS,
    TYPE,
    WHATSAPP,
    YOURS,
    cc,
    line,
    media,
    message_id,
    received_at,
    recipients,
)
from telnyx_mock.schema.field import Field
from telnyx_mock.schema.kind import Kind
from telnyx_mock.schema.kinds import Object
from telnyx_mock.settings import PRODUCTS

FAMILY = Family("messaging", operation="deliveryUpdate", pretty=True, products=PRODUCTS)

OUTBOUND = field("direction", always("outbound"), "always away from you")

FROM = field(
    "from",
    struct(
        *YOURS,
        rare("status", token("webhook_delivered"), "in some samples of the guides"),
    ),
    "your number or agent",
)


def recipient(status: Kind, meaning: str) -> Object:
    """Someone it went to, with the *status* of the message."""
    return struct(field("phone_number", by_app(sender("+13125550142")), "who it went to"), field("status", status, meaning), *line())


def to(status: Kind, meaning: str) -> Field:
    """The recipients, each with the status of the message."""
    return field("to", recipients(recipient(status, meaning)), "who it went to")


MEDIA = struct(
    field("url", by_app(url("https://example.com/media/photo.jpg")), "the file that was sent"),
    optional("content_type", by_app(mime_type("image/jpeg")), "kind of file", nullable=True),
    optional("sha256", sha256(), "digest of the file", nullable=True),
    optional("size", integer(60574), "bytes", nullable=True),
)

OF_WORDS = is_not(".type", "template", "image")
WHATSAPP_WORDS = struct(field("body", by_app(text("Hello")), "the words"))

BODY: Object = struct(
    optional("text", cases("type", {"WHATSAPP": WHATSAPP_WORDS}, otherwise=by_app(text("Hello"))), "the words", when=OF_WORDS),
    optional("type", by_app(one_of("template", "image", "text", extensible=True)), "the type of this content", when=WHATSAPP),
    field("template", by_app(map_of(sample={"name": "order_update"})), "the template and its values", when=is_(".type", "template")),
    extra=by_app(anything()),
)
"""The content as it was sent: an RCS agent message, or the ``whatsapp_message`` of the request."""

GROUP = rare(
    "group_message_id",
    identifier("group_message_id", "403189d4-b1d6-4993-b263-6470e5224430"),
    "shared by all messages to one group",
    when=MMS,
)

OF_TEMPLATE = is_("body.type", "template")

TEMPLATE: tuple[Field, ...] = (
    rare("template_id", setting("019cd44b-3a1c-781b-956e-bd33e9fd2ac6"), "of the WhatsApp template, when known", when=OF_TEMPLATE),
    optional("template_name", setting("order_update"), "of the WhatsApp template", when=OF_TEMPLATE),
)

SENDING: tuple[Field, ...] = (
    optional(
        "valid_until",
        timestamp("2024-01-15T22:32:13.552+00:00", offset=3600.0),
        "until when the message may wait in the queue",
        nullable=True,
    ),
    rare("wait_seconds", number(0.5, 0), "how long a rate limit delays the message, in seconds", nullable=True),
    rare(
        "smart_encoding_applied",
        cases("encoding", {"GSM-7": boolean(True)}, otherwise=always(False)),
        "whether characters were replaced to fit GSM-7",
        when=NOT_CHAT,
    ),
    *TEMPLATE,
)
"""How the message is sent."""

UNSENT = ("sending_failed", "expired")
FAILED = (*UNSENT, "delivery_failed")
FREE = either(null(), struct(field("amount", always("0.0000"), "nothing"), field("currency", one_of("USD", extensible=True), "ISO 4217")))


def cost_breakdown(declare: Callable[..., Field]) -> Field:
    """What the message cost, part by part."""
    return declare("cost_breakdown", COST_BREAKDOWN, "what it cost, part by part", when=has("cost"), nullable=True)


CONTENT: tuple[Field, ...] = (
    *IDENTITY,
    OUTBOUND,
    TYPE,
    FROM,
    cc(by_app(sender("+13125550177"))),
    GROUP,
    *(by_app(each) if each.name in ("text", "subject") else each for each in CELLULAR),
    media(MEDIA),
    field("body", BODY, "the content of an RCS or WhatsApp message", when=CHAT),
    TAGS,
    *ADDRESSES,
    *SENDING,
)

SENT = timestamp("2024-01-15T21:32:13.596+00:00")
SENT_BEFORE = timestamp("2024-01-15T21:32:13.596+00:00", offset=-0.552)

FAMILY.event(
    "message.sent",
    *CONTENT,
    to(one_of("sent", "sending", "queued"), "how far it got"),
    NO_ERRORS,
    optional("cost", money("0.0051"), "what it cost in all", nullable=True),
    cost_breakdown(rare),
    received_at(0.044),
    field(
        "sent_at",
        cases("to[].status", {"queued": null(), "sending": either(SENT, null())}, otherwise=SENT),
        "when the message left Telnyx; null while it is queued",
    ),
    field("completed_at", null(), "null until the final status is known"),
    occurred_at=timestamp("2024-01-15T21:32:13.596+00:00"),
    trigger="A message that you sent is handed to the carrier.",
    after=("message.finalized", "message.read"),
    note="May arrive after message.finalized, because deliveries have no fixed order.",
)

FAMILY.event(
    "message.finalized",
    *CONTENT,
    to(one_of("delivered", "delivery_failed", "delivery_unconfirmed", "sending_failed", "expired"), "how it ended"),
    field(
        "errors",
        cases(
            "to[].status",
            {**dict.fromkeys(FAILED, errors(shown=1)), "delivery_unconfirmed": errors()},
            otherwise=errors(max_items=0),
        ),
        "what went wrong; empty for a message that was delivered, and often for an unconfirmed one",
    ),
    optional(
        "cost",
        cases("to[].status", dict.fromkeys(UNSENT, FREE), otherwise=money("0.0051")),
        "what it cost in all; nothing if it was never sent",
        nullable=True,
    ),
    cost_breakdown(optional),
    received_at(0.596),
    field(
        "sent_at",
        cases("to[].status", dict.fromkeys(UNSENT, either(null(), SENT_BEFORE)), otherwise=SENT_BEFORE),
        "when the message left Telnyx; null if it never left",
    ),
    field("completed_at", timestamp("2024-01-15T21:32:14.148+00:00"), "when its fate was known"),
    occurred_at=timestamp("2024-01-15T21:32:14.148+00:00"),
    trigger="The final status of a message that you sent is known: delivered, failed, or not confirmed.",
    before=("message.sent",),
    after=("message.read",),
    note="The group guide names a further status, 'unknown', for members outside Telnyx; the official SDK refuses this status. "
    "A group message is finalized once for each member.",
)

FAMILY.event(
    "message.read",
    message_id(),
    rare("record_type", always("message"), "what the payload is"),
    field("messaging_profile_id", setting("740572b6-099c-44a1-89b9-6c92163bc68d"), "the profile it runs in"),
    rare("organization_id", setting("47a530f8-4362-4526-829b-bcee17fd9f7a"), "the account it runs in"),
    OUTBOUND,
    field("type", one_of("RCS", "WHATSAPP"), "type of the message; Telnyx sends read receipts for these two types only"),
    FROM,
    field("to", list_of(recipient(always("read"), "always read"), min_items=1, max_items=1), "who it went to"),
    field("body", BODY, "the content"),
    rare("errors", errors(max_items=0), "empty"),
    rare("cc", list_of(struct(), shown=0, max_items=0), "empty outside MMS"),
    rare("media", list_of(struct(), shown=0, max_items=0), "empty outside MMS"),
    rare("tags", by_app(list_of(text("campaign-7"), shown=0)), "the labels that the send request attached"),
    rare("cost", money("0.0051"), "what it cost in all", nullable=True),
    cost_breakdown(rare),
    rare("valid_until", null(), "null once the message has left the queue"),
    rare("wait_seconds", number(0.5, 0), "how long a rate limit delayed the message, in seconds", nullable=True),
    rare("received_at", timestamp("2024-01-15T21:32:13.552+00:00", offset=-60.0), "when Telnyx took it"),
    rare("sent_at", timestamp("2024-01-15T21:32:13.596+00:00", offset=-59.0), "when it left Telnyx", nullable=True),
    rare("completed_at", timestamp("2024-01-15T21:32:14.148+00:00", offset=-58.0), "when it was delivered", nullable=True),
    rare("webhook_url", by_app(url()), "where events about it go", nullable=True),
    rare(
        "webhook_failover_url", by_app(url("https://backup.example.com/webhooks")), "where webhooks go if that address fails", nullable=True
    ),
    *TEMPLATE,
    occurred_at=timestamp("2024-01-15T21:33:13.596+00:00"),
    products=("rcs", "whatsapp"),
    trigger="The recipient of an RCS or WhatsApp message reads it.",
    before=("message.sent", "message.finalized"),
    note="In the official SDK, which shares one model among message.sent, message.finalized and this one; not in the "
    "OpenAPI document of August 2026. The guide's sample is as short as ours.",
)

EVENTS = FAMILY.events
