"""Webhooks are the documented sample with the caller's values and with generated ids and times."""

from __future__ import annotations

import base64
import datetime as dt
import json
import pickle
from typing import Any

import pytest

from telnyx_mock.catalogue.registry import all_events
from telnyx_mock.errors import UsageError
from telnyx_mock.payload.webhook import Webhook, sample, webhook
from telnyx_mock.schema.json_values import ABSENT
from telnyx_mock.schema.validate import problems

NOW = 1_700_000_000.0


def refusal(name: str, /, **overrides: Any) -> str:
    with pytest.raises(UsageError) as refused:
        webhook(name, **overrides)
    return str(refused.value)


# What a webhook is.


def test_a_webhook_without_overrides_is_the_sample_with_generated_ids() -> None:
    for name in (event.name for event in all_events()):
        built = webhook(name)
        assert built.name == name
        assert built.generated, name
        assert not sample(name).generated, name
        assert repr(built) == repr(sample(name)) == f"<Webhook {name}>"
        assert list(problems(built.event, built.body)) == [], name


def test_the_operation_of_the_openapi_document_names_the_event_too() -> None:
    assert webhook("callInitiated").name == "call.initiated"


def test_the_payload_lacks_the_envelope() -> None:
    call, siprec = webhook("call.initiated"), webhook("texml.siprec")
    assert call.payload is call.body["data"]["payload"]
    assert siprec.payload is siprec.body


def test_the_payload_of_a_broken_envelope_is_empty() -> None:
    assert webhook("call.initiated", strict=False, data=None).payload == {}


def test_webhooks_survive_pickling() -> None:
    built = webhook("call.initiated", direction="outgoing")
    body = pickle.loads(pickle.dumps(dict(built.body)))
    again = Webhook(built.event, body)
    assert again == built
    assert again.fresh(NOW).payload["call_control_id"] != built.payload["call_control_id"]


# Overrides.


def test_a_field_takes_the_value_given() -> None:
    assert webhook("call.initiated", to="+13125550100").payload["to"] == "+13125550100"


def test_names_that_are_keywords_of_python_take_an_underscore() -> None:
    assert webhook("call.initiated", from_="+13125550100").payload["from"] == "+13125550100"
    received = webhook("message.received", **{"from_.phone_number": "+13125550100"})
    assert received.payload["from"]["phone_number"] == "+13125550100"


@pytest.mark.parametrize("path", ["to", "payload.to", "data.payload.to"])
def test_a_path_may_start_at_the_payload(path: str) -> None:
    assert webhook("call.initiated", **{path: "+13125550100"}).payload["to"] == "+13125550100"


@pytest.mark.parametrize("path", ["from.phone_number", "payload.from.phone_number"])
def test_a_path_leads_to_a_nested_field(path: str) -> None:
    built = webhook("message.received", **{path: "+13125550100"})
    assert built.payload["from"]["phone_number"] == "+13125550100"
    assert built.payload["from"]["carrier"] == sample("message.received").payload["from"]["carrier"]


def test_an_override_makes_the_objects_around_it() -> None:
    assert "custom_headers" not in sample("call.initiated").payload
    built = webhook("call.initiated", **{"custom_headers[0].name": "X-Account"})
    assert built.payload["custom_headers"][0]["name"] == "X-Account"


def test_a_list_is_long_enough_for_the_last_index() -> None:
    built = webhook("message.received", type="MMS", **{"to[2].phone_number": "+13125550100"})
    numbers = [party["phone_number"] for party in built.payload["to"]]
    assert numbers == ["+13125550199", "+13125550199", "+13125550100"]


def test_a_whole_list_or_item_can_be_given() -> None:
    assert webhook("call.initiated", tags=["a", "b"]).payload["tags"] == ["a", "b"]
    party = {"phone_number": "+13125550100"}
    assert webhook("message.received", **{"to[0]": party}).payload["to"] == [party]


