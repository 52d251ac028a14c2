"""The catalogue can be searched, loads no more than it must, and hangs together."""

from __future__ import annotations

import base64
import json
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest

from telnyx_mock.catalogue.registry import (
    _FAMILIES,
    all_events,
    families,
    family,
    find,
    introduction,
    select,
)
from telnyx_mock.errors import UsageError
from telnyx_mock.schema.build import SampleChooser, build
from telnyx_mock.schema.event import ContentType, Status
from telnyx_mock.schema.field_tree import descendants, field_tree
from telnyx_mock.schema.json_values import Json
from telnyx_mock.schema.kind import Kind, Leaf, kinds_within

EVENTS = tuple(all_events())
NAMES = {event.name for event in EVENTS}


def test_an_event_is_found_by_its_name() -> None:
    assert [event.name for event in EVENTS if find(event.name) is not event] == []


def test_an_event_is_found_by_its_operation() -> None:
    """An operation that several events share stands for the first of them."""
    first = {event.operation: event for event in reversed(EVENTS) if event.operation}
    assert {operation: find(operation) for operation in first} == first


def test_no_name_or_operation_could_mean_two_events() -> None:
    """Only the operations that stand for several events of one page are shared."""
    names = Counter(event.name for event in EVENTS)
    assert [name for name, count in names.items() if count > 1] == []
    operations = Counter(event.operation for event in EVENTS if event.operation)
    assert {operation for operation, count in operations.items() if count > 1} == {
        "deliveryUpdate",
        "hostedNumberOrderEvent",
    }
    both = {event.name for event in EVENTS if event.operation == event.name}
    assert set(names) & set(operations) == both


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        (
            "call.initated",
            "There is no event 'call.initated'. Did you mean 'call.initiated' or "
            "'texml.call.initiated' or 'call.fork.started'?",
        ),
        (
            "nothing like it",
            "There is no event 'nothing like it'. 185 names are known, such as 10dlc.brand.update, "
            "10dlc.campaign.update, 10dlc.phone_number.update, advanced_order.new_comment.",
        ),
    ],
)
def test_an_unknown_name_is_answered_with_the_nearest(name: str, sentence: str) -> None:
    with pytest.raises(UsageError) as raised:
        find(name)
    assert str(raised.value) == sentence


def test_an_unknown_family_is_answered_with_the_nearest() -> None:
    with pytest.raises(UsageError) as raised:
        family("porteng")
    assert str(raised.value).startswith(
        "There is no event family 'porteng'. Did you mean 'porting'"
    )
    with pytest.raises(UsageError):
        introduction("porteng")


@pytest.mark.parametrize("name", families())
def test_a_family_holds_its_own_events_and_introduces_them(name: str) -> None:
    assert family(name)
    assert {event.family for event in family(name)} == {name}
    assert introduction(name).strip()


def loaded_families(code: str) -> set[str]:
    """The families that a fresh interpreter has loaded after *code*."""
    script = (
        f"from telnyx_mock.catalogue.registry import *; {code}\n"
        "import sys\n"
        "from telnyx_mock.catalogue.registry import _FAMILIES\n"
        "print(*(name for name, (module, _) in _FAMILIES.items()"
        " if f'telnyx_mock.catalogue.{module}' in sys.modules))"
    )
    ran = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    return set(ran.stdout.split())


@pytest.mark.parametrize(
    ("code", "loaded"),
    [
        ("pass", set()),
        ("families()", set()),
        ("find('call.initiated')", {"voice"}),
        ("find('callInitiated')", {"voice"}),
        ("find('texml.siprec')", {"texml"}),
        ("find('message.received')", {"messaging"}),
        ("find('email.sent')", {"email"}),
        ("find('call.conversation.ended')", {"voice", "ai"}),
        ("select(['call.initiated', 'fax.queued'])", {"voice", "fax"}),
        ("family('porting')", {"porting"}),
    ],
)
def test_no_more_families_load_than_must(code: str, loaded: set[str]) -> None:
    assert loaded_families(code) == loaded


def test_the_first_word_of_a_name_leads_to_its_family() -> None:
    """Otherwise the search for an event loads the other families first."""
    words = {event: event.name.partition(".")[0] for event in EVENTS}
    assert [
        event.name for event, word in words.items() if word not in _FAMILIES[event.family][1]
    ] == []


def names(*patterns: str) -> list[str]:
    return [event.name for event in select(patterns)]


def test_a_star_selects_the_json_events_that_are_sent_unnamed() -> None:
    assert select() == tuple(
        event
        for event in EVENTS
        if event.content_type is ContentType.JSON
        and event.status in (Status.CURRENT, Status.DOCUMENTED)
        and event.signed
    )
    assert select(["*"]) == select()


def test_a_glob_selects_across_families_in_the_order_of_the_catalogue() -> None:
    assert names("call.cost", "*.cost", "call.init*") == ["call.initiated", "call.cost"]
    assert {event.family for event in select(["call.*"])} == {"voice", "ai"}
    assert {event.family for event in select(["texml.*"])} == {"texml"}
    assert names("call.[a]nsw*") == names("call.answere?") == ["call.answered"]


