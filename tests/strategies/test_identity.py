"""Every draw has new ids, so that a receiver may deduplicate."""

from __future__ import annotations

import datetime as dt
import time
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from telnyx_mock.payload.webhook import Webhook
from telnyx_mock.strategies import webhooks


class Deduplicating:
    """A correct receiver that fails at an id that it has seen before."""

    def __init__(self) -> None:
        self.seen: set[str] = set()

    def receive(self, webhook: Webhook) -> None:
        event_id = webhook.body["data"]["id"]
        assert event_id not in self.seen
        self.seen.add(event_id)


def test_a_receiver_that_deduplicates_is_never_shown_an_id_twice() -> None:
    receiver = Deduplicating()

    @settings(max_examples=300, database=None)
    @given(webhooks("call.initiated"))
    def check(webhook: Webhook) -> None:
        receiver.receive(webhook)

    check()
    check()


def test_replays_and_shrinks_of_a_failure_have_fresh_ids_too() -> None:
    receiver = Deduplicating()

    @settings(max_examples=300, database=None)
    @given(webhooks("call.initiated"), st.integers())
    def check(webhook: Webhook, number: int) -> None:
        receiver.receive(webhook)
        if webhook.payload["direction"] == "outgoing" and number > 10:
            raise KeyError("caller_id_name")

    with pytest.raises(KeyError):  # Hypothesis would raise Flaky had the outcome changed
        check()


@given(webhooks("call.hangup"))
def test_the_ids_of_one_webhook_still_belong_together(webhook: Webhook) -> None:
    call: Any = webhook.payload
    assert call["call_leg_id"] != call["call_session_id"] != webhook.body["data"]["id"]
    assert dt.datetime.fromisoformat(call["start_time"]) < dt.datetime.fromisoformat(
        call["end_time"]
    )


@given(webhooks("call.initiated"))
def test_times_are_around_now(webhook: Webhook) -> None:
    occurred = dt.datetime.fromisoformat(webhook.body["data"]["occurred_at"])
    assert abs(occurred.timestamp() - time.time()) < 60
