"""What can be asked of the strategies beyond what they draw by themselves."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, find, given, settings

from telnyx_mock.catalogue.registry import all_events
from telnyx_mock.catalogue.registry import find as find_event
from telnyx_mock.errors import UsageError
from telnyx_mock.generation.goals import reached_goals
from telnyx_mock.payload.layouts import encode
from telnyx_mock.payload.webhook import Webhook
from telnyx_mock.schema.field_tree import descendants, field_tree
from telnyx_mock.schema.kinds import Choice, Null
from telnyx_mock.schema.validate import problems
from telnyx_mock.strategies import drafts, fields, webhooks

EVERY_EVENT = [event.name for event in all_events()]
SOME = settings(max_examples=15, deadline=None, database=None)
MANY = settings(max_examples=200, deadline=None, database=None)


def standing(webhook: Webhook, what: str, *, optional: bool) -> set[str]:
    """The paths of the fields of *webhook* that are present, absent or null."""
    asked = {
        node.path
        for node in descendants(field_tree(webhook.event))
        if node.field.optional is optional and not isinstance(node.kind, Null)
    }
    coverage_goals = reached_goals(webhook.event, webhook.body)
    return {turn.path for turn in coverage_goals if turn.what == what} & asked


@pytest.mark.parametrize("name", EVERY_EVENT)
def test_all_has_every_field_whose_condition_holds(name: str) -> None:
    @SOME
    @given(webhooks(name, presence="all"))
    def check(webhook: Webhook) -> None:
        unconditional = {
            node.path for node in descendants(field_tree(webhook.event)) if node.field.when is None
        }
        assert not standing(webhook, "absent", optional=True) & unconditional
        assert not list(problems(webhook.event, webhook.body))

    check()


@pytest.mark.parametrize("name", EVERY_EVENT)
def test_minimal_has_no_field_that_may_be_missing(name: str) -> None:
    @SOME
    @given(webhooks(name, presence="minimal"))
    def check(webhook: Webhook) -> None:
        present = standing(webhook, "present", optional=True)
        required = {
            node.path for node in descendants(field_tree(webhook.event)) if not node.field.optional
        }
        assert present <= required  # the path is a field of two objects
        assert not list(problems(webhook.event, webhook.body))

    check()


@MANY
@given(webhooks("call.hangup", "message.received", "texml.call.completed", nulls=False))
def test_without_nulls_nothing_is_null_that_need_not_be(webhook: Webhook) -> None:
    for node in descendants(field_tree(webhook.event)):
        if not isinstance(node.kind, Null) and node.field.nullable:
            assert node.path not in {
                turn.path
                for turn in reached_goals(webhook.event, webhook.body)
                if turn.what == "null"
            }
    assert not list(problems(webhook.event, webhook.body))


def test_what_is_avoided_stays_as_in_the_sample_whatever_the_presence() -> None:
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
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
    )
    @given(webhooks("message.received", long_values=True))
    def check(webhook: Webhook) -> None:
        nonlocal longest
        longest = max(longest, len(encode(webhook.event, webhook.body)))
        assert not list(problems(webhook.event, webhook.body))

    check()
    assert longest > 200_000


def test_a_hundred_long_tags_are_drawn_and_shrink_to_themselves() -> None:
    found = find(
        webhooks("message.received", long_values=True),
        lambda webhook: len(webhook.payload.get("tags", [])) == 100,
        settings=settings(database=None),
    )
    assert set(dict(found.differences())) == {"payload.tags"}


def test_a_long_message_shrinks_to_itself() -> None:
    found = find(
        webhooks("message.received", long_values=True),
        lambda webhook: len(webhook.payload.get("text", "")) > 1000,
        settings=settings(database=None),
    )
    assert set(dict(found.differences())) == {"payload.text"}
    assert len(found.payload["text"]) == 1600


@pytest.mark.parametrize("name", ["call.initiated", "call.hangup", "fax.failed"])
def test_new_values_are_those_of_enums_and_marked_where_the_enum_is_closed(name: str) -> None:
    event = find_event(name)
    enums = {node.path for node in descendants(field_tree(event)) if isinstance(node.kind, Choice)}
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
def test_an_unknown_event_says_so_and_is_otherwise_as_its_like(name: str, path: str) -> None:
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


def test_requests_take_the_same_wishes() -> None:
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


def test_an_unknown_presence_is_refused() -> None:
    with pytest.raises(UsageError, match="minimal"):
        webhooks("call.initiated", presence="some")  # type: ignore[arg-type]


def test_a_strategy_is_printed_with_what_was_wished() -> None:
    strategy = webhooks("call.initiated", presence="all", nulls=False)
    assert repr(strategy) == (
        "_webhooks(patterns=('call.initiated',), options=Options(presence='all', nulls=False))"
    )
