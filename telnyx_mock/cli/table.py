"""Print rows in plain columns, which grep and cut can read."""

from __future__ import annotations

from collections.abc import Sequence

import click

from telnyx_mock.cli.echo import echo
from telnyx_mock.visible import visible_line


def print_table(heading: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Print *rows* below a *heading*, and every cell in full."""
    shown = [[visible_line(cell) for cell in row] for row in rows]
    widths = [max(map(len, column)) for column in zip(heading, *shown, strict=True)]
    for number, row in enumerate([heading, *shown]):
        line = "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        styled = click.style(line.rstrip(), bold=True) if number == 0 else line.rstrip()
        echo(styled, colours=True)
