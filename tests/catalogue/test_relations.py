"""No webhook that telnyx-mock makes is impossible: its fields agree with each other.

The relations are said here once more, without the catalogue's conditions. They hold for random
bodies, for each-choice coverage, for draws of the strategies, and for the mutations of the rules.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from fnmatch import fnmatchcase
from typing import Any, TypeAlias

import pytest
from hypothesis import Phase, given, seed, settings

from telnyx_mock.catalogue.registry import all_events
from telnyx_mock.contract.rules import new_values
from telnyx_mock.contract.rules.mutations import mutated, nullable_fields, optional_fields
from telnyx_mock.generation.each_choice import each_choice
from telnyx_mock.payload.webhook import Webhook
from telnyx_mock.schema.event import Event
from telnyx_mock.schema.field import Presence
from telnyx_mock.strategies import webhooks

Payload: TypeAlias = Any
Bodies: TypeAlias = Callable[[Event, int], list[Any]]

UNANSWERED = {
    "call_rejected",
    "originator_cancel",
    "timeout",
    "user_busy",
    "not_found",
    "no_answer",
}
CHAT = {"RCS", "WHATSAPP"}
INCOMING_ONLY = ("shaken_stir_attestation", "shaken_stir_validated", "call_screening_result")
CELLULAR = ("text", "encoding", "parts", "num_chars", "subject", "media", "smart_encoding_applied")
CAMPAIGN = ("tcr_campaign_id", "tcr_campaign_billable", "tcr_campaign_registered")
CARD_STEPS = (
    "payment-card-number",
    "expiration-date",
    "postal-code",
    "security-code",
    "payment-processing",
)
ENTERED = {
    "expiration_date": "expiration-date",
    "payment_card_postal_code": "postal-code",
    "security_code": "security-code",
}


def unless(holds: object, consequence: object) -> bool:
    """Whether *consequence* holds where *holds* does not."""
    return bool(holds) or bool(consequence)


def statuses(message: Payload) -> set[str]:
    return {to["status"] for to in message["to"]}


def failed(message: Payload) -> bool:
    good = {"delivered", "sent", "sending", "queued", "read"}
    return bool(statuses(message) - good)


def contents(body: Payload) -> int:
    """How many contents the body of an RCS message has."""
    return sum(name in body for name in ("text", "user_file", "location", "suggestion_response"))


def asked_for(payment: Payload, name: str) -> bool:
    step = payment["payment_step"]
    return step not in CARD_STEPS or CARD_STEPS.index(step) >= CARD_STEPS.index(ENTERED[name])


RELATIONS: list[tuple[str, str, Callable[[Payload], bool]]] = [
    (
        "call.initiated",
        "only an incoming leg is attested and screened",
        lambda call: unless(
            call["direction"] == "incoming", not any(name in call for name in INCOMING_ONLY)
        ),
    ),
    (
        "call.hangup",
        "a leg that nobody answered has no statistics",
        lambda call: unless(
            call["hangup_cause"] not in UNANSWERED, call.get("call_quality_stats") is None
        ),
    ),
    (
        "call.hangup",
        "a caller gives up, the other side is busy",
        lambda call: (
            (call["hangup_cause"], call["hangup_source"])
            not in {
                ("originator_cancel", "callee"),
                ("user_busy", "caller"),
                ("no_answer", "caller"),
            }
        ),
    ),
    (
        "call.cost",
        "there is a price exactly if it could be calculated",
        lambda call: (call["total_cost"] is None) == (call["status"] == "error"),
    ),
    (
        "call.cost",
        "there are parts exactly if there is a price",
        lambda call: bool(call["cost_parts"]) == (call["total_cost"] is not None),
    ),
    (
        "call.hangup",
        "nobody answers with success",
        lambda call: unless(
            call["hangup_cause"] not in UNANSWERED, not call["sip_hangup_cause"].startswith("2")
        ),
    ),
    (
        "*.recording.saved",
        "an address is one of a file in the recording's format",
        lambda recording: (
            not any(
                address
                for urls in (recording["recording_urls"], recording["public_recording_urls"])
                for name, address in urls.items()
                if name != recording["format"]
            )
        ),
    ),
    (
        "call.analyzed",
        "a recording has an address",
        lambda call: all(
            recording.get("download_urls", True) for recording in call["recordings"] or ()
        ),
    ),
    (
        "fax.*",
        "what has arrived took some time",
        lambda fax: unless(
            fax["status"] not in ("delivered", "received"), fax.get("call_duration_secs")
        ),
    ),
    (
        "message.[!e]*",
        "as many characters as the text has",
        lambda message: unless(
            "num_chars" not in message, message.get("num_chars") == len(message.get("text", ""))
        ),
    ),
    (
        "message.[!e]*",
        "only a campaign is billed and registered",
        lambda message: unless(
            message.get("tcr_campaign_id"),
            not any(name in message for name in CAMPAIGN if name != "tcr_campaign_id"),
        ),
    ),
    (
        "message.received",
        "a text that matched a keyword is the keyword",
        lambda message: unless(
            message.get("autoresponse_type") not in ("STOP", "START", "HELP"),
            message.get("text") == message.get("autoresponse_type"),
        ),
    ),
    (
        "messaging-profile.spend-limit-reached",
        "the limit is reached",
        lambda profile: float(profile["current_cost"]) >= float(profile["configured_limit"]),
    ),
    (
        "texml.queue",
        "no place beyond the end of the queue, nor before its beginning",
        lambda call: 1 <= int(call["QueuePosition"]) <= int(call["CurrentQueueSize"]),
    ),
    (
        "texml.call.completed",
        "a dialled leg dials no other",
        lambda call: not {"ParentCallSid", "DialCallSid"} <= call.keys(),
    ),
    (
        "verify.*",
        "only a call dials an extension",
        lambda check: unless(check["type"] == "call", check.get("extension") is None),
    ),
    (
        "whatsapp.waba_added",
        "a success has no errors, and some numbers",
        lambda account: unless(
            account["status"] != "SUCCESS",
            not account.get("errors") and account.get("phone_numbers") != [],
        ),
    ),
    (
        "call.refer.started",
        "a provisional code",
        lambda call: 100 <= call["sip_notify_response"] < 200,
    ),
    (
        "call.refer.completed",
        "a code of success",
        lambda call: 200 <= call["sip_notify_response"] < 300,
    ),
    (
        "call.refer.failed",
        "a code of redirection or failure",
        lambda call: call["sip_notify_response"] >= 300,
    ),
    (
        "call.gather.ended",
        "valid digits are some digits",
        lambda call: unless(call["status"] != "valid", call["digits"]),
    ),
    (
        "call.payment.progress",
        "an error says what was wrong at its own step",
        lambda pay: unless(
            "error_type" not in pay,
            pay.get("payment_status") == "failed"
            and pay["payment_step"] != "payment-processing"
            and (
                pay["error_type"] in ("timeout", "input-matching-failed", "invalid-card-type")
                or pay["error_type"].removeprefix("invalid-").split("-")[0] in pay["payment_step"]
            ),
        ),
    ),
    (
        "call.payment.progress",
        "no value comes before its step",
        lambda pay: all(asked_for(pay, name) for name in ENTERED if name in pay),
    ),
    (
        "call.payment.completed",
        "a success is a charge or a stored card",
        lambda pay: ("charge_id" in pay) + ("token_id" in pay) == (pay["result"] == "success"),
    ),
    (
        "texml.pay.*",
        "at most a charge or a token",
        lambda pay: ("ChargeId" in pay) + ("TokenId" in pay) <= 1,
    ),
    (
        "message.finalized",
        "errors belong to failures",
        lambda message: unless(failed(message), message["errors"] == []),
    ),
    ("message.sent", "nothing has failed yet", lambda message: message["errors"] == []),
    ("message.received", "nothing has failed", lambda message: message["errors"] == []),
    (
        "message.sent",
        "a queued message has not been sent",
        lambda message: unless("queued" not in statuses(message), message["sent_at"] is None),
    ),
    (
        "message.sent",
        "a sent message has",
        lambda message: unless(statuses(message) != {"sent"}, message["sent_at"]),
    ),
    (
        "message.finalized",
        "a delivered message was sent",
        lambda message: unless(statuses(message) != {"delivered"}, message["sent_at"]),
    ),
    (
        "message.*",
        "only the parts of a price that is known",
        lambda message: unless(message.get("cost") is not None, "cost_breakdown" not in message),
    ),
    (
        "message.*",
        "the words of RCS and WhatsApp are in the body",
        lambda message: unless(
            message["type"] not in CHAT,
            not any(message.get(name) for name in (*CELLULAR, *CAMPAIGN)),
        ),
    ),
    (
        "message.received",
        "one content in an RCS message",
        lambda message: unless(message["type"] != "RCS", contents(message.get("body", {})) == 1),
    ),
    (
        "message.received",
        "WhatsApp says by its type what is changed or taken back",
        lambda message: unless(
            message["type"] != "WHATSAPP",
            all(
                (name in message.get("body", {})) == (message.get("body", {}).get("type") == name)
                for name in ("edit", "revoke", "image")
            ),
        ),
    ),
    (
        "message.*",
        "a template only where the body is one",
        lambda message: unless(
            "template_name" not in message and "template_id" not in message,
            message.get("body", {}).get("type") == "template",
        ),
    ),
    (
        "message.*",
        "replaced characters mean GSM-7",
        lambda message: unless(
            not message.get("smart_encoding_applied"), message.get("encoding") == "GSM-7"
        ),
    ),
    (
        "number_order.complete",
        "as many numbers as it says",
        lambda order: (
            order.get("phone_numbers_count", len(order["phone_numbers"]))
            == len(order["phone_numbers"])
        ),
    ),
    (
        "number_order.complete",
        "met means met by all",
        lambda order: unless(
            order.get("requirements_met") is not True,
            all(number.get("requirements_met", True) for number in order["phone_numbers"]),
        ),
    ),
    (
        "number_order.complete",
        "a success is one for all",
        lambda order: unless(
            order["status"] != "success",
            all(number["status"] == "success" for number in order["phone_numbers"]),
        ),
    ),
    (
        "texml.call.completed",
        "only an answered call has a length and a recording",
        lambda call: unless(
            call["CallStatus"] == "completed",
            not {"CallDuration", "RecordingUrl", "AnsweredTime", "HangupCause"} & call.keys(),
        ),
    ),
    (
        "texml.call.completed",
        "the SIP code fits the outcome",
        lambda call: (
            (call["CallStatus"] == "completed") == (call.get("SipHangupCause") == "200")
            or "SipHangupCause" not in call
        ),
    ),
    (
        "texml.call.completed",
        "only what failed has an error",
        lambda call: unless(call["CallStatus"] == "failed", "ErrorCode" not in call),
    ),
    (
        "texml.refer",
        "a code of success",
        lambda call: call.get("ReferSipResponseCode", "202").startswith("2"),
    ),
    (
        "fax.*",
        "what goes out is sent",
        lambda fax: unless("original_media_url" not in fax, fax["direction"] == "outbound"),
    ),
    (
        "fax.[!f]*",
        "only a failure may go either way",
        lambda fax: (fax["direction"] == "inbound") == ("caller_id" in fax),
    ),
    (
        "advanced_order.status_update",
        "the status has changed",
        lambda order: order["old_status"] != order["new_status"],
    ),
]

NEW_VALUES_MAY_BREAK = {
    "the SIP code fits the outcome",
    "an error says what was wrong at its own step",
    "the status has changed",
}
"""A value that does not exist today may mean anything."""


def related() -> list[Event]:
    return [
        event
        for event in all_events()
        if any(fnmatchcase(event.name, pattern) for pattern, _, _ in RELATIONS)
    ]


EVENTS = pytest.mark.parametrize("event", related(), ids=lambda event: event.name)


def broken(event: Event, body: Any) -> Iterator[str]:
    """The relations that *body* breaks."""
    payload = event.payload_in(body)
    for pattern, words, holds in RELATIONS:
        if fnmatchcase(event.name, pattern) and not holds(payload):
            yield words


def test_every_relation_is_about_an_event() -> None:
    names = [event.name for event in all_events()]
    for pattern, _, _ in RELATIONS:
        assert any(fnmatchcase(name, pattern) for name in names), pattern


@EVENTS
def test_random_bodies_break_no_relation(event: Event, random_bodies: Bodies) -> None:
    assert [words for body in random_bodies(event, 200) for words in broken(event, body)] == []


@EVENTS
def test_each_choice_breaks_no_relation(event: Event) -> None:
    rows = each_choice(event)
    assert [words for row in rows for words in broken(event, row.fresh().body)] == []


@EVENTS
def test_mutations_of_presence_break_no_relation(event: Event) -> None:
    made: list[Webhook] = []
    for fields, presence in (
        (optional_fields(event), Presence.ABSENT),
        (nullable_fields(event), Presence.NULL),
    ):
        made += [mutated(event, part, presence) for part in (fields, *map(frozenset, zip(fields)))]
    assert [words for each in made for words in broken(event, each.body)] == []


@EVENTS
def test_new_values_break_no_relation(event: Event) -> None:
    rows = new_values._webhooks(event, frozenset())
    found = {words for row in rows for words in broken(event, row.body)}
    assert found <= NEW_VALUES_MAY_BREAK


@EVENTS
def test_draws_break_no_relation(event: Event) -> None:
    @seed(1)
    @settings(max_examples=100, database=None, deadline=None, phases=[Phase.generate])
    @given(webhooks(event.name))
    def check(webhook: Webhook) -> None:
        assert list(broken(event, webhook.body)) == []

    check()
