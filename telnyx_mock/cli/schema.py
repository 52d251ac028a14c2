"""``telnyx-mock schema``: an event as JSON Schema, for validators and generators of any language."""

from __future__ import annotations

import json

import click

from telnyx_mock.catalogue.registry import find
from telnyx_mock.schema.json_schema import json_schema

__all__ = ["command"]


@click.command("schema")
@click.argument("event")
def command(event: str) -> None:
    """Print the JSON Schema (2020-12) of EVENT, conditions included.

    It describes the whole body. In a form, what is a number here is text on the wire.
    """
    click.echo(json.dumps(json_schema(find(event)), indent=2, ensure_ascii=False))
