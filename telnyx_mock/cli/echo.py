"""Prints what the command line says. All its text leaves here, and none of others leaves raw."""

from __future__ import annotations

import sys

import click

from telnyx_mock.visible import visible


def echo(text: str = "", *, err: bool = False, nl: bool = True, colours: bool = False) -> None:
    """Print *text* to standard output, or to standard error, with escapes for what is invisible.

    With *colours*, our own colours stay where a terminal shows them. That is only for text whose
    foreign parts are escaped already.
    """
    click.echo(visible(text, colours=colours), err=err, nl=nl)


def echo_bytes(content: bytes, *, nl: bool = True) -> None:
    """Print *content* exactly to a file or a pipe, and with escapes to a terminal."""
    if sys.stdout.isatty():
        echo(content.decode(errors="backslashreplace"), nl=nl)
    else:
        click.echo(content, nl=nl)
