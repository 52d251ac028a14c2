"""Boundary values are recognised, and each-choice coverage has all of them."""

from __future__ import annotations

from typing import Any

import pytest

from telnyx_mock.catalogue.kind_vocabulary import (
    boolean,
    client_state,
    decimal,
    digits,
    identifier,
    integer,
    keys,
    map_of,
    number,
    one_of,
    party,
    sender,
    sip_status,
    text,
    timestamp,
    token,
    url,
)
from telnyx_mock.catalogue.registry import all_events
from telnyx_mock.generation.boundary_values import boundary_values
from telnyx_mock.generation.each_choice import each_choice
from telnyx_mock.generation.goals import coverage_goals, reached_goals
from telnyx_mock.payload.webhook import webhook
from telnyx_mock.schema.kind import Kind
from telnyx_mock.schema.placeholders import GeneratedTime

TIME = timestamp("2024-01-15T10:30:00.123+00:00", offset=-3.0)
WHOLE = timestamp("2024-01-15T10:30:00Z")


def test_each_choice_has_every_boundary_value_of_every_field() -> None:
    for event in all_events():
        rows = [row.fresh().body for row in each_choice(event)]
        reached = {goal for body in rows for goal in reached_goals(event, body)}
        wanted = {goal for goal in coverage_goals(event) if goal.what == "boundary"}
        assert wanted <= reached, event.name


def test_each_choice_has_times_in_whole_seconds() -> None:
    calls: list[Any] = [row.fresh().payload for row in each_choice("call.hangup")]
    for name in ("start_time", "end_time"):
        assert any("." not in call[name] for call in calls)
        assert any("." in call[name] for call in calls)


VALUES: list[tuple[Kind, dict[str, Any]]] = [
    # a kind, and values at each of its boundaries
    (text("Hi"), {"empty": [""], "outside ASCII": ["é", "👋"], "long": ["x" * 1600, "é" * 2000]}),
    (text("Hi", max_length=15), {"empty": [""], "outside ASCII": ["é"], "long": ["x" * 15]}),
    (party(), {"anonymous": ["anonymous", "Anonymous"], "a SIP address": ["a@example.com"]}),
    (sender(), {"a short code": ["12345"], "a name": ["ACME", "Acme 24"]}),
    (client_state(), {"empty": [""], "of bytes that are not text": ["gP8=", "/w=="]}),
    (keys("12"), {"empty": [""], "without a digit": ["#", "*#"]}),
    (sip_status("200"), {"unspecified": ["unspecified"]}),
    (decimal("0.5"), {"zero": ["0", "0.0", "-0"]}),
    (digits("5"), {"zero": ["0", "00"]}),
    (integer(5), {"zero": [0]}),
    (number(0.5), {"zero": [0, 0.0, -0.0]}),
    (TIME, {"in whole seconds": ["2024-01-15T10:30:00+00:00", "2024-01-15T10:30:00"]}),
    (WHOLE, {"with a fraction": ["2024-01-15T10:30:00.5Z"]}),
]


@pytest.mark.parametrize(("kind", "known"), VALUES)
def test_each_boundary_value_is_recognised(kind: Any, known: dict[str, Any]) -> None:
    assert [each.name for each in boundary_values(kind)] == list(known)
    for each in boundary_values(kind):
        assert not each.matches(kind.sample)
        for value in (*known[each.name], each.example):
            assert kind.problem(value) is None
            assert each.matches(value)


@pytest.mark.parametrize(
    "kind",
    [
        identifier("call", "v3:leg"),
        one_of("a", "b"),
        boolean(True),
        map_of(),
        integer(5, 1),
        url(),
        token("G722"),
        timestamp("2024-01-15"),
    ],
)
def test_a_kind_with_few_or_fixed_values_has_no_boundary_values(kind: Kind) -> None:
    assert boundary_values(kind) == ()


def test_a_time_in_another_style_keeps_its_zone_and_its_offset() -> None:
    [whole] = boundary_values(TIME)
    assert isinstance(whole.example, GeneratedTime)
    assert (whole.example.offset, whole.example.style.name) == (-3.0, "SECONDS_OFFSET")


def test_values_that_are_not_of_the_kind_reach_no_boundary() -> None:
    odd = {"client_state": 7, "start_time": "yesterday", "sip_hangup_cause": None}
    built = webhook("call.hangup", strict=False, **odd)
    reached = reached_goals(built.event, built.body)
    at_boundary = {goal.path for goal in reached if goal.what == "boundary"}
    assert not at_boundary & {f"data.payload.{name}" for name in odd}
