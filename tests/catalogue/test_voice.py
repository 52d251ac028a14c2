"""Calls, conferences and assistants: their envelopes, their neighbours, their documented sample."""

from __future__ import annotations

from typing import Any

import pytest

from telnyx_mock.catalogue.registry import find
from telnyx_mock.payload.webhook import sample, webhook
from telnyx_mock.schema.event import Status
from telnyx_mock.schema.json_values import ABSENT


def test_call_initiated_as_documented() -> None:
    printed: dict[str, Any] = {
        "call_control_id": "v3:MdI91X4lWFEs7IgbBEOT9M4AigoY08M0WWZFISt1Yw2axZ_IiE4pqg",
        "call_leg_id": "428c31b6-7af4-4bcb-b7f5-5013ef9657c1",
        "call_screening_result": "spam_likely",
        "call_session_id": "428c31b6-abf3-3bc1-b7f4-5013ef9657c1",
        "caller_id_name": "+35319605860",
        "client_state": "aGF2ZSBhIG5pY2UgZGF5ID1d",
        "connection_codecs": "G722,PCMU,PCMA",
        "connection_id": "7267xxxxxxxxxxxxxx",
        "custom_headers": [
            {"name": "head_1", "value": "val_1"},
            {"name": "head_2", "value": "val_2"},
        ],
        "direction": "incoming",
        "from": "+35319605860",
        "offered_codecs": "G722,PCMU,PCMA",
        "shaken_stir_attestation": "A",
        "shaken_stir_validated": True,
        "sip_headers": [
            {"name": "User-to-User", "value": "1234"},
            {"name": "User-to-User", "value": "<sip:111@192.168.1.1>"},
        ],
        "start_time": "2018-02-02T22:25:27.521992Z",
        "state": "parked",
        "tags": ["tag-01", "tag-02"],
        "to": "+13129457420",
    }
    envelope = {
        "data.id": "0ccc7b54-4df3-4bca-a65a-3da1ecc777f0",
        "data.occurred_at": "2018-02-02T22:25:27.521992Z",
    }
    observed = dict.fromkeys(("from_sip_uri", "to_sip_uri", "calling_party_type", "meta"), ABSENT)
    assert webhook("call.initiated", **printed, **envelope, **observed).body == {
        "data": {
            "record_type": "event",
            "event_type": "call.initiated",
            "id": "0ccc7b54-4df3-4bca-a65a-3da1ecc777f0",
            "occurred_at": "2018-02-02T22:25:27.521992Z",
            "payload": printed,
        }
    }
    example = find("call.initiated").examples["documented"]
    assert webhook("call.initiated", **example.overrides).payload.keys() == printed.keys()


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