def test_the_envelope_can_be_overridden() -> None:
    built = webhook("call.initiated", **{"data.id": "event-1", "meta.attempt": 2})
    assert built.body["data"]["id"] == "event-1"
    assert built.body["meta"]["attempt"] == 2
    assert webhook("call.initiated", id="event-1").body["data"]["id"] == "event-1"


def test_a_name_in_both_payload_and_envelope_means_the_payload() -> None:
    built = webhook("message.received", id="message-1")
    assert built.payload["id"] == "message-1"
    assert built.body["data"]["id"] != "message-1"
    assert repr(webhook("message.received", **{"data.id": "e"})) == (
        "<Webhook message.received, data.id='e'>"
    )


def test_absent_leaves_an_optional_field_out_and_none_makes_it_null() -> None:
    assert "client_state" not in webhook("call.initiated", client_state=ABSENT).payload
    assert webhook("call.initiated", client_state=None).payload["client_state"] is None
    assert "meta" not in webhook("call.initiated", meta=ABSENT).body


def test_conditions_follow_the_overrides() -> None:
    outgoing = webhook("call.initiated", direction="outgoing").payload
    assert "caller_id_name" not in outgoing
    assert outgoing["state"] == "bridging"
    failed = webhook("texml.siprec", SiprecEvent="siprec-failed").payload
    assert failed["SiprecError"] == "SIPREC connection failed"


def test_conditions_inside_a_list_follow_the_overrides_of_the_same_item() -> None:
    said = webhook(
        "call.conversation.ended",
        **{"messages[1].role": "tool", "messages[1].tool_call_id": "call_1"},
    )
    assert said.payload["messages"][1]["tool_call_id"] == "call_1"
    assert refusal("call.conversation.ended", **{"messages[0].tool_call_id": "call_1"}).startswith(
        "call.conversation.ended: payload.messages[].tool_call_id is present only if role is tool."
    )


def test_a_path_leads_into_encoded_json() -> None:
    built = webhook("texml.ai-gather", **{"Base64MessageHistory[1].content": "Hi"})
    history = json.loads(base64.b64decode(built.payload["Base64MessageHistory"]))
    assert [message["content"] for message in history] == ["Hello", "Hi"]


def test_a_kind_that_depends_on_another_field_follows_it() -> None:
    assert isinstance(webhook("message.received").payload["to"], list)
    assert isinstance(webhook("message.received", type="WHATSAPP").payload["to"], str)


def test_an_event_that_allows_any_field_takes_any_field() -> None:
    assert webhook("texml.http-request", Digits="5").payload["Digits"] == "5"


def test_overrides_are_copied() -> None:
    tags, payload = ["a"], {"direction": "incoming"}
    built = webhook("call.initiated", tags=tags)
    broken = webhook("call.initiated", strict=False, payload=payload, to="+13125550100")
    assert built.payload["tags"] is not tags
    assert broken.payload == {"direction": "incoming", "to": "+13125550100"}
    assert payload == {"direction": "incoming"}


# Members that the event does not have, and impossible values.


def test_extra_adds_members_at_any_depth() -> None:
    built = webhook("call.initiated", extra={"brand_new": 1, "a.b": True, "data.beside": None})
    assert built.payload["brand_new"] == 1
    assert built.payload["a"] == {"b": True}
    assert built.body["data"]["beside"] is None


def test_without_strict_every_value_is_taken() -> None:
    built = webhook(
        "call.initiated", strict=False, direction=7, to=ABSENT, nonsense="x", event_type="brand.new"
    )
    assert built.payload["direction"] == 7
    assert "to" not in built.payload
    assert built.payload["nonsense"] == "x"
    assert built.body["data"]["event_type"] == "brand.new"


def test_without_strict_list_items_can_be_removed() -> None:
    assert webhook("message.received", strict=False, **{"to[0]": ABSENT}).payload["to"] == []


