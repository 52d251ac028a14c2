"""TeXML: flat, form-encoded webhooks, named ``texml.*`` after what they are.

Sources: each event's callback page and the guide to its verb. On the wire every value is text:
booleans are ``true`` and ``false``, numbers are digits.
"""

from __future__ import annotations

from telnyx_mock.events.declare import field, form, is_, rare
from telnyx_mock.events.groups import call_control_id
from telnyx_mock.events.kinds import (
    always,
    identifier,
    integer,
    one_of,
    party,
    sip_uri,
    text,
    timestamp,
    token,
)
from telnyx_mock.events.model import Event, Example, Field

ACCOUNT_SID = field("AccountSid", token("f5586561-8ff0-4291-a51b-c7dfe4139ff9"), "the account")
CALL_SID = field("CallSid", call_control_id(), "names the leg in requests; starts with v2: or v3:")
CALL: tuple[Field, ...] = (
    ACCOUNT_SID,
    CALL_SID,
    field("CallSidLegacy", call_control_id(), "repeats CallSid"),
)
CONNECTION_ID = field("ConnectionId", token("1234567890"), "the TeXML application")
FROM = field("From", party("+13125550142"), "the calling side")
TO = field("To", party("+13125550199"), "the called side")
TIMESTAMP = field("Timestamp", timestamp("2024-01-15T10:30:00Z"), "when the webhook was made")

CONFERENCE: tuple[Field, ...] = (
    *CALL,
    CONNECTION_ID,
    field(
        "ConferenceSid",
        identifier("conference_id", "conf_abc123def456", "conf_{hex}"),
        "the conference",
    ),
    field("FriendlyName", text("MyConference"), "the name in the Conference noun"),
    field("SequenceNumber", integer(2), "orders the events of one conference"),
    TIMESTAMP,
    rare("From", party("+13125550142"), "the calling side"),
    rare("To", party("+13125550199"), "the called side"),
    rare("FromSipUri", sip_uri("sip:user@example.com"), "SIP address of the caller"),
    rare("ToSipUri", sip_uri("sip:conference@example.com"), "SIP address that was called"),
    rare(
        "CallingPartyType", one_of("pstn", "sip", "customer", open=True), "where the call came from"
    ),
    rare("ParticipantLabel", text("participant-1"), "the label given to the participant"),
)

CONFERENCE_JOIN = form(
    "texml.conference.participant-join",
    field("StatusCallbackEvent", always("participant-join"), "what happened"),
    *CONFERENCE,
    operation="TexmlConferenceJoinWebhook",
    trigger="A participant enters a conference whose statusCallbackEvent lists join.",
    note="The callback page shows CallingPartyType as customer, the fetching guide as sip or pstn.",
    examples={
        "documented": Example(
            "callback page",
            {
                "From": "+35319605860",
                "To": "+13129457420",
                "FromSipUri": "sip:user@example.com",
                "ToSipUri": "sip:conference@example.com",
                "CallingPartyType": "customer",
                "ParticipantLabel": "participant-1",
                "Timestamp": "2024-01-15T10:31:00Z",
            },
        )
    },
)

SIPREC = form(
    "texml.siprec",
    ACCOUNT_SID,
    CALL_SID,
    field(
        "SiprecSid",
        identifier("siprec_id", "siprec-abc123", "siprec-{hex}"),
        "the recording session",
    ),
    field(
        "SiprecEvent", one_of("siprec-started", "siprec-stopped", "siprec-failed"), "what happened"
    ),
    field(
        "SiprecError",
        text("SIPREC connection failed"),
        "why",
        when=is_("SiprecEvent", "siprec-failed"),
    ),
    TIMESTAMP,
    operation="TexmlSiprecWebhook",
    trigger="A SIPREC session starts, stops or fails, and its Siprec noun has a statusCallback.",
    examples={
        "documented": Example(
            "callback page",
            {"SiprecError": "SIPREC connection failed"},
            breaks="shows SiprecError although the session started",
        )
    },
)

HTTP_REQUEST = form(
    "texml.http-request",
    *CALL,
    CONNECTION_ID,
    FROM,
    TO,
    rare("CallerId", text("Jane Roe"), "the caller's display name, if one is set"),
    extra=text("value"),
    operation="TexmlHttpRequestWebhook",
    trigger="The request of an HttpRequest verb with async=false is done.",
    reply="a TeXML document, which takes over the call",
    note="Carries one more field for every Field of the verb's Response element.",
    examples={
        "documented": Example(
            "callback page",
            {"CallerId": "John Doe", "From": "+35319605860", "To": "+13129457420"},
        )
    },
)

EVENTS: tuple[Event, ...] = (CONFERENCE_JOIN, SIPREC, HTTP_REQUEST)
