"""Writes Markdown: tables, and prose from docstrings and declarations."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator


def table(heading: tuple[str, ...], rows: Iterable[Iterable[str]]) -> Iterator[str]:
    for row in (heading, ["---"] * len(heading), *rows):
        cells = (cell.replace("|", r"\|") for cell in row)
        yield f"| {' | '.join(cells)} |"
    yield ""


def prose(text: str) -> str:
    """Return *text* from a docstring or a declaration as Markdown.

    Double backticks enclose code.
    """
    parts = text.split("``")
    for number, part in enumerate(parts):
        parts[number] = f"`{part}`" if number % 2 else re.sub(r"([*<])", r"\\\1", part)
    return "".join(parts)


def paragraph(text: str | None) -> str:
    return prose(" ".join((text or "").split()))
