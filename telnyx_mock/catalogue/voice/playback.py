"""Playback into a call: speech made from text, and files."""

from __future__ import annotations

from telnyx_mock.catalogue.declare import Family, field, is_, optional, rare
from telnyx_mock.catalogue.field_groups import CALL_LEG, CALLING_PARTY_TYPE
from telnyx_mock.catalogue.kind_vocabulary import boolean, by_app, identifier, one_of, words
from telnyx_mock.catalogue.recorded_media import PLAYED_MEDIA

FAMILY = Family("voice")

SPEAK_ID = optional("speak_id", identifier("speak_id", "YUw4fjNSuw", "{short}"), "the same when speech starts and ends")

FAMILY.event(
    "call.speak.started",
    *CALL_LEG,
    SPEAK_ID,
    CALLING_PARTY_TYPE,
    operation="callSpeakStarted",
    trigger="Speech requested by a speak command begins.",
    before=("call.answered",),
    after=("call.speak.ended",),
    note="The event has no fields from and to. The schema lacks speak_id; captured deliveries have it. No source says that "
    "gather_using_speak "
    "causes this event.",
)

FAMILY.event(
    "call.speak.ended",
    *CALL_LEG,
    SPEAK_ID,
    field("status", one_of("completed", "call_hangup", "cancelled_amd"), "how it ended"),
    CALLING_PARTY_TYPE,
    operation="callSpeakEnded",
    trigger="Speech ends, or is cut short by playback_stop, by the end of the call or by machine detection.",
    before=("call.speak.started",),
    after=("call.hangup",),
    note="The event has no fields from and to. The schema lacks speak_id; captured deliveries have it.",
)

PLAYBACK_ID = rare("playback_id", identifier("playback_id", "b2f0a4c6-19f5-4a2c-93c8-7d1f0a5f6e31"), "the same when it starts and ends")

OVERLAY = optional("overlay", by_app(boolean(False)), "whether the file plays over other sound")

FAMILY.event(
    "call.playback.started",
    *CALL_LEG,
    *PLAYED_MEDIA,
    OVERLAY,
    PLAYBACK_ID,
    operation="callPlaybackStarted",
    trigger="A file requested by playback_start or gather_using_audio begins to play.",
    before=("call.answered",),
    after=("call.playback.ended",),
    note="Printed samples show media_url and media_name at once, although no command can request both. Only receivers' code shows "
    "playback_id.",
)

FAMILY.event(
    "call.playback.ended",
    *CALL_LEG,
    *PLAYED_MEDIA,
    OVERLAY,
    field(
        "status",
        one_of("completed", "file_not_found", "call_hangup", "unknown", "cancelled", "cancelled_amd", "failed"),
        "how the playback ended; 'cancelled' by a command, 'cancelled_amd' by machine detection",
    ),
    optional(
        "status_detail",
        words("Received curl error 22 HTTP error code 404 trying to fetch http://example.com/audio.wav."),
        "what went wrong",
        when=is_("status", "file_not_found", "unknown", "failed"),
    ),
    PLAYBACK_ID,
    operation="callPlaybackEnded",
    trigger="A file is played to its end, is stopped, or cannot be played.",
    before=("call.playback.started",),
    after=("call.hangup",),
    note="Printed samples show media_url and media_name at once, and status_detail beside completed.",
)

EVENTS = FAMILY.events
