"""What a finding says to do follows from what the webhook departs in."""

from __future__ import annotations

import pytest

from telnyx_mock.contract.engine.fixes import ANY_CASE, MEDIA_TYPE, RAW_BYTES, remedy
from telnyx_mock.delivery import Attempt, Delivery
from telnyx_mock.payload.draft import Draft
from telnyx_mock.payload.webhook import sample, webhook
from telnyx_mock.schema.json_values import ABSENT, Json
from telnyx_mock.signing.keys import KeyPair
from telnyx_mock.signing.sign import sign
from telnyx_mock.transports.receiver import Response

KEY = KeyPair.generate()


def told(draft: Draft, status: int = 500) -> str:
    """What is said of *draft*, sent and answered with *status*."""
    request = sign(draft, KEY, timestamp=1_800_000_000)
    answer = Response(status, (), b"", 0.0)
    return remedy(Delivery((Attempt(request, "https://localhost/", answer, 0.0),)))


def told_of(event: str, *, status: int = 500, **overrides: Json) -> str:
    return told(Draft(webhook(event, **overrides)), status)


@pytest.mark.parametrize(
    ("field", "value", "begins"),
    [
        ("client_state", ABSENT, "Read data.payload.client_state with .get(), for it may be "),
        ("client_state", None, "Treat null in data.payload.client_state as if it were missing"),
        ("to", "user@sip.example.com", "Take no telephone number for granted in data.payload.to: "),
        ("from_", "anonymous", "Take no telephone number for granted in data.payload.from: a word"),
        ("from_", "+442079460123", "Expect any telephone number in data.payload.from, as"),
        ("caller_id_name", "", "Treat an empty text in data.payload.caller_id_name as if it "),
        ("caller_id_name", "x" * 50, "Make room for long texts in data.payload.caller_id_name, or"),
        ("caller_id_name", "Zoë", "Read and keep data.payload.caller_id_name as UTF-8: it holds"),
        ("caller_id_name", "🙂", "Read and keep data.payload.caller_id_name as UTF-8, with room"),
        ("tags", [], "Expect an empty list in data.payload.tags"),
        ("tags", ["a", "b", "c"], "Expect any number of items in data.payload.tags, here 3."),
    ],
)
def test_each_departure_has_its_remedy(field: str, value: Json, begins: str) -> None:
    assert told_of("call.initiated", **{field: value}).startswith(begins)


def test_a_value_of_a_list_asks_for_a_branch_for_all_others() -> None:
    fix = told_of("call.hangup", hangup_cause="call_rejected")
    assert fix.startswith("Have a branch for each value of data.payload.hangup_cause that you ")
    assert fix.endswith("and 'call_rejected' is one.")


def test_a_time_that_is_the_events_own_asks_for_a_look_at_what_is_divided_by() -> None:
    ended = sample("call.hangup")
    short = sample(ended.event.name, strict=False, start_time=ended.payload["end_time"])
    fix = told(Draft(short.fresh()))
    assert fix.startswith("Let data.payload.start_time be the time of the event")


def test_fields_of_forms_are_named_as_they_are_written() -> None:
    fix = told_of("texml.call.completed", From="anonymous")
    assert fix.startswith("Take no telephone number for granted in From: ")


def test_several_fields_have_their_remedies_one_after_the_other() -> None:
    fix = told_of("call.initiated", client_state=None, caller_id_name="")
    assert "Treat null in data.payload.client_state" in fix
    assert "Treat an empty text in data.payload.caller_id_name" in fix


def test_the_writing_goes_before_the_fields() -> None:
    usual = sample("call.initiated")
    assert told(Draft(webhook("call.initiated", caller_id_name="Zoë"), "escaped")) == RAW_BYTES
    assert told(Draft(usual, header_case="upper")) == ANY_CASE
    assert told(Draft(usual, charset=True)) == MEDIA_TYPE
    assert told(Draft(usual, reverse_headers=True)) == ANY_CASE


def test_what_is_taken_for_forged_is_not_verified_in_its_raw_bytes() -> None:
    """Its signature is right, so a 401 has nothing to do with the field as such."""
    assert told_of("call.initiated", caller_id_name="Zoë", status=401).startswith(RAW_BYTES)
    assert told(Draft(sample("message.received")), 401).startswith(RAW_BYTES)


def test_who_fails_at_the_sample_is_sent_to_the_exception() -> None:
    """Answering 200 sooner mends no exception, so that is not what is advised."""
    advice = told(Draft(sample("call.initiated")))
    assert advice.startswith("Look for the exception in the receiver's log")
    assert "telnyx-mock explain call.initiated" in advice


def test_nothing_is_said_of_what_is_not_declared() -> None:
    unknown = webhook("call.initiated", extra={"future_field": "future value"})
    assert told(Draft(unknown)) == ""
