"""Each option of the strategies does what it says."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest
from hypothesis import HealthCheck, find, given, settings

from telnyx_mock.catalogue.registry import all_events
from telnyx_mock.catalogue.registry import find as find_event
from telnyx_mock.errors import UsageError
from telnyx_mock.generation.goals import reached_goals
from telnyx_mock.payload.layouts import encode
from telnyx_mock.payload.webhook import Webhook
from telnyx_mock.schema.field_tree import FieldNode, descendants, field_tree
from telnyx_mock.schema.kind import kinds_within
from telnyx_mock.schema.kinds import Choice, Null
from telnyx_mock.schema.validate import problems
from telnyx_mock.strategies import Options, drafts, fields, webhooks
from telnyx_mock.strategies.strategy_options import CheckedOptions

SOME = settings(max_examples=15, deadline=None, database=None)
MANY = settings(max_examples=200, deadline=None, database=None)


def reaching(what: str, webhook: Webhook) -> set[str]:
    """The paths of the fields of *webhook* that are present, absent or null."""
    goals = reached_goals(webhook.event, webhook.body)
    return {goal.path for goal in goals if goal.what == what}


def nodes(webhook: Webhook) -> list[FieldNode]:
    """The nodes of the fields that can have a value other than null."""
    every = descendants(field_tree(webhook.event))
    return [node for node in every if not isinstance(node.kind, Null)]


def test_with_all_every_field_is_there_whose_condition_holds(names: list[str]) -> None:
    @settings(SOME, max_examples=15 if len(names) == 1 else 300)
    @given(webhooks(*names, presence="all"))
    def check(webhook: Webhook) -> None:
        absent = reaching("absent", webhook)
        assert not [
            node.path
            for node in nodes(webhook)
            if node.field.optional and node.field.when is None and node.path in absent
        ]
        assert not list(problems(webhook.event, webhook.body))

    check()


def test_with_minimal_no_optional_field_is_there(names: list[str]) -> None:
    @settings(SOME, max_examples=15 if len(names) == 1 else 300)
    @given(webhooks(*names, presence="minimal"))
    def check(webhook: Webhook) -> None:
        optional = {node.path for node in nodes(webhook) if node.field.optional}
        # A path can belong to a field of two objects, optional in one alone.
        every = descendants(field_tree(webhook.event))
        required = {node.path for node in every if not node.field.optional}
        assert reaching("present", webhook) & optional <= required
        assert not list(problems(webhook.event, webhook.body))

    check()


@MANY
@given(webhooks("call.hangup", "message.received", "texml.call.completed", nulls=False))
def test_without_nulls_only_fields_that_are_always_null_are_null(webhook: Webhook) -> None:
    null = reaching("null", webhook)
    may_be_null = [node for node in nodes(webhook) if node.path in null]
    always_null = [
        node for node in may_be_null if any(kind == Null() for _, kind in kinds_within(node.kind))
    ]
    assert may_be_null == always_null
    assert not list(problems(webhook.event, webhook.body))


def test_a_field_to_avoid_stays_as_in_the_sample_whatever_the_presence() -> None:
    @MANY
    @given(webhooks("call.initiated", presence="minimal", avoid=["payload.client_state"]))
    def check(webhook: Webhook) -> None:
        assert "payload.client_state" not in dict(webhook.differences())

    check()


def test_long_values_make_long_bodies_that_are_valid() -> None:
    longest = 0

    @settings(
        max_examples=300,
        deadline=None,
        database=None,
        derandomize=True,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
    )
    @given(webhooks("message.received", long_values=True))
    def check(webhook: Webhook) -> None:
        nonlocal longest
        longest = max(longest, len(encode(webhook.event, webhook.body)))
        assert not list(problems(webhook.event, webhook.body))

    check()
    assert longest > 20_000


@pytest.mark.slow
def test_a_list_of_a_hundred_items_is_drawn_and_shrinks_to_itself() -> None:
    found = find(
        webhooks("call.cost", long_values=True),
        lambda webhook: len(webhook.payload["cost_parts"]) == 100,
        settings=settings(database=None),
    )
    assert set(dict(found.differences())) == {"payload.cost_parts"}


@pytest.mark.slow
def test_a_long_message_shrinks_to_itself() -> None:
    found = find(
        webhooks("message.received", long_values=True),
        lambda webhook: len(webhook.payload.get("text", "")) > 1000,
        settings=settings(database=None),
    )
    assert set(dict(found.differences())) == {"payload.text"}
    assert len(found.payload["text"]) == 1600


@pytest.mark.parametrize("name", ["call.initiated", "call.hangup", "fax.failed"])
def test_new_values_belong_to_enumerations_and_are_a_problem_of_closed_ones(name: str) -> None:
    event = find_event(name)
    enums = {
        path
        for node in descendants(field_tree(event))
        for path, kind in kinds_within(node.kind, node.path)
        if isinstance(kind, Choice)
    }
    seen: set[str] = set()

    @MANY
    @given(webhooks(name, new_values=True))
    def check(webhook: Webhook) -> None:
        changed = {
            f"data.{path}" for path, value in webhook.differences() if value == "announced_tomorrow"
        }
        seen.update(changed)
        for problem in problems(event, webhook.body):
            assert problem.path in enums
            assert "announced_tomorrow" in problem.words

    check()
    assert seen
    assert "data.event_type" not in seen


@pytest.mark.parametrize(
    ("name", "path"),
    [
        ("call.initiated", "event_type"),
        ("conference.floor.changed", "event_type"),
        ("transcript.completed", "event"),
        ("email.queued", "event_type"),
    ],
)
def test_an_unknown_event_has_an_unknown_name_and_is_otherwise_valid(name: str, path: str) -> None:
    @MANY
    @given(webhooks(name, unknown_events=True))
    def check(webhook: Webhook) -> None:
        named = str(dict(webhook.differences()).get(path, name))
        known = {event.name for event in all_events()}
        assert named == name or (named not in known and named.partition(".")[0] in name)
        found = list(problems(webhook.event, webhook.body))
        assert len(found) == (named != name)

    check()
    found = find(
        webhooks(name, unknown_events=True), lambda webhook: path in dict(webhook.differences())
    )
    assert dict(found.differences()) == {path: f"{name.partition('.')[0]}.announced_tomorrow"}


def test_events_without_a_name_are_not_renamed() -> None:
    @SOME
    @given(webhooks("replacedLinkClick", "texml.call.completed", unknown_events=True))
    def check(webhook: Webhook) -> None:
        assert not list(problems(webhook.event, webhook.body))

    check()


def test_drafts_take_the_same_options() -> None:
    @SOME
    @given(drafts("call.initiated", presence="minimal"))
    def check(draft: Any) -> None:
        assert "client_state" not in draft.webhook.payload

    check()


@MANY
@given(fields("call.initiated", presence="all", nulls=False))
def test_fields_are_the_payload_alone(payload: dict[str, Any]) -> None:
    assert payload["direction"] in ("incoming", "outgoing")
    assert payload["client_state"] is not None
    assert "data" not in payload


def test_an_unknown_presence_or_option_is_refused() -> None:
    with pytest.raises(UsageError, match="minimal"):
        webhooks("call.initiated", presence="some")  # type: ignore[arg-type]
    with pytest.raises(UsageError, match="Did you mean 'presence'"):
        webhooks("call.initiated", presense="all")  # type: ignore[call-arg]


def test_the_checked_options_are_those_that_a_caller_can_give() -> None:
    assert [field.name for field in dataclasses.fields(CheckedOptions)] == [
        *Options.__annotations__
    ]


def test_a_strategy_is_printed_with_its_options() -> None:
    strategy = webhooks("call.initiated", presence="all", nulls=False)
    assert repr(strategy) == (
        "_webhooks(patterns=('call.initiated',), options=Options(presence='all', nulls=False))"
    )
