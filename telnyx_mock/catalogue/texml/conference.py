"""``texml.conference.*``: sent to the statusCallback of the Conference noun.

Sources: each event's callback page. The word in statusCallbackEvent (join) is not the value that
is sent (participant-join).
"""

from __future__ import annotations

from telnyx_mock.catalogue.declare import Family, field, rare
from telnyx_mock.catalogue.kind_vocabulary import always, by_app, called, identifier, integer, one_of, party, sip_uri, text
from telnyx_mock.catalogue.texml.fields import CALL, CONNECTION_ID, PRINTED_CALL, TIMESTAMP
from telnyx_mock.schema.event import Example
from telnyx_mock.schema.field import Field
from telnyx_mock.schema.kind import Kind

NOTE = "The callback page shows CallingPartyType as customer, the fetching guide as sip or pstn."
FAMILY = Family("texml", note=NOTE)


def conference(happened: Kind, sequence_number: int) -> tuple[Field, ...]:
    """The fields of every event of a conference; *happened* is the value of StatusCallbackEvent."""
    return (
        field("StatusCallbackEvent", happened, "what happened"),
        *CALL,
        CONNECTION_ID,
        field("ConferenceSid", identifier("conference_id", "conf_abc123def456", "conf_{hex}"), "the conference"),
        field("FriendlyName", by_app(text("MyConference")), "the name in the Conference noun"),
        field("SequenceNumber", integer(sequence_number), "orders the events of one conference"),
        TIMESTAMP,
        rare("From", party("+13125550142"), "the calling side"),
        rare("To", called("+13125550199"), "the called side"),
        rare("FromSipUri", sip_uri("sip:user@example.com"), "SIP address of the caller"),
        rare("ToSipUri", sip_uri("sip:conference@example.com"), "SIP address that was called"),
        rare("CallingPartyType", one_of("pstn", "sip", "customer", extensible=True), "where the call came from"),
        rare("ParticipantLabel", by_app(text("participant-1")), "the label given to the participant"),
    )


def printed(time: str) -> dict[str, Example]:
    """The sample of the callback page, with its *time*."""
    values = {
        **PRINTED_CALL,
        "From": "+13125550142",
        "To": "+13125550199",
        "Timestamp": time,
        "ConferenceSid": "conf_abc123def456",
        "FromSipUri": "sip:user@example.com",
        "ToSipUri": "sip:conference@example.com",
        "CallingPartyType": "customer",
        "ParticipantLabel": "participant-1",
    }
    return {"documented": Example("callback page", values)}


FAMILY.form(
    "texml.conference.start",
    *conference(always("conference-start"), 0),
    operation="TexmlConferenceStartWebhook",
    trigger="A conference begins, and its statusCallbackEvent lists 'start'.",
    after=("texml.conference.participant-join", "texml.conference.end"),
    examples=printed("2024-01-15T10:30:00Z"),
)

FAMILY.form(
    "texml.conference.participant-join",
    *conference(always("participant-join"), 2),
    operation="TexmlConferenceJoinWebhook",
    trigger="A participant enters a conference whose statusCallbackEvent lists 'join'.",
    before=("texml.conference.start",),
    after=("texml.conference.speaker", "texml.conference.participant-leave"),
    examples=printed("2024-01-15T10:31:00Z"),
)

FAMILY.form(
    "texml.conference.speaker",
    *conference(one_of("participant-speech-start", "participant-speech-stop"), 3),
    operation="TexmlConferenceSpeakerWebhook",
    trigger="A participant begins or stops speaking in a conference whose statusCallbackEvent lists 'speaker'.",
    before=("texml.conference.participant-join",),
    after=("texml.conference.participant-leave",),
    note=f"{NOTE} A release note of 2021 has only one event, for the new dominant speaker.",
    examples=printed("2024-01-15T10:35:00Z"),
)

FAMILY.form(
    "texml.conference.participant-leave",
    *conference(always("participant-leave"), 4),
    operation="TexmlConferenceLeaveWebhook",
    trigger="A participant leaves a conference whose statusCallbackEvent lists 'leave'.",
    before=("texml.conference.participant-join",),
    after=("texml.conference.end",),
    examples=printed("2024-01-15T11:00:00Z"),
)

FAMILY.form(
    "texml.conference.end",
    *conference(always("conference-end"), 5),
    operation="TexmlConferenceEndWebhook",
    trigger="A conference ends, and its statusCallbackEvent lists 'end'.",
    before=("texml.conference.start", "texml.conference.participant-leave"),
    examples=printed("2024-01-15T11:30:00Z"),
)

EVENTS = FAMILY.events
