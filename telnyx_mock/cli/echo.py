"""Prints what the command line says. All its text leaves here, and none of others leaves raw."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable

import click

from telnyx_mock.visible import visible

_COMMAND = re.compile(
    r"^((?:[^\S\n]|\x1b\[[0-9;]*m)*):(?=:)|#(?=#(?:\[|vso\[))", re.MULTILINE | re.IGNORECASE
)
"""Where a command for GitHub Actions or Azure Pipelines begins: ``::`` first in a line, the others anywhere."""


def without_commands(text: str) -> str:
    """Return *text* with an escape where a CI system would take a part of it for a command."""
    return _COMMAND.sub(lambda match: r"\x23" if match[1] is None else rf"{match[1]}\x3a", text)


def echo(text: str = "", *, err: bool = False, nl: bool = True, colours: bool = False) -> None:
    """Print *text* to standard output, or to standard error, with escapes for what is invisible, and
    for what a CI system obeys.

    With *colours*, our own colours stay where a terminal shows them. That is only for text whose
    foreign parts are escaped already.
    """
    click.echo(without_commands(visible(text, colours=colours)), err=err, nl=nl)


def echo_commands(commands: Iterable[str]) -> None:
    """Print *commands* for a CI system, one a line, as they are. They must hold no line end."""
    for command in commands:
        click.echo(visible(command).replace("\n", " "))


def echo_bytes(content: bytes, *, nl: bool = True) -> None:
    """Print *content* exactly to a file or a pipe, and with escapes to a terminal."""
    if sys.stdout.isatty():
        echo(content.decode(errors="backslashreplace"), nl=nl)
    else:
        click.echo(content, nl=nl)
