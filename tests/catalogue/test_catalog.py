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
from telnyx_mock.schema.event import ContentType, Event, Status
from telnyx_mock.schema.field_tree import descendants, field_tree
from telnyx_mock.schema.json_values import Json
from telnyx_mock.schema.kind import Kind
from telnyx_mock.schema.kinds import Base64Json, Cases, Either, JsonText, ListOf, Object

EVERY_EVENT = pytest.mark.parametrize("event", list(all_events()), ids=lambda event: event.name)
NAMES = {event.name for event in all_events()}


@EVERY_EVENT
def test_an_event_is_found_by_its_name(event: Event) -> None:
    assert find(event.name) is event


@EVERY_EVENT
def test_an_event_is_found_by_its_operation(event: Event) -> None:
    """Where several events share one, it stands for the first of them."""
    if event.operation is not None:
        sharing = [other for other in all_events() if other.operation == event.operation]
        assert find(event.operation) is sharing[0]


def test_no_name_or_operation_could_mean_two_events() -> None:
    """Only the operations that stand for several events of one page are shared."""
    names = Counter(event.name for event in all_events())
    assert [name for name, count in names.items() if count > 1] == []
    operations = Counter(event.operation for event in all_events() if event.operation)
    assert {operation for operation, count in operations.items() if count > 1} == {
        "deliveryUpdate",
        "hostedNumberOrderEvent",
    }
    both = {event.name for event in all_events() if event.operation == event.name}
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
            "There is no event 'nothing like it'. 185 are known, such as 10dlc.brand.update, "
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


@EVERY_EVENT
def test_the_first_word_of_a_name_leads_to_its_family(event: Event) -> None:
    """Without that, the event is found all the same, but only after loading the others."""
    assert event.name.partition(".")[0] in _FAMILIES[event.family][1]


def names(*patterns: str) -> list[str]:
    return [event.name for event in select(patterns)]


def test_a_star_selects_the_json_events_that_are_sent_unnamed() -> None:
    assert select() == tuple(
        event
        for event in all_events()
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
        ("video.room.session.started", "video.*"),
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


@EVERY_EVENT
def test_an_event_says_what_triggers_it_and_where_that_is_documented(event: Event) -> None:
    """An event without a page of the provider's says in its note where it is known from."""
    assert re.fullmatch(r"[A-Z0-9].*\.", event.trigger, re.DOTALL)
    if event.url:
        assert event.url.startswith(PAGES), event.url
    else:
        assert event.note


@EVERY_EVENT
def test_the_neighbours_of_an_event_exist(event: Event) -> None:
    neighbours = (*event.before, *event.after)
    assert set(neighbours) <= NAMES
    assert len(set(event.before)) == len(event.before)
    assert len(set(event.after)) == len(event.after)


@EVERY_EVENT
def test_every_field_has_a_meaning(event: Event) -> None:
    assert [node.path for node in descendants(field_tree(event)) if not node.field.meaning] == []


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


def test_a_real_number_would_be_noticed() -> None:
    body = {"to": [{"phone_number": "+12125551234"}], "text": "Call +44 20 7123 4567", "X": "[1]"}
    found = list(numbers(body))
    assert found == ["+12125551234", "+442071234567"]
    assert not any(FICTION.fullmatch(number) for number in found)


@EVERY_EVENT
def test_samples_ring_nobody(event: Event) -> None:
    """The documented examples, which repeat what the provider prints, are no samples."""
    sample = build(event, SampleChooser())
    assert [number for number in numbers(sample) if not FICTION.fullmatch(number)] == []


@EVERY_EVENT
def test_neither_does_anything_that_the_sample_leaves_out(event: Event) -> None:
    """Rare fields and the kinds of other cases have samples of their own."""
    shown = [
        {node.field.name: sample}
        for node in descendants(field_tree(event))
        for sample in samples(node.kind)
    ]
    assert [number for number in numbers(shown) if not FICTION.fullmatch(number)] == []


def samples(kind: Kind) -> Iterator[Json]:
    """The samples of *kind*, in every case."""
    match kind:
        case ListOf():
            yield from samples(kind.item)
        case JsonText() | Base64Json():
            yield from samples(kind.content)
        case Either():
            yield from (sample for inner in kind.kinds for sample in samples(inner))
        case Cases():
            kinds = (kind.otherwise, *kind.kinds.values())
            yield from (sample for inner in kinds for sample in samples(inner))
        case Object():
            return  # its fields are sites of their own
        case _:
            yield kind.sample
