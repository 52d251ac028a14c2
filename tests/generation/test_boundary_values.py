"""Whatever has no end of values comes in each of its forms in the sweep, and forms are told apart."""

from __future__ import annotations

from typing import Any

import pytest

from telnyx_mock.catalogue.registry import all_events
from telnyx_mock.catalogue.vocabulary import (
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
from telnyx_mock.generation.boundary_values import boundary_values, boundary_values_of
from telnyx_mock.generation.each_choice import each_choice
from telnyx_mock.generation.goals import coverage_goals, reached_goals
from telnyx_mock.payload.webhook import webhook
from telnyx_mock.schema.event import Event
from telnyx_mock.schema.kind import Kind
from telnyx_mock.schema.placeholders import GeneratedTime

EVENTS = list(all_events())

TIME = timestamp("2024-01-15T10:30:00.123+00:00", offset=-3.0)
WHOLE = timestamp("2024-01-15T10:30:00Z")


@pytest.mark.parametrize("event", EVENTS, ids=lambda event: event.name)
def test_the_sweep_has_every_form_of_every_field(event: Event) -> None:
    seen = {turn for row in each_choice(event) for turn in reached_goals(event, row.fresh().body)}
    assert {turn for turn in coverage_goals(event) if turn.what == "form"} <= seen


def test_a_client_state_that_is_no_text_and_a_time_in_whole_seconds_are_swept() -> None:
    calls: list[Any] = [row.fresh().payload for row in each_choice("call.hangup")]
    assert any(call.get("client_state") == "gP8=" for call in calls)
    for name in ("start_time", "end_time"):
        assert any("." not in call[name] for call in calls)
        assert any("." in call[name] for call in calls)


FORMS: list[tuple[Kind, dict[str, Any]]] = [
    # a kind, and of each of its forms values that have it
    (text("Hi"), {"empty": [""], "outside ASCII": ["é", "👋"], "long": ["x" * 1600, "é" * 2000]}),
    (text("Hi", max_length=15), {"empty": [""], "outside ASCII": ["é"], "long": ["x" * 15]}),
    (party(), {"anonymous": ["anonymous", "Anonymous"], "a SIP address": ["a@example.com"]}),
    (sender(), {"a short code": ["12345"], "a name": ["ACME", "Acme 24"]}),
    (client_state(), {"empty": [""], "of bytes that are no text": ["gP8=", "/w=="]}),
    (keys("12"), {"empty": [""], "without a digit": ["#", "*#", ""]}),
    (sip_status("200"), {"unspecified": ["unspecified"]}),
    (decimal("0.5"), {"zero": ["0", "0.0", "-0"]}),
    (digits("5"), {"zero": ["0", "00"]}),
    (integer(5), {"zero": [0]}),
    (number(0.5), {"zero": [0, 0.0, -0.0]}),
    (TIME, {"in whole seconds": ["2024-01-15T10:30:00+00:00", "2024-01-15T10:30:00"]}),
    (WHOLE, {"with a fraction": ["2024-01-15T10:30:00.5Z"]}),
]


@pytest.mark.parametrize(("kind", "known"), FORMS)
def test_each_form_is_known_by_its_values(kind: Kind, known: dict[str, Any]) -> None:
    assert set(boundary_values(kind)) == set(known)
    for name, values in known.items():
        for value in (*values, boundary_values(kind)[name]):
            assert kind.problem(value) is None
            assert name in boundary_values_of(kind, value)


@pytest.mark.parametrize("kind", [kind for kind, _ in FORMS])
def test_what_is_as_usual_has_no_form(kind: Any) -> None:
    assert list(boundary_values_of(kind, kind.sample)) == []


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
def test_what_is_fixed_or_cannot_be_so_has_no_forms(kind: Kind) -> None:
    assert boundary_values(kind) == {}


def test_a_time_in_another_form_keeps_its_zone_and_its_distance() -> None:
    written = boundary_values(TIME)["in whole seconds"]
    assert isinstance(written, GeneratedTime)
    assert (written.offset, written.style.name) == (-3.0, "SECONDS_OFFSET")


def test_values_that_are_not_of_the_kind_take_no_form() -> None:
    odd = {"client_state": 7, "start_time": "yesterday", "sip_hangup_cause": None}
    built = webhook("call.hangup", strict=False, **odd)
    forms_at = {turn.path for turn in reached_goals(built.event, built.body) if turn.what == "form"}
    assert not forms_at & {f"data.payload.{name}" for name in odd}
