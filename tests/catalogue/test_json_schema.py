"""The JSON Schema of an event and the checks in Python are one judge in two languages."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any, TypeAlias

import pytest
from jsonschema import Draft202012Validator

from telnyx_mock.catalogue.declare import both, event, field, is_, is_not
from telnyx_mock.catalogue.registry import all_events, find
from telnyx_mock.catalogue.vocabulary import (
    boolean,
    cases,
    integer,
    list_of,
    null,
    one_of,
    struct,
    text,
)
from telnyx_mock.schema.build import SampleChooser, build
from telnyx_mock.schema.event import Event
from telnyx_mock.schema.json_schema import json_schema
from telnyx_mock.schema.validate import problems

Bodies: TypeAlias = Callable[[Event, int], list[Any]]

NOTE = text("hello")
INTRICATE = event(
    "intricate",
    "test",
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
    envelope=(field("sealed", boolean(True), when=is_("mode", "rich")),),
)
"""What the catalogue's events ask for one at a time: conditions and cases of each reach, nested."""

EVERY_EVENT = pytest.mark.parametrize(
    "event", [INTRICATE, *all_events()], ids=lambda event: event.name
)


def validator(event: Event) -> Draft202012Validator:
    schema = json_schema(event)
    Draft202012Validator.check_schema(schema)
    return Draft202012Validator(schema)


def complaints(event: Event, body: Any) -> tuple[list[str], list[str]]:
    """What both judges say against *body*."""
    return list(problems(event, body)), [
        f"{error.json_path}: {error.message}" for error in validator(event).iter_errors(body)
    ]


@EVERY_EVENT
def test_the_sample_satisfies_both_judges(event: Event) -> None:
    assert complaints(event, build(event, SampleChooser())) == ([], [])


@EVERY_EVENT
def test_every_body_that_can_be_built_satisfies_both_judges(
    event: Event, random_bodies: Bodies
) -> None:
    judge = validator(event)
    for body in random_bodies(event, 40):
        assert list(problems(event, body)) == []
        assert [f"{error.json_path}: {error.message}" for error in judge.iter_errors(body)] == []


def leaves(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """The path of every member and item in *value*."""
    steps = value.items() if isinstance(value, dict) else enumerate(value)
    found = []
    for name, member in steps:
        found.append((*path, name))
        if isinstance(member, dict | list):
            found += leaves(member, (*path, name))
    return found


@EVERY_EVENT
def test_both_judges_agree_on_what_is_taken_away_and_what_is_added(
    event: Event, random_bodies: Bodies
) -> None:
    """Each member in turn is removed, made null, made an object; each object gets a stranger."""
    judge = validator(event)
    bodies = random_bodies(event, 20 if event is INTRICATE else 1)
    members = [(whole, path) for whole in bodies for path in leaves(whole)]
    for body, (*parents, name) in members:
        for change in ("remove", "null", "object", "stranger"):
            changed = copy.deepcopy(body)
            holder = changed
            for step in parents:
                holder = holder[step]
            if change == "remove":
                del holder[name]
            elif change == "stranger" and isinstance(holder, dict):
                holder["Stranger"] = {}
            else:
                holder[name] = None if change == "null" else {"Stranger": 1}
            says_python = list(problems(event, changed))
            says_schema = [error.message for error in judge.iter_errors(changed)]
            assert bool(says_python) == bool(says_schema), (
                f"{change} at {[*parents, name]}: Python says {says_python}, "
                f"the schema says {says_schema}"
            )


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
