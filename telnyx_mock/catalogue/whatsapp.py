"""WhatsApp accounts, numbers and templates, and messages sent from the WhatsApp Business app.

Sources: the official SDK for the current events; for the others, Telnyx's published agent skills,
which print payloads without their envelopes. Messages themselves are ``message.*``.
"""

from __future__ import annotations

from telnyx_mock.catalogue.declare import Family, field, is_, optional, rare
from telnyx_mock.catalogue.field_groups import errors, money
from telnyx_mock.catalogue.kind_vocabulary import (
    always,
    another,
    anything,
    by_app,
    cases,
    company,
    identifier,
    list_of,
    one_of,
    phone,
    sender,
    setting,
    struct,
    text,
    timestamp,
    token,
    unix_time,
    url,
    wamid,
    words,
)
from telnyx_mock.catalogue.messaging.common import LINES, whatsapp_content
from telnyx_mock.schema.event import Event, Status

FAMILY = Family("whatsapp", products=("whatsapp",))

NUMBER = phone("+13125550199")
WABA_ID = field("waba_id", setting("1221529010180092"), "the WhatsApp Business Account")
SKILLS = "https://github.com/team-telnyx/telnyx-skills"
BARE_SAMPLE = "The only published sample has neither data nor meta; the usual envelope is an assumption."


MESSAGE_BODY = struct(
    field("id", identifier("message_id", "84cca175-9755-4859-b67f-4730d7f58aa3"), "Telnyx's id of the message, again"),
    field("foreign_id", wamid(), "Meta's id of the message"),
    field("timestamp", unix_time("1772655367"), "Meta's time, in Unix seconds, as a string"),
    optional("from", sender("13125550142"), "the WhatsApp user it went to"),
    rare("from_user_id", token("US.13491208655302741918"), "the id of that user, if Meta gives no number"),
    *whatsapp_content(),
    extra=anything(),
)

FAMILY.event(
    "message.echo",
    field("id", identifier("message_id", "84cca175-9755-4859-b67f-4730d7f58aa3"), "of the message"),
    field("record_type", always("message"), "what the payload is"),
    field("direction", always("outbound"), "the business wrote it"),
    field("type", always("WHATSAPP"), "kind of message"),
    field("origin", always("whatsapp_business_app"), "where it was written"),
    field(
        "from",
        struct(
            field("phone_number", phone("+13125550199"), "the business's number"),
            rare("carrier", company("Telnyx"), "its network"),
            rare("line_type", one_of(*LINES, sample="VoIP", extensible=True), "its kind of line"),
        ),
        "the business",
    ),
    field("to", sender("+13125550142"), "the WhatsApp user; a single object instead of a list"),
    field("body", MESSAGE_BODY, "the content, in a member named after its type"),
    field("cost", money("0.0000"), "an echo costs nothing"),
    field("errors", errors(), "empty while all is well"),
    field("messaging_profile_id", setting("740572b6-099c-44a1-89b9-6c92163bc68d"), "the profile it runs in"),
    field("organization_id", setting("47a530f8-4362-4526-829b-bcee17fd9f7a"), "the account it runs in"),
    optional("received_at", timestamp("2026-03-04T20:16:07.503+00:00", offset=-0.1), "when Telnyx took it"),
    optional("tags", by_app(list_of(text("campaign-7"), shown=0)), "labels"),
    rare("webhook_url", by_app(url()), "where events about it go"),
    rare("webhook_failover_url", by_app(url("https://backup.example.com/webhooks")), "where webhooks go if that address fails"),
    operation="whatsappMessageEcho",
    occurred_at=timestamp("2026-03-04T20:16:07.603+00:00"),
    trigger="Someone answers a customer in the WhatsApp Business app, with a number that Telnyx serves too.",
    note="Content of each other type has a member named after that type; telnyx-mock allows such members.",
)

