"""Each condition of a TeXML webhook, from both sides; and the documents' own samples, to the letter."""

from __future__ import annotations

from typing import Any, NamedTuple

import pytest

from telnyx_mock.errors import UsageError
from telnyx_mock.events.catalog import family, find
from telnyx_mock.events.model import Event
from telnyx_mock.webhook import ABSENT, webhook

LEG = "v3:9X2vxPDFY2RHSJ1EdMS0RHRksMTg7ldNxdjWbVr9zBjbGjGsSe-aiQ"
PARENT = "v3:MdI91X4lWFEs7IgbBEOT9M4AigoY08M0WWZFISt1Yw2axZ_IiE4pqg"


class Rule(NamedTuple):
    """*field* of *event* comes with the overrides *where* and never with *unless*.

    *value* is one that it could have. It *must* be there unless it is optional even so.
    """

    event: str
    field: str
    value: Any
    where: dict[str, Any]
    unless: dict[str, Any]
    must: bool = True


PROGRESS = tuple(
    f"texml.call.{name}" for name in ("initiated", "ringing", "answered", "completed", "dtmf")
)
PAY = tuple(f"texml.pay.{name}" for name in ("progress", "completed", "action"))
DIAL = {"DialCallSid": LEG}
CARD, BANK = {"PaymentMethod": "credit-card"}, {"PaymentMethod": "ach-debit"}
OK, FAILED = {"Result": "success"}, {"Result": "failed"}
PAID, UNPAID = {"PayResult": "success"}, {"PayResult": "failed"}
TIME = "2024-01-15T10:31:00Z"

RULES: tuple[Rule, ...] = (
    *(
        Rule(name, "ParentCallSidLegacy", PARENT, {"ParentCallSid": PARENT}, {})
        for name in PROGRESS
    ),
    *(
        Rule(name, "ShakenStirAttestation", "A", {}, {"ParentCallSid": PARENT}, must=False)
        for name in PROGRESS
    ),
    *(
        Rule(name, "ShakenStirValidated", True, {"ShakenStirAttestation": "A"}, {})
        for name in PROGRESS
    ),
    *(Rule(name, "ErrorMessage", "Call failed", {"ErrorCode": "10001"}, {}) for name in PROGRESS),
    Rule("texml.call.answered", "SamplingRate", "8000", {"Codec": "PCMU"}, {"Codec": ABSENT}),
    *(
        Rule(
            "texml.call.completed",
            field,
            value,
            {"CallStatus": "completed"},
            {"CallStatus": other},
            field != "CallQualityStats",
        )
        for other in ("busy", "no-answer", "canceled", "failed")
        for field, value in {
            "AnsweredTime": TIME,
            "CallControlId": LEG,
            "CallLegId": "428c31b6-7af4-4bcb-b7f5-5013ef9657c1",
            "CallQualityStats": '{"mos":4.2}',
            "CallSessionId": "428c31b6-abf3-3bc1-b7f4-5013ef9657c1",
            "EndTime": TIME,
            "HangupCause": "normal_clearing",
            "OccurredAt": TIME,
            "OrganizationId": "org-abc123",
            "StartTime": TIME,
            "UserId": "f5586561-8ff0-4291-a51b-c7dfe4139ff9",
        }.items()
    ),
    Rule(
        "texml.call.completed",
        "RecordingDuration",
        "90",
        {"RecordingUrl": "https://example.com/a.wav"},
        {},
    ),
    Rule("texml.call.completed", "DialCallSidLegacy", LEG, DIAL, {}),
    Rule("texml.call.completed", "DialCallStatus", "busy", DIAL, {}),
    Rule("texml.call.completed", "DialCallDuration", "120", DIAL, {}, must=False),
    Rule("texml.gather", "SpeechResult", "Sales", {"Digits": ABSENT}, {"Digits": "1"}, must=False),
    Rule(
        "texml.gather",
        "Confidence",
        0.5,
        {"Digits": ABSENT, "SpeechResult": "Sales"},
        {"Digits": ABSENT},
    ),
    *(
        Rule(
            "texml.refer",
            field,
            "202",
            {"ReferCallStatus": "in-progress"},
            {"ReferCallStatus": other},
            must=False,
        )
        for other in ("failed", "busy", "canceled")
        for field in ("ReferSipResponseCode", "NotifySipResponseCode")
    ),
    *(
        Rule(
            "texml.siprec",
            "SiprecError",
            "No route",
            {"SiprecEvent": "siprec-failed"},
            {"SiprecEvent": other},
        )
        for other in ("siprec-started", "siprec-stopped")
    ),
    *(
        Rule(
            "texml.stream",
            "StreamError",
            "No route",
            {"StreamEvent": "stream-error"},
            {"StreamEvent": other},
        )
        for other in ("stream-started", "stream-stopped")
    ),
    *(
        Rule(name, field, value, CARD, BANK, must=False)
        for name in PAY
        for field, value in {
            "PaymentCardNumber": "xxxxxxxxxxxx1111",
            "PaymentCardType": "visa",
            "ExpirationDate": "1230",
            "SecurityCode": "xxx",
            "PaymentCardPostalCode": "10001",
        }.items()
    ),
    *(
        Rule(name, field, value, BANK, other, must=False)
        for name in PAY
        for other in (CARD, {"PaymentMethod": ABSENT})
        for field, value in {
            "BankRoutingNumber": "110000000",
            "BankAccountNumber": "********34",
            "BankAccountType": "consumer-checking",
        }.items()
    ),
    Rule("texml.pay.progress", "CallSidLegacy", LEG, {"CallSid": LEG}, {"CallSid": ABSENT}),
    Rule("texml.pay.completed", "CallSidLegacy", LEG, {"CallSid": LEG}, {"CallSid": ABSENT}),
    Rule("texml.pay.completed", "TokenId", "tok_1", OK, FAILED, must=False),
    Rule("texml.pay.completed", "ChargeId", "ch_1", OK, FAILED, must=False),
    Rule("texml.pay.completed", "ChargeId", "ch_1", OK, {**OK, "TokenId": "tok_1"}, must=False),
    Rule("texml.pay.completed", "ErrorType", "timeout", FAILED, OK, must=False),
    Rule("texml.pay.completed", "PaymentError", "declined", FAILED, OK, must=False),
    Rule("texml.pay.completed", "PayErrorCode", "declined", FAILED, OK, must=False),
    Rule("texml.pay.action", "TokenId", "tok_1", PAID, UNPAID, must=False),
    Rule("texml.pay.action", "PaymentToken", "tok_1", {**PAID, "TokenId": "tok_1"}, PAID),
    Rule("texml.pay.action", "ChargeId", "ch_1", PAID, UNPAID, must=False),
    Rule("texml.pay.action", "ChargeId", "ch_1", PAID, {**PAID, "TokenId": "tok_1"}, must=False),
    Rule(
        "texml.pay.action",
        "PaymentConfirmationCode",
        "ch_1",
        {**PAID, "ChargeId": "ch_1"},
        {**PAID, "ChargeId": ABSENT},
    ),
    Rule("texml.pay.action", "ErrorCode", "timeout", UNPAID, PAID, must=False),
    Rule("texml.pay.action", "PaymentError", "declined", UNPAID, PAID, must=False),
    Rule("texml.pay.action", "PayErrorCode", "declined", UNPAID, PAID, must=False),
    *(
        Rule(
            "texml.deepfake.result",
            field,
            0.5,
            {"DeepfakeResult": heard},
            {"DeepfakeResult": "silence_timeout"},
            must=False,
        )
        for heard in ("real", "fake")
        for field in ("DeepfakeScore", "DeepfakeConsistency")
    ),
)

