"""An excerpt shows the line of the source, with carets beneath what matters."""

from __future__ import annotations

import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from telnyx_mock import hidden
from telnyx_mock.contract.app_facts import Mention, Place
from telnyx_mock.diagnosis.excerpt import WIDTH, Excerpt, excerpt, excerpt_of, excerpt_of_crash
from telnyx_mock.transports.own_code import shown_path

Write = Callable[[str], str]


@pytest.fixture
def write(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Write:
    """Writes the file ``shop.py`` in the working directory, and returns its full path."""
    monkeypatch.chdir(tmp_path)
    shown_path.cache_clear()

    def written(text: str) -> str:
        file = tmp_path / "shop.py"
        file.write_text(text, encoding="utf-8")
        return str(file)

    return written


def test_as_a_compiler_shows_it(write: Write) -> None:
    file = write('def receive():\n    data = event["data"]  # of Telnyx\n')
    assert excerpt(file, 2, (16, 22), note="KeyError: 'data'").lines() == [
        'shop.py:2 | data = event["data"]  # of Telnyx',
        "          |             ^^^^^^ KeyError: 'data'",
    ]


@pytest.mark.parametrize("note", ["short", "of some length, " * 4, "endless " * 30])
@pytest.mark.parametrize("before", [0, 20, 60])
def test_a_note_is_whole_and_leaves_room_for_a_caret(write: Write, before: int, note: str) -> None:
    note = note.strip()
    file = write(f"{'a' * before} = {'wrong' * 12}\n")
    first, under = excerpt(file, 1, (before + 3, before + 63), note=note).lines()
    assert under.endswith(f"^ {note}")
    assert len(first) <= WIDTH
    assert len(under) <= max(WIDTH, len("shop.py:1 | …^ ") + len(note))


def test_without_columns_the_statement_is_marked(write: Write) -> None:
    file = write('    data = "#" + event["data"]  # of Telnyx\n')
    found = excerpt(file, 1)
    assert found.carets == "^" * len('data = "#" + event["data"]')


def test_a_statement_of_several_lines(write: Write) -> None:
    assert excerpt(write("call(\n    1,\n)\n"), 1).carets == "^^^^^"


def test_of_a_place(write: Write) -> None:
    place = Place(Mention.VERIFY, write("key.verify(x)\n"), 1, (4, 10))
    assert excerpt_of(place) == Excerpt("shop.py:1", "key.verify(x)", "    ^^^^^^")


@pytest.mark.parametrize(
    "line", ["naïve", "漢字", "e\u0301", "❤\ufe0f", "🙂", "\t", "\x1b[31m", "\u202e"]
)
def test_carets_stand_beneath_what_is_shown(write: Write, line: str) -> None:
    text = f'a = "{line}" + wrong'
    first = text.index("wrong")
    found = excerpt(write(text + "\n"), 1, (first, first + 5))
    width = {
        "漢字": 4,
        "🙂": 2,
        "e\u0301": 1,
        "❤\ufe0f": 1,
        "\t": 4,
        "\x1b[31m": 8,
        "\u202e": 6,
    }.get(line, len(line))
    assert found.carets == " " * (len('a = "" + ') + width) + "^^^^^"
    assert found.source.endswith("wrong")
    assert found.source.isprintable()


@pytest.mark.parametrize("before", [0, 20, 60, 100, 900])
def test_a_long_line_is_cut_around_the_carets(write: Write, before: int) -> None:
    text = f"{'a' * before} = wrong + {'b' * 300}"
    first = text.index("wrong")
    found = excerpt(write(text + "\n"), 1, (first, first + 5))
    assert len(found.source) <= WIDTH
    at = found.carets.index("^")
    assert found.source[at : at + 5] == "wrong"
    assert found.carets == " " * at + "^^^^^"
    assert found.source.endswith("…")
    assert found.source.startswith("…") == (before > WIDTH // 2)


def test_carets_end_with_what_is_shown(write: Write) -> None:
    found = excerpt(write(f"call({'b' * 300})\n"), 1)
    assert len(found.carets) < len(found.source) <= WIDTH


@pytest.mark.parametrize(
    ("text", "line", "columns", "was"),
    [
        ("a = 1\n", 2, None, ""),
        ("a = 1\n", 1, (9, 12), ""),
        ("a = 1\n", 1, (0, 1), "b = 1"),
        ("\n", 1, None, ""),
    ],
)
def test_what_is_not_there_is_only_named(
    write: Write, text: str, line: int, columns: Any, was: str
) -> None:
    found = excerpt(write(text), line, columns, text=was)
    assert found.lines() == [f"shop.py:{line}"]


def test_files_that_are_no_source_are_only_named(tmp_path: Path) -> None:
    secret = tmp_path / ".env"
    secret.write_text("PASSWORD=12345\n")
    broken = tmp_path / "latin.py"
    broken.write_bytes(b"a = '\xff'\n")
    for file in (secret, broken, tmp_path / "missing.py", tmp_path):
        assert excerpt(str(file), 1) == Excerpt(f"{file}:1")


def test_secrets_are_hidden(write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hidden, "SECRETS", hidden.Secrets())
    hidden.hide("KEY0123456789")
    file = write('key = "KEY0123456789"; use(key)\n')
    found = excerpt(file, 1, (7, 20))
    assert found == Excerpt("shop.py:1", 'key = "[hidden]"; use(key)', "^" * 26)


def crash(file: str) -> str:
    """The traceback of the crash of the code in *file*."""
    code = compile(Path(file).read_text(), file, "exec")
    try:
        exec(code, {})
    except Exception:
        return traceback.format_exc()
    raise AssertionError("it did not crash")


def test_a_crash_is_marked_as_in_its_traceback(write: Write) -> None:
    file = write('data = {}\ndef get():\n    return data["a"]["b"] + data.get("c")\nget()\n')
    found = excerpt_of_crash(crash(file))
    assert found == Excerpt(
        "shop.py:3", 'return data["a"]["b"] + data.get("c")', " " * 11 + "^" * 5
    )


def test_a_crash_after_wide_characters(write: Write) -> None:
    found = excerpt_of_crash(crash(write('x = "漢字" + [][0]\n')))
    assert found == Excerpt("shop.py:1", 'x = "漢字" + [][0]', " " * 15 + "^^^")


def test_a_call_that_crashed_is_marked_with_its_name(write: Write) -> None:
    """So Python 3.13 writes it."""
    file = write('x = 1, json.loads("{")\n')
    text = f'  File "{file}", line 1, in <module>\n    x = 1, json.loads("{{")\n           ~~~~~~~~~~^^^^^\n'
    found = excerpt_of_crash(text)
    assert found == Excerpt("shop.py:1", 'x = 1, json.loads("{")', " " * 7 + "^" * 15)


def test_a_crash_of_a_whole_line(write: Write) -> None:
    found = excerpt_of_crash(crash(write("raise ValueError  # why\n")))
    assert found == Excerpt("shop.py:1", "raise ValueError  # why", "^" * 16)


def test_a_crash_in_a_library_is_marked_where_the_app_called_it(write: Write) -> None:
    found = excerpt_of_crash(crash(write('import json\nx = 1, json.loads("{")\n')))
    assert found == Excerpt("shop.py:2", 'x = 1, json.loads("{")', " " * 7 + "^" * 15)


def test_a_crash_in_a_group(write: Write) -> None:
    text = (
        "try:\n    1 + [][0]\nexcept IndexError as error:\n    raise ExceptionGroup('x', [error])\n"
    )
    found = excerpt_of_crash(crash(write(text)))
    assert found is not None
    assert found.place == "shop.py:2"
    assert found.carets == " " * 6 + "^^^"


def test_a_crash_without_the_app_has_no_excerpt() -> None:
    assert excerpt_of_crash("") is None
    assert excerpt_of_crash("ValueError: bad\n") is None


def test_a_file_that_has_changed_is_only_named(write: Write) -> None:
    found = crash(write("a = 1 / 0\n"))
    write("b = 1\n")
    assert excerpt_of_crash(found) == Excerpt("shop.py:1")
