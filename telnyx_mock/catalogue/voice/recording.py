"""Recordings of calls, and their transcriptions."""

from __future__ import annotations

from telnyx_mock.catalogue.declare import Family, field, optional, rare
from telnyx_mock.catalogue.field_groups import CALL_LEG, CALLING_PARTY_TYPE
from telnyx_mock.catalogue.kind_vocabulary import always, by_caller, identifier, one_of, text, timestamp, token
from telnyx_mock.catalogue.recorded_media import RECORDING, recording_id

FAMILY = Family("voice")

FAMILY.event(
    "call.recording.saved",
    *CALL_LEG,
    *RECORDING,
    optional("start_time", timestamp("2018-02-02T22:20:27.521992Z", offset=-300.0), "when the recording began, not the call"),
    optional("end_time", timestamp(), "when the recording ended, not the call"),
    CALLING_PARTY_TYPE,
    rare("flow_destination", token("telnyx_number_cc_app"), "seen in one capture"),
    operation="callRecordingSaved",
    trigger="A recording that has ended, by record_stop or with the call, is ready to be fetched.",
    before=("call.answered", "call.hangup"),
    after=("call.recording.transcription.saved",),
    note="The event has no from, to or direction; correlate the event by call_session_id. Captured deliveries have recording_id, format, "
    "start_time "
    "and end_time; the schema does not. The schema's sample lacks call_control_id.",
)

FAMILY.event(
    "call.recording.error",
    *CALL_LEG,
    field(
        "reason",
        one_of(
            "Failed to authorize with storage using custom credentials",
            "Invalid credentials json",
            "Unsupported backend",
            "Internal server error",
            sample="Internal server error",
        ),
        "the error message, with exactly these values",
    ),
    operation="callRecordingError",
    trigger="A recording could not be made or stored.",
    before=("call.answered",),
    after=("call.hangup",),
)

FAMILY.event(
    "call.recording.transcription.saved",
    *CALL_LEG,
    CALLING_PARTY_TYPE,
    field("recording_id", recording_id(), "the recording that was transcribed"),
    field(
        "recording_transcription_id",
        identifier("recording_transcription_id", "4a3b5f0e-8a5f-4d7a-8d4f-6f3b7e2a9c10"),
        "names the transcription in the API",
    ),
    field("status", always("completed"), "the status of the transcription"),
    field("transcription_text", by_caller(text("Hi!")), "what was said"),
    operation="callRecordingTranscriptionSaved",
    trigger="The transcription that record_start requested is ready.",
    before=("call.recording.saved",),
)

EVENTS = FAMILY.events
