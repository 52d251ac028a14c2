"""``telnyx-mock forgeries``: list the forgeries, and the fault of a receiver that accepts each."""

from __future__ import annotations

import json

import click

from telnyx_mock.attacks.forgeries import with_installed
from telnyx_mock.cli.echo import echo
from telnyx_mock.cli.loaded_rules import loaded_rules
from telnyx_mock.cli.options import settings_options
from telnyx_mock.cli.table import print_table


@click.command("forgeries")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@settings_options("rules_from")
@click.pass_context
def command(context: click.Context, as_json: bool, rules_from: tuple[str, ...]) -> None:
    """List the forgeries, and what the contract expects of a receiver.

    'telnyx-mock send --forge NAME' sends one of them. Forgeries of your own are those of --rules-from, or of
    the settings of 'check', and those of installed packages.
    """
    loaded_rules(context, rules_from)  # which registers the user's forgeries
    forgeries = with_installed()
    if as_json:
        rows = [
            {
                "name": forgery.name,
                "group": forgery.group.value,
                "severity": forgery.severity.value,
                "expected": forgery.expected.value,
                "reason": forgery.reason,
            }
            for forgery in forgeries.values()
        ]
        echo(json.dumps(rows, indent=2))
        return
    print_table(
        ("forgery", "expected", "severity", "a receiver that breaks the rule"),
        [
            (forgery.name, forgery.expected.value, forgery.severity.value, forgery.reason)
            for forgery in forgeries.values()
        ],
    )
