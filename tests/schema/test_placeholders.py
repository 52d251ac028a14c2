"""Placeholders read as the documented sample; each webhook gets generated ids and times instead."""

from __future__ import annotations

import base64
import datetime as dt
import pickle
import re
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from telnyx_mock.catalogue.registry import all_events
from telnyx_mock.payload.webhook import sample
from telnyx_mock.schema.event import ContentType
from telnyx_mock.schema.kind import Kind, kinds_within
from telnyx_mock.schema.kinds import (
    Identifier,
    JsonText,
    Object,
    Timestamp,
)
from telnyx_mock.schema.placeholders import (
    GeneratedId,
    GeneratedTime,
    IdSource,
    TimeStyle,
    generate_values,
)

NOW = 1_700_000_000.123456


def generate(value: Any, example: str = "run:1") -> Any:
    return generate_values(value, example, NOW)


ISO_STYLES = [style for style in TimeStyle if style is not TimeStyle.UNIX]


@pytest.mark.parametrize("style", ISO_STYLES, ids=lambda style: style.name)
def test_a_style_is_recognised_by_its_sample(style: TimeStyle) -> None:
    assert TimeStyle.of(style.value) is style


@pytest.mark.parametrize("style", ISO_STYLES, ids=lambda style: style.name)
@given(seconds=st.floats(0, 4e9))
def test_a_style_writes_times_in_that_style(style: TimeStyle, seconds: float) -> None:
    text = style.write(seconds)
    assert TimeStyle.of(text) is style
    assert len(text) == len(style.value)


@pytest.mark.parametrize("style", [style for style in TimeStyle if style.has_fraction])
def test_a_style_writes_the_time_it_is_given(style: TimeStyle) -> None:
    read = dt.datetime.fromisoformat(style.write(NOW))
    written = read if read.tzinfo else read.replace(tzinfo=dt.UTC)
    assert 0 <= NOW - written.timestamp() < 1


def test_unix_seconds_are_whole() -> None:
    assert TimeStyle.UNIX.write(NOW) == "1700000000"


@pytest.mark.parametrize("text", ["", "yesterday", "1700000000", "2024-01-15T10:30:00+02:00"])
def test_a_text_in_no_known_style_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="not a time in a known style"):
        TimeStyle.of(text)


@pytest.mark.parametrize(
    ("template", "shape"),
    [
        ("{uuid}", r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-a[0-9a-f]{3}-[0-9a-f]{12}"),
        ("conf_{hex}", r"conf_[0-9a-f]{12}"),
        ("v3:{token}", r"v3:[A-Za-z0-9_-]{54}"),
        ("{digits}", r"[1-9][0-9]{17}"),
    ],
)
def test_a_generated_id_has_the_form_of_its_template(template: str, shape: str) -> None:
    assert re.fullmatch(shape, generate(GeneratedId("sample", "role", template)))


def shape(text: str) -> str:
    """The punctuation and the length of *text*."""
    return re.sub(r"[A-Za-z0-9]", "x", text)


def within(value: object) -> Iterator[GeneratedId | GeneratedTime]:
    if isinstance(value, GeneratedId | GeneratedTime):
        yield value
    elif isinstance(value, dict | list):
        for member in value.values() if isinstance(value, dict) else value:
            yield from within(member)


def test_every_event_gets_generated_ids_and_times_in_the_style_of_its_sample() -> None:
    for event in all_events():
        documented = sample(event.name)
        generated = within(documented.fresh(NOW).body)
        for before, after in zip(within(documented.body), generated, strict=True):
            assert after != before, event.name
            if isinstance(before, GeneratedTime):
                assert shape(after) == shape(before), event.name
            else:
                assert len(after) == len(before), event.name


def test_every_json_event_has_an_id_by_which_receivers_can_deduplicate() -> None:
    without = [
        event.name
        for event in all_events()
        if event.content_type is ContentType.JSON
        and not any(isinstance(value, GeneratedId) for value in within(sample(event.name).body))
    ]
    assert without == []


def test_the_same_placeholder_becomes_the_same_id_and_another_becomes_another() -> None:
    body = {
        "leg": GeneratedId("a", "leg"),
        "again": [GeneratedId("a", "leg")],
        "other leg": GeneratedId("b", "leg", number=2),
        "session": GeneratedId("c", "session"),
    }
    generated = generate(body)
    assert generated["leg"] == generated["again"][0]
    assert len({generated["leg"], generated["other leg"], generated["session"]}) == 3


def test_a_placeholder_in_the_name_of_a_member_is_replaced_too() -> None:
    [(name, value)] = generate({GeneratedId("a", "leg"): GeneratedId("a", "leg")}).items()
    assert name == value != "a"


def test_other_values_stay() -> None:
    body = {"text": "hello", "number": 1, "none": None, "list": [True, 0.5]}
    assert generate(body) == body


def test_the_body_with_placeholders_does_not_change() -> None:
    body = {"leg": GeneratedId("a", "leg"), "list": [GeneratedTime("then", TimeStyle.SECONDS)]}
    generate(body)
    assert body == {"leg": "a", "list": ["then"]}


def test_no_two_examples_and_no_two_runs_share_an_id() -> None:
    first, second = IdSource("one"), IdSource("two")
    examples = [first.example(), first.example(), second.example(), IdSource().example()]
    assert len({generate(GeneratedId("a", "leg"), example) for example in examples}) == 4


def test_a_generated_time_is_its_offset_away_from_the_event() -> None:
    start = GeneratedTime("then", TimeStyle.SECONDS, -90.0)
    assert generate_values(start, "run:1", 1_700_000_090) == "2023-11-14T22:13:20Z"


@pytest.mark.parametrize(
    "value",
    [GeneratedId("a", "leg", "{hex}", 2), GeneratedTime("then", TimeStyle.DATE, -1.0)],
    ids=["id", "time"],
)
def test_placeholders_survive_pickling(value: GeneratedId | GeneratedTime) -> None:
    """pytest-xdist and Hypothesis copy them."""
    copied = pickle.loads(pickle.dumps(value))
    assert type(copied) is type(value)
    assert generate(copied) == generate(value) != value


def test_a_token_is_url_safe_whatever_the_digest() -> None:
    for number in range(100):
        token = generate(GeneratedId("a", "leg", "{token}"), f"run:{number}")
        assert len(base64.urlsafe_b64decode(f"{token}==")) == 40


def everything_in(kind: Kind) -> Iterator[Kind]:
    """*kind* and all kinds inside it, those of fields included."""
    for _, inner in kinds_within(kind):
        yield inner
        if isinstance(inner, Object):
            for member in inner.fields:
                yield from everything_in(member.kind)


def test_encoded_text_has_neither_ids_nor_times() -> None:
    """It is encoded before they are generated, so all webhooks would carry those of the sample."""
    texts = [
        kind
        for event in all_events()
        for kind in everything_in(event.body)
        if isinstance(kind, JsonText)
    ]
    assert texts
    inside = [kind for text in texts for kind in everything_in(text)]
    assert not any(isinstance(kind, Identifier | Timestamp) for kind in inside)
