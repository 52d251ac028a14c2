"""Paths, values, layouts and files that nobody thought of: nothing but our own errors comes out."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from telnyx_mock.catalogue.registry import all_events, find
from telnyx_mock.cli.override_options import overrides
from telnyx_mock.errors import UsageError
from telnyx_mock.payload.captures import Scrubber, as_sample, captured_in, load_webhook
from telnyx_mock.payload.layouts import FORM_LAYOUTS, JSON_LAYOUTS, encode
from telnyx_mock.payload.paths import place_at, resolve, short_path
from telnyx_mock.payload.webhook import sample, webhook
from telnyx_mock.schema.field_tree import nodes_by_path
from telnyx_mock.schema.json_values import ABSENT
from telnyx_mock.schema.validate import problems
from telnyx_mock.signing.keys import KeyPair
from telnyx_mock.signing.sign import sign
from tests.foreign_text import HOSTILE, assert_clear, raw

KEY = KeyPair(bytes(32))
EVENTS = [event for event in all_events() if event.signed]
TEXT = st.text(max_size=12) | st.sampled_from([HOSTILE, "\ud800", "", "null", "1e999", "\0"])
JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=4),
    max_leaves=8,
)
VALUE = JSON | st.floats() | st.just(ABSENT) | st.just(10**400)

a_file = settings(suppress_health_check=[HealthCheck.function_scoped_fixture])


@st.composite
def paths(draw: st.DrawFn) -> tuple[str, str]:
    """An event, and a path into it: one that it has, one like that, or anything."""
    event = draw(st.sampled_from(EVENTS))
    known = draw(st.sampled_from(sorted(nodes_by_path(event))))
    step = st.sampled_from(
        [
            "",
            ".",
            "[]",
            "[0]",
            "[-1]",
            "[7]",
            f"[{'9' * 5000}]",
            "[",
            "]",
            "_",
            ".x",
            "[x]",
            "data.",
        ]
    )
    path = draw(
        st.just(known)
        | st.just(short_path(event, known))
        | st.builds(lambda text, more: text[: len(text) // 2] + more, st.just(known), step)
        | st.builds(str.__add__, st.just(known), step)
        | st.builds(str.__add__, step, st.just(known))
        | TEXT
    )
    return event.name, path.replace("[]", f"[{draw(st.integers(0, 2))}]")


@given(paths())
def test_every_path_leads_somewhere_or_is_a_usage_error(given_path: tuple[str, str]) -> None:
    name, path = given_path
    event = find(name)
    place = resolve(event, path)
    assert resolve(event, place.short).path == place.path


@pytest.mark.parametrize("event", EVENTS, ids=lambda event: event.name)
def test_a_short_path_leads_to_the_same_place(event: Any) -> None:
    for path, nodes in nodes_by_path(event).items():
        assert resolve(event, short_path(event, path)) == place_at(event, path)
        assert place_at(event, path).nodes == nodes


@given(paths(), VALUE, st.booleans())
def test_a_value_at_a_path_is_sent_or_is_a_usage_error(
    given_path: tuple[str, str], value: Any, strict: bool
) -> None:
    name, path = given_path
    try:
        made = webhook(name, strict=strict, **{path: value})
        request = sign(made, KEY, timestamp=1)
    except UsageError as error:
        assert_clear(error)
        return
    assert raw(repr(made)) == set()
    assert request.body
    if strict:
        assert list(problems(made.event, made.body)) == []


@given(paths(), VALUE)
def test_a_value_can_be_put_or_that_is_a_usage_error(
    given_path: tuple[str, str], value: Any
) -> None:
    name, path = given_path
    before = sample(name)
    kept = json.dumps(before.body)
    try:
        before.with_value(path, value)
    except UsageError as error:
        assert_clear(error)
    assert json.dumps(before.body) == kept, "the webhook itself changed"


@given(
    paths(),
    TEXT | JSON.map(json.dumps) | st.sampled_from(["[" * 10_000, "9" * 5000, "NaN"]),
    st.booleans(),
)
def test_a_value_on_the_command_line_is_read_or_is_a_usage_error(
    given_path: tuple[str, str], text: str, loose: bool
) -> None:
    name, path = given_path
    try:
        values = overrides(name, [f"{path}={text}"], [], loose=loose)
        sample(name, strict=not loose, **values)
    except UsageError as error:
        assert_clear(error)


def same(one: Any, other: Any) -> bool:
    """Whether two JSON values are the same; a number may be written in several ways."""
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(same(one[name], other[name]) for name in one)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(same, one, other))
    if isinstance(one, float) and isinstance(other, float):
        return one == other and math.copysign(1, one) == math.copysign(1, other)
    return type(one) is type(other) and one == other


@pytest.mark.parametrize("layout", JSON_LAYOUTS.values(), ids=JSON_LAYOUTS)
@given(body=JSON)
def test_every_layout_of_json_is_the_same_json(layout: Any, body: Any) -> None:
    written = layout.write(body)
    assert same(json.loads(written), json.loads(json.dumps(body)))
    written.decode()


PAIRS = st.dictionaries(TEXT, TEXT | st.integers() | st.booleans() | st.none() | st.lists(TEXT))


@pytest.mark.parametrize("layout", FORM_LAYOUTS, ids=FORM_LAYOUTS)
@given(body=PAIRS)
def test_every_layout_of_a_form_is_the_same_form(layout: str, body: dict[str, Any]) -> None:
    texts = {True: "true", False: "false", None: ""}
    expected = [
        (
            name,
            each
            if isinstance(each, str)
            else texts.get(each, str(each))
            if each in (True, False, None) and type(each) is not int
            else str(each),
        )
        for name, value in body.items()
        for each in (value if isinstance(value, list) else [value])
    ]
    try:
        written = encode(find("texml.call.completed"), body, layout)
    except UsageError as error:
        assert any(
            "\ud800" <= each <= "\udfff" for pair in expected for text in pair for each in text
        )
        assert_clear(error)
        return
    assert sorted(parse_qsl(written.decode("ascii"), keep_blank_values=True)) == sorted(expected)


@given(st.text() | st.binary().map(lambda each: each.decode("latin-1")) | JSON.map(json.dumps))
def test_anything_can_be_captured(text: str) -> None:
    for captured in captured_in(text).webhooks:
        assert isinstance(captured.event, str)


@given(st.data())
@settings(max_examples=60)
def test_a_damaged_recording_is_captured_or_skipped(data: st.DataObject) -> None:
    event = data.draw(st.sampled_from(EVENTS))
    written = encode(event, sample(event.name).body).decode()
    at = data.draw(st.integers(0, len(written)))
    text = written[:at] + data.draw(TEXT | JSON.map(json.dumps)) + written[at:]
    for captured in captured_in(text).webhooks:
        try:
            found = find(captured.event)
        except UsageError as error:
            assert_clear(error)
            continue
        json.dumps(as_sample(found, Scrubber().scrub(found, captured.body)))


@given(
    st.binary()
    | JSON.map(lambda each: json.dumps(each).encode())
    | st.builds(
        lambda name, body: json.dumps({"event": name, "body": body}).encode(),
        st.sampled_from([event.name for event in EVENTS]) | JSON,
        JSON,
    )
    | st.builds(
        lambda name, body: json.dumps({"data": {"event_type": name, **body}}).encode(),
        st.sampled_from([event.name for event in EVENTS]) | JSON,
        st.dictionaries(st.sampled_from(["id", "occurred_at", "payload", "event_type"]), JSON),
    )
    | st.just(b"[" * 100_000)
)
@a_file
def test_any_file_is_a_webhook_or_a_usage_error(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "sample.json"
    file.write_bytes(content)
    try:
        sign(load_webhook(file).fresh(), KEY, timestamp=1)
    except UsageError as error:
        assert_clear(error)