@pytest.mark.parametrize(
    ("name", "glob"),
    [
        ("email.sent", "email.*"),
        ("call.ai_gather.tool_call", "call.ai_gather.tool_*"),
        ("call.sip_info.received", "call.sip_info.*"),
        ("session.status_changed", "session.*"),
    ],
)
def test_partial_retired_and_differently_signed_events_are_selected_only_by_name(
    name: str, glob: str
) -> None:
    assert not find(name).sent_unnamed
    assert names(name) == [name]
    if name.startswith("call."):
        assert name not in names("call.*")
    with pytest.raises(UsageError, match="No event matches the pattern"):
        select([glob])


def test_a_pattern_may_be_an_operation() -> None:
    assert names("callInitiated") == ["call.initiated"]


def test_a_pattern_that_matches_nothing_is_refused() -> None:
    with pytest.raises(UsageError) as raised:
        select(["call.*", "cal.*"])
    assert str(raised.value) == (
        "No event matches the pattern 'cal.*'. List the names with: telnyx-mock events"
    )
    with pytest.raises(UsageError, match="There is no event 'call'"):
        select(["call"])


PAGES = ("https://developers.telnyx.com/", "https://github.com/team-telnyx/")


def test_an_event_says_what_triggers_it_and_where_that_is_documented() -> None:
    """An event without a page of the provider's says in its note where it is known from."""
    sentence = re.compile(r"[A-Z0-9].*\.", re.DOTALL)
    assert [event.name for event in EVENTS if not sentence.fullmatch(event.trigger)] == []
    assert [event.url for event in EVENTS if not event.url.startswith(PAGES) and event.url] == []
    assert [event.name for event in EVENTS if not event.url and not event.note] == []


def test_the_neighbours_of_an_event_exist() -> None:
    for event in EVENTS:
        for neighbours in (event.before, event.after):
            assert set(neighbours) <= NAMES, event.name
            assert len(set(neighbours)) == len(neighbours), event.name


def test_every_field_has_a_meaning() -> None:
    assert [
        (event.name, node.path)
        for event in EVENTS
        for node in descendants(field_tree(event))
        if not node.field.meaning
    ] == []


FICTION = re.compile(r"\+1[2-9][0-9]{2}55501[0-9]{2}|\+442079460[0-9]{3}|\+61491570[0-9]{3}")
"""Ranges that regulators keep for fiction: nobody can be rung there."""

WRITTEN_NUMBER = re.compile(r"\+[0-9][0-9 ()-]{6,}[0-9]")
BARE_NUMBER = re.compile(r"[2-9][0-9]{2}[2-9][0-9]{6}|1[2-9][0-9]{2}[2-9][0-9]{6}")

NO_NUMBERS = re.compile(r".*(_id|Id|Sid|SidLegacy|Url|_url|_bytes|size|Timestamp)$")
"""Members whose digits are no telephone number."""


def strings(value: Any, name: str = "") -> Iterator[tuple[str, str]]:
    """Every string in *value*, with the member it belongs to; also what strings hold as JSON."""
    if isinstance(value, dict):
        for key, member in value.items():
            yield from strings(member, key)
    elif isinstance(value, list):
        for item in value:
            yield from strings(item, name)
    elif isinstance(value, str):
        yield name, value
        for decoded in (value, decoded_base64(value)):
            if decoded.startswith(("{", "[")):
                yield from strings(json.loads(decoded), name)


def decoded_base64(text: str) -> str:
    try:
        return base64.b64decode(text, validate=True).decode()
    except ValueError:
        return ""


def numbers(value: Any) -> Iterator[str]:
    """Whatever in *value* reads like a telephone number, in E.164 form where it has a plus."""
    for name, text in strings(value):
        for match in WRITTEN_NUMBER.findall(text):
            yield re.sub(r"[ ()-]", "", match)
        if BARE_NUMBER.fullmatch(text) and not NO_NUMBERS.match(name):
            yield f"+1{text[-10:]}"


def real_numbers(value: Any) -> list[str]:
    return [number for number in numbers(value) if not FICTION.fullmatch(number)]


def samples(kind: Kind) -> list[Json]:
    """The samples of *kind* and of what it holds, in every case; fields have nodes of their own."""
    return [inner.sample for _, inner in kinds_within(kind) if isinstance(inner, Leaf)]


def test_a_real_number_would_be_noticed() -> None:
    body = {"to": [{"phone_number": "+12125551234"}], "text": "Call +44 20 7123 4567", "X": "[1]"}
    assert real_numbers(body) == [*numbers(body)] == ["+12125551234", "+442071234567"]


def test_samples_and_examples_ring_nobody() -> None:
    """An example repeats what the provider prints, except for the numbers."""
    found = {
        (event.name, name): real_numbers(body)
        for event in EVENTS
        for name, body in (
            ("sample", build(event, SampleChooser())),
            *((name, dict(example.overrides)) for name, example in event.examples.items()),
        )
    }
    assert {name: real for name, real in found.items() if real} == {}


def test_neither_does_anything_that_the_sample_leaves_out() -> None:
    """Rare fields and the kinds of other cases have samples of their own."""
    found = {
        (event.name, node.path): real_numbers({node.field.name: samples(node.kind)})
        for event in EVENTS
        for node in descendants(field_tree(event))
    }
    assert {place: real for place, real in found.items() if real} == {}
