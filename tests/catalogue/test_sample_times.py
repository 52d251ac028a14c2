"""The times of each sample, and of what it leaves out, are in the order in which things happen."""

from __future__ import annotations

from itertools import combinations

import pytest

from telnyx_mock.catalogue.registry import all_events
from telnyx_mock.payload.webhook import webhook
from telnyx_mock.schema.event import Event
from telnyx_mock.schema.field_tree import descendants, field_tree
from telnyx_mock.schema.kind import kinds_within
from telnyx_mock.schema.kinds import Timestamp

ORDERS = (
    ("received_at", "sent_at", "completed_at", "valid_until"),
    ("created_at", "updated_at", "deleted_at"),
    ("start_time", "end_time"),
    ("recording_started_at", "recording_ended_at"),
    ("CallInitiatedAt", "StartTime", "AnsweredTime", "EndTime", "OccurredAt", "Timestamp"),
)
"""The last parts of paths, from the first time to the last."""

LATER = ("valid_until", "waba_ban_date", "confirm_by", "foc_date", "created_at")
"""What lies after the event: deadlines, and when the event itself was written."""


def offsets(event: Event) -> list[tuple[str, float]]:
    """The fields with a time, and how many seconds after the event each is."""
    return [
        (node.field.name, kind.offset)
        for node in descendants(field_tree(event))
        for _, kind in kinds_within(node.kind, node.path)
        if isinstance(kind, Timestamp)
    ]


def test_what_happened_lies_before_the_event() -> None:
    future = {name for event in all_events() for name, offset in offsets(event) if offset > 0}
    assert future == set(LATER)


@pytest.mark.parametrize("order", ORDERS, ids=lambda order: order[0])
def test_times_follow_each_other(order: tuple[str, ...]) -> None:
    for event in all_events():
        known = [(order.index(name), at) for name, at in offsets(event) if name in order]
        if "data.created_at" in {node.path for node in descendants(field_tree(event))}:
            continue  # the time at which the event itself was written
        for (one, earlier), (other, later) in combinations(sorted(known), 2):
            assert one == other or earlier <= later, event.name


@pytest.mark.parametrize(
    ("name", "start", "end", "seconds"),
    [
        ("texml.call.completed", "AnsweredTime", "EndTime", "CallDuration"),
        ("call.conversation.ended", "timestamp", "occurred_at", "duration_sec"),
        ("call.analyzed", "start_time", "end_time", "duration_sec"),
    ],
)
def test_a_duration_covers_its_times(name: str, start: str, end: str, seconds: str) -> None:
    built = webhook(name)
    at = dict(offsets(built.event))
    assert at[end] - at[start] <= float(built.payload[seconds])


def test_a_recording_is_no_longer_than_its_call() -> None:
    payload = webhook("texml.call.completed", RecordingUrl="https://example.com/call.wav").payload
    assert int(payload["RecordingDuration"]) <= int(payload["CallDuration"])