FAMILY.event(
    "whatsapp.waba_added",
    field("record_type", always("waba_account_added"), "what the payload is"),
    field("event_id", identifier("signup_session_id", "6b0e3a0c-9d6c-4e9d-a1a0-5d2f7a1f3c11"), "the signup session, not the event"),
    WABA_ID,
    field("status", one_of("SUCCESS", "FAILURE"), "how the signup ended"),
    optional(
        "phone_numbers",
        cases("status", {"FAILURE": list_of(NUMBER)}, otherwise=list_of(NUMBER, min_items=1)),
        "numbers of the account; empty if the signup failed before they were read",
    ),
    rare(
        "errors",
        list_of(words("The phone number is already registered")),
        "what went wrong during the signup",
        when=is_("status", "FAILURE"),
    ),
    operation="whatsappWabaAdded",
    trigger="The signup of a WhatsApp Business Account has ended, successfully or not.",
    note="The event of a session that was started with a phone_number_id has no phone_numbers.",
)

FAMILY.event(
    "whatsapp.account.update",
    field("record_type", always("whatsapp_account"), "what the payload is"),
    WABA_ID,
    field(
        "event",
        one_of("ACCOUNT_OFFBOARDED", "ACCOUNT_RECONNECTED", "PARTNER_REMOVED", extensible=True),
        "what Meta reports",
    ),
    operation="whatsappAccountUpdate",
    trigger="Meta reports a change of a WhatsApp Business Account.",
    note="Meta defines the events and may add new ones, so a receiver must keep events that it does not know.",
)

FAMILY.event(
    "whatsapp.account.restricted",
    field("record_type", always("whatsapp_account"), "what the payload is"),
    WABA_ID,
    field(
        "ban_info",
        struct(
            field("waba_ban_state", one_of("SCHEDULE_FOR_DISABLE", extensible=True), "what Meta does about it"),
            optional("waba_ban_date", timestamp("2026-04-10", offset=604800.0), "when"),
        ),
        "the restriction",
    ),
    status=Status.DOCUMENTED,
    url=SKILLS,
    trigger="Meta restricts a WhatsApp Business Account, or announces a restriction.",
    note=BARE_SAMPLE,
)

RATING = ("GREEN", "YELLOW", "RED")

FAMILY.event(
    "whatsapp.phone_number.quality_changed",
    field("record_type", always("whatsapp_phone_number"), "what the payload is"),
    field("phone_number", phone("+13125550199"), "the number"),
    field("previous_quality_rating", one_of(*RATING), "what it was"),
    field("new_quality_rating", another("previous_quality_rating", RATING, *RATING), "what it is now"),
    WABA_ID,
    status=Status.DOCUMENTED,
    url=SKILLS,
    trigger="Meta changes the quality rating of a number.",
    note=BARE_SAMPLE,
)


def _template(verdict: str, trigger: str, reason: str | None = None) -> Event:
    """An event about a message template; only a rejection or a disabling has a *reason*."""
    why = () if reason is None else (field("reason", words(reason), "why"),)
    return FAMILY.event(
        f"whatsapp.template.{verdict}",
        field("record_type", always("whatsapp_template"), "what the payload is"),
        field("template_id", setting("019cd44b-3a1c-781b-956e-bd33e9fd2ac6"), "Telnyx's id of it"),
        field("template_name", setting("order_confirmation"), "its name"),
        field("language", setting("en_US"), "its language"),
        field("meta_template_id", setting("1977527823202710"), "Meta's id of it"),
        WABA_ID,
        field("status", always(verdict.upper()), "Meta's verdict"),
        *why,
        status=Status.DOCUMENTED,
        url=SKILLS,
        trigger=trigger,
        note=BARE_SAMPLE,
    )


_template("approved", "Meta approves a message template.")
_template("rejected", "Meta rejects a message template.", "The template repeats an approved one")
_template("disabled", "Meta disables a message template.", "Too many recipients reported it")

EVENTS = FAMILY.events
