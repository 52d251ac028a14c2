"""The sweep of an event leaves out no turn that the declaration has. Counted here by other means."""

from __future__ import annotations

import base64
import json
import re
from collections import Counter
from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest

from telnyx_mock.catalogue.declare import event, field, has, has_no, is_, is_not, optional
from telnyx_mock.catalogue.registry import all_events, find
from telnyx_mock.catalogue.vocabulary import (
    boolean,
    cases,
    either,
    list_of,
    null,
    number,
    one_of,
    struct,
    text,
)
from telnyx_mock.errors import UsageError
from telnyx_mock.generation.each_choice import each_choice
from telnyx_mock.generation.goals import CoverageGoal, coverage_goals, reached_goals
from telnyx_mock.payload.webhook import ABSENT, decisions, departing, differences
from telnyx_mock.schema.event import Event
from telnyx_mock.schema.kind import Kind
from telnyx_mock.schema.kinds import (
    Base64Json,
    Boolean,
    Cases,
    Choice,
    Either,
    JsonText,
    ListOf,
    Null,
    Object,
)
from telnyx_mock.schema.validate import problems

EVERY_EVENT = [event.name for event in all_events()]

NEVER = {
    (f"message.{what}", "data.payload.media", "otherwise")
    for what in ("received", "sent", "finalized")
}
"""Declared, yet ruled out by a condition: only an SMS and an MMS have the field at all."""


def values(kind: Kind, value: Any) -> Any:
    """*value*, taken out of the text that it is encoded in."""
    if isinstance(kind, JsonText):
        return json.loads(value)
    return json.loads(base64.b64decode(value)) if isinstance(kind, Base64Json) else value


def member(holder: Any, name: str) -> Any:
    """The member of *holder* that *name*, which may quote another, declares."""
    if not isinstance(holder, dict):
        return ABSENT
    pattern = re.compile(re.sub(r"\\\{.*\\\}", ".+", re.escape(name)))
    return next((holder[key] for key in holder if pattern.fullmatch(key)), ABSENT)


def missed(kind: Kind, path: str, seen: list[tuple[Any, Any, Any]]) -> Iterator[tuple[str, Any]]:
    """What *kind*, declared at *path*, allows and none of *seen* is: paths and what is missing.

    *seen* are values, each with the object it stands in and the payload around it.
    """
    match kind:
        case Object():
            holders = [(value, payload) for value, _, payload in seen if isinstance(value, dict)]
            for inner in kind.fields:
                inside = f"{path}.{inner.name}".lstrip(".")
                found = [
                    (member(holder, inner.name), holder, payload) for holder, payload in holders
                ]
                if inner.optional or inner.when:
                    if all(value is not ABSENT for value, _, _ in found):
                        yield inside, "absent"
                    unset = (ABSENT, None) if inner.nullable and inner.kind != Null() else (ABSENT,)
                    if all(value in unset for value, _, _ in found):
                        yield inside, "present"
                if inner.nullable and all(value is not None for value, _, _ in found):
                    yield inside, "null"
                there = [each for each in found if each[0] is not ABSENT]
                yield from missed(inner.kind, inside, there)
        case ListOf():
            lists = [each for each in seen if isinstance(each[0], list)]
            if not kind.min_items and all(value for value, _, _ in lists):
                yield path, "empty"
            if (kind.max_items is None or kind.max_items > 1) and all(
                len(value) < 2 for value, _, _ in lists
            ):
                yield path, "several"
            items = [(item, holder, payload) for value, holder, payload in lists for item in value]
            yield from missed(kind.item, f"{path}[]", items)
        case Either():
            fitting = [
                (inner, [each for each in seen if inner.problem(each[0]) is None])
                for inner in kind.kinds
            ]
            yield from ((path, inner) for inner, them in fitting if not them)
            yield from missed_in_all(fitting, path)
        case Cases():
            asked = [(kind.kinds.get(said(kind.path, each), kind.otherwise), each) for each in seen]
            fitting = [
                (
                    inner,
                    [
                        each
                        for chosen, each in asked
                        if chosen is inner and inner.problem(each[0]) is None
                    ],
                )
                for inner in (*kind.kinds.values(), kind.otherwise)
            ]
            names = [*kind.kinds, "otherwise"]
            yield from (
                (path, name) for name, (_, them) in zip(names, fitting, strict=True) if not them
            )
            yield from missed_in_all(fitting, path)
        case JsonText() | Base64Json():
            inside = [
                (values(kind, value), holder, payload)
                for value, holder, payload in seen
                if value is not None
            ]
            yield from missed(kind.content, path, inside)
        case Choice() | Boolean():
            known = kind.values if isinstance(kind, Choice) else (True, False)
            for value in known:
                if all(value != used for used, _, _ in seen):
                    yield path, value
        case _:
            return


def missed_in_all(
    alternatives: list[tuple[Kind, list[tuple[Any, Any, Any]]]], path: str
) -> Iterator[tuple[str, Any]]:
    """What is missed in each of the *alternatives* that have it."""
    declared = [set(missed(kind, path, [])) for kind, _ in alternatives]
    found = [set(missed(kind, path, seen)) for kind, seen in alternatives]
    for each in set[tuple[str, Any]]().union(*found):
        if all(
            each in here or each not in known for here, known in zip(found, declared, strict=True)
        ):
            yield each


def said(path: str, each: tuple[Any, Any, Any]) -> Any:
    """What a value's surroundings say at *path*, written as in a condition."""
    found = each[1] if path.startswith(".") else each[2]
    for name in path.lstrip(".").split("."):
        found = member(found, name)
    return found


