"""What a receiver says for itself is shown in one line, without anything that a terminal obeys."""

from __future__ import annotations

import click
import pytest

from telnyx_mock.reports.explanation import LONGEST, explanation
from telnyx_mock.reports.terminal import terminal_report
from tests.reports.pages import finding, report_on, result


@pytest.mark.parametrize(
    ("answer", "status", "shown"),
    [
        ('{"detail": "no such state"}', 422, '{"detail": "no such state"}'),
        ("no\n  such\tstate", 400, "no such state"),
        ("x" * 500, 500, "x" * LONGEST + "..."),
        ("red \x1b[31m\x07", 400, "red \\x1b[31m\\x07"),
        ("<html>a page</html>", 500, ""),
        ("Internal Server Error", 500, ""),
        ('"Internal Server Error"', 500, ""),
        ("", 400, ""),
        ("OK, but not really", 200, ""),
        ("of no answer", None, ""),
    ],
)
def test_an_answer_is_shown_if_it_explains(answer: str, status: int | None, shown: str) -> None:
    assert explanation(finding(answer=answer, status=status)) == shown


def test_a_terminal_gets_no_control_characters() -> None:
    evil = "\x1b]0;owned\x07\x9b2J"
    found = finding(answer=evil, message=evil, why=evil, fix=evil, who=evil)
    text = terminal_report(report_on([result("accepts-null", "call.initiated", found)]))
    assert not set("\x07\x9b\x1b") & set(click.unstyle(text))
    assert "answer    \\x1b]0;owned\\x07\\x9b2J" in click.unstyle(text)
