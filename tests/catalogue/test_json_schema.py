"""The JSON Schema of an event and the checks in Python are one judge in two languages."""

from __future__ import annotations

import copy
from collections.abc import Callable
from functools import cache
from itertools import product
from typing import Any, TypeAlias

import pytest
from jsonschema import Draft202012Validator

from telnyx_mock.catalogue.declare import Family, both, field, is_, is_not
from telnyx_mock.catalogue.kind_vocabulary import (
    boolean,
    cases,
    integer,
    list_of,
    null,
    one_of,
    struct,
    text,
)
from telnyx_mock.catalogue.registry import all_events, find
from telnyx_mock.schema.build import SampleChooser, build
from telnyx_mock.schema.event import Event
from telnyx_mock.schema.json_schema import json_schema
from telnyx_mock.schema.validate import problems

Bodies: TypeAlias = Callable[[Event, int], list[Any]]

NOTE = text("hello")
INTRICATE = Family("test").event(
    "intricate",
    field("mode", one_of("plain", "rich")),
    field(
        "parts",
        list_of(
            struct(
                field("kind", one_of("word", "picture", "gap")),
                field("loud", boolean(True), when=both(is_("mode", "rich"), is_(".kind", "word"))),
                field(
                    "content",
                    cases(
                        ".kind",
                        {
                            "word": struct(field("note", NOTE, when=is_("mode", "rich"))),
                            "picture": struct(field("note", NOTE, when=is_not("mode", "rich"))),
                        },
                        otherwise=null(),
                    ),
                    nullable=True,
                ),
                field("size", cases("mode", {"rich": integer(3)}, otherwise=text("L"))),
            ),
            shown=2,
        ),
    ),
    field("gaps", boolean(True), when=is_("parts[].kind", "gap")),
    field("whole", boolean(True), when=is_not("parts[].kind", "gap")),
    field(
        "worst", cases("parts[].kind", {"gap": integer(0), "picture": text("")}, otherwise=null())
    ),
    envelope=(field("sealed", boolean(True), when=is_("mode", "rich")),),
)
"""What the catalogue's events ask for one at a time: conditions and cases of each reach, nested."""

EVENTS = (INTRICATE, *all_events())


@cache
def validator(event: Event) -> Draft202012Validator:
    schema = json_schema(event)
    Draft202012Validator.check_schema(schema)
    return Draft202012Validator(schema)


def complaints(event: Event, body: Any) -> tuple[list[str], list[str]]:
    """What both judges say against *body*."""
    return list(problems(event, body)), [
        f"{error.json_path}: {error.message}" for error in validator(event).iter_errors(body)
    ]


@pytest.mark.slow
def test_every_body_that_can_be_built_satisfies_both_judges(
    random_bodies: Bodies, subtests: pytest.Subtests
) -> None:
    for event in EVENTS:
        with subtests.test(event=event.name):
            for body in (build(event, SampleChooser()), *random_bodies(event, 40)):
                assert complaints(event, body) == ([], [])


def leaves(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """The path of every member and item in *value*."""
    steps = value.items() if isinstance(value, dict) else enumerate(value)
    found = []
    for name, member in steps:
        found.append((*path, name))
        if isinstance(member, dict | list):
            found += leaves(member, (*path, name))
    return found


@pytest.mark.slow
def test_both_judges_agree_on_what_is_taken_away_and_what_is_added(
    random_bodies: Bodies, subtests: pytest.Subtests
) -> None:
    """Each member in turn is removed, made null, made an object; each object gets a stranger."""
    for event in EVENTS:
        bodies = random_bodies(event, 20 if event is INTRICATE else 1)
        members = [(whole, path) for whole in bodies for path in leaves(whole)]
        with subtests.test(event=event.name):
            for (body, path), change in product(members, ("remove", "null", "object", "stranger")):
                changed = with_change(body, path, change)
                found, valid = [*problems(event, changed)], validator(event).is_valid(changed)
                assert valid == (not found), f"{change} at {path}"


def with_change(body: Any, path: tuple[Any, ...], change: str) -> Any:
    *parents, name = path
    changed = holder = copy.deepcopy(body)
    for step in parents:
        holder = holder[step]
    if change == "remove":
        del holder[name]
    elif change == "stranger" and isinstance(holder, dict):
        holder["Stranger"] = {}
    else:
        holder[name] = None if change == "null" else {"Stranger": 1}
    return changed


def changed(name: str, change: Callable[[dict[str, Any]], object]) -> tuple[Event, Any]:
    event = find(name)
    body = build(event, SampleChooser())
    payload = body
    for step in event.root:
        payload = payload[step]
    change(payload)
    return event, body


VIOLATIONS = {
    "a missing field": ("call.initiated", lambda payload: payload.pop("call_control_id")),
    "an unknown field": ("call.initiated", lambda payload: payload.update(colour="red")),
    "a value outside the enumeration": (
        "call.initiated",
        lambda payload: payload.update(direction="inbound"),
    ),
    "a value that depends on another": (
        "call.initiated",
        lambda payload: payload.update(state="bridging"),
    ),
    "null where null is not sent": (
        "call.initiated",
        lambda payload: payload.update({"from": None}),
    ),
    "text where a number belongs": ("message.received", lambda payload: payload.update(parts="1")),
    "a number below the least": ("message.received", lambda payload: payload.update(parts=0)),
    "a list where WhatsApp has a string": (
        "message.received",
        lambda payload: payload.update(type="WHATSAPP"),
    ),
    "an unknown field of a list item": (
        "message.received",
        lambda payload: payload["to"][0].update(colour="red"),
    ),
    "an enumeration in a list item": (
        "message.received",
        lambda payload: payload["to"][0].update(status="lost"),
    ),
    "a conditional field while its condition fails": (
        "texml.siprec",
        lambda payload: payload.update(SiprecError="SIPREC connection failed"),
    ),
    "no conditional field while its condition holds": (
        "texml.siprec",
        lambda payload: payload.update(SiprecEvent="siprec-failed"),
    ),
    "an anchored field without its anchor": (
        "texml.call.completed",
        lambda payload: payload.update(RecordingDuration="90"),
    ),
    "an anchor without what hangs on it": (
        "texml.call.completed",
        lambda payload: payload.update(RecordingUrl="https://example.com/a.wav"),
    ),
    "a field of completed calls on a busy one": (
        "texml.call.completed",
        lambda payload: payload.update(CallStatus="busy"),
    ),
    "a malformed time": (
        "message.received",
        lambda payload: payload.update(received_at="yesterday"),
    ),
    "no field whose name quotes another": (
        "texml.call-cost",
        lambda payload: [
            payload.pop(name) for name in list(payload) if name.startswith("CallCost[")
        ],
    ),
}


@pytest.mark.parametrize("what", VIOLATIONS)
def test_both_judges_refuse(what: str) -> None:
    says_python, says_schema = complaints(*changed(*VIOLATIONS[what]))
    assert says_python, "the declaration allows it"
    assert says_schema, "the schema allows it"


def test_a_condition_on_the_payload_reaches_into_list_items() -> None:
    """agent_id, in each item of ``to``, asks about ``type``, two objects further out."""
    event, body = changed(
        "message.received", lambda payload: payload["to"][0].update(agent_id="agent_007")
    )
    says_python, says_schema = complaints(event, body)
    assert says_python
    assert says_schema


def test_the_schema_names_the_event_and_its_dialect() -> None:
    schema = json_schema(find("callInitiated"))
    assert schema["title"] == "call.initiated"
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
