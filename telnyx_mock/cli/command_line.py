"""The command line of a run, as one would type it to run it again."""

from __future__ import annotations

import shlex
from collections.abc import Iterator

import click

__all__ = ["again"]


def again(context: click.Context, **decided: object) -> str:
    """The command that *context* was made of, for a shell, with what was *decided* since.

    What is as it is by default is left out. Keys are given by reference, so there is none in it.
    """
    words = [*context.command_path.split(" ")]
    values = {**context.params, **decided}
    for parameter in context.command.params:
        value = values.get(parameter.name or "")
        if value not in (None, (), parameter.get_default(context)):
            words += _words(parameter, value)
    return shlex.join(words)


def _words(parameter: click.Parameter, value: object) -> Iterator[str]:
    if not isinstance(parameter, click.Option):
        yield str(value)
    elif parameter.is_flag:
        yield parameter.opts[0] if value else parameter.secondary_opts[0]
    else:
        for each in value if isinstance(value, tuple) else (value,):
            yield from (parameter.opts[0], str(each))