# What is refused, and in which words.

STRICT_HINT = " Pass strict=False to send the value anyway."


@pytest.mark.parametrize(
    ("overrides", "sentence"),
    [
        ({"direction": "x"}, "payload.direction must be one of 'incoming', 'outgoing', not 'x'"),
        ({"to": ABSENT}, "payload.to is missing: it is always there"),
        ({"to": None}, "payload.to must be a string (party), not None"),
        ({"event_type": "x"}, "event_type must be 'call.initiated', not 'x'"),
        (
            {"direction": "outgoing", "caller_id_name": "Jane Roe"},
            "payload.caller_id_name is present only if direction is incoming",
        ),
        ({"meta": ABSENT, "meta.attempt": 2}, "there is no place for meta.attempt"),
    ],
)
def test_a_webhook_that_telnyx_would_not_send_is_refused_in_one_sentence(
    overrides: dict[str, Any], sentence: str
) -> None:
    assert refusal("call.initiated", **overrides) == f"call.initiated: {sentence}.{STRICT_HINT}"


def test_an_item_of_a_list_that_must_be_empty_has_no_place() -> None:
    sentence = "there is no place for payload.errors[0].code"
    given = {"errors[0].code": "40300"}
    assert refusal("message.finalized", **given) == f"message.finalized: {sentence}.{STRICT_HINT}"
    failed = webhook("message.finalized", **given, **{"to[0].status": "sending_failed"})
    assert failed.payload["errors"][0]["code"] == "40300"


@pytest.mark.parametrize(
    ("path", "nearest"),
    [
        ("payload.dirction", "'payload.direction'"),
        ("payload.from.x", ""),
        ("payload.to[", ""),
        ("data.meta.attempt", "'meta.attempt'?"),
    ],
)
def test_an_unknown_field_is_refused_with_the_nearest(path: str, nearest: str) -> None:
    assert refusal("call.initiated", **{path: "a"}).startswith(
        f"There is no field {path!r} in call.initiated. Did you mean {nearest}"
    )


def test_the_refusal_of_an_unknown_event_suggests_the_nearest() -> None:
    assert refusal("call.initated").startswith(
        "There is no event 'call.initated'. Did you mean 'call.initiated'"
    )


def test_a_conditional_field_cannot_be_left_out_while_its_condition_holds() -> None:
    assert refusal("texml.siprec", SiprecEvent="siprec-failed", SiprecError=ABSENT) == (
        "texml.siprec: SiprecError is missing: it is there whenever SiprecEvent is "
        f"siprec-failed.{STRICT_HINT}"
    )


@pytest.mark.parametrize("path", ["", ".", "a[0]", "a[0].b", "to.x.y", "to[0]", "tags[0].x"])
def test_even_without_strict_a_path_must_be_possible(path: str) -> None:
    """The objects around it are made, but a text has no members, and an object has no indices."""
    event = "texml.siprec" if path in ("", ".") else "call.initiated"
    assert "has no place" in refusal(event, strict=False, **{path: 1})


@pytest.mark.parametrize(
    ("path", "size", "least"),
    [("payload.to[5]", "1 item", 6), ("to[1].status", "1 item", 2), ("media[0]", "0 items", 1)],
)
def test_a_value_beyond_the_end_of_a_list_is_refused(path: str, size: str, least: int) -> None:
    place = f"payload.{path.removeprefix('payload.')}"
    whole = place.partition("[")[0]
    with pytest.raises(UsageError) as caught:
        webhook("message.received").with_value(path, "x")
    assert str(caught.value) == (
        f"The list {whole!r} of this message.received has {size}, so there is no {place!r}. "
        f"Set {whole!r} to a list with at least {least}."
    )
    long_enough = webhook("message.received").with_value(whole, [{}] * least)
    assert long_enough.with_value(path, "x") != long_enough


