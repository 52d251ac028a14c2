"""``telnyx-mock sample``: print one webhook of an event."""

from __future__ import annotations

import click

from telnyx_mock.cli.completion import complete_event
from telnyx_mock.cli.echo import echo, echo_bytes
from telnyx_mock.cli.override_options import override_options, overrides
from telnyx_mock.payload.layouts import encode
from telnyx_mock.payload.webhook import sample, webhook
from telnyx_mock.schema.event import ContentType
from telnyx_mock.visible import visible_json


@click.command("sample")
@click.argument("event", shell_complete=complete_event)
@override_options
@click.option("--raw", is_flag=True, help="Print only the bytes of the body.")
def command(
    event: str, assignments: tuple[str, ...], absent: tuple[str, ...], loose: bool, raw: bool
) -> None:
    """Print a realistic webhook of EVENT.

    JSON is indented. A form is printed with one field on each line.
    """
    values = overrides(event, assignments, absent, loose=loose)
    built = webhook(event, strict=not loose, **values) if values else sample(event)
    if raw:
        echo_bytes(encode(built.event, built.body), nl=False)
    elif built.event.content_type is ContentType.FORM:
        for name, value in built.body.items():
            echo(f"{name}={value}")
    else:
        echo(visible_json(built.body, indent=2))
