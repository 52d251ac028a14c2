"""A few hundred examples have the values that receivers fail at."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import Phase, given, seed, settings

from telnyx_mock.catalogue.kind_vocabulary import number
from telnyx_mock.catalogue.registry import all_events, select
from telnyx_mock.payload.webhook import Webhook
from telnyx_mock.schema.field_tree import FieldNode, descendants, field_tree
from telnyx_mock.schema.kinds import Choice
from telnyx_mock.strategies import webhooks
from telnyx_mock.strategies.mutation_plan import plan
from telnyx_mock.strategies.values import values


def drawn(*patterns: str, examples: int) -> list[Webhook]:
    """*examples* webhooks, the same shapes each time."""
    collected: list[Webhook] = []

    @seed(7)
    @settings(max_examples=examples, database=None, deadline=None, phases=[Phase.generate])
    @given(webhooks(*patterns))
    def collect(webhook: Webhook) -> None:
        collected.append(webhook)

    collect()
    return collected


@pytest.fixture(scope="module")
def calls() -> list[Webhook]:
    return drawn("call.initiated", examples=500)


@pytest.fixture(scope="module")
def messages() -> list[Webhook]:
    return drawn("message.received", examples=1200)


@pytest.mark.parametrize(
    "wanted",
    [
        pytest.param(lambda call: call.get("client_state", "") is None, id="null"),
        pytest.param(lambda call: bool(call.get("client_state")), id="present"),
        pytest.param(lambda call: "client_state" not in call, id="absent"),
        pytest.param(lambda call: call["from"] == "anonymous", id="anonymous"),
        pytest.param(lambda call: call["from"].startswith("sip:"), id="sip-address"),
        pytest.param(lambda call: call["to"].startswith("+44"), id="other-country"),
        pytest.param(lambda call: call["direction"] == "outgoing", id="outgoing"),
        pytest.param(lambda call: len(call.get("caller_id_name", "")) == 51, id="51-characters"),
        pytest.param(
            lambda call: len(call.get("caller_id_name", "")) == 1600, id="1600-characters"
        ),
        pytest.param(lambda call: call.get("caller_id_name") == "", id="empty-name"),
        pytest.param(lambda call: call.get("tags") == [], id="no-tags"),
        pytest.param(lambda call: len(call.get("sip_headers", [])) == 10, id="ten-headers"),
        pytest.param(lambda call: "." not in call.get("start_time", "."), id="no-fraction"),
        pytest.param(lambda call: call.get("shaken_stir_validated") is False, id="false"),
        pytest.param(
            lambda call: call["direction"] == "outgoing" and "client_state" not in call, id="pair"
        ),
    ],
)
def test_calls_have_every_mutation(wanted: Callable[[Any], bool], calls: list[Webhook]) -> None:
    assert any(wanted(call.payload) for call in calls)


@pytest.mark.parametrize(
    "wanted",
    [
        pytest.param(lambda message: "👋" in message.get("text", ""), id="emoji"),
        pytest.param(lambda message: "\u0301" in message.get("text", ""), id="combining"),
        pytest.param(lambda message: message["type"] == "RCS", id="rcs"),
        pytest.param(lambda message: message["received_at"].endswith("+00:00"), id="offset"),
        pytest.param(lambda message: message.get("webhook_failover_url") == "", id="empty-url"),
        pytest.param(lambda message: isinstance(message["to"], str), id="number-for-list"),
        pytest.param(lambda message: len(message.get("media", [])) == 3, id="three-files"),
        pytest.param(lambda message: len(message.get("media", [])) == 10, id="ten-files"),
        pytest.param(
            lambda message: len({file["url"] for file in message.get("media", [])}) > 1,
            id="unlike-files",
        ),
        pytest.param(lambda message: message["from"]["phone_number"] == "12345", id="short-code"),
        pytest.param(lambda message: message.get("parts") == 10, id="ten-parts"),
    ],
)
def test_messages_have_every_mutation(
    wanted: Callable[[Any], bool], messages: list[Webhook]
) -> None:
    assert any(wanted(message.payload) for message in messages)


def test_examples_have_few_mutations_or_many(calls: list[Webhook]) -> None:
    lengths = sorted(len(repr(call)) for call in calls)
    assert lengths[len(lengths) // 10] < 120
    assert lengths[-len(lengths) // 10] > 400


def test_every_event_of_a_pattern_is_drawn() -> None:
    names = {webhook.name for webhook in drawn("call.*", examples=600)}
    assert names == {event.name for event in select(["call.*"])}


def test_every_optional_and_nullable_field_has_a_byte_and_no_two_share_one() -> None:
    for event in all_events():
        decisions = plan(event).decisions
        assert len(set(decisions)) == len(decisions)
        for node in descendants(field_tree(event)):
            is_asked = node.field.optional and not node.field.in_captures
            assert (node in decisions) == (is_asked or node.field.nullable)


def test_every_choice_has_a_byte() -> None:
    def is_open(node: FieldNode) -> bool:
        kind = node.kind
        return isinstance(kind, Choice) and len(kind.values) > 1 and not kind.is_of_app

    for event in all_events():
        decisions = plan(event).decisions
        assert all(
            node.path in decisions for node in descendants(field_tree(event)) if is_open(node)
        )


def test_a_number_may_be_whole_with_and_without_a_fraction() -> None:
    """``1.0`` and ``1`` are the same number, and differ once they are written anew."""
    assert {"1", "1.0"} <= {json.dumps(value) for value in values(number(0.5))}