def test_an_index_of_a_text_is_refused() -> None:
    expected = "call.initiated has no place 'payload.to[0]' for a value."
    assert refusal("call.initiated", **{"to[0]": "+1"}) == expected


# The repr.


def test_the_repr_shows_the_differences_from_the_sample() -> None:
    assert repr(webhook("call.initiated", to="+13125550100", client_state=ABSENT)) == (
        "<Webhook call.initiated, payload.client_state=ABSENT, payload.to='+13125550100'>"
    )


def test_the_repr_shows_the_effects_of_conditions() -> None:
    assert "payload.caller_id_name=ABSENT" in repr(webhook("call.initiated", direction="outgoing"))


def test_the_repr_shows_an_id_that_was_given_but_no_generated_one() -> None:
    assert repr(webhook("call.initiated", call_leg_id="leg-1")) == (
        "<Webhook call.initiated, payload.call_leg_id='leg-1'>"
    )


def test_an_equal_value_of_another_type_is_a_difference() -> None:
    shown = repr(webhook("call.initiated", strict=False, **{"meta.attempt": True}))
    assert shown == "<Webhook call.initiated, meta.attempt=True>"


def test_the_repr_shows_list_items_by_index() -> None:
    built = webhook("message.received", **{"to[0].phone_number": "+13125550100"})
    assert repr(built) == "<Webhook message.received, payload.to[0].phone_number='+13125550100'>"


# Ids and times.


def test_every_webhook_has_its_own_ids() -> None:
    first, second = webhook("call.initiated"), webhook("call.initiated")
    assert first.body["data"]["id"] != second.body["data"]["id"]
    assert first.payload["call_control_id"] != second.payload["call_control_id"]


def test_fresh_generates_new_ids_and_keeps_given_ones() -> None:
    built = webhook("call.initiated", call_session_id="session-1", to="+13125550100")
    again = built.fresh(NOW)
    assert again.payload["call_control_id"] != built.payload["call_control_id"]
    assert again.payload["call_session_id"] == "session-1"
    assert repr(again) == repr(built)


def test_two_fields_with_the_same_id_keep_having_the_same_id() -> None:
    built = webhook("texml.http-request").fresh(NOW)
    assert built.payload["CallSid"] == built.payload["CallSidLegacy"]
    assert built.payload["CallSid"] != sample("texml.http-request").payload["CallSid"]


def test_an_id_that_is_given_in_one_field_is_used_in_the_others() -> None:
    built = webhook("texml.http-request", CallSid="v3:mine")
    assert built.payload["CallSidLegacy"] == "v3:mine"
    both = webhook("texml.http-request", CallSid="v3:mine", CallSidLegacy="v2:other")
    assert (both.payload["CallSid"], both.payload["CallSidLegacy"]) == ("v3:mine", "v2:other")


def test_times_are_around_now_and_a_call_starts_before_it_ends() -> None:
    built = webhook("call.hangup").fresh(NOW)
    start, end = (
        dt.datetime.fromisoformat(built.payload[name]).timestamp()
        for name in ("start_time", "end_time")
    )
    occurred = dt.datetime.fromisoformat(built.body["data"]["occurred_at"]).timestamp()
    assert start < end <= occurred == NOW


def test_the_time_of_the_event_is_now_unless_given() -> None:
    before = dt.datetime.now(dt.UTC)
    occurred = dt.datetime.fromisoformat(webhook("call.initiated").body["data"]["occurred_at"])
    assert before <= occurred <= dt.datetime.now(dt.UTC)


def test_a_time_that_was_given_stays() -> None:
    given = "2020-02-29T12:00:00.000000Z"
    built = webhook("call.hangup", end_time=given).fresh(NOW)
    assert built.payload["end_time"] == given


def test_an_id_of_another_webhook_stays_as_it_is() -> None:
    first = webhook("call.initiated")
    call = first.payload["call_control_id"]
    assert webhook("call.answered", call_control_id=call).payload["call_control_id"] == call
