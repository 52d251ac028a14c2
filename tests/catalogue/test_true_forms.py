"""No field that has a form of its own holds free text: a number of a card, a line, a MIME type."""

from __future__ import annotations

import re

from telnyx_mock.catalogue.registry import all_events
from telnyx_mock.payload.paths import short_path
from telnyx_mock.schema.field_tree import descendants, field_tree
from telnyx_mock.schema.kind import kinds_within
from telnyx_mock.schema.kinds import MapOf, Text
from telnyx_mock.schema.origin import Origin
from telnyx_mock.schema.text_formats import FREE_TEXT
from telnyx_mock.strategies.values import values

WRITTEN = re.compile(
    r"""(.*\.)?( text | body | content | subject | caption | file_name | comment | result
    | (speech)?transcript(ion_?text)? | speechresult | rejection_reason | subscriber_name )""",
    re.VERBOSE | re.IGNORECASE,
)
"""Names of what a person or a language model says or writes in any words."""

TEXTS = [
    (event.name, short_path(event, path), kind)
    for event in all_events()
    for node in descendants(field_tree(event))
    for path, kind in kinds_within(node.kind, node.path)
    if isinstance(kind, Text) and kind.origin is not Origin.APP
]


def test_only_what_somebody_says_or_writes_is_free_text() -> None:
    free = {(name, path) for name, path, kind in TEXTS if kind.format is FREE_TEXT}
    assert not {each for each in free if not WRITTEN.fullmatch(each[1])}


def test_a_header_and_a_display_name_have_no_line_breaks() -> None:
    lines = re.compile(r"(.*\.)?(caller_?id(_name)?|.*_headers\[\]\.value)", re.IGNORECASE)
    for name, path, kind in TEXTS:
        if lines.fullmatch(path) and kind.format.is_free:
            assert kind.problem("first\r\nsecond") is not None, (name, path)


def test_another_map_has_the_names_of_the_sample_or_none() -> None:
    known = MapOf(None, {"age": 29, "city": "Paris", "seen": None})
    assert values(known) == (
        {},
        {"age": 29, "city": "", "seen": None},
        {"age": 0, "city": "👋", "seen": None},
    )
    assert all(name.isascii() for each in values(MapOf()) for name in each)
