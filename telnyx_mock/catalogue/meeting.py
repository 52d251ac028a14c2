"""A bot in a video meeting: sessions, transcripts, artifacts.

Sources: the official SDK and the meeting webhooks guide. Both the envelope and the signature differ
from those of other products. The signature is an HMAC-SHA256 with the secret of the session, in
``X-Meeting-Bot-Signature``, over the timestamp, a dot and the body.
"""

from __future__ import annotations

from typing import Unpack

from telnyx_mock.catalogue.declare import Facts, Family, field
from telnyx_mock.catalogue.kind_vocabulary import (
    always,
    boolean,
    by_app,
    cases,
    identifier,
    integer,
    list_of,
    null,
    one_of,
    struct,
    text,
    timestamp,
    token,
    words,
)
from telnyx_mock.provider_urls import GUIDES
from telnyx_mock.schema.event import Event, Status
from telnyx_mock.schema.field import Field

FAMILY = Family("meeting", signed=False, url=f"{GUIDES}/meeting/webhooks")

WHEN = timestamp("2026-06-16T09:00:05Z")


def _meeting(name: str, *fields: Field, **facts: Unpack[Facts]) -> Event:
    """An event in the envelope of the meeting bot; *fields* are those of its ``data``."""
    body = struct(
        field("id", identifier("event_id", "whdel_9f2c1b7a04de", "whdel_{hex}"), "the event's id, the same on every attempt"),
        field("event", always(name), "the name of the event"),
        field("version", always("1"), "of the envelope"),
        field("occurred_at", WHEN, "when it happened"),
        field(
            "data",
            struct(field("session_id", identifier("meeting_session_id", "mtgsess_9b2f60c3a1d8", "mtgsess_{hex}"), "the session"), *fields),
            "what happened",
        ),
    )
    return FAMILY.raw_event(name, body, root=("data",), **facts)


_meeting(
    "session.status_changed",
    field(
        "status",
        one_of(
            "active",
            "scheduled",
            "joining",
            "waiting_for_admission",
            "leaving",
            "ended",
            "failed",
            "admission_denied",
            extensible=True,
        ),
        "where the session stands",
    ),
    field("status_detail", words("cancelled"), "more about it", shown_null=True),
    field("recording", by_app(boolean(True)), "whether it is recorded"),
    trigger="The bot waits, enters, leaves, or fails to enter.",
    operation="sessionStatusChanged",
    after=("transcript.completed",),
    note="The event's schema allows any status; the values here are those of the session itself.",
)

_meeting(
    "transcript.completed",
    field("segment_count", integer(42), "how many segments it has"),
    field(
        "last_seq",
        cases("segment_count", {0: null()}, otherwise=integer(42, 1)),
        "number of the last segment; null for an empty transcript",
    ),
    field("ended_at", WHEN, "when the session ended, if that is known", nullable=True),
    trigger="The transcript of a session is final.",
    operation="transcriptCompleted",
    before=("session.status_changed",),
    after=("artifact.completed", "artifact.failed"),
)

ARTIFACT: tuple[Field, ...] = (
    field("artifact_id", identifier("artifact_id", "mtgart_5d0e2a9c77b1", "mtgart_{hex}"), "the artifact"),
    field("type", one_of("summary", "action_items", "decisions", "topics", "open_questions", "custom"), "what was asked for"),
)

_meeting(
    "artifact.completed",
    *ARTIFACT,
    field("content", struct(field("text", text("The team agreed to ship."), "the words")), "the text"),
    field(
        "model_provenance",
        struct(field("provider", token("telnyx"), "whose model"), field("model", token("meta-llama/Llama-3.3-70B-Instruct"), "which")),
        "what wrote it",
    ),
    field(
        "prompt",
        cases("type", {"custom": by_app(text("List every number that was named."))}, otherwise=null()),
        "what was asked; null unless the type is custom",
    ),
    trigger="A summary, or another text drawn from the transcript, is ready.",
    operation="artifactCompleted",
    before=("transcript.completed",),
)

_meeting(
    "artifact.failed",
    *ARTIFACT,
    trigger="A text drawn from the transcript could not be made.",
    operation="artifactFailed",
    before=("transcript.completed",),
)

_meeting(
    "recording.available",
    field("recording_types", list_of(token("audio")), "which there are"),
    trigger="The recordings of a session can be fetched.",
    status=Status.RETIRED,
    before=("session.status_changed",),
    note="The official Python SDK dropped this event in version 4.189; the guide still lists it.",
)

EVENTS = FAMILY.events
