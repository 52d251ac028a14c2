"""A field is taken for granted, or its value for the usual one."""

from __future__ import annotations

import base64
from datetime import datetime
from typing import Any

from telnyx_mock.severity import Severity
from tests.receivers.correct import Event, Receiver, kind, payload
from tests.receivers.fault import breaks, changed, misread


@breaks("accepts-absent", also="survives-json-payload-missing")
class NeedsPartyType(Receiver):
    """It takes an optional field for granted."""

    def act(self, event: Event) -> int:
        if kind(event) == "call.initiated":
            payload(event)["calling_party_type"]
        return 200


@breaks("accepts-absent", also="survives-json-*")
class NeedsState(Receiver):
    """It takes a client_state for granted, although it may be null."""

    def act(self, event: Event) -> int:
        if kind(event).startswith("call."):
            base64.b64decode(payload(event)["client_state"] or "")
        return 200


@breaks("accepts-each-choice")
class FewCauses(Receiver):
    """It knows some of the reasons for which a call ends."""

    def act(self, event: Event) -> int:
        if kind(event) == "call.hangup":
            {"normal_clearing": "done", "user_busy": "busy"}[payload(event)["hangup_cause"]]
        return 200


@breaks("accepts-new-values", also="survives-json-fields-strings", severity=Severity.ADVICE)
class TwoDirections(Receiver):
    """It knows both directions that a call can have today, and fails at any other word."""

    def act(self, event: Event) -> int:
        direction = payload(event).get("direction")
        if direction not in (None, "incoming", "outgoing") and kind(event) == "call.initiated":
            raise ValueError(f"{direction!r} is not a valid Direction")
        return 200


@breaks("accepts-generated")
class OneCountry(Receiver):
    """It knows callers without a number, and of those with one the callers from one country."""

    def act(self, event: Event) -> int:
        number = payload(event).get("from")
        if isinstance(number, str) and number.startswith("+") and not number.startswith("+1"):
            raise ValueError(f"{number} is not a number of ten digits")
        return 200


changed(
    "indexes meta",
    "accepts-absent",
    severity=Severity.WARNING,
    reason="Every capture has it",
    act=lambda _, event: 200 if not kind(event) or event["meta"]["attempt"] else 400,
)


def seconds(call: Any) -> float:
    began, ended = (datetime.fromisoformat(call[name]) for name in ("start_time", "end_time"))
    return (ended - began).total_seconds()


def only(values: list[Any]) -> Any:
    [value] = values
    return value


def sender(phone_number: str, carrier: str = "", line_type: str = "", status: str = "") -> str:
    return phone_number


CALL, ANSWER, HANGUP = "call.initiated", "call.answered", "call.hangup"
MESSAGE, FINAL, FORM = "message.received", "message.finalized", "texml.call.completed"

STATISTICS = {"inbound": {"mos": 4}}
CAUSES = [
    "normal_clearing",
    "call_rejected",
    "originator_cancel",
    "timeout",
    "time_limit",
    "user_busy",
    "not_found",
    "no_answer",
    "unspecified",
]

