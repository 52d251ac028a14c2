"""``telnyx-mock schema``: print an event as JSON Schema, for tools of any language."""

from __future__ import annotations

import click

from telnyx_mock.catalogue.registry import find
from telnyx_mock.cli.completion import complete_event
from telnyx_mock.cli.echo import echo
from telnyx_mock.schema.json_schema import json_schema
from telnyx_mock.visible import visible_json


@click.command("schema")
@click.argument("event", shell_complete=complete_event)
def command(event: str) -> None:
    """Print the JSON Schema (2020-12) of EVENT.

    The schema describes the whole body, with the conditions of its fields. In a form, numbers are
    text.
    """
    echo(visible_json(json_schema(find(event)), indent=2))
