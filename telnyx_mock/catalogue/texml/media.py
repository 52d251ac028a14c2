"""``texml.siprec`` and ``texml.stream``: copies of the call's media, started with a Start verb.

Sources: each event's callback page and the guide to its noun.
"""

from __future__ import annotations

from telnyx_mock.catalogue.declare import Family, field, is_
from telnyx_mock.catalogue.kind_vocabulary import identifier, one_of, setting, words
from telnyx_mock.catalogue.texml.fields import ACCOUNT_SID, CALL, CALL_SID, PRINTED_CALL, PRINTED_TIME, TIMESTAMP
from telnyx_mock.schema.event import Example

FAMILY = Family("texml")

FAMILY.form(
    "texml.siprec",
    ACCOUNT_SID,
    CALL_SID,
    field("SiprecSid", identifier("siprec_id", "siprec-5f3a9c1e7b20", "siprec-{hex}"), "the recording session"),
    field("SiprecEvent", one_of("siprec-started", "siprec-stopped", "siprec-failed"), "what happened"),
    field("SiprecError", words("SIPREC connection failed"), "why", when=is_("SiprecEvent", "siprec-failed")),
    TIMESTAMP,
    operation="TexmlSiprecWebhook",
    trigger="A SIPREC session starts, stops or fails, and its Siprec noun has a statusCallback.",
    note="In the OpenAPI document, all other TeXML webhooks about a call have CallSidLegacy.",
    examples={
        "documented": Example(
            "callback page",
            {
                "CallSid": PRINTED_CALL["CallSid"],
                **PRINTED_TIME,
                "SiprecSid": "siprec-abc123",
                "SiprecError": "SIPREC connection failed",
            },
            breaks="shows SiprecError although the session started",
        )
    },
)

FAMILY.form(
    "texml.stream",
    *CALL,
    field("StreamSid", identifier("stream_id", "stream-5f3a9c1e7b20", "stream-{hex}"), "the stream"),
    field("StreamName", setting("my_stream"), "the name of the Stream noun"),
    field("StreamEvent", one_of("stream-started", "stream-stopped", "stream-error"), "what happened"),
    field("StreamError", words("Connection timeout"), "why", when=is_("StreamEvent", "stream-error")),
    TIMESTAMP,
    operation="TexmlStreamWebhook",
    trigger="A media stream starts, stops or fails, and its Stream noun has a statusCallback.",
    note="A failure is called 'stream-failed' in the guide and 'stream-error' in the schema. The schema requires StreamName, which is "
    "optional for "
    "the noun.",
    examples={
        "documented": Example(
            "callback page",
            {**PRINTED_CALL, **PRINTED_TIME, "StreamSid": "stream-abc123", "StreamError": "Connection timeout"},
            breaks="shows StreamError although the stream started",
        )
    },
)

EVENTS = FAMILY.events
