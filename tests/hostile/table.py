"""Writes docs/reference/hostile.md: every hostile receiver, and the verdict that a run gives.

Run it as ``make docs``. A test holds the page to the cases.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from scripts.reference.markdown import prose, table
from tests.hostile import all_cases
from tests.hostile.case import App, Case, Topic

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "hostile.md"

INTRODUCTION = """# Hostile receivers

{servers} servers and {apps} apps that are broken or hostile, and the verdict that `telnyx-mock check`
must give of each. They are in `tests/hostile`. Each run is bounded in time and memory. No run may show a
traceback of telnyx-mock, a control character that a receiver wrote, or the private key.

The exit code is 0 if no error was found, 1 if errors were found, 2 if the run ended early or did not
begin, and 3 if something is inconclusive. A rule after *not* has no finding.

This page is written by `make docs`.
"""


def page() -> str:
    """The page."""
    cases = all_cases().values()
    apps = sum(isinstance(case.made, App) for case in cases)
    lines = [INTRODUCTION.format(servers=len(cases) - apps, apps=apps)]
    for topic in Topic:
        rows = [_row(case) for case in cases if case.topic is topic]
        if rows:
            lines.append(f"## {topic.value}\n")
            lines += table(
                ("the receiver", "kind", "what it does", "exit code", "verdict", "at most"), rows
            )
    return "\n".join(lines).rstrip() + "\n"


def _row(case: Case) -> tuple[str, ...]:
    expected = case.expected
    kind = "app" if isinstance(case.made, App) else "server"
    exits = " or ".join(map(str, expected.exits))
    bounds = f"{expected.seconds:g} s, {expected.megabytes} MB"
    return case.name, kind, prose(case.does), exits, "; ".join(_verdict(case)), bounds


def _verdict(case: Case) -> Iterator[str]:
    expected = case.expected
    if expected.finds:
        yield ", ".join(f"`{pattern}`" for pattern in expected.finds)
    if expected.may_find:
        yield "maybe " + ", ".join(f"`{pattern}`" for pattern in expected.may_find)
    if expected.not_finds:
        yield "not " + ", ".join(f"`{pattern}`" for pattern in expected.not_finds)
    if expected.no_other_error:
        yield "no other error" if expected.finds or expected.may_find else "no error"
    yield from (f'says "{prose(words)}"' for words in expected.says)


if __name__ == "__main__":
    PAGE.write_text(page())
