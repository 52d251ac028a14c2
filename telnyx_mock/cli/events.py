"""``telnyx-mock events``: list the events of the catalogue, as a table or as JSON."""

from __future__ import annotations

import fnmatch
import json
from typing import Any

import click

from telnyx_mock.catalogue.registry import all_events, family, select
from telnyx_mock.cli.completion import complete_event
from telnyx_mock.cli.echo import echo
from telnyx_mock.cli.table import print_table
from telnyx_mock.reports.amounts import count
from telnyx_mock.schema.describe import rows
from telnyx_mock.schema.event import Event, Status


@click.command("events")
@click.argument("pattern", required=False, shell_complete=complete_event)
@click.option("--family", "family_name", metavar="NAME", help="List only this family.")
@click.option(
    "--status",
    type=click.Choice([status.value for status in Status]),
    help="List only events with this status.",
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON with every field.")
def command(
    pattern: str | None, family_name: str | None, status: str | None, as_json: bool
) -> None:
    """List the events of the catalogue.

    PATTERN selects events by name, as in 'call.*', 'texml.*' or 'message.received'.
    """
    chosen = list(all_events()) if pattern is None else list(_matching(pattern))
    if family_name is not None:
        chosen = [event for event in family(family_name) if event in chosen]
    if status is not None:
        chosen = [event for event in chosen if event.status.value == status]
    if as_json:
        echo(json.dumps([describe(event) for event in chosen], indent=2))
        return
    print_table(
        ("event", "family", "operation", "fields", "status"),
        [
            (
                event.name,
                event.family,
                event.operation or "",
                str(len(event.payload.fields)),
                event.status.value,
            )
            for event in chosen
        ],
    )
    echo(f"\n{count(len(chosen), 'event')}", err=True)


def _matching(pattern: str) -> tuple[Event, ...]:
    """Return the events that match *pattern*, even those that a run sends only if named."""
    named = [event for event in all_events() if fnmatch.fnmatchcase(event.name, pattern)]
    return tuple(named) or select([pattern])


def describe(event: Event) -> dict[str, Any]:
    """Describe *event* for ``events --json``. Paths of fields start at the top of the body."""
    return {
        "name": event.name,
        "family": event.family,
        "operation": event.operation,
        "status": event.status.value,
        "content_type": event.content_type.value,
        "fields": rows(event),
    }
