"""``texml.call.*``: the progress of a call leg, sent to a status callback.

Sources: each event's callback page; the Dial, Hangup and answering machine guides.
"""

from __future__ import annotations

from telnyx_mock.catalogue.declare import Family, field, has, has_no, is_, optional, rare
from telnyx_mock.catalogue.field_groups import CODEC, call_control_id, call_leg_id, call_session_id
from telnyx_mock.catalogue.kind_vocabulary import (
    always,
    anything,
    boolean,
    by_caller,
    cases,
    digits,
    integer,
    json_text,
    key,
    line_of_text,
    number,
    one_of,
    setting,
    struct,
    timestamp,
    url,
    words,
)
from telnyx_mock.catalogue.texml.fields import CALL, CONNECTION_ID, FROM, PRINTED_CALL, PRINTED_TIME, TIMESTAMP, TO
from telnyx_mock.provider_urls import VOICE_GUIDES
from telnyx_mock.schema.conditions import Condition
from telnyx_mock.schema.event import Example
from telnyx_mock.schema.field import Field
from telnyx_mock.schema.json_values import Json
from telnyx_mock.schema.kind import Kind

FAMILY = Family("texml")

FINAL_STATES = ("completed", "busy", "no-answer", "canceled", "failed")
COMPLETED = is_("CallStatus", "completed")
DIAL_ENDED = has("DialCallSid")

SIP_HANGUP_CAUSE = cases(
    "CallStatus",
    {
        "busy": one_of("486", "600", extensible=True),
        "no-answer": one_of("480", "408", "487", extensible=True),
        "canceled": one_of("487", extensible=True),
        "failed": one_of("503", "403", "404", "500", "603", "unspecified", extensible=True),
    },
    otherwise=one_of("200", extensible=True),
)
BY_CALLER = one_of("caller", "unknown", "system", extensible=True)
BY_CALLEE = one_of("callee", "unknown", "system", extensible=True)
HANGUP_SOURCE = cases(
    "CallStatus",
    {"canceled": BY_CALLER, "busy": BY_CALLEE, "no-answer": BY_CALLEE},
    otherwise=one_of("caller", "callee", "unknown", "system", extensible=True),
)
"""A caller gives up; the other side is busy or does not answer."""

QUALITY = struct(
    field("mos", number(4.2, 1, 5), "mean opinion score"),
    field("jitter", number(10, 0), "in milliseconds"),
    field("packet_loss", number(0.5, 0, 100), "in per cent"),
    extra=anything(),
)

DIALLED: tuple[Field, ...] = (
    rare("ParentCallSid", call_control_id(2), "the leg that ran the Dial; present on a dialled leg"),
    field("ParentCallSidLegacy", call_control_id(2), "repeats ParentCallSid", when=has("ParentCallSid")),
)

ATTESTATION: tuple[Field, ...] = (
    rare(
        "ShakenStirAttestation",
        one_of("A", "B", "C", extensible=True),
        "how far the identity of an incoming caller is attested",
        when=has_no("ParentCallSid"),
    ),
    field("ShakenStirValidated", boolean(True), "whether the attestation could be validated", when=has("ShakenStirAttestation")),
)


def failure(when: Condition | None = None) -> tuple[Field, ...]:
    """What went wrong with a leg."""
    return (
        rare("ErrorCode", digits("10001"), "what went wrong, if anything went wrong", when=when),
        field("ErrorMessage", words("Call failed"), "the same in words", when=has("ErrorCode")),
    )


def progress(status: Kind, sequence_number: int, age: float) -> tuple[Field, ...]:
    """The fields of every call progress event; *age* is the age of the leg in seconds."""
    return (
        *CALL,
        CONNECTION_ID,
        FROM,
        TO,
        field("CallStatus", status, "how the leg stands"),
        field("CallbackSource", always("call-progress-events"), "distinguishes these callbacks from others at the same address"),
        field("CallInitiatedAt", timestamp("2024-01-15T10:30:26.028Z", offset=-age), "when the leg was set up"),
        field("SequenceNumber", integer(sequence_number), "orders the callbacks of one call; gaps may occur"),
        TIMESTAMP,
        rare("CallerId", by_caller(line_of_text("Jane Roe")), "the caller's display name"),
        *DIALLED,
        *ATTESTATION,
    )


