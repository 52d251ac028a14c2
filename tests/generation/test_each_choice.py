"""Each-choice coverage reaches everything that an event declares; counted here by other means."""

from __future__ import annotations

import base64
import json
import re
from collections import Counter
from collections.abc import Iterator
from fnmatch import fnmatchcase
from typing import Any

import pytest

from telnyx_mock.catalogue.declare import Family, field, has, has_no, is_, is_not, optional
from telnyx_mock.catalogue.kind_vocabulary import (
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
from telnyx_mock.catalogue.registry import all_events, find
from telnyx_mock.errors import UsageError
from telnyx_mock.generation.each_choice import each_choice
from telnyx_mock.generation.goals import coverage_goals, reached_goals
from telnyx_mock.payload.webhook import sample
from telnyx_mock.schema.event import Event
from telnyx_mock.schema.json_values import ABSENT
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

NEVER = {
    (f"message.{what}", "data.payload.media", "otherwise")
    for what in ("received", "sent", "finalized")
}
"""Declared, but impossible by a condition: only SMS and MMS have the field at all."""

UNASKED = (
    "call.payment.* data.payload.bank_*",
    "texml.pay.* Bank*",
    "* *bank-*",
    "* ach-debit",
    "*.recording.saved data.payload.*recording_urls*",
    "verify.* data.payload.extension*",
)
"""What only an app that asked for bank debits, MP3 files or codes by telephone gets, as globs over ``event path what``."""


def values(kind: Kind, value: Any) -> Any:
    """*value*, taken out of the text that it is encoded in."""
    if isinstance(kind, Base64Json):
        return json.loads(base64.b64decode(value))
    return json.loads(value) if isinstance(kind, JsonText) else value


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
                    if not inner.in_captures and all(value is not ABSENT for value, _, _ in found):
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
            may_have_several = not kind.is_of_app and (kind.max_items is None or kind.max_items > 1)
            if may_have_several and all(len(value) < 2 for value, _, _ in lists):
                yield path, "several"
            items = [(item, holder, payload) for value, holder, payload in lists for item in value]
            if kind.max_items != 0:
                yield from missed(kind.item, f"{path}[]", items)
        case Either():
            fitting = [
                (inner, [each for each in seen if inner.problem(each[0]) is None])
                for inner in kind.kinds
            ]
            yield from (
                (path, str(inner)) for inner, them in fitting if not them and not inner.is_of_app
            )
            yield from missed_in_all(fitting, path)
        case Cases():
            asked = [(called_for(kind, said(kind.path, each)), each) for each in seen]
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
            if kind.has_unlike_values:
                yield from (
                    (path, name) for name, (_, them) in zip(names, fitting, strict=True) if not them
                )
            yield from missed_in_all(fitting, path)
        case JsonText():
            inside = [
                (values(kind, value), holder, payload)
                for value, holder, payload in seen
                if value is not None
            ]
            yield from missed(kind.content, path, inside)
        case Choice() | Boolean() if not kind.is_of_app:
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


def said(path: str, each: tuple[Any, Any, Any]) -> list[Any]:
    """What a value's surroundings say at *path*, written as in a condition: one value, or several."""
    found = [each[1] if path.startswith(".") else each[2]]
    for name in path.lstrip(".").split("."):
        found = [member(holder, name.removesuffix("[]")) for holder in found]
        if name.endswith("[]"):
            found = [item for items in found if isinstance(items, list) for item in items]
    return found


def called_for(kind: Cases, values: list[Any]) -> Kind:
    """The kind for the first case that fits one of *values*."""
    return next((kind.kinds[value] for value in kind.kinds if value in values), kind.otherwise)


def test_the_webhooks_of_every_event_show_everything_that_it_declares() -> None:
    found = set()
    for each in all_events():
        rows = each_choice(each)
        bodies = [(row.body, {}, each.payload_in(row.body)) for row in rows]
        found |= {(each.name, path, what) for path, what in missed(each.body, "", bodies)}
    unasked = {each for each in found if any(fnmatchcase(" ".join(each), glob) for glob in UNASKED)}
    assert found - unasked == NEVER


def test_telnyx_could_send_every_webhook() -> None:
    wrong = [
        (row.name, problem)
        for each in all_events()
        for row in each_choice(each)
        for problem in problems(each, row.body)
    ]
    assert wrong == []


def test_no_webhook_is_superfluous() -> None:
    for each in all_events():
        reached = [set(reached_goals(each, row.body)) for row in each_choice(each)]
        times = Counter(goal for goals in reached for goal in goals)
        for goals in reached:
            assert len(reached) == 1 or any(times[goal] == 1 for goal in goals), each.name


def test_the_webhooks_are_few() -> None:
    """Little more than the field with the most goals of each event needs."""
    sizes = [len(each_choice(each)) for each in all_events()]
    needed = [max([1, *_goals_at(each).values()]) for each in all_events()]
    assert sum(sizes) <= 1175
    assert sum(sizes) <= 1.4 * sum(needed)
    assert max(sizes) <= 34


def _goals_at(event: Event) -> Counter[str]:
    """By path, the number of goals of a field that need a webhook each."""
    return Counter(goal.path for goal in coverage_goals(event) if goal.what != "present")


def test_a_webhook_can_be_made_again_from_its_decisions() -> None:
    """So that its fields can be put back to the sample one at a time."""
    for each in all_events():
        for row in each_choice(each):
            again = sample(each.name, strict=False, **row.decisions())
            assert dict(again.differences()) == dict(row.differences()), each.name


def test_the_webhooks_are_the_same_each_time_and_belong_to_the_caller() -> None:
    first, second = each_choice("call.initiated"), each_choice("callInitiated")
    assert first == second
    first[0].body["data"].clear()
    assert each_choice("call.initiated") == second


def test_every_type_of_message_and_both_directions_of_a_call_occur() -> None:
    rows = each_choice("message.received")
    assert {row.payload["type"] for row in rows} == {"SMS", "MMS", "RCS", "WHATSAPP"}
    assert any(len(row.payload.get("cc") or []) > 1 for row in rows)
    assert {row.payload["direction"] for row in each_choice("call.initiated")} == {
        "incoming",
        "outgoing",
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
def test_two_times_are_the_same_in_some_webhooks_and_not_in_others(
    name: str, start: str, end: str
) -> None:
    payloads = [row.fresh(1_700_000_000.0).payload for row in each_choice(name)]
    both = [payload for payload in payloads if start in payload and end in payload]
    assert {payload[start] == payload[end] for payload in both} == {True, False}


def test_times_keep_their_order() -> None:
    """A call is not answered before it begins."""
    for row in each_choice("texml.call.completed"):
        payload = row.fresh().payload
        assert payload.get("StartTime", "") <= payload.get("AnsweredTime", "~")


def test_an_unknown_event_is_refused() -> None:
    with pytest.raises(UsageError, match=r"call\.initiated"):
        each_choice("call.initated")


INTRICATE = Family("voice").event(
    "call.intricate",
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


def test_conditions_that_depend_on_conditions_are_met() -> None:
    rows = each_choice(INTRICATE)
    reached = {goal for row in rows for goal in reached_goals(INTRICATE, row.body)}
    assert reached == set(coverage_goals(INTRICATE))
    assert not list(missed(INTRICATE.body, "", [(row.body, {}, row.payload) for row in rows]))
    assert not [problem for row in rows for problem in problems(INTRICATE, row.body)]


@pytest.mark.parametrize("name", ["call.hangup", "message.received"])
def test_goals_by_the_way_take_few_webhooks_more(name: str) -> None:
    goals = coverage_goals(find(name))
    wanted = [goal for goal in goals if goal.path.endswith(("hangup_source", "direction"))]
    by_the_way = [goal for goal in goals if goal not in wanted]
    needed = each_choice(name, wanted)
    rows = each_choice(name, wanted, by_the_way)
    assert len(needed) < len(rows) < len(each_choice(name))
    reached = {goal for row in rows for goal in reached_goals(row.event, row.body)}
    assert {*wanted} <= reached
    assert len({*by_the_way} & reached) > 0.3 * len(by_the_way)
