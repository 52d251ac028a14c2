"""``telnyx-mock forgeries``: every way to lie, and what a receiver gets wrong that believes it."""

from __future__ import annotations

import json

import click

from telnyx_mock.forgeries import FORGERIES

__all__ = ["command"]


@click.command("forgeries")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def command(as_json: bool) -> None:
    """List the forgeries that 'send --forge' knows and that the contract wants refused."""
    if as_json:
        rows = [
            {
                "name": forgery.name,
                "group": forgery.group,
                "severity": forgery.severity.value,
                "reason": forgery.reason,
            }
            for forgery in FORGERIES.values()
        ]
        click.echo(json.dumps(rows, indent=2))
        return
    from rich.console import Console
    from rich.table import Table

    table = Table("forgery", "severity", "why it must be refused", box=None, pad_edge=False)
    for forgery in FORGERIES.values():
        table.add_row(forgery.name, forgery.severity.value, forgery.reason)
    Console().print(table)