def printed(parent: str = "v3:MdI91X4lWFEs7IgbBEOT9M4AigoY08M0WWZFISt1Yw2axZ_IiE4pqg", **more: Json) -> dict[str, Example]:
    """The sample of the callback page, which shows all fields at once."""
    values = {
        **PRINTED_CALL,
        **PRINTED_TIME,
        "CallInitiatedAt": "2024-01-15T10:30:26.028Z",
        "CallerId": "John Doe",
        "ErrorCode": "10001",
        "ErrorMessage": "Call failed",
        "ParentCallSid": parent,
        "ParentCallSidLegacy": parent,
        "ShakenStirAttestation": "A",
        "ShakenStirValidated": True,
        **more,
    }
    return {
        "documented": Example(
            "callback page", values, breaks="is an incoming call, with attestation, and also a dialled leg, with a parent, and failed"
        )
    }


def unfinished_duration(sample: str) -> Field:
    """CallDuration: the schemas have it, although a leg that has not ended should have no duration."""
    return rare("CallDuration", digits(sample), "in seconds; present only if start and end of the call are known")


FAMILY.form(
    "texml.call.initiated",
    *progress(always("initiated"), 0, 0.0),
    *failure(),
    operation="TexmlCallInitiatedWebhook",
    trigger="A leg is created, and its status callback events list 'initiated'.",
    after=("texml.call.ringing", "texml.call.answered", "texml.call.completed"),
    examples=printed(),
)

FAMILY.form(
    "texml.call.ringing",
    *progress(always("ringing"), 1, 2.0),
    *failure(),
    unfinished_duration("10"),
    operation="TexmlCallRingingWebhook",
    trigger="The called party is being alerted, and the status callback events list 'ringing'.",
    before=("texml.call.initiated",),
    after=("texml.call.answered", "texml.call.completed"),
    examples=printed(CallDuration="10"),
)

FAMILY.form(
    "texml.call.answered",
    *progress(always("in-progress"), 2, 8.0),
    *failure(),
    optional("Codec", CODEC, "of the leg's audio"),
    field(
        "SamplingRate", one_of("8000", "16000", "24000", "48000"), "the sample rate of that codec in hertz, as a string", when=has("Codec")
    ),
    unfinished_duration("15"),
    operation="TexmlCallAnsweredWebhook",
    trigger="A leg is answered, and its status callback events list 'answered'.",
    before=("texml.call.initiated", "texml.call.ringing"),
    after=("texml.call.dtmf", "texml.call.completed"),
    note="The event is named 'answered' in statusCallbackEvent, but its CallStatus is 'in-progress'.",
    examples=printed("v3:parent-call-id", CallDuration="15"),
)

