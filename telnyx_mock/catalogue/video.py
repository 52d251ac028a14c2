"""Video rooms: ``video.room.*``.

Source: the OpenAPI document from 2021 to November 2025. Today's document lacks these events, but rooms
and compositions still take ``webhook_event_url``.
"""

from __future__ import annotations

from telnyx_mock.catalogue.declare import Family, field, optional
from telnyx_mock.catalogue.kind_vocabulary import by_app, identifier, integer, number, one_of, resolution, text, url
from telnyx_mock.schema.event import Event, Status
from telnyx_mock.schema.field import Field

FAMILY = Family("video")

ROOM: tuple[Field, ...] = (
    field("room_id", identifier("room_id", "0ccc7b54-4df3-4bca-a65a-35a1ecc777f0"), "the room"),
    field(
        "session_id", identifier("room_session_id", "0ccc7b54-4df3-4bca-a65a-3da1ecc777f1"), "the period in which people are in the room"
    ),
)
PARTICIPANT_ID = field("participant_id", identifier("participant_id", "0ccc7b54-4df3-4bca-a65a-35a1ecc777f2"), "who")
RECORDING: tuple[Field, ...] = (
    PARTICIPANT_ID,
    field("recording_id", identifier("room_recording_id", "0ccc7b54-4df3-4bca-a65a-35a1ecc777f3"), "the recording"),
    field("type", one_of("audio", "video"), "what is recorded"),
)
DURATION = field("duration_secs", integer(245), "how long, in seconds")
FILE: tuple[Field, ...] = (
    DURATION,
    field("size_mb", number(10.5, 0), "size in megabytes"),
    field("download_url", url("https://example.com/recording"), "where it is"),
)


def _room(name: str, trigger: str, *fields: Field, before: tuple[str, ...] = (), after: tuple[str, ...] = ()) -> Event:
    """An event of a room; *before* and *after* hold the last parts of event names."""
    return FAMILY.event(
        f"video.room.{name}",
        *ROOM,
        *fields,
        status=Status.DOCUMENTED,
        meta=False,
        trigger=trigger,
        before=tuple(f"video.room.{neighbour}" for neighbour in before),
        after=tuple(f"video.room.{neighbour}" for neighbour in after),
        note="The schema showed the event without data around it; the usual envelope is an assumption.",
    )


_room("session.started", "The first participant enters a room.", after=("participant.joined", "session.ended"))
_room(
    "session.ended",
    "A room is empty again.",
    DURATION,
    optional("ended_reason", one_of("stale", extensible=True), "why"),
    before=("session.started", "participant.left"),
)
_room(
    "participant.joined",
    "Someone enters a room.",
    PARTICIPANT_ID,
    optional("context", by_app(text("Alice")), "what the application knows about the participant"),
    before=("session.started",),
    after=("participant.left",),
)
_room(
    "participant.left",
    "Someone leaves a room.",
    PARTICIPANT_ID,
    optional("context", by_app(text("Alice")), "what the application knows about the participant"),
    DURATION,
    optional("left_reason", one_of("kicked", "kick", extensible=True), "why"),
    before=("participant.joined",),
)
_room("recording.started", "The recording of a participant begins.", *RECORDING, after=("recording.completed",))
_room(
    "recording.completed",
    "The recording of a participant can be fetched.",
    *RECORDING,
    *FILE,
    field("codec", one_of("opus", "h264", "vp8", extensible=True), "how it is coded"),
    before=("recording.started",),
    after=("composition.completed",),
)
_room(
    "composition.completed",
    "The recordings of a session have been combined.",
    field("composition_id", identifier("composition_id", "0ccc7b54-4df3-4bca-a65a-35a1ecc777f4"), "the composition"),
    *FILE,
    field("format", one_of("mp4", extensible=True), "kind of file"),
    field("resolution", resolution("1280x720"), "width and height in pixels"),
    before=("recording.completed", "session.ended"),
)

EVENTS = FAMILY.events
