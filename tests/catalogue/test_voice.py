"""Calls, conferences and assistants: their envelopes, their neighbours, their documented sample."""

from __future__ import annotations

import pytest

from telnyx_mock.catalogue.registry import find
from telnyx_mock.payload.webhook import sample, webhook
from telnyx_mock.schema.event import Status


def test_the_documented_example_of_an_incoming_call_can_be_built() -> None:
    example = find("call.initiated").examples["documented"]
    payload = webhook("call.initiated", **example.overrides).payload
    assert set(payload) == {
        "call_control_id",
        "call_leg_id",
        "call_session_id",
        "call_screening_result",
        "caller_id_name",
        "client_state",
        "connection_codecs",
        "connection_id",
        "custom_headers",
        "direction",
        "from",
        "offered_codecs",
        "shaken_stir_attestation",
        "shaken_stir_validated",
        "sip_headers",
        "start_time",
        "state",
        "tags",
        "to",
    }


def test_the_floor_event_has_no_data_around_it() -> None:
    assert set(sample("conference.floor.changed").body) == {
        "record_type",
        "event_type",
        "id",
        "payload",
    }


def test_completed_insights_come_flat() -> None:
    built = sample("conversation.insights.completed")
    assert built.body["event_type"] == "conversation.insights.completed"
    assert built.payload is built.body


def test_the_answer_to_an_assistant_is_put_to_use() -> None:
    assert find("assistant.initialization").reply


@pytest.mark.parametrize("name", ["call.sip_info.received", "call.ai_gather.tool_call"])
def test_what_is_known_by_name_or_gone_is_sent_only_when_named(name: str) -> None:
    assert not find(name).status.sent_unnamed
    assert find(name).status in (Status.PARTIAL, Status.RETIRED)
