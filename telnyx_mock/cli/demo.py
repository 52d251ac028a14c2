"""``telnyx-mock demo``: the contract against a bundled receiver that has real faults."""

from __future__ import annotations

import time
from pathlib import Path

import click

from telnyx_mock.cli.collect import run_contract
from telnyx_mock.cli.exits import Exit
from telnyx_mock.cli.progress import Progress
from telnyx_mock.cli.target import Target, plugin_options
from telnyx_mock.contract.engine.campaign import Settings
from telnyx_mock.demo.receiver import FAULTS
from telnyx_mock.errors import UsageError
from telnyx_mock.reports.files import prepare, write
from telnyx_mock.reports.html import html_report
from telnyx_mock.reports.run import Run
from telnyx_mock.reports.summary import Summary
from telnyx_mock.reports.terminal import terminal_report

__all__ = ["command"]

TARGET = Target("telnyx_mock.demo.receiver:app")
EVENTS = ("call.initiated", "call.answered", "call.hangup", "message.received", "message.finalized")


@click.command("demo")
@click.option(
    "--html",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write the page that 'check --html' writes.",
)
@click.pass_context
def command(context: click.Context, html: Path | None) -> None:
    """Show what a run looks like, on a small receiver with five faults that happen to people."""
    if html is not None:
        prepare(html)

    options = [*plugin_options(TARGET), "--telnyx-seed=1"]
    options += [f"--telnyx-events={event}" for event in EVENTS]
    click.echo(f"{click.style('$ telnyx-mock check', bold=True)} {TARGET.words()}\n")
    with Progress() as progress:
        collected = run_contract(options, heard=progress.heard)
    if collected.trouble:
        raise UsageError(collected.trouble[0])
    results = collected.results
    summary = Summary.of(results)
    click.echo(terminal_report(summary, seed=1))
    if html is not None:
        run = Run("demo", TARGET.name, seed=1, ended=time.time(), deadline=Settings().deadline)
        write(html, html_report(run, results))
    found = {finding.check for finding in summary.findings}
    click.echo("\nThe faults that were put into it:")
    for fault, check in FAULTS.items():
        mark = "found " if check in found else "missed"
        click.echo(f"  {mark}  {fault} ({check})")
    click.echo("\nYour turn:  telnyx-mock check yourapp:app --path /webhooks")
    context.exit(Exit.CLEAN if found >= set(FAULTS.values()) else Exit.ERRORS)
