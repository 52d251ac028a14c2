"""``telnyx-mock demo``: the contract against a bundled receiver that has real faults."""

from __future__ import annotations

import click

from telnyx_mock.cli.collect import run_contract
from telnyx_mock.cli.exits import Exit
from telnyx_mock.cli.progress import Progress
from telnyx_mock.cli.target import Target
from telnyx_mock.demo.receiver import FAULTS
from telnyx_mock.errors import UsageError
from telnyx_mock.reports.summary import Summary

__all__ = ["command"]

TARGET = Target("telnyx_mock.demo.receiver:app")
EVENTS = ("call.initiated", "call.answered", "call.hangup", "message.received", "message.finalized")


@click.command("demo")
@click.pass_context
def command(context: click.Context) -> None:
    """Show what a run looks like, on a small receiver with five faults that happen to people."""
    from telnyx_mock.cli.present import show

    options = [*TARGET.options(), "--telnyx-seed=1"]
    options += [f"--telnyx-events={event}" for event in EVENTS]
    click.echo(f"{click.style('$ telnyx-mock check', bold=True)} {TARGET.words()}\n")
    with Progress() as progress:
        collected = run_contract(options, heard=progress.heard)
    if collected.trouble:
        raise UsageError(collected.trouble[0])
    summary = Summary.of([TARGET.named_in(result) for result in collected.results])
    show(summary, seed=1)
    found = {finding.check for finding in summary.findings}
    click.echo("\nThe faults that were put into it:")
    for fault, check in FAULTS.items():
        mark = "found " if check in found else "missed"
        click.echo(f"  {mark}  {fault} ({check})")
    click.echo("\nYour turn:  telnyx-mock check yourapp:app --path /webhooks")
    context.exit(Exit.CLEAN if found >= set(FAULTS.values()) else Exit.ERRORS)
