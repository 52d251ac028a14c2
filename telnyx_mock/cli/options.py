"""Turns the declared settings into click options, spelled the same way in every command."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from telnyx_mock.cli.completion import COMPLETE
from telnyx_mock.settings import Option, options
from telnyx_mock.transports.tls import trusting

FILE = click.Path(dir_okay=False, path_type=Path)
"""The type of an option that names a file to write or read."""

ACCESS = ("path", "host", "key", "allow_hosts", "headers", "env", "setup", "ca_bundle")
"""The settings that any command needs to reach a receiver."""


LIMITS = ("max_requests", "rate")
"""The settings that limit the requests of a run."""


class Whole(click.IntRange):
    """A whole number that is at least *min*, and at most *max*."""

    name = "whole number"


class Number(click.FloatRange):
    """A finite number that is at least *min*."""

    name = "number"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> float:
        number = float(super().convert(value, param, ctx))
        if not math.isfinite(number):
            self.fail(f"{value!r} is not a finite number.", param, ctx)
        return number


def settings_options(*fields: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Return a decorator that adds the options of these *fields* of Settings, or of all fields.

    The command gets the value of each option under the name of the field.
    """

    def decorate(command: Callable[..., Any]) -> Callable[..., Any]:
        for option in reversed([*options(*fields)]):
            command = _click_option(option)(command)
        return command

    return decorate


def _click_option(option: Option) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    name = f"--{option.name}"
    if option.kind is bool:
        return click.option(name, option.field, is_flag=True, help=option.about)
    kind: Any = str
    if option.choices:
        kind = click.Choice(option.choices)
    elif option.kind is int:
        kind = Whole(
            min=int(option.least or 0), max=None if option.most is None else int(option.most)
        )
    elif option.kind is float:
        kind = Number(min=option.least)
    elif option.field == "ca_bundle":
        kind = click.Path(dir_okay=False)
    return click.option(
        name,
        option.field,
        type=kind,
        multiple=option.many,
        default=() if option.many else option.default,
        metavar=option.metavar or None,
        shell_complete=COMPLETE.get(option.field),
        callback=_trusted if option.field == "ca_bundle" else None,
        help=option.about,
    )


def _trusted(context: click.Context, parameter: click.Parameter, value: str) -> str:
    """Return *value* if it holds certificates; check this even if no address needs them."""
    if value:
        trusting(value)
    return value
