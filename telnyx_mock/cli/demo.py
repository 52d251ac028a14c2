"""``telnyx-mock demo``: the contract against a bundled receiver that has real faults."""

from __future__ import annotations

import click

from telnyx_mock.cli.collect import run_contract
from telnyx_mock.cli.exits import Exit
from telnyx_mock.demo.receiver import FAULTS
from telnyx_mock.errors import UsageError
from telnyx_mock.reports.summary import Summary

__all__ = ["command"]

TARGET = "telnyx_mock.demo.receiver:app"
EVENTS = ("call.initiated", "call.answered", "call.hangup", "message.received", "message.finalized")


@click.command("demo")
@click.pass_context
def command(context: click.Context) -> None:
    """Show what a run looks like, on a small receiver with five faults that happen to people."""
    from rich.console import Console

    from telnyx_mock.cli.present import show

    console = Console(highlight=False)
    options = [f"--telnyx-app={TARGET}", "--telnyx-seed=1"]
    options += [f"--telnyx-events={event}" for event in EVENTS]
    console.print("[bold]$ telnyx-mock check[/bold]", TARGET, "\n")
    collected = run_contract(options, heard=lambda result: None)
    if collected.trouble:
        raise UsageError(collected.trouble[0])
    summary = Summary.of(collected.results)
    show(console, TARGET, summary)
    found = {finding.check for finding in summary.findings}
    console.print("\nThe faults that were put into it:")
    for fault, check in FAULTS.items():
        mark = "[green]found[/green] " if check in found else "[red]missed[/red]"
        console.print(f"  {mark}  {fault} [dim]({check})[/dim]")
    console.print("\nYour turn:  telnyx-mock check yourapp:app --path /webhooks")
    context.exit(Exit.CLEAN if found >= set(FAULTS.values()) else Exit.ERRORS)