misread(
    CALL,
    "accepts-absent",
    {"indexes the SIP address": lambda call: call["from_sip_uri"], "indexes client_state": lambda call: call["client_state"]},
)
misread(
    CALL, "accepts-sample", {"reads times without a fraction": lambda call: datetime.strptime(call["start_time"], "%Y-%m-%dT%H:%M:%SZ")}
)
misread(
    CALL,
    "accepts-each-choice",
    {
        "knows some grades of attestation": lambda call: {"A": 3, "": 0}[call.get("shaken_stir_attestation") or ""],
        "keeps names in a narrow column": lambda call: "x" * (40 - len(call.get("caller_id_name") or "")) or 1 / 0,
    },
)
misread(
    CALL,
    "accepts-each-choice",
    {
        "knows incoming calls alone": lambda call: {"incoming": True}[call["direction"]],
        "takes every caller for a number": lambda call: int(call["from"]),
    },
    also="survives-json-fields-strings",
)
misread(
    CALL,
    "accepts-each-choice",
    {"expects no client_state": lambda call: {"": 0}[call.get("client_state") or ""]},
    also="survives-json-fields-strings",
    severity=Severity.ADVICE,
    reason="Only the app itself can set another",
)
misread(CALL, "accepts-each-choice", {"writes names down as ASCII": lambda call: (call.get("caller_id_name") or "").encode("ascii")})
misread(ANSWER, "accepts-sample", {"indexes a field that comes only at times": lambda call: call["stream_url"]})
misread(ANSWER, "accepts-absent", {"divides by the sampling rate": lambda call: 1000 / (call.get("sampling_rate") or 0)})
misread(HANGUP, "accepts-absent", {"indexes the statistics": lambda call: (call["call_quality_stats"] or {}).get("inbound")})
misread(HANGUP, "accepts-null", {"takes an error that is null for an object": lambda call: call.get("telnyx_error", {}).get("code")})
misread(
    HANGUP,
    "accepts-null",
    {"takes statistics that are null for an object": lambda call: call.get("call_quality_stats", {}).get("inbound")},
    also="accepts-each-choice",  # of an unanswered call they are null; a report shows the two as one fault
)
misread(
    HANGUP,
    "accepts-each-choice",
    {"indexes within the statistics": lambda call: (call.get("call_quality_stats") or STATISTICS)["inbound"]["mos"]},
)
misread(
    HANGUP,
    "accepts-each-choice",
    {
        "takes every SIP cause for a number": lambda call: int(call.get("sip_hangup_cause") or 0),
        "reads times with a fraction alone": lambda call: datetime.strptime(call["end_time"], "%Y-%m-%dT%H:%M:%S.%f%z"),
        "divides by the length of the call": lambda call: 1 / seconds(call),
    },
)
misread(
    HANGUP,
    "accepts-new-values",
    {"knows every cause that there is today": lambda call: CAUSES.index(call.get("hangup_cause") or "unspecified")},
    severity=Severity.ADVICE,
    reason="Nobody can say whether Telnyx will ever send another",
)
misread(MESSAGE, "accepts-null", {"takes a cost that is null for an object": lambda message: message.get("cost", {}).get("amount")})
misread(
    MESSAGE,
    "accepts-absent",
    {"indexes the cost": lambda message: message["cost"], "indexes the carrier": lambda message: message["from"]["carrier"]},
)
misread(
    MESSAGE,
    "accepts-each-choice",
    {
        "strips a subject that is null": lambda message: message.get("subject", "").strip(),
        "indexes the size of a picture": lambda message: [medium["size"] for medium in message.get("media") or []],
        "indexes the first word of a message": lambda message: message.get("text", "-").split()[0],
        "writes messages down as ASCII": lambda message: message.get("text", "").encode("ascii"),
        "expects one picture at the most": lambda message: only(message.get("media") or [{}]),
    },
)
misread(
    MESSAGE,
    "accepts-products",
    {"expects a list of recipients": lambda message: message["to"][0]["phone_number"]},
    products="sms,mms,whatsapp",
)
misread(
    FINAL,
    "accepts-each-choice",
    {"indexes the details of an error": lambda message: [error["detail"] for error in message.get("errors") or []]},
)
misread(
    MESSAGE,
    "accepts-sample",
    {"expects a picture": lambda message: message["media"][0], "takes the sender for a text": lambda message: message["from"].strip()},
)
misread(MESSAGE, "accepts-unknown-fields", {"unpacks the sender's members one by one": lambda message: sender(**message["from"])})
misread(
    FORM,
    "accepts-absent",
    {"indexes a field of the form": lambda call: call["CallDuration"]},
    also="accepts-each-choice",  # an unanswered call has no duration; a report shows the two as one fault
)
misread(
    FORM,
    "accepts-each-choice",
    {"knows some ends of a TeXML call": lambda call: {"completed": 1, "busy": 2}[call["CallStatus"]]},
    also="survives-form-*",
)
