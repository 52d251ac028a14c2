"""Every layout writes the same content in other bytes."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import parse_qsl

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from telnyx_mock.catalogue.registry import all_events, find
from telnyx_mock.errors import UsageError
from telnyx_mock.payload.layouts import FORM_LAYOUTS, JSON_LAYOUTS, encode, layouts, usual_layout
from telnyx_mock.payload.webhook import sample
from telnyx_mock.schema.event import ContentType

CALL = find("call.initiated")
MESSAGE = find("message.received")
FORM = find("texml.http-request")

json_layouts = pytest.mark.parametrize("layout", JSON_LAYOUTS)
form_layouts = pytest.mark.parametrize("layout", FORM_LAYOUTS)

TEXTS = st.text(st.characters(exclude_categories=("Cs",)))
VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=8,
)
AWKWARD = {
    "path": "https://example.com/a/b?c=\\/d",
    "quotes": 'say "0.5" and \\"1.5\\"',
    "backslash": "ends with a backslash \\",
    "number": "12.50",
    "numbers": [0.5, -12.345, 1.0, -0.0, 1e-7, 1.5e-7, 1.5e300, 0.1234567890123456, 1, 0, 10**20],
    "emoji": "café 👩🏽‍💻",
    "empty": {"object": {}, "list": [], "text": "", "none": None, "bool": True},
}


def same(first: Any, second: Any) -> bool:
    """Whether both are equal and have the same types of numbers."""
    return bool(first == second) and repr(first) == repr(second)


def unordered(value: Any) -> Any:
    """*value* with the members of objects in one order."""
    if isinstance(value, dict):
        return {name: unordered(value[name]) for name in sorted(value)}
    return [unordered(item) for item in value] if isinstance(value, list) else value


@json_layouts
@given(content=st.dictionaries(TEXTS, VALUES, max_size=4))
@example(content=AWKWARD)
def test_json_parses_back_to_the_same_content(layout: str, content: dict[str, Any]) -> None:
    written = encode(CALL, content, layout)
    assert same(unordered(json.loads(written)), unordered(content))


def test_every_layout_writes_the_same_call_differently() -> None:
    body = {**sample("call.initiated").body, "cost": 0.5, "name": "é"}
    written = {layout: encode(CALL, body, layout) for layout in JSON_LAYOUTS}
    assert len(set(written.values())) == len(JSON_LAYOUTS)


@pytest.mark.parametrize(
    ("layout", "expected"),
    [
        ("compact", '{"b":"é/","a":[0.5,1]}'),
        ("spaced", '{"b": "é/", "a": [0.5, 1]}'),
        ("sorted", '{"a":[0.5,1],"b":"é/"}'),
        ("reversed", '{"a":[0.5,1],"b":"é/"}'),
        ("escaped", '{"b":"\\u00e9/","a":[0.5,1]}'),
        ("slashes", '{"b":"é\\/","a":[0.5,1]}'),
        ("exponents", '{"b":"é/","a":[5e-1,1]}'),
        ("newline", '{"b":"é/","a":[0.5,1]}\n'),
        ("indented", '{\n  "a": [\n    0.5,\n    1\n  ],\n  "b": "é/"\n}'),
    ],
)
def test_json_layouts_to_the_byte(layout: str, expected: str) -> None:
    assert encode(CALL, {"b": "é/", "a": [0.5, 1]}, layout) == expected.encode()


def test_reversed_keys_are_reversed_at_every_depth() -> None:
    content = {"a": {"x": 1, "y": [{"p": 2, "q": 3}]}, "b": 4}
    assert encode(CALL, content, "reversed") == b'{"b":4,"a":{"y":[{"q":3,"p":2}],"x":1}}'


@json_layouts
def test_numbers_and_slashes_inside_text_stay(layout: str) -> None:
    content = {"text": r'0.5 \"0.5\" "0.5/1.5\/" \\', "0.5": "1.5"}
    assert json.loads(encode(CALL, content, layout)) == content


@pytest.mark.parametrize(
    ("number", "expected"),
    [(0.5, b"5e-1"), (12.345, b"1.2345e+1"), (1.5e-7, b"1.5e-7"), (-0.25, b"-2.5e-1"), (7, b"7")],
)
def test_fractions_get_an_exponent_and_keep_their_value(number: float, expected: bytes) -> None:
    assert encode(CALL, {"n": number}, "exponents") == b'{"n":' + expected + b"}"


def test_emoji_are_utf8_or_a_pair_of_escapes() -> None:
    assert encode(CALL, {"text": "👋"}) == b'{"text":"\xf0\x9f\x91\x8b"}'
    assert encode(CALL, {"text": "👋"}, "escaped") == rb'{"text":"\ud83d\udc4b"}'


@json_layouts
def test_half_of_a_surrogate_pair_is_escaped(layout: str) -> None:
    """UTF-8 cannot write it, but JSON can, and some senders do."""
    assert json.loads(encode(CALL, {"text": "\ud83d!"}, layout)) == {"text": "\ud83d!"}


FORM_BODY = {
    "From": "+13125550142",
    "ConferenceSid": "conf:1/2",
    "Name": "Zoë & Jane = 100%",
    "Blank": "",
    "Null": None,
    "Muted": False,
    "Hold": True,
    "Count": 3,
    "CallCost[v3:a]": "0.1",
    "Digits": ["1", "2"],
}
FORM_PAIRS = [
    ("From", "+13125550142"),
    ("ConferenceSid", "conf:1/2"),
    ("Name", "Zoë & Jane = 100%"),
    ("Blank", ""),
    ("Null", ""),
    ("Muted", "false"),
    ("Hold", "true"),
    ("Count", "3"),
    ("CallCost[v3:a]", "0.1"),
    ("Digits", "1"),
    ("Digits", "2"),
]


@form_layouts
def test_a_form_parses_back_to_the_same_fields(layout: str) -> None:
    pairs = parse_qsl(encode(FORM, FORM_BODY, layout).decode("ascii"), keep_blank_values=True)
    assert pairs == (FORM_PAIRS[::-1] if layout == "reversed" else FORM_PAIRS)


@form_layouts
@given(fields=st.dictionaries(TEXTS, TEXTS))
def test_a_form_carries_any_text(layout: str, fields: dict[str, str]) -> None:
    written = encode(FORM, fields, layout).decode("ascii")
    assert dict(parse_qsl(written, keep_blank_values=True)) == fields


def test_every_layout_writes_the_same_form_differently() -> None:
    written = {encode(FORM, FORM_BODY, layout) for layout in FORM_LAYOUTS}
    assert len(written) == len(FORM_LAYOUTS)


@pytest.mark.parametrize(
    ("layout", "expected"),
    [
        ("plus", b"From=%2B1312&At=10%3A30+Z%2F&No="),
        ("percent", b"From=%2B1312&At=10%3A30%20Z%2F&No="),
        ("lower-hex", b"From=%2b1312&At=10%3a30+Z%2f&No="),
        ("reversed", b"No=&At=10%3A30+Z%2F&From=%2B1312"),
    ],
)
def test_form_layouts_to_the_byte(layout: str, expected: bytes) -> None:
    assert encode(FORM, {"From": "+1312", "At": "10:30 Z/", "No": ""}, layout) == expected


def test_brackets_in_names_are_percent_encoded() -> None:
    assert encode(FORM, {"CallCost[v3:a]": "0"}) == b"CallCost%5Bv3%3Aa%5D=0"


def test_text_that_looks_like_an_escape_keeps_its_case() -> None:
    assert encode(FORM, {"Text": "%2F"}, "lower-hex") == b"Text=%252F"


def test_a_form_with_half_of_a_surrogate_pair_is_refused() -> None:
    with pytest.raises(UsageError, match=r"texml\.http-request .* half of a surrogate pair"):
        encode(FORM, {"Text": "\ud83d"})


def test_each_event_has_a_usual_layout_among_its_own() -> None:
    for event in all_events():
        assert usual_layout(event) in layouts(event)
        assert encode(event, sample(event.name).body) == encode(
            event, sample(event.name).body, usual_layout(event)
        )


def test_messages_are_indented_and_calls_are_compact() -> None:
    assert usual_layout(MESSAGE) == "indented"
    assert usual_layout(CALL) == "compact"
    assert FORM.content_type is ContentType.FORM
    assert usual_layout(FORM) == "plus"


def test_every_layout_has_its_name_and_a_reason() -> None:
    for name, layout in (*JSON_LAYOUTS.items(), *FORM_LAYOUTS.items()):
        assert (layout.name, bool(layout.reason)) == (name, True)


def test_the_refusal_of_an_unknown_layout_suggests_the_nearest() -> None:
    nearest = r"There is no layout 'compakt' of application/json\. Did you mean 'compact'\?"
    with pytest.raises(UsageError, match=nearest):
        encode(CALL, {}, "compakt")
    with pytest.raises(
        UsageError, match="no layout 'compact' of application/x-www-form-urlencoded"
    ):
        encode(FORM, {}, "compact")
