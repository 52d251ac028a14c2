"""Print rows in plain columns, which grep and cut can read."""

from __future__ import annotations

from collections.abc import Sequence

import click


def print_table(heading: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Print *rows* below a *heading*, and every cell in full."""
    widths = [max(map(len, column)) for column in zip(heading, *rows, strict=True)]
    for number, row in enumerate([heading, *rows]):
        line = "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        click.echo(click.style(line.rstrip(), bold=True) if number == 0 else line.rstrip())