EVERY_RULE = pytest.mark.parametrize(
    "rule",
    RULES,
    ids=lambda rule: f"{rule.event}-{rule.field}-{'-'.join(map(str, rule.unless.values()))}",
)


@EVERY_RULE
def test_the_field_is_there_while_its_condition_holds(rule: Rule) -> None:
    assert (
        webhook(rule.event, **{**rule.where, rule.field: rule.value}).body[rule.field] == rule.value
    )
    if rule.must:
        assert rule.field in webhook(rule.event, **rule.where).body
        with pytest.raises(UsageError, match=f"{rule.field} is missing"):
            webhook(rule.event, **{**rule.where, rule.field: ABSENT})
    else:
        assert rule.field not in webhook(rule.event, **{**rule.where, rule.field: ABSENT}).body


@EVERY_RULE
def test_the_field_is_absent_while_its_condition_fails(rule: Rule) -> None:
    assert rule.field not in webhook(rule.event, **rule.unless).body
    with pytest.raises(UsageError, match=f"{rule.field} is there only while"):
        webhook(rule.event, **{**rule.unless, rule.field: rule.value})


@EVERY_RULE
def test_the_condition_can_be_broken_on_purpose(rule: Rule) -> None:
    broken = webhook(rule.event, strict=False, **{**rule.unless, rule.field: rule.value})
    assert broken.body[rule.field] == rule.value


def test_no_condition_is_left_untested() -> None:
    conditional = {
        (event.name, field.name)
        for event in family("texml")
        for field in event.body.fields
        if field.when is not None
    }
    assert conditional == {(rule.event, rule.field) for rule in RULES}


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
        "From": "+35319605860",
        "FromSipUri": "sip:user@example.com",
        "ParticipantLabel": "participant-1",
        "SequenceNumber": 2,
        "StatusCallbackEvent": "participant-join",
        "Timestamp": "2024-01-15T10:31:00Z",
        "To": "+13129457420",
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
        "From": "+35319605860",
        "To": "+13129457420",
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
        "From": "+35319605860",
        "ParentCallSid": PARENT,
        "ParentCallSidLegacy": PARENT,
        "SequenceNumber": 0,
        "ShakenStirAttestation": "A",
        "ShakenStirValidated": True,
        "Timestamp": "2024-01-15T10:30:00Z",
        "To": "+13129457420",
    }


def test_call_initiated_as_documented() -> None:
    printed: dict[str, Any] = {
        "call_control_id": PARENT,
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