def payload_of(swept: Event, body: Any) -> Any:
    for name in swept.root:
        body = body[name]
    return body


@pytest.mark.parametrize("name", EVERY_EVENT)
def test_the_sweep_of_an_event_is_complete(name: str) -> None:
    swept = find(name)
    bodies = [(row.body, {}, payload_of(swept, row.body)) for row in each_choice(name)]
    found = {(name, path, what) for path, what in missed(swept.body, "", bodies)}
    assert found == {never for never in NEVER if never[0] == name}


@pytest.mark.parametrize("name", EVERY_EVENT)
def test_the_sweep_of_an_event_is_what_telnyx_could_send(name: str) -> None:
    for row in each_choice(name):
        assert not list(problems(row.event, row.body))


@pytest.mark.parametrize("name", EVERY_EVENT)
def test_no_webhook_of_a_sweep_could_be_left_out(name: str) -> None:
    rows = [set(reached_goals(row.event, row.body)) for row in each_choice(name)]
    for index, row in enumerate(rows):
        others = set[CoverageGoal]().union(*rows[:index], *rows[index + 1 :])
        assert row - others or len(rows) == 1


@cache
def sizes() -> list[int]:
    return [len(each_choice(name)) for name in EVERY_EVENT]


def test_sweeps_are_small() -> None:
    """Hardly more than the field with the most turns of each event asks for."""
    most = [max([1, *_turns_at(find(name)).values()]) for name in EVERY_EVENT]
    assert sum(sizes()) <= 1.4 * sum(most)
    assert max(sizes()) <= 30


def _turns_at(swept: Event) -> Counter[str]:
    """How many turns, of which no value takes two, a field has, by path."""
    return Counter(turn.path for turn in coverage_goals(swept) if turn.what != "present")


@pytest.mark.parametrize("name", EVERY_EVENT)
def test_a_webhook_of_a_sweep_can_be_made_again_from_its_decisions(name: str) -> None:
    """So that fields of it can be put back to the sample one at a time."""
    for row in each_choice(name):
        again = departing(row.event, decisions(row))
        assert dict(differences(again)) == dict(differences(row))


def test_a_sweep_is_the_same_each_time_and_no_one_elses() -> None:
    first, second = each_choice("call.initiated"), each_choice("callInitiated")
    assert first == second
    first[0].body["data"].clear()
    assert each_choice("call.initiated") == second


def test_the_turns_of_messages_are_all_seen() -> None:
    rows = each_choice("message.received")
    assert {row.payload["type"] for row in rows} == {"SMS", "MMS", "RCS", "WHATSAPP"}
    assert any(len(row.payload.get("cc") or []) > 1 for row in rows)
    assert {row.payload["direction"] for row in each_choice("call.initiated")} == {
        "incoming",
        "outgoing",
    }


def spans(name: str, start: str, end: str) -> set[bool]:
    """Whether *start* is *end*, in each webhook of a sweep as it is sent."""
    payloads = [row.fresh(1_700_000_000.0).payload for row in each_choice(name)]
    return {
        payload[start] == payload[end]
        for payload in payloads
        if start in payload and end in payload
    }


@pytest.mark.parametrize(
    ("name", "start", "end"),
    [
        ("call.hangup", "start_time", "end_time"),
        ("call.recording.saved", "start_time", "end_time"),
        ("texml.call.completed", "AnsweredTime", "EndTime"),
        ("message.finalized", "sent_at", "completed_at"),
    ],
)
def test_what_usually_takes_a_while_takes_no_time_in_one_webhook(
    name: str, start: str, end: str
) -> None:
    assert spans(name, start, end) == {True, False}


def test_no_time_of_a_sweep_comes_after_one_that_it_comes_before() -> None:
    """A call is not answered before it begins."""
    for row in each_choice("texml.call.completed"):
        payload = row.fresh().payload
        assert payload.get("StartTime", "") <= payload.get("AnsweredTime", "~")


def test_an_unknown_event_is_refused() -> None:
    with pytest.raises(UsageError, match=r"call\.initiated"):
        each_choice("call.initated")


INTRICATE = event(
    "call.intricate",
    "voice",
    field("kind", one_of("a", "b", "c")),
    field("only_a", struct(optional("state", one_of("x", "y"))), when=is_("kind", "a")),
    field("deep", boolean(True), when=is_("only_a.state", "y")),
    field("deeper", text("t"), when=has("deep")),
    optional("instead", text("t"), nullable=True, when=has_no("only_a")),
    field("not_c", number(1.5), when=is_not("kind", "c")),
    optional(
        "items",
        list_of(
            struct(
                field("type", one_of("p", "q")), field("when_q", text("t"), when=is_(".type", "q"))
            )
        ),
    ),
    field(
        "varied",
        cases(
            "kind",
            {"a": text("t"), "b": null()},
            otherwise=either(number(1), list_of(one_of("m", "n"))),
        ),
    ),
)


def test_conditions_upon_conditions_are_met() -> None:
    seen = {turn for row in each_choice(INTRICATE) for turn in reached_goals(INTRICATE, row.body)}
    assert seen == set(coverage_goals(INTRICATE))
    bodies = [(row.body, {}, row.payload) for row in each_choice(INTRICATE)]
    assert not list(missed(INTRICATE.body, "", bodies))
    assert not [
        problem for row in each_choice(INTRICATE) for problem in problems(INTRICATE, row.body)
    ]