FAMILY.form(
    "texml.call.completed",
    *progress(one_of(*FINAL_STATES), 3, 60.0),
    *failure(is_("CallStatus", "failed")),
    optional("CallDuration", digits("45"), "in seconds, as a string; present only if start and end of the call are known", when=COMPLETED),
    optional("HangupSource", HANGUP_SOURCE, "who ended it"),
    optional("SipHangupCause", SIP_HANGUP_CAUSE, "SIP response code, as a string"),
    field(
        "HangupCause", one_of("normal_clearing", "time_limit", "timeout", "unspecified", extensible=True), "why it ended", when=COMPLETED
    ),
    field("StartTime", timestamp("2024-01-15T10:30:00Z", offset=-60.0), "when the leg began", when=COMPLETED),
    field("AnsweredTime", timestamp("2024-01-15T10:30:15Z", offset=-45.0), "when it was answered", when=COMPLETED),
    field("EndTime", timestamp("2024-01-15T10:31:00Z"), "when it ended", when=COMPLETED),
    field("OccurredAt", timestamp("2024-01-15T10:31:00Z"), "when that happened", when=COMPLETED),
    field("CallControlId", call_control_id(), "repeats CallSid", when=COMPLETED),
    field("CallLegId", call_leg_id(), "names the leg in reports", when=COMPLETED),
    field("CallSessionId", call_session_id(), "shared by linked legs", when=COMPLETED),
    field("UserId", setting("f5586561-8ff0-4291-a51b-c7dfe4139ff9"), "repeats AccountSid", when=COMPLETED),
    field("OrganizationId", setting("org-abc123"), "the organisation of the account", when=COMPLETED),
    optional("CallQualityStats", json_text(QUALITY), "JSON", when=COMPLETED),
    rare("RecordingUrl", url("https://api.telnyx.com/v2/recordings/abc123.wav"), "the recording, if the call was recorded", when=COMPLETED),
    field("RecordingDuration", digits("30"), "its length in seconds, as a string", when=has("RecordingUrl")),
    rare("DialCallSid", call_control_id(3), "the dialled leg, in the action callback of a Dial", when=has_no("ParentCallSid")),
    field("DialCallSidLegacy", call_control_id(3), "repeats DialCallSid", when=DIAL_ENDED),
    field("DialCallStatus", one_of(*FINAL_STATES), "how the dialled leg ended", when=DIAL_ENDED),
    optional("DialCallDuration", digits("30"), "how long it lasted, in seconds, as a string", when=is_("DialCallStatus", "completed")),
    operation="TexmlCallCompletedWebhook",
    trigger="A leg ends in any way. By default, the status callback receives 'completed'. The same fields, with DialCall*, go to the "
    "action of "
    "a Dial.",
    before=("texml.call.initiated", "texml.call.ringing", "texml.call.answered"),
    after=("texml.call-cost",),
    note="If the event goes to the action of a Dial (DialCallSid is present), the answer is a TeXML document, which takes over the call. "
    "In an older "
    "guide, SequenceNumber is 0, Timestamp has a space and microseconds, and CallInitiatedAt and ConnectionId are missing.",
    examples=printed(
        AnsweredTime="2024-01-15T10:30:15Z",
        CallControlId=PRINTED_CALL["CallSid"],
        CallDuration="45",
        CallLegId="abc123-leg1",
        CallQualityStats='{"mos":4.2,"jitter":10,"packet_loss":0.5}',
        CallSessionId="session-abc123",
        DialCallDuration="120",
        DialCallSid=PRINTED_CALL["CallSid"],
        DialCallSidLegacy=PRINTED_CALL["CallSid"],
        DialCallStatus="completed",
        EndTime="2024-01-15T10:31:00Z",
        OccurredAt="2024-01-15T10:31:00Z",
        RecordingDuration="90",
        RecordingUrl="https://api.telnyx.com/v2/recordings/abc123.wav",
        StartTime="2024-01-15T10:30:00Z",
    ),
)

FAMILY.form(
    "texml.call.dtmf",
    *progress(always("dtmf"), 3, 20.0),
    *failure(),
    field("Digit", key("5"), "the key that was pressed; one webhook for each key"),
    operation="TexmlCallDtmfWebhook",
    trigger="A key is pressed on a leg whose Number or Sip noun lists 'dtmf' in statusCallbackEvent.",
    before=("texml.call.answered",),
    after=("texml.call.completed",),
    note="The field Digit is one key here; the field Digits in texml.gather holds all keys.",
    examples=printed(),
)

FAMILY.form(
    "texml.call.amd",
    *CALL,
    CONNECTION_ID,
    field(
        "AnsweredBy",
        one_of("human", "machine_start", "machine_end_beep", "machine_end_silence", "machine_end_other", "fax", "unknown"),
        "who or what took the call",
    ),
    field("MachineDetectionDuration", digits("2500"), "how long the detection took, in milliseconds, as a string"),
    operation="TexmlCallAmdWebhook",
    trigger="Answering machine detection ends, if the status callback lists 'amd' or an amdStatusCallback is set.",
    before=("texml.call.answered",),
    after=("texml.call.completed",),
    note=f"The guide ({VOICE_GUIDES}/texml-answering-machine) also lists the value 'machine'. It says that the asynchronous callback "
    "carries only AnsweredBy, CallSid and AccountSid, and allows a TeXML document as the answer to a synchronous callback.",
    examples={"documented": Example("callback page", PRINTED_CALL)},
)

EVENTS = FAMILY.events
