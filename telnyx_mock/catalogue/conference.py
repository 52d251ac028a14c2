"""Conferences: ``conference.*``.

Sources: each event's callback page, the SDK's models, and two logs (2020, 2026-05).

The sources disagree about where the time is. The schemas of all but two events put it into the payload; captured events have it in the
envelope, like events of other families. Here it is in the envelope unless the payload has it.
"""

from __future__ import annotations

from telnyx_mock.catalogue.declare import META, Family, event_id, field, has_no, in_one_style, optional, rare
from telnyx_mock.catalogue.field_groups import CALL_LEG, call_session_id, connection_id
from telnyx_mock.catalogue.kind_vocabulary import always, identifier, one_of, struct, timestamp
from telnyx_mock.catalogue.recorded_media import PLAYED_MEDIA, RECORDING
from telnyx_mock.schema.field import Field

FAMILY = Family("conference")

CONFERENCE_ID = field(
    "conference_id", identifier("conference_id", "58a1f6c2-4c3e-4a0c-9f3b-2d1e7b6a9c05"), "names the conference in commands"
)

CREATOR = field("creator_call_session_id", call_session_id(), "session of the call that created the conference")

TIME_IN_PAYLOAD = timestamp("2018-02-02T22:25:27.521Z")

TIME = rare("occurred_at", TIME_IN_PAYLOAD, "when it happened, in the place that the schema uses")
"""The time in the payload, beside :data:`TIME_IN_ENVELOPE`."""

TIME_IN_ENVELOPE = field(
    "occurred_at", in_one_style(timestamp()), "when it happened, unless the payload holds this time", when=has_no("occurred_at")
)

PARTICIPANT: tuple[Field, ...] = (*CALL_LEG, CONFERENCE_ID)
"""The leg of one participant."""

EVERYBODY: tuple[Field, ...] = (connection_id(), CONFERENCE_ID, CREATOR)
"""The conference as a whole, without a leg."""

FAMILY.event(
    "conference.created",
    *PARTICIPANT,
    TIME,
    occurred_at=TIME_IN_ENVELOPE,
    operation="conferenceCreated",
    trigger="A command creates a conference out of a call.",
    before=("call.answered",),
    after=("conference.participant.joined", "conference.ended"),
)

FAMILY.event(
    "conference.participant.joined",
    *PARTICIPANT,
    operation="conferenceParticipantJoined",
    trigger="A call enters a conference; the call that created the conference sends this event too.",
    before=("conference.created",),
    after=("conference.participant.left",),
)

FAMILY.event(
    "conference.participant.left",
    *PARTICIPANT,
    operation="conferenceParticipantLeft",
    trigger="A call leaves a conference, by the leave command or because it ended.",
    before=("conference.participant.joined", "call.hangup"),
    after=("conference.ended",),
)

FAMILY.raw_event(
    "conference.floor.changed",
    struct(
        field("record_type", always("event"), "what this is"),
        field("event_type", always("conference.floor.changed"), "the name of the event"),
        field("id", event_id(), "the event's id, the same on every attempt"),
        field(
            "payload",
            struct(*PARTICIPANT, field("occurred_at", TIME_IN_PAYLOAD, "when it happened")),
            "the participant who speaks now; client_state belongs to this participant",
        ),
        rare("meta", META, "about this delivery"),
    ),
    root=("payload",),
    operation="conferenceFloorChanged",
    trigger="Somebody else begins to speak in a conference.",
    before=("conference.participant.joined",),
    after=("conference.floor.changed", "conference.participant.left"),
    note="The schema and the official SDK show the event without data around it. If the event arrived inside data, like the other "
    "conference "
    "events, the Python SDK would parse it as another event.",
)

FAMILY.event(
    "conference.ended",
    *PARTICIPANT,
    field("reason", one_of("all_left", "host_left", "time_exceeded"), "why it ended"),
    TIME,
    occurred_at=TIME_IN_ENVELOPE,
    operation="conferenceEnded",
    trigger="A conference ends: everybody left, the host left, or it reached its maximum duration.",
    before=("conference.participant.left",),
    after=("conference.recording.saved",),
)

FAMILY.event(
    "conference.speak.started",
    *EVERYBODY,
    TIME,
    occurred_at=TIME_IN_ENVELOPE,
    operation="conferenceSpeakStarted",
    trigger="Speech for the whole conference begins.",
    before=("conference.participant.joined",),
    after=("conference.speak.ended",),
)

FAMILY.event(
    "conference.speak.ended",
    *EVERYBODY,
    TIME,
    occurred_at=TIME_IN_ENVELOPE,
    operation="conferenceSpeakEnded",
    trigger="Speech for the whole conference ends.",
    before=("conference.speak.started",),
    after=("conference.ended",),
)

FAMILY.event(
    "conference.playback.started",
    *EVERYBODY,
    *PLAYED_MEDIA,
    TIME,
    occurred_at=TIME_IN_ENVELOPE,
    operation="conferencePlaybackStarted",
    trigger="A file for the whole conference begins to play.",
    before=("conference.participant.joined",),
    after=("conference.playback.ended",),
)

FAMILY.event(
    "conference.playback.ended",
    *EVERYBODY,
    *PLAYED_MEDIA,
    TIME,
    occurred_at=TIME_IN_ENVELOPE,
    operation="conferencePlaybackEnded",
    trigger="A file for the whole conference ends or is stopped.",
    before=("conference.playback.started",),
    after=("conference.ended",),
)

FAMILY.event(
    "conference.participant.speak.started",
    *PARTICIPANT,
    CREATOR,
    TIME,
    occurred_at=TIME_IN_ENVELOPE,
    operation="conferenceParticipantSpeakStarted",
    trigger="Speech begins for participants that the command names; one event for each participant.",
    before=("conference.participant.joined",),
    after=("conference.participant.speak.ended",),
)

FAMILY.event(
    "conference.participant.speak.ended",
    *PARTICIPANT,
    CREATOR,
    TIME,
    occurred_at=TIME_IN_ENVELOPE,
    operation="conferenceParticipantSpeakEnded",
    trigger="Speech ends for participants that the command named.",
    before=("conference.participant.speak.started",),
    after=("conference.participant.left",),
)

FAMILY.event(
    "conference.participant.playback.started",
    *PARTICIPANT,
    CREATOR,
    *PLAYED_MEDIA,
    TIME,
    occurred_at=TIME_IN_ENVELOPE,
    operation="conferenceParticipantPlaybackStarted",
    trigger="A file begins to play for participants that the command names; one event for each participant.",
    before=("conference.participant.joined",),
    after=("conference.participant.playback.ended",),
)

FAMILY.event(
    "conference.participant.playback.ended",
    *PARTICIPANT,
    CREATOR,
    *PLAYED_MEDIA,
    TIME,
    occurred_at=TIME_IN_ENVELOPE,
    operation="conferenceParticipantPlaybackEnded",
    trigger="A file ends or is stopped for participants that the command named.",
    before=("conference.participant.playback.started",),
    after=("conference.participant.left",),
)

FAMILY.event(
    "conference.recording.saved",
    *(member for member in PARTICIPANT if member.name != "call_leg_id"),
    *RECORDING,
    occurred_at=optional("occurred_at", in_one_style(timestamp()), "when it happened"),
    operation="conferenceRecordingSaved",
    trigger="The recording of a conference has ended and is ready to be fetched.",
    before=("conference.participant.joined", "conference.ended"),
    note="The event has no call_leg_id. The schema has no occurred_at at all.",
)

EVENTS = FAMILY.events
