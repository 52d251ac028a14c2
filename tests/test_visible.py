"""Text of others is shown with escapes for what a reader would not see as it is."""

from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from telnyx_mock.visible import visible, visible_json, visible_line
from tests.foreign_text import HOSTILE, LINES, raw

TEXT = st.text(st.characters() | st.sampled_from(HOSTILE), max_size=40)


@given(TEXT)
def test_nothing_raw_is_left_and_nothing_else_changes(text: str) -> None:
    shown = visible(text)
    assert raw(shown, LINES) == set()
    assert visible(shown) == shown
    # The whole block of tags is escaped, with what Unicode has not assigned in it.
    tags = range(0xE0000, 0xE1000)
    kept = [
        each
        for each in text.replace("\r\n", "\n")
        if not raw(each, LINES) and ord(each) not in tags
    ]
    assert [each for each in kept if each not in shown] == []


@given(TEXT)
def test_one_line_is_one_line(text: str) -> None:
    shown = visible_line(text)
    assert raw(shown) | (set(shown) & set("\r\n\t")) == set()
    assert len(shown.splitlines()) <= 1


@given(st.dictionaries(TEXT, TEXT))
def test_json_stays_the_same_json(value: dict[str, str]) -> None:
    shown = visible_json(value)
    assert raw(shown) == set()
    assert json.loads(shown) == json.loads(json.dumps(value))


def test_only_colours_stay_if_colours_are_asked_for() -> None:
    assert visible("\x1b[31m\x1b[1mno\x1b[0m\x1b[2J\x1b[8m", colours=True) == (
        "\x1b[31m\x1b[1mno\x1b[0m\\x1b[2J\\x1b[8m"
    )
    assert visible("\x1b[31mno") == "\\x1b[31mno"


def test_every_character_that_unicode_calls_a_control_or_a_format_is_escaped() -> None:
    every = "".join(map(chr, range(0x110000)))
    assert raw(visible(every), LINES) == set()


def test_examples() -> None:
    assert visible("a\x9bb\u202ec\ud800d\U000e0041e\r\nf\ng\th") == (
        "a\\x9bb\\u202ec\\ud800d\\U000e0041e\nf\ng\th"
    )
    assert visible_line("no\n  such\r\n\tthing\n") == "no such thing"
    assert visible("Zo\u00eb \U0001f44d \u4f60\u597d") == "Zo\u00eb \U0001f44d \u4f60\u597d"
