"""``texml.recording.*`` and transcriptions, of recordings and of live speech.

Sources: each event's callback page; the Record and speech-to-text guides.
"""

from __future__ import annotations

from telnyx_mock.catalogue.declare import Family, field, optional
from telnyx_mock.catalogue.kind_vocabulary import always, boolean, by_app, by_caller, digits, identifier, number, one_of, text, token, url
from telnyx_mock.catalogue.texml.fields import CALL, CONNECTION_ID, FROM, PRINTED_CALL, TO, recording_id
from telnyx_mock.provider_urls import VOICE_GUIDES
from telnyx_mock.schema.event import Example, Status
from telnyx_mock.schema.field import Field
from telnyx_mock.schema.json_values import Json

FAMILY = Family("texml")

RECORDING: tuple[Field, ...] = (
    *CALL,
    CONNECTION_ID,
    field("RecordingChannels", by_app(one_of(1, 2)), "1 is mono; 2 means one channel for each side"),
    field(
        "RecordingSource",
        by_app(
            one_of(
                "DialVerb",
                "RecordVerb",
                "Conference",
                "OutboundAPI",
                "StartCallRecordingAPI",
                "StartConferenceRecordingAPI",
                "Trunking",
                extensible=True,
            )
        ),
        "what started the recording",
    ),
)

_PRINTED_CALL_SID = "v2:qiaymU9Ij90xJRRkYGWHOIx_41EVJPrzlny2zC67hwL1wVIUnnMrqQ"

PRINTED: dict[str, Json] = {
    "AccountSid": "cb6cfbbc-eb00-41af-a3f3-0d7b32009e4b",
    "CallSid": _PRINTED_CALL_SID,
    "CallSidLegacy": _PRINTED_CALL_SID,
    "RecordingSid": "35094891-3290-4142-b2c2-b2eda57534cf",
}

FAMILY.form(
    "texml.recording.completed",
    *RECORDING,
    field("RecordingStatus", always("completed"), "how the recording stands"),
    field("RecordingSid", recording_id(), "the recording"),
    field("RecordingDuration", digits("5"), "its length in seconds, as a string"),
    optional(
        "RecordingUrl",
        url("https://example.com/recordings/abc123.wav"),
        "the address of the recording, valid for a limited time; missing with sendRecordingUrl=false",
    ),
    operation="TexmlRecordingCompletedWebhook",
    trigger="A recording is finished; recordingStatusCallbackEvent lists 'completed' by default.",
    before=("texml.recording.in-progress",),
    after=("texml.transcription",),
    note="Guides also list an event 'absent', for a recording that was not made; no schema describes it.",
    examples={"documented": Example("callback page", {**PRINTED, "RecordingUrl": "https://recording.com/your-recording-url"})},
)

FAMILY.form(
    "texml.recording.in-progress",
    *RECORDING,
    field("RecordingStatus", always("in-progress"), "how the recording stands"),
    optional("RecordingSid", recording_id(), "the recording, if its id is already known"),
    operation="TexmlRecordingInProgressWebhook",
    trigger="A recording begins, and recordingStatusCallbackEvent lists 'in-progress'.",
    after=("texml.recording.completed",),
    examples={"documented": Example("callback page", PRINTED)},
)

FAMILY.form(
    "texml.transcription",
    *CALL,
    FROM,
    TO,
    field("CallStatus", token("in-progress"), "how the call stands"),
    field("RecordingSid", recording_id(), "the recording"),
    field("RecordingUrl", url("https://example.com/recordings/abc123.wav"), "where it is"),
    field("TranscriptionSid", identifier("transcription_id", "b08f0fa1-a32c-4218-b3b5-9cf78941ccac"), "the transcription"),
    field("TranscriptionStatus", one_of("completed", "in-progress", extensible=True), "how it stands"),
    field("TranscriptionText", by_caller(text("Good morning, how may I help you?")), "what was said"),
    operation="TexmlTranscriptionWebhook",
    trigger="The transcription of a Record with transcription=true is ready.",
    before=("texml.recording.completed",),
    note="The schemas list no values for either status. Live speech arrives as texml.realtime-transcription, although its guide links "
    "here.",
    examples={
        "documented": Example(
            "callback page",
            {
                **PRINTED_CALL,
                "AccountSid": "61bf923e-5e4d-4595-a110-56190ea18a1b",
                "RecordingSid": "35094891-3290-4142-b2c2-b2eda57534cf",
                "RecordingUrl": "https://api.telnyx.com/v2/recordings/abc123.wav",
                "TranscriptionSid": "b08f0fa1-a32c-4218-b3b5-9cf78941ccac",
            },
        )
    },
)

FAMILY.form(
    "texml.realtime-transcription",
    *CALL,
    CONNECTION_ID,
    FROM,
    TO,
    field("Transcript", by_caller(text("let's hear some music")), "what was understood"),
    field("IsFinal", boolean(True), "whether this text is final"),
    optional("Confidence", number(0.9822598695755005, 0, 1), "how sure the recognition is"),
    extra=text(""),
    status=Status.DOCUMENTED,
    url=f"{VOICE_GUIDES}/speech-to-text",
    trigger="Something is said while a Transcription noun with a transcriptionCallback runs.",
    note="Known only from one sample in the guide. No source says which of its fields are always present.",
    examples={
        "documented": Example(
            "speech-to-text guide",
            {
                "AccountSid": "6d547b4f-993a-4e87-b95c-2d9460b3824b",
                "CallSid": "v3:xIscDTsILHoErg5d4BfFWITg7vHmTvTRm-4YEeOgrwESDQsDWQNxvw",
                "CallSidLegacy": "v3:xIscDTsILHoErg5d4BfFWITg7vHmTvTRm-4YEeOgrwESDQsDWQNxvw",
                "ConnectionId": "1614262910593271041",
                "From": "+13125550142",
                "To": "+13125550199",
            },
        )
    },
)

EVENTS = FAMILY.events
