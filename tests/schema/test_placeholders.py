"""Ids and times read as the sample until they are minted; then each example has its own."""

from __future__ import annotations

import base64
import datetime as dt
import pickle
import re
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from telnyx_mock.catalogue.registry import all_events
from telnyx_mock.payload.webhook import sample
from telnyx_mock.schema.event import ContentType
from telnyx_mock.schema.kind import Kind
from telnyx_mock.schema.kinds import (
    Base64Json,
    Cases,
    Either,
    Identifier,
    JsonText,
    ListOf,
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


@pytest.mark.parametrize("style", TimeStyle, ids=lambda style: style.name)
def test_a_style_is_recognised_by_its_sample(style: TimeStyle) -> None:
    assert TimeStyle.of(style.value) is style


@pytest.mark.parametrize("style", TimeStyle, ids=lambda style: style.name)
@given(seconds=st.floats(0, 4e9))
def test_what_a_style_writes_is_in_that_style(style: TimeStyle, seconds: float) -> None:
    text = style.write(seconds)
    assert TimeStyle.of(text) is style
    assert len(text) == len(style.value)


@pytest.mark.parametrize("style", [style for style in TimeStyle if style is not TimeStyle.DATE])
def test_what_a_style_writes_is_that_time(style: TimeStyle) -> None:
    read = dt.datetime.fromisoformat(style.write(NOW))
    written = read if read.tzinfo else read.replace(tzinfo=dt.UTC)
    assert 0 <= NOW - written.timestamp() < 1


@pytest.mark.parametrize("text", ["", "yesterday", "1700000000", "2024-01-15T10:30:00+02:00"])
def test_what_is_in_no_style_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="in no known style of time"):
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
def test_a_fresh_id_has_the_shape_of_its_template(template: str, shape: str) -> None:
    fresh = generate_values(GeneratedId("sample", "role", template), IdSource("run").example(), NOW)
    assert re.fullmatch(shape, fresh)


def shape(text: str) -> str:
    """*text* with every letter and digit alike, so that punctuation and length are left."""
    return re.sub(r"[A-Za-z0-9]", "x", text)


def within(value: object) -> Iterator[GeneratedId | GeneratedTime]:
    if isinstance(value, GeneratedId | GeneratedTime):
        yield value
    elif isinstance(value, dict | list):
        for member in value.values() if isinstance(value, dict) else value:
            yield from within(member)


@pytest.mark.parametrize("name", [event.name for event in all_events()])
def test_every_event_gets_fresh_ids_and_times_in_the_style_of_its_own(name: str) -> None:
    documented = sample(name)
    for before, after in zip(
        within(documented.body), within(documented.fresh(NOW).body), strict=True
    ):
        assert after != before
        if isinstance(before, GeneratedTime):
            assert shape(after) == shape(before)


def test_every_json_event_has_an_id_of_its_own() -> None:
    """By it receivers deduplicate. A few forms have none."""
    for event in all_events():
        if event.content_type is ContentType.JSON:
            assert any(
                isinstance(value, GeneratedId) for value in within(sample(event.name).body)
            ), event


def test_one_symbol_is_one_id_and_others_are_others() -> None:
    body = {
        "leg": GeneratedId("a", "leg"),
        "again": [GeneratedId("a", "leg")],
        "other leg": GeneratedId("b", "leg", number=2),
        "session": GeneratedId("c", "session"),
    }
    generated = generate_values(body, IdSource("run").example(), NOW)
    assert generated["leg"] == generated["again"][0]
    assert len({generated["leg"], generated["other leg"], generated["session"]}) == 3


def test_a_symbol_that_is_a_member_name_is_minted_too() -> None:
    generated = generate_values(
        {GeneratedId("a", "leg"): GeneratedId("a", "leg")}, IdSource("run").example(), NOW
    )
    [(name, value)] = generated.items()
    assert name == value != "a"


def test_what_is_no_symbol_stays() -> None:
    body = {"text": "hello", "number": 1, "none": None, "list": [True, 0.5]}
    assert generate_values(body, IdSource("run").example(), NOW) == body


def test_minting_leaves_the_body_alone() -> None:
    body = {"leg": GeneratedId("a", "leg"), "list": [GeneratedTime("then", TimeStyle.SECONDS)]}
    generate_values(body, IdSource("run").example(), NOW)
    assert body == {"leg": "a", "list": ["then"]}


def test_no_two_examples_and_no_two_runs_share_an_id() -> None:
    first, second = IdSource("one"), IdSource("two")
    examples = [first.example(), first.example(), second.example(), IdSource().example()]
    assert (
        len({generate_values(GeneratedId("a", "leg"), example, NOW) for example in examples}) == 4
    )


def test_a_moment_lies_its_offset_from_now() -> None:
    start = generate_values(
        GeneratedTime("then", TimeStyle.SECONDS, -90.0), IdSource("run").example(), 1_700_000_090
    )
    assert start == "2023-11-14T22:13:20Z"


@pytest.mark.parametrize(
    "value",
    [GeneratedId("a", "leg", "{hex}", 2), GeneratedTime("then", TimeStyle.DATE, -1.0)],
    ids=["symbol", "moment"],
)
def test_symbols_and_moments_survive_pickling(value: GeneratedId | GeneratedTime) -> None:
    """Workers of pytest-xdist and Hypothesis copy them."""
    copied = pickle.loads(pickle.dumps(value))
    assert type(copied) is type(value)
    assert generate_values(copied, "run:1", NOW) == generate_values(value, "run:1", NOW) != value


def test_a_token_is_url_safe_whatever_the_digest() -> None:
    minter = IdSource("run")
    for _ in range(100):
        token = generate_values(GeneratedId("a", "leg", "{token}"), minter.example(), NOW)
        assert len(base64.urlsafe_b64decode(f"{token}==")) == 40


def test_no_id_and_no_time_stands_inside_encoded_text() -> None:
    """Such text is written before ids are minted, so it would carry the sample's for ever."""

    def encoded(kind: Kind, *, within: bool) -> Iterator[Kind]:
        match kind:
            case JsonText() | Base64Json():
                yield from encoded(kind.content, within=True)
            case ListOf():
                yield from encoded(kind.item, within=within)
            case Either():
                for inner in kind.kinds:
                    yield from encoded(inner, within=within)
            case Cases():
                for inner in (kind.otherwise, *kind.kinds.values()):
                    yield from encoded(inner, within=within)
            case Object():
                for member in kind.fields:
                    yield from encoded(member.kind, within=within)
            case _:
                if within:
                    yield kind

    found = [kind for event in all_events() for kind in encoded(event.body, within=False)]
    assert found
    assert not any(isinstance(kind, Identifier | Timestamp) for kind in found)
