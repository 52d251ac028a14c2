"""TeXML webhooks: ids that repeat, and the documents' own samples, to the letter."""

from __future__ import annotations

from typing import Any

import pytest

from telnyx_mock.catalogue.registry import family, find
from telnyx_mock.errors import UsageError
from telnyx_mock.payload.webhook import webhook
from telnyx_mock.schema.event import Event

LEG = "v3:9X2vxPDFY2RHSJ1EdMS0RHRksMTg7ldNxdjWbVr9zBjbGjGsSe-aiQ"
PARENT = "v3:MdI91X4lWFEs7IgbBEOT9M4AigoY08M0WWZFISt1Yw2axZ_IiE4pqg"


def test_repeated_ids_are_one_id() -> None:
    """A Legacy field repeats its namesake; parent, leg and dialled leg are three calls."""
    body = webhook("texml.call.completed").body
    assert body["CallSid"] == body["CallSidLegacy"] == body["CallControlId"]
    dial = {field.name: field.kind for field in find("texml.call.completed").body.fields}
    assert dial["ParentCallSid"] == dial["ParentCallSidLegacy"]
    assert dial["DialCallSid"] == dial["DialCallSidLegacy"]
    assert len({dial[name] for name in ("CallSid", "ParentCallSid", "DialCallSid")}) == 3


def test_the_cost_is_filed_under_the_call() -> None:
    body = webhook("texml.call-cost").body
    assert body[f"CallCost[{body['CallSid']}]"] == "0.0040"
    assert "CallCost[v3:abc]" in webhook("texml.call-cost", CallSid="v3:abc").body


DOCUMENTED = [(event, name) for event in family("texml") for name in event.examples]


@pytest.mark.parametrize(
    ("event", "name"), DOCUMENTED, ids=lambda value: getattr(value, "name", value)
)
def test_a_documented_sample_keeps_the_rules_unless_it_says_which_it_breaks(
    event: Event, name: str
) -> None:
    example = event.examples[name]
    if example.breaks:
        with pytest.raises(UsageError):
            webhook(event.name, **example.overrides)
    built = webhook(event.name, strict=not example.breaks, **example.overrides)
    assert {**built.body, **example.overrides} == built.body


def documented(name: str) -> Any:
    """The body of the event's documented sample, ids and all."""
    example = find(name).examples["documented"]
    return webhook(name, strict=not example.breaks, **example.overrides).body


def test_conference_join_as_documented() -> None:
    assert documented("texml.conference.participant-join") == {
        "AccountSid": "f5586561-8ff0-4291-a51b-c7dfe4139ff9",
        "CallSid": LEG,
        "CallSidLegacy": LEG,
        "CallingPartyType": "customer",
        "ConferenceSid": "conf_abc123def456",
        "ConnectionId": "1234567890",
        "FriendlyName": "MyConference",
        "From": "+13125550142",
        "FromSipUri": "sip:user@example.com",
        "ParticipantLabel": "participant-1",
        "SequenceNumber": 2,
        "StatusCallbackEvent": "participant-join",
        "Timestamp": "2024-01-15T10:31:00Z",
        "To": "+13125550199",
        "ToSipUri": "sip:conference@example.com",
    }


def test_siprec_as_documented() -> None:
    """An error although the session started: the page breaks its own condition."""
    assert documented("texml.siprec") == {
        "AccountSid": "f5586561-8ff0-4291-a51b-c7dfe4139ff9",
        "CallSid": LEG,
        "SiprecError": "SIPREC connection failed",
        "SiprecEvent": "siprec-started",
        "SiprecSid": "siprec-abc123",
        "Timestamp": "2024-01-15T10:30:00Z",
    }


def test_http_request_as_documented() -> None:
    assert documented("texml.http-request") == {
        "AccountSid": "f5586561-8ff0-4291-a51b-c7dfe4139ff9",
        "CallSid": LEG,
        "CallSidLegacy": LEG,
        "CallerId": "John Doe",
        "ConnectionId": "1234567890",
        "From": "+13125550142",
        "To": "+13125550199",
    }


def test_texml_call_initiated_as_documented() -> None:
    assert documented("texml.call.initiated") == {
        "AccountSid": "f5586561-8ff0-4291-a51b-c7dfe4139ff9",
        "CallInitiatedAt": "2024-01-15T10:30:26.028Z",
        "CallSid": LEG,
        "CallSidLegacy": LEG,
        "CallStatus": "initiated",
        "CallbackSource": "call-progress-events",
        "CallerId": "John Doe",
        "ConnectionId": "1234567890",
        "ErrorCode": "10001",
        "ErrorMessage": "Call failed",
        "From": "+13125550142",
        "ParentCallSid": PARENT,
        "ParentCallSidLegacy": PARENT,
        "SequenceNumber": 0,
        "ShakenStirAttestation": "A",
        "ShakenStirValidated": True,
        "Timestamp": "2024-01-15T10:30:00Z",
        "To": "+13125550199",
    }
