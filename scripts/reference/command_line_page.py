"""Writes the page about the command line from its help texts."""

from __future__ import annotations

from collections.abc import Iterator

import click

import telnyx_mock.cli
from scripts.reference.markdown import paragraph, prose, table


def command_line() -> Iterator[str]:
    yield "# Command line\n"
    yield f"{paragraph(telnyx_mock.cli.telnyx_mock.help)}\n"
    _, *more = (telnyx_mock.cli.__doc__ or "").strip().split("\n\n")
    yield from (f"{prose(' '.join(text.split()))}\n" for text in more)
    root = click.Context(telnyx_mock.cli.telnyx_mock, info_name="telnyx-mock")
    yield from command_sections(telnyx_mock.cli.telnyx_mock, root)


def command_sections(group: click.Group, above: click.Context) -> Iterator[str]:
    for name in group.list_commands(above):
        command = group.get_command(above, name)
        assert command is not None
        context = click.Context(command, info_name=name, parent=above)
        if isinstance(command, click.Group):
            yield from command_sections(command, context)
            continue
        yield f"## {context.command_path}\n"
        usage = " ".join(command.collect_usage_pieces(context))
        yield f"```text\n{context.command_path} {usage}\n```\n"
        yield from (f"{paragraph(text)}\n" for text in (command.help or "").split("\n\n"))
        records = [
            parameter.get_help_record(context)
            for parameter in command.params
            if isinstance(parameter, click.Option)
        ]
        options = [(f"`{record[0]}`", paragraph(record[1])) for record in records if record]
        if options:
            yield from table(("option", "what it does"), options)
