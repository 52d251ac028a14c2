"""The conditions on TeXML webhooks."""

from __future__ import annotations

from telnyx_mock.schema.json_values import ABSENT
from tests.catalogue.conditions.rows import Case, Condition

LEG = "v3:9X2vxPDFY2RHSJ1EdMS0RHRksMTg7ldNxdjWbVr9zBjbGjGsSe-aiQ"
PARENT = "v3:MdI91X4lWFEs7IgbBEOT9M4AigoY08M0WWZFISt1Yw2axZ_IiE4pqg"
PROGRESS = tuple(
    f"texml.call.{name}" for name in ("initiated", "ringing", "answered", "completed", "dtmf")
)
PAY = tuple(f"texml.pay.{name}" for name in ("progress", "completed", "action"))
DIAL = {"DialCallSid": LEG}
CARD, BANK = {"PaymentMethod": "credit-card"}, {"PaymentMethod": "ach-debit"}
OK, FAILED = {"Result": "success"}, {"Result": "failed"}
PAID, UNPAID = {"PayResult": "success"}, {"PayResult": "failed"}
TIME = "2024-01-15T10:31:00Z"

CONDITIONS = [
    *(
        Condition(name, "ParentCallSidLegacy", PARENT, {"ParentCallSid": PARENT}, {})
        for name in PROGRESS
    ),
    *(
        Condition(name, "ShakenStirAttestation", "A", {}, {"ParentCallSid": PARENT}, must=False)
        for name in PROGRESS
    ),
    *(
        Condition(name, "ShakenStirValidated", True, {"ShakenStirAttestation": "A"}, {})
        for name in PROGRESS
    ),
    *(
        Condition(name, "ErrorMessage", "Call failed", {"ErrorCode": "10001"}, {})
        for name in PROGRESS
    ),
    Condition("texml.call.answered", "SamplingRate", "8000", {"Codec": "PCMU"}, {"Codec": ABSENT}),
    *(
        Condition(
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
    Condition(
        "texml.call.completed",
        "RecordingDuration",
        "90",
        {"RecordingUrl": "https://example.com/a.wav"},
        {},
    ),
    Condition("texml.call.completed", "DialCallSidLegacy", LEG, DIAL, {}),
    Condition("texml.call.completed", "DialCallStatus", "busy", DIAL, {}),
    Condition("texml.call.completed", "DialCallDuration", "120", DIAL, {}, must=False),
    Condition(
        "texml.gather", "SpeechResult", "Sales", {"Digits": ABSENT}, {"Digits": "1"}, must=False
    ),
    Condition(
        "texml.gather",
        "Confidence",
        0.5,
        {"Digits": ABSENT, "SpeechResult": "Sales"},
        {"Digits": ABSENT},
    ),
    *(
        Condition(
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
        Condition(
            "texml.siprec",
            "SiprecError",
            "No route",
            {"SiprecEvent": "siprec-failed"},
            {"SiprecEvent": other},
        )
        for other in ("siprec-started", "siprec-stopped")
    ),
    *(
        Condition(
            "texml.stream",
            "StreamError",
            "No route",
            {"StreamEvent": "stream-error"},
            {"StreamEvent": other},
        )
        for other in ("stream-started", "stream-stopped")
    ),
    *(
        Condition(name, field, value, CARD, BANK, must=False)
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
        Condition(name, field, value, BANK, other, must=False)
        for name in PAY
        for other in (CARD, {"PaymentMethod": ABSENT})
        for field, value in {
            "BankRoutingNumber": "110000000",
            "BankAccountNumber": "********34",
            "BankAccountType": "consumer-checking",
        }.items()
    ),
    Condition("texml.pay.progress", "CallSidLegacy", LEG, {"CallSid": LEG}, {"CallSid": ABSENT}),
    Condition("texml.pay.completed", "CallSidLegacy", LEG, {"CallSid": LEG}, {"CallSid": ABSENT}),
    Condition("texml.pay.completed", "TokenId", "tok_1", OK, FAILED, must=False),
    Condition("texml.pay.completed", "ChargeId", "ch_1", OK, FAILED, must=False),
    Condition(
        "texml.pay.completed", "ChargeId", "ch_1", OK, {**OK, "TokenId": "tok_1"}, must=False
    ),
    Condition("texml.pay.completed", "ErrorType", "timeout", FAILED, OK, must=False),
    Condition("texml.pay.completed", "PaymentError", "declined", FAILED, OK, must=False),
    Condition("texml.pay.completed", "PayErrorCode", "declined", FAILED, OK, must=False),
    Condition("texml.pay.action", "TokenId", "tok_1", PAID, UNPAID, must=False),
    Condition("texml.pay.action", "PaymentToken", "tok_1", {**PAID, "TokenId": "tok_1"}, PAID),
    Condition("texml.pay.action", "ChargeId", "ch_1", PAID, UNPAID, must=False),
    Condition(
        "texml.pay.action", "ChargeId", "ch_1", PAID, {**PAID, "TokenId": "tok_1"}, must=False
    ),
    Condition(
        "texml.pay.action",
        "PaymentConfirmationCode",
        "ch_1",
        {**PAID, "ChargeId": "ch_1"},
        {**PAID, "ChargeId": ABSENT},
    ),
    Condition("texml.pay.action", "ErrorCode", "timeout", UNPAID, PAID, must=False),
    Condition("texml.pay.action", "PaymentError", "declined", UNPAID, PAID, must=False),
    Condition("texml.pay.action", "PayErrorCode", "declined", UNPAID, PAID, must=False),
    *(
        Condition(
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
]

CASES = [
    Case("texml.pay.action", "Result", PAID, "success", "cancelled"),
    Case("texml.pay.action", "Result", UNPAID, "cancelled", 7),
]
